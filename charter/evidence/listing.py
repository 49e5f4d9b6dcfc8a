"""The pages of evidence: the list with its form, and one evidence with what it proves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.crossing import place_of
from charter.declaring import EDITION, naming
from charter.definition import Edition
from charter.editions import Library, shipped
from charter.evidence.keeping import Given, Revision
from charter.evidence.proving import Freshness, Proof, Reach, freshness, proven, proven_of
from charter.words import Tag, label_of, said, title_of
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

HREF = "/charte/preuves"
Errors = tuple[tuple[str, str], ...]
MEGABYTE, KILOBYTE = 1024 * 1024, 1024


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One evidence of a list; `file` is its address, of ours or elsewhere."""

    href: str
    title: str
    what: str
    until: str
    freshness: Tag
    proves: str


@dataclass(frozen=True, slots=True)
class EvidenceForm:
    """The form of a new evidence, filled in as it was refused; `about` is the criterion it is for, or ""."""

    action: str
    title: str
    document: str
    documents: tuple[tuple[str, str], ...]
    about: str
    edition: str
    criterion: str
    expires_on: str
    url: str


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """/charte/preuves: what a provider has to show, the first to expire first, and what measures prove."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: str
    rows: tuple[ProofRow, ...]
    measured: tuple[ProofRow, ...]
    form: EvidenceForm
    added: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One state of an evidence, the newest first; `href` is "" where the reader may not open it."""

    number: int
    what: str
    when: str
    who: str
    href: str
    digest: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """/charte/preuves/{id}: an evidence, its states and the criteria that it proves."""

    title: str
    sentence: str
    provider: str
    is_own: bool
    up: str
    action: str
    freshness: Tag
    expires_on: str
    url: str
    proves: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    revisions: tuple[RevisionRow, ...]
    errors: Errors


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the provider, or the platform (`query` keeps on its provider); and in which library."""

    provider: str
    is_own: bool
    query: str
    today: date
    zone: ZoneInfo
    opens_files: bool = True
    library: Library = field(default_factory=shipped)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that came back."""

    given: Given = field(default_factory=Given)
    errors: Errors = ()


def evidence_list(
    reader: Reader,
    proofs: Sequence[Proof],
    refused: Refused,
    added: str,
    measured: tuple[ProofRow, ...] = (),
) -> EvidenceList:
    """Compose the list; `measured` are the rows of what measures prove."""
    return EvidenceList(
        title=_title(proofs, reader.today),
        sentence=_("Une preuve sert à tous les critères qui la demandent, dans toutes les éditions."),
        provider=reader.provider,
        is_own=reader.is_own,
        up=f"/charte{reader.query}",
        rows=proof_rows(reader, proofs),
        measured=measured,
        form=_form(refused.given, reader.library),
        added=added,
        errors=refused.errors,
    )


def proof_rows(reader: Reader, proofs: Sequence[Proof]) -> tuple[ProofRow, ...]:
    reach = Reach(reader.library)
    return tuple(_proof_row(reader, each, reach) for each in proofs)


def _proof_row(reader: Reader, proof: Proof, reach: Reach) -> ProofRow:
    proved, charter = proven_of(proof, reach), reader.library.current(EDITION)
    count = sum(place_of(charter, each) in proved for each in charter.criteria)
    return ProofRow(
        href=f"{HREF}/{proof.id}{reader.query}",
        title=proof.title,
        what=what_words(proof),
        until=until_words(proof, reader.today),
        freshness=freshness_tag(proof.freshness(reader.today)),
        proves=ngettext("%(num)s critère de la charte", "%(num)s critères de la charte", count)
        % {"num": count},
    )


def what_words(proof: Proof) -> str:
    if proof.url:
        return _("Lien")
    ending = proof.name.rpartition(".")[2].upper()
    return f"{ending}, {size_words(proof.size)}"


