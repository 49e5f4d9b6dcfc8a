"""The texts of a questionnaire in one language beside the French: on a page, and as a file out and in."""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from quality.french import french
from quality.web.languages import gettext as _
from surveys.authoring.changing import Path
from surveys.authoring.editing.item_form import LONGEST, TOO_LONG, same
from surveys.authoring.told import place_of
from surveys.questionnaire.definition import RIGHT_TO_LEFT, Questionnaire, Words, wordings

BOM = "\ufeff"
GUARDED = ("'", "=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute, and its guard
MOST_LINES = 2_000
NOT_CSV = french("Ce fichier n’est pas un tableau lisible : il faut les colonnes path, fr et {language}.")
UNKNOWN = french("Ligne {line} : « {path} » n’est pas un texte de ce questionnaire.")
TWICE = french("Ligne {line} : « {path} » est déjà écrit plus haut.")
LINE = french("Ligne {line} : {words}")
OTHER_FRENCH = french("Ligne {line} : le français a changé depuis. Il disait « {before} », il dit « {now} ».")


@dataclass(frozen=True, slots=True)
class Place:
    """One text: its name in files, its path in the questionnaire, its words, and where it is in words."""

    name: str
    path: Path
    words: Words
    where: str


@dataclass(frozen=True, slots=True)
class Received:
    """What a file would write: `texts` by path, what refuses it, and where its French is not today's."""

    texts: Mapping[Path, str]
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def places(questionnaire: Questionnaire) -> tuple[Place, ...]:
    """List every text in order.

    >>> from surveys.questionnaire.reading import library
    >>> [place.name for place in places(library("default"))][:3]
    ['title', 'globale.label', 'globale.say']
    """
    return tuple(_place(questionnaire, path, words) for path, words in wordings(questionnaire))


def _place(questionnaire: Questionnaire, path: Path, words: Words) -> Place:
    if path[0] != "items":
        return Place("title", path, words, _("Nom du questionnaire"))
    item, rest = questionnaire.items[int(path[1])], path[2:]
    steps = [str(step + 1) if isinstance(step, int) else step for step in rest]
    where = _("Question {num}, {what}").format(num=int(path[1]) + 1, what=_lowered(place_of(item, rest)))
    return Place(".".join((item.alias, *steps)), path, words, where)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def changed(found: Iterable[Place], typed: Mapping[str, str], language: str) -> dict[Path, str]:
    """Keep the texts that differ from those written, by path; `typed` are by name."""
    return {
        place.path: typed[place.name]
        for place in found
        if place.name in typed and not same(typed[place.name], place.words.in_(language) or "")
    }


# ---- a file out and in ----


def as_csv(questionnaire: Questionnaire, language: str) -> str:
    """Write the texts with their French, for a spreadsheet.

    >>> from surveys.questionnaire.reading import library
    >>> as_csv(library("default"), "en").splitlines()[1]
    'title;Suivi d’une visite;Follow-up of a visit'
    """
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(("path", "fr", language))
    for place in places(questionnaire):
        texts = (place.words.fr, place.words.in_(language) or "")
        table.writerow((place.name, *(_guarded(text) for text in texts)))
    return BOM + written.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(GUARDED) else text


def _unguarded(text: str) -> str:
    bare = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return bare[1:] if bare.startswith("'") and bare[1:].startswith(GUARDED) else bare


def decoded(raw: bytes, language: str) -> str | None:
    """Decode a file as spreadsheets write it: UTF-8, UTF-16, or Windows for the languages that it can write.

    >>> decoded("path;fr;es title;Été;Niño".encode("cp1252"), "es")
    'path;fr;es title;Été;Niño'
    """
    marked = raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    narrow = () if language in RIGHT_TO_LEFT else ("cp1252",)
    for encoding in ("utf-16",) if marked else ("utf-8-sig", *narrow):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return None


def received(source: str, questionnaire: Questionnaire, language: str) -> Received:
    """Read a file against what the draft says today; a file with any refusal writes nothing."""
    known = {place.name: place for place in places(questionnaire)}
    rows = _rows(source, language)
    if rows is None:
        return Received({}, (_(NOT_CSV).format(language=language),), ())
    refusals = tuple(_refusals(rows, known))
    texts = {path: text for _line, path, _french, text in rows} if not refusals else {}
    warned = () if refusals else tuple(_warnings(rows, known))
    return Received(changed(known.values(), texts, language), refusals, warned)


Row = tuple[int, str, str, str]


def _rows(source: str, language: str) -> list[Row] | None:
    """Read (line, path, French, text) of what is not blank; None when the columns are not there."""
    lines = source.removeprefix(BOM)
    delimiter = next((sign for sign in ";\t" if sign in lines.partition("\n")[0]), ",")
    try:
        table = list(csv.DictReader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    columns = ("path", "fr", language)
    if len(table) > MOST_LINES or any(row.get(column) is None for row in table for column in columns):
        return None
    found = [
        (line, row["path"].strip(), _unguarded(row["fr"]), _unguarded(row[language]))
        for line, row in enumerate(table, start=2)
    ]
    return [row for row in found if any(row[1:])] or None


def _refusals(rows: Iterable[Row], known: Mapping[str, Place]) -> Iterator[str]:
    seen: set[str] = set()
    for line, path, _french, text in rows:
        if path not in known:
            yield _(UNKNOWN).format(line=line, path=path)
        elif path in seen:
            yield _(TWICE).format(line=line, path=path)
        if len(text) > LONGEST:
            yield _(LINE).format(line=line, words=_(TOO_LONG))
        seen.add(path)


def _warnings(rows: Iterable[Row], known: Mapping[str, Place]) -> Iterator[str]:
    for line, path, before, _text in rows:
        now = known[path].words.fr
        if not same(before, now):
            yield _(OTHER_FRENCH).format(line=line, before=before, now=now)
