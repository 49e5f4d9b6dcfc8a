"""A questionnaire written as an XLSForm: what the standard has no room for stands in columns of ours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.questionnaire import coding
from surveys.questionnaire.coding import Option
from surveys.questionnaire.definition import Feed, Item, Kind, Language, Questionnaire, Words, wordings
from surveys.questionnaire.expression import parse
from surveys.questionnaire.facts import NAMES
from surveys.questionnaire.logic import ONE_EXCLUDES
from surveys.questionnaire.subjects import names
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.facts_in_texts import fields_of, in_form
from surveys.questionnaire.xlsform.spelling import constraint_of, relevant_of
from surveys.questionnaire.xlsform.subjects import CHOSEN, TODAY, Subject, subject
from surveys.questionnaire.xlsform.tables import CHOICES, SETTINGS, SURVEY, Form, Sheet, sheet

Cells = dict[str, str]
EXCLUSIVE_SAID = Words(
    fr=ONE_EXCLUDES,
    en="One of the answers ticked excludes the others: untick it, or untick the others",
)
# What other tools show to the agent, in one text; each is kept apart in a column of ours.
GUIDING_LEADS: Mapping[str, Words] = {
    "sq_say": Words(fr="À lire\N{NO-BREAK SPACE}: ", en="Read aloud: "),
    "sq_probe": Words(fr="Si la personne hésite\N{NO-BREAK SPACE}: ", en="If the person hesitates: "),
    "sq_agent": Words(fr="Pour vous\N{NO-BREAK SPACE}: ", en="For you: "),
}


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of choices; questions with the very same choices share the list of the first."""

    names: dict[tuple[tuple[tuple[str, str], ...], ...], str]

    def name(self, item: Item, rows: Sequence[Cells]) -> str:
        return self.names.setdefault(tuple(tuple(row.items()) for row in rows), item.alias)


def form_of(questionnaire: Questionnaire) -> Form:
    """Write a questionnaire as the three sheets of an XLSForm."""
    fields, lists = fields_of(questionnaire), _Lists({})
    asked: list[Cells] = []
    earlier: dict[str, Subject] = {}
    for item in questionnaire.items:
        cells = _question(item, questionnaire, fields, earlier)
        asked.append({c.TYPE: _type(item, lists, questionnaire), **cells})
        earlier[item.alias] = subject(item)
    survey = [*_facts(questionnaire, fields), *asked]
    # The languages are told by their columns, in their order, even where nothing is written in one yet.
    labels = [c.in_language(c.LABEL, language) for language in questionnaire.languages]
    return {
        SURVEY: sheet(SURVEY, _survey_columns(questionnaire.languages), survey, always=labels),
        CHOICES: _choices(lists, questionnaire.languages),
        SETTINGS: _settings(questionnaire),
    }


def guidance(texts: Mapping[str, str], language: str) -> str:
    """Say in one text what an agent is told, each part led by what it is; alone, the last is bare.

    >>> guidance({"sq_agent": "Ne pas insister."}, "fr"), guidance({"sq_probe": "Ou moins ?"}, "en")
    ('Ne pas insister.', 'If the person hesitates: Ou moins ?')
    """
    if set(texts) == {"sq_agent"}:
        return texts["sq_agent"]
    return "\n".join(
        GUIDING_LEADS[column].of(language) + texts[column] for column in c.GUIDING if column in texts
    )


def _facts(questionnaire: Questionnaire, fields: Mapping[str, str]) -> Iterator[Cells]:
    """List the facts as hidden fields, which whoever installs the form may fill."""
    named = {
        name
        for item in questionnaire.items
        for text in (item.relevant, item.constraint)
        if text
        for name in names(parse(text))
    }
    both = dict(fields) | {name: name for name in sorted(named & NAMES)}
    for fact, field in both.items():
        # Today is filled by the tool itself; conditions call it by its function.
        yield {c.TYPE: TODAY if fact == TODAY else "hidden", c.NAME: field, c.FACT: fact}


def _question(
    item: Item, questionnaire: Questionnaire, fields: Mapping[str, str], earlier: Mapping[str, Subject]
) -> Cells:
    relevant, constraint = relevant_of(item, earlier), constraint_of(item, earlier)
    return {
        c.NAME: item.alias,
        c.REQUIRED: _flag(item.core),
        c.RELEVANT: relevant,
        c.CONSTRAINT: constraint,
        c.KIND: item.kind.value,
        c.OWN_RELEVANT: _where_other(item.relevant, relevant),
        c.OWN_CONSTRAINT: _where_other(item.constraint, constraint),
        c.CHANNELS: " ".join(item.channels),
        c.MEASURES: ", ".join(measure(feed) for feed in item.measures),
        **{c.PREFIX + flag: _flag(getattr(item, flag)) for flag in c.FLAGS},
        **{c.PREFIX + flag: _flag(getattr(item, flag)) for flag in _outside_flags(item)},
        **_texts(item, questionnaire.languages, fields),
    }