def size_words(size: int) -> str:
    """Write the size of a file.

    >>> size_words(42 * 1024), size_words(3 * 1024 * 1024 // 2), size_words(12)
    ('42\\xa0Ko', '1,5\\xa0Mo', '1\\xa0Ko')
    """
    lang = languages.current()
    if size >= MEGABYTE:
        return _("{size} Mo").format(size=text.number(size / MEGABYTE, 1, lang))
    return _("{size} Ko").format(size=text.number(max(1, size // KILOBYTE), 0, lang))


def until_words(proof: Proof, today: date) -> str:
    if proof.expires_on is None:
        return _("Sans date de fin.")
    return expiry_words(proof.expires_on, today)


def expiry_words(expires_on: date, today: date) -> str:
    day = text.day_text(expires_on, languages.current(), year=True)
    if freshness(expires_on, today) is Freshness.EXPIRED:
        return _("Expirée depuis le {day}.").format(day=day)
    return _("Valable jusqu’au {day}.").format(day=day)


def freshness_tag(found: Freshness) -> Tag:
    return {
        Freshness.VALID: ("ok", _("Valable"), ""),
        Freshness.SOON: ("info", _("Expire bientôt"), "clock"),
        Freshness.EXPIRED: ("signal", _("Expirée"), ""),
    }[found]


def evidence_page(
    reader: Reader, proof: Proof, revisions: Sequence[Revision], refused: Refused
) -> EvidencePage:
    """Compose the page of one evidence."""
    written = refused.given if refused.errors else None
    kept = proof.expires_on.isoformat() if proof.expires_on else ""
    return EvidencePage(
        title=proof.title,
        sentence=until_words(proof, reader.today),
        provider=reader.provider,
        is_own=reader.is_own,
        up=f"{HREF}{reader.query}",
        action=f"{HREF}/{proof.id}",
        freshness=freshness_tag(proof.freshness(reader.today)),
        expires_on=written.expires_on if written else kept,
        url=written.url if written else "",
        proves=tuple(_proves(proof, reader)),
        revisions=tuple(_revision(reader, proof.id, each) for each in revisions),
        errors=refused.errors,
    )


def _proves(proof: Proof, reader: Reader) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    places = proven(proof, reader.library)
    found = []
    for edition in reader.library.every:
        links = tuple(
            (criterion_href(edition, each.code, reader), f"{each.code} {label_of(each)}")
            for each in edition.criteria
            if place_of(edition, each) in places
        )
        if links:
            found.append((title_of(edition, reader.library), links))
    return found


def criterion_href(edition: Edition, code: str, reader: Reader) -> str:
    named = urlencode(naming(reader.library, edition))
    query = "&".join(filter(None, (reader.query.removeprefix("?"), named)))
    return f"/charte/{code.replace('.', '/')}{'?' if query else ''}{query}"


def _revision(reader: Reader, identity: UUID, of: Revision) -> RevisionRow:
    href = f"{HREF}/{identity}/fichier/{of.number}{reader.query}" if reader.opens_files else ""
    return RevisionRow(
        number=of.number,
        what=of.url or f"{of.name}, {size_words(of.size)}",
        when=text.moment_text(of.at.astimezone(reader.zone), languages.current()),
        who=of.who,
        href=of.url or href,
        digest=of.sha256.hex(),
    )


def _title(proofs: Sequence[Proof], today: date) -> str:
    expired = sum(each.freshness(today) is Freshness.EXPIRED for each in proofs)
    if expired:
        words = ngettext("Une preuve est expirée", "%(num)s preuves sont expirées", expired)
        return words % {"num": expired}
    if not proofs:
        return _("Preuves")
    return ngettext("Une preuve, valable", "%(num)s preuves, toutes valables", len(proofs)) % {
        "num": len(proofs)
    }


def _form(given: Given, known: Library) -> EvidenceForm:
    documents = {each.code: said(each.label) for edition in known.every for each in edition.evidence}
    return EvidenceForm(
        action=HREF,
        title=given.title,
        document=given.document,
        documents=(("", _("Autre document")), *sorted(documents.items(), key=lambda each: each[1].lower())),
        about=_about(given, known),
        edition=given.edition,
        criterion=given.criterion,
        expires_on=given.expires_on,
        url=given.url,
    )


def _about(given: Given, known: Library) -> str:
    if not given.criterion:
        return ""
    criteria = known.called(given.edition).criteria
    return next((f"{each.code} {label_of(each)}" for each in criteria if each.code == given.criterion), "")
