"""What a draft changes in the version in use, in words: questions, texts, and what becomes of each result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from quality.errors import NotFound
from quality.french import french
from quality.measures.catalogue import indicator
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.authoring.editing.located import sentence
from surveys.authoring.told import ToldItem, language_names, told
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.evolution import breaks

Row = tuple[str, str, str]
GOES_ON = french("La suite continue.")
BEGINS = french("Une suite commence.")
ENDS = french("La suite s’arrête : sa question est retirée.")
STOPS = french("La suite s’arrête : sa question ne le nourrit plus.")


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of a result that the questionnaire feeds; `state` is ok, info, signal or error."""

    state: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: labels of questions, rows (where, today, in the draft), results."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    rows: tuple[Row, ...]
    results: tuple[Result, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.rows)


def compared(past: Sequence[Questionnaire], after: Questionnaire) -> Comparison:
    """Set a draft beside the newest of the versions published before."""
    before = past[0]
    old, new = ({item.alias: item for item in told(each)} for each in (before, after))
    return Comparison(
        added=tuple(_titled(item) for alias, item in new.items() if alias not in old),
        removed=tuple(_titled(item) for alias, item in old.items() if alias not in new),
        rows=(*_whole(before, after), *_rows(old, new, after)),
        results=tuple(_results(past, after)),
    )


def _titled(item: ToldItem) -> str:
    return f"{item.number}. {item.label}"


def _whole(before: Questionnaire, after: Questionnaire) -> Iterator[Row]:
    """Say what changes beside the questions: the title, the languages, the order."""
    place = _("{title} ({language})")
    for code, name in language_names(after):
        texts = [each.title.in_(code) or "" for each in (before, after)]
        if texts[0] != texts[1]:
            yield place.format(title=_("Nom du questionnaire"), language=name.lower()), *_pair(*texts)
    names = [", ".join(name for _code, name in language_names(each)) for each in (before, after)]
    if names[0] != names[1]:
        yield _("Langues"), names[0], names[1]
    yield from _order(before, after)


def _order(before: Questionnaire, after: Questionnaire) -> Iterator[Row]:
    numbers = {item.alias: number for number, item in enumerate(before.items, start=1)}
    kept = [numbers[item.alias] for item in after.items if item.alias in numbers]
    if kept != sorted(kept):
        today, then = (", ".join(str(number) for number in each) for each in (sorted(kept), kept))
        yield _("Ordre des questions, par leur numéro d’aujourd’hui"), today, then


def _rows(old: Mapping[str, ToldItem], new: Mapping[str, ToldItem], after: Questionnaire) -> Iterator[Row]:
    names = dict(language_names(after))
    for alias, item in new.items():
        if alias in old:
            question = _("Question {num}").format(num=item.number)
            yield from _texts(question, old[alias], item, names)
            yield from _notes(question, old[alias], item)


def _texts(question: str, old: ToldItem, new: ToldItem, names: Mapping[str, str]) -> Iterator[Row]:
    before, after = (
        {(text.what, language): words for text in each.texts for language, words in text.texts}
        for each in (old, new)
    )
    place = _("{question}, {what} ({language})")
    for what, language in dict.fromkeys([*after, *before]):
        texts = before.get((what, language), ""), after.get((what, language), "")
        if texts[0] != texts[1]:
            named = names.get(language, language).lower()
            yield place.format(question=question, what=what.lower(), language=named), *_pair(*texts)


def _notes(question: str, old: ToldItem, new: ToldItem) -> Iterator[Row]:
    before, after = (old.kind, *old.notes), (new.kind, *new.notes)
    for verb, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            continue
        for place in range(max(end - start, last - first)):
            yield (
                question,
                *_pair(
                    before[start + place] if start + place < end else "",
                    after[first + place] if first + place < last else "",
                ),
            )


def _pair(before: str, after: str) -> tuple[str, str]:
    nothing = _("(rien)")
    return before or nothing, after or nothing


# ---- results ----


def _results(past: Sequence[Questionnaire], after: Questionnaire) -> Iterator[Result]:
    """Say of each result fed today or tomorrow whether its series goes on, and why not."""
    before, reasons = past[0], _reasons(past, after)
    fed = {(feed.series, item.alias) for item in after.items for feed in item.measures}
    known = [(feed.series, item.alias) for item in before.items for feed in item.measures]
    aliases = {item.alias for item in after.items}
    for series, alias in known:
        if alias in reasons:
            yield Result("error", series_words(series), reasons[alias])
        elif alias not in aliases:
            yield Result("signal", series_words(series), _(ENDS))
        elif (series, alias) in fed:
            yield Result("ok", series_words(series), _(GOES_ON))
        else:
            yield Result("signal", series_words(series), _(STOPS))
    for series, alias in sorted(fed - set(known)):
        if alias not in reasons:
            yield Result("info", series_words(series), _(BEGINS))


def _reasons(past: Sequence[Questionnaire], after: Questionnaire) -> dict[str, str]:
    """Say why questions would break their series, by name."""
    found = breaks(past, after)
    return {
        after.items[int(each.path[1])].alias: sentence(_(each.sentence).format_map(each.values))
        for each in reversed(found)
    }


def series_words(series: str) -> str:
    """Name a result of the catalogue; an unknown one by its code.

    >>> series_words("GLOB:1"), series_words("RIEN:1")
    ('Visite bien passée', 'RIEN:1')
    """
    code, _colon, version = series.partition(":")
    try:
        label = indicator(code, int(version)).label
    except NotFound:
        return series
    return label.en if languages.current() == "en" else label.fr