def _where_other(own: str | None, spelled: str) -> str:
    return "" if own is None or own == spelled else own


def _outside_flags(item: Item) -> tuple[str, ...]:
    """Beside a number or a date, no choice says « ne sait pas »."""
    return () if item.kind in CHOSEN else c.OUTSIDE_FLAGS


def measure(feed: Feed) -> str:
    """Write what a question feeds.

    >>> from surveys.questionnaire.definition import Rule
    >>> measure(Feed("GLOB", 1, Rule.TOP2)), measure(Feed("MOTIF", 2, Rule.IS, "retard"))
    ('GLOB 1 top2', 'MOTIF 2 is retard')
    """
    parts = (feed.indicator, str(feed.version), feed.rule.value, feed.value or "")
    return " ".join(part for part in parts if part)


def _texts(item: Item, languages: Sequence[Language], fields: Mapping[str, str]) -> Cells:
    written = dict(wordings(item))
    found: Cells = {}
    for language in languages:
        texts = {
            column: in_form(text, fields)
            for column, path in c.TEXTS.items()
            if path in written and (text := written[path].in_(language))
        }
        if (only := _said_of_exclusion(item)) and (words := only.in_(language)):
            texts[c.MESSAGE] = words
        guiding = {column: texts[column] for column in c.GUIDING if column in texts}
        if guiding:
            texts[c.GUIDANCE] = guidance(guiding, language)
        found |= {c.in_language(column, language): text for column, text in texts.items()}
    return found


def _said_of_exclusion(item: Item) -> Words | None:
    """Say why a choice is refused where the definition leaves it to the product."""
    is_exclusive = any(option.exclusive for option in coding.options(item))
    return EXCLUSIVE_SAID if item.kind is Kind.MULTIPLE and is_exclusive and not item.constraint else None


def _type(item: Item, lists: _Lists, questionnaire: Questionnaire) -> str:
    if item.kind in CHOSEN:
        rows = [_choice(item, option, questionnaire.languages) for option in coding.options(item)]
        several = "select_multiple" if item.kind is Kind.MULTIPLE else "select_one"
        return f"{several} {lists.name(item, rows)}"
    if item.kind is Kind.NUMBER:
        return "decimal" if item.decimals else "integer"
    return item.kind.value


def _choice(item: Item, option: Option, languages: Iterable[Language]) -> Cells:
    is_ours = option.value in coding.OUTSIDE or not item.choices
    texts = {c.in_language(c.LABEL, each): option.words.in_(each) or "" for each in languages}
    return {c.NAME: option.value, **texts, c.STANDARD: _flag(is_ours)}


def _choices(lists: _Lists, languages: Sequence[Language]) -> Sheet:
    rows = [{c.LIST: name, **dict(cells)} for choices, name in lists.names.items() for cells in choices]
    labels = [c.in_language(c.LABEL, language) for language in languages]
    return sheet(CHOICES, (c.LIST, c.NAME, *labels, c.STANDARD), rows)


def _settings(questionnaire: Questionnaire) -> Sheet:
    others = [language for language in questionnaire.languages if language != "fr"]
    titles = {c.in_language("sq_title", each): questionnaire.title.in_(each) or "" for each in others}
    cells = {
        "form_title": questionnaire.title.fr,
        "form_id": questionnaire.code,
        "version": str(questionnaire.version),
        "default_language": c.LANGUAGE_HEADERS["fr"],
        **titles,
    }
    return sheet(SETTINGS, cells, [cells])


def _survey_columns(languages: Sequence[Language]) -> Iterator[str]:
    def in_each(*columns: str) -> Iterator[str]:
        return (c.in_language(column, language) for column in columns for language in languages)

    yield from (c.TYPE, c.NAME, *in_each(c.LABEL, c.HINT, c.GUIDANCE))
    yield from (c.REQUIRED, c.RELEVANT, c.CONSTRAINT, *in_each(c.MESSAGE))
    flags = (c.PREFIX + flag for flag in (*c.FLAGS, *c.OUTSIDE_FLAGS))
    yield from (c.KIND, c.FACT, c.CHANNELS, c.MEASURES, *flags)
    yield from (c.OWN_RELEVANT, c.OWN_CONSTRAINT, *in_each(*c.OWN_TEXTS))


def _flag(is_set: bool) -> str:
    return c.TRUE if is_set else ""
