"""What /charte/editions shows: the editions at hand, and what the file that was just checked holds."""

import base64
import binascii
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from charter.crossing import successors
from charter.definition import Chapter, Criterion, Edition, Scale
from charter.editions import Library
from charter.publishing.checking import LARGEST, Checked
from charter.result import chapter_title
from charter.source import Fault, Words
from charter.words import Tag, label_of, said
from quality.web import languages
from quality.web.format import day_text, number
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

HREF = "/charte/editions"
Errors = tuple[tuple[str, str], ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One version at hand; `href` is its file, `withdraws` its name where it may be withdrawn, else ""."""

    href: str
    title: str
    version: str
    criteria: str
    source: str
    state: Tag
    withdraws: str


@dataclass(frozen=True, slots=True)
class EditionFault:
    """One thing to mend in a file: the line, the place in its tree, and what to do."""

    line: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class PreviewChapter:
    """A chapter and its criteria: (code and label, what is said beside it) each."""

    title: str
    criteria: Pairs


@dataclass(frozen=True, slots=True)
class EditionPreview:
    """What a good file holds; `sealed` is its text for the form that publishes it, "" once that is done."""

    title: str
    sentence: str
    facts: Pairs
    chapters: tuple[PreviewChapter, ...]
    file: str
    sealed: str


@dataclass(frozen=True, slots=True)
class EditionList:
    """/charte/editions: what is at hand, what was just done, what a checked file holds, or its faults."""

    title: str
    done: str
    rows: tuple[EditionRow, ...]
    may_publish: bool
    file: str
    preview: EditionPreview | None
    faults: tuple[EditionFault, ...]
    errors: Errors


def edition_list(
    known: Library,
    *,
    may_publish: bool,
    done: str = "",
    found: Checked | None = None,
    raw: bytes = b"",
    errors: Errors = (),
) -> EditionList:
    """Compose the page; `found` is what the check found in `raw`, `done` names what was just published."""
    faults = sorted(found.faults, key=lambda each: each.line) if found else []
    return EditionList(
        title=_("Éditions de la charte"),
        done=_published(known, done),
        rows=tuple(_row(each, known, may_publish=may_publish) for each in _sorted(known)),
        may_publish=may_publish,
        file=found.name if found else "",
        preview=_preview(found, found.edition, raw, known) if found and found.edition else None,
        faults=tuple(map(_fault, faults)),
        errors=errors or ((("fichier", _faulty(len(faults))),) if faults else ()),
    )


def _published(known: Library, name: str) -> str:
    """Say that a version of the platform's own has just been published; "" when `name` names none."""
    found = next((each for each in known.every if each.reference == name and each.code in known.own), None)
    if found is None:
        return ""
    words = _("« {title} », version {version}, est publiée. Les organismes peuvent la suivre.")
    return words.format(title=said(found.title), version=found.version)


def _sorted(known: Library) -> list[Edition]:
    """Put the newest version of an edition first."""
    return sorted(known.every, key=lambda each: (each.code, -each.version))


def _row(edition: Edition, known: Library, *, may_publish: bool) -> EditionRow:
    day = day_text(edition.dated, languages.current(), year=True)
    is_open_own = edition.code in known.own and (edition.code, edition.version) not in known.withdrawn
    return EditionRow(
        href=f"{HREF}/{known.name(edition)}.yaml",
        title=said(edition.title),
        version=_("Version {version}, du {day}").format(version=edition.version, day=day),
        criteria=_criteria(edition),
        source=said(edition.source),
        state=_state(edition, known),
        withdraws=edition.reference if may_publish and is_open_own else "",
    )


def _state(edition: Edition, known: Library) -> Tag:
    if (edition.code, edition.version) in known.withdrawn:
        return "", _("Retirée"), "info"
    if known.is_closed(edition):
        return "info", _("À venir"), "clock"
    if edition not in known.offered:
        return "", _("Version d’avant"), "info"
    return "ok", _("De votre plateforme") if edition.code in known.own else _("Fournie"), ""


def _fault(of: Fault) -> EditionFault:
    values = {name: _(each) if isinstance(each, Words) else each for name, each in of.values.items()}
    line = _("Ligne {number}").format(number=of.line)
    return EditionFault(line, of.place.removeprefix("$."), _(of.sentence).format_map(values))


def _faulty(count: int) -> str:
    return ngettext(
        "Ce fichier a un défaut : rien n’est gardé.",
        "Ce fichier a %(num)s défauts : rien n’est gardé.",
        count,
    ) % {"num": count}


def _preview(found: Checked, edition: Edition, raw: bytes, known: Library) -> EditionPreview:
    sentence = _("Ce fichier est juste. Relisez ce qu’il contient, puis publiez-le.")
    if found.is_published:
        sentence = _("Ce fichier est juste, et cette version est déjà publiée.")
    return EditionPreview(
        title=said(edition.title),
        sentence=sentence,
        facts=((_("Fichier"), found.name), *_facts(edition, known)),
        chapters=tuple(_chapter(each) for each in edition.chapters),
        file=found.name,
        sealed="" if found.is_published else sealed(raw),
    )


def _facts(edition: Edition, known: Library) -> Iterator[tuple[str, str]]:
    lang = languages.current()
    day = day_text(edition.dated, lang, year=True)
    yield _("Version"), _("Version {version}, du {day}").format(version=edition.version, day=day)
    yield _("Critères"), _criteria(edition)
    yield _("Réponses"), _("des mots") if edition.scale is Scale.WORDS else _("des cotations de 1 à 4")
    yield _("Calcul"), said(edition.scoring.words)
    if edition.scoring.classes:
        yield _("Lecture"), ", ".join(said(each.label) for each in edition.scoring.classes)
    yield _("Preuves attendues"), number(len(edition.evidence), 0, lang)
    months = edition.renewal_months
    yield _("Renouvellement"), ngettext("%(num)s mois", "%(num)s mois", months) % {"num": months}
    before = [each for each in known.every if each.code == edition.code and each.version < edition.version]
    if before:
        yield _("Depuis la version {version}").format(version=before[-1].version), _moved(before[-1], edition)


def _moved(before: Edition, after: Edition) -> str:
    """Count the criteria that are worded as before, those that are new or reworded, and those that left."""
    same = successors(before, after)
    kept, new = len(same), len(after.criteria) - len(same)
    left = len(before.criteria) - len(set(same.values()))
    return ", ".join(
        (
            ngettext("%(num)s critère inchangé", "%(num)s critères inchangés", kept) % {"num": kept},
            ngettext("%(num)s nouveau ou reformulé", "%(num)s nouveaux ou reformulés", new) % {"num": new},
            ngettext("%(num)s retiré ou reformulé", "%(num)s retirés ou reformulés", left) % {"num": left},
        )
    )


def _chapter(of: Chapter) -> PreviewChapter:
    return PreviewChapter(
        chapter_title(of), tuple((f"{each.code} {label_of(each)}", _beside(each)) for each in of.criteria)
    )


def _beside(of: Criterion) -> str:
    count = len(of.elements)
    elements = ngettext("%(num)s élément", "%(num)s éléments", count) % {"num": count} if count else ""
    must = _("impératif") if of.imperative else _("obligatoire") if of.compulsory else ""
    return ", ".join(filter(None, (must, elements)))


def _criteria(edition: Edition) -> str:
    every, compulsory = len(edition.criteria), sum(each.compulsory for each in edition.criteria)
    words = ngettext("%(num)s critère", "%(num)s critères", every) % {"num": every}
    must = ngettext("dont %(num)s obligatoire", "dont %(num)s obligatoires", compulsory) % {"num": compulsory}
    return f"{words}, {must}"


def sealed(raw: bytes) -> str:
    """Write the bytes of a file as a field of a form: browsers rewrite the ends of lines of a text.

    >>> opened(sealed(b"code: words\\n"))
    b'code: words\\n'
    """
    return base64.urlsafe_b64encode(zlib.compress(raw)).decode()


def opened(written: str) -> bytes:
    """Read a field that `sealed` wrote; nothing when it is not one, or longer than a file may be."""
    try:
        return zlib.decompressobj().decompress(base64.urlsafe_b64decode(written), LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        return b""
