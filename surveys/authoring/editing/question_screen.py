"""The form of a question as its page shows it: each field with its words and what is wrong in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.authoring.editing import item_form
from surveys.authoring.editing.comparing import series_words
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.item_form import (
    FLAGS,
    MOST_FEEDS,
    MOST_ROWS,
    OWN_WORDS,
    PER_VARIANT,
    SPARE_ROWS,
    ChoiceForm,
    FeedForm,
    ItemForm,
    Wrong,
)
from surveys.authoring.editing.located import FIELDS, Fault, sentence
from surveys.authoring.editing.sms_length import Measured
from surveys.authoring.pages import HREF, title_of
from surveys.authoring.told import CHANNELS, KINDS, WHERE, WHO, text_words
from surveys.messages.meter import Meter
from surveys.publishing import answered_series
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Kind, Questionnaire, Rule

Pairs = tuple[tuple[str, str], ...]
RULES = {
    Rule.TOP2: french("Les deux meilleures notes"),
    Rule.SCALE: french("Les deux meilleures notes, et chaque note de 1 à 5"),
    Rule.YES: french("La réponse « Oui »"),
    Rule.IS: french("Une réponse précise"),
    Rule.MARK: french("Chaque note de 0 à 10"),
}
CHOSEN_KINDS = frozenset({Kind.RATING, Kind.SINGLE, Kind.MULTIPLE})
FACTS = {
    "visit_date": french("la date de la visite"),
    "today": french("la date du jour, pour vérifier une réponse seulement"),
    "mode": french("« prestataire », « mandataire » ou « mise_a_disposition »"),
    "activity": french("le code de l’activité, comme « II-3 »"),
    "provider": french("le nom de l’organisme"),
    "audience": french("qui répond : « client » ou « relative » (un proche)"),
    "departement": french("le code du département, comme « 34 »"),
}
TESTS = {
    "selected(${…}, '…')": french("cette réponse est parmi celles qui sont choisies"),
    "answered(${…})": french("la question a une réponse, « Je ne sais pas » compris"),
    "date('2026-12-31')": french("une date, à comparer avec une autre"),
    "and, or, not(…)": french("et, ou, le contraire"),
}
FLAG_WORDS = {
    "core": french("Elle compte pour dire qu’une réponse est complète"),
    "signal": french("Une mauvaise note ouvre un signal"),
    "callback": french("« Oui » demande à être rappelé"),
    "dont_know": french("On peut répondre « Je ne sais pas »"),
    "not_applicable": french("On peut répondre « Cela ne me concerne pas »"),
    "decimals": french("Les décimales sont permises"),
}


@dataclass(frozen=True, slots=True)
class TextField:
    """One French text of the form."""

    name: str
    label: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class TextGroup:
    """The texts of one channel or of one person, folded until one of them is written."""

    name: str
    title: str
    texts: tuple[TextField, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Nameable:
    """What a condition may name: as it is written, what it is, and the (value, words) that it may have."""

    written: str
    words: str
    values: Pairs


@dataclass(frozen=True, slots=True)
class QuestionEditor:
    """The form of a question; `errors` are (anchor, sentence), `wrong` the sentence of each wrong field."""

    code: str
    title: str
    number: int
    alias: str
    revision: int
    form: ItemForm
    texts: tuple[TextField, ...]
    groups: tuple[TextGroup, ...]
    rows: tuple[ChoiceForm, ...]
    feeds: tuple[FeedForm, ...]
    kinds: Pairs
    flags: Pairs
    channels: Pairs
    series: Pairs
    rules: Pairs
    translations: Pairs
    names: tuple[Nameable, ...]
    meter: Meter | None
    lengths: tuple[str, ...]
    notice: str
    refusal: str
    errors: Pairs
    wrong: Mapping[str, str]


def composed(
    draft: Draft,
    alias: str,
    form: ItemForm,
    found: Sequence[Fault],
    *,
    measured: Measured | None = None,
    notice: str = "",
    refusal: str = "",
) -> QuestionEditor:
    """Compose the page of a form; `found` is what is wrong in the question, in any language."""
    here = [each for each in found if each.language in {"", "fr"}]
    wrong = {each.field: each.sentence for each in reversed(here)}
    aliases = ["", *(item.alias for item in draft.questionnaire.items)]
    return QuestionEditor(
        code=draft.code,
        title=title_of(draft.questionnaire),
        number=aliases.index(alias) if alias in aliases else 0,
        alias=alias,
        revision=draft.revision,
        form=form,
        texts=tuple(_text(form, path, wrong) for path in item_form.TEXTS),
        groups=_groups(form, wrong),
        rows=_rows(form),
        feeds=(*form.feeds, FeedForm())[:MOST_FEEDS],
        kinds=tuple((kind.value, _(words)) for kind, words in KINDS.items()),
        flags=tuple((flag, _(FLAG_WORDS[flag])) for flag in FLAGS),
        channels=tuple((channel.value, _(words)) for channel, words in CHANNELS.items()),
        series=_series(form),
        rules=(("", _("Choisir…")), *((rule.value, _(words)) for rule, words in RULES.items())),
        translations=_elsewhere(draft, found),
        names=tuple(_nameable(draft.questionnaire, alias)),
        meter=measured.meter if measured else None,
        lengths=measured.languages if measured else (),
        notice=notice,
        refusal=refusal,
        errors=tuple((each.anchor, each.words) for each in here),
        wrong=wrong,
    )


def _rows(form: ItemForm) -> tuple[ChoiceForm, ...]:
    """List the answers to choose with empty rows below, for the kinds that have some."""
    spare = SPARE_ROWS if form.kind in CHOSEN_KINDS else 0
    return (*form.choices, *[ChoiceForm()] * spare)[: MOST_ROWS + SPARE_ROWS]


def refused(wrong: Wrong, alias: str) -> Fault:
    """Say what cannot be kept as what is to be corrected is said."""
    words = sentence(_(wrong.sentence).format_map(wrong.values))
    return Fault(alias, 0, wrong.field, field_words(wrong.field), "", words)


def field_words(field: str) -> str:
    """Say a field of the form."""
    kind, _dash, rest = field.partition("-")
    if kind == "choices":
        return _("Réponse {num}").format(num=rest.partition("-")[0])
    if kind == "measures":
        return _("Résultat {num}").format(num=rest.partition("-")[0])
    return _(FIELDS[field]) if field in FIELDS else text_words(field.split("."))


def _text(form: ItemForm, path: str, wrong: Mapping[str, str]) -> TextField:
    return TextField(path, text_words(path.split(".")), form.texts[path], wrong.get(path, ""))


def _groups(form: ItemForm, wrong: Mapping[str, str]) -> tuple[TextGroup, ...]:
    own = [
        (f"mots-{channel}", _(WHERE[channel]), (f"words.{channel}.label", f"words.{channel}.hint"))
        for channel in OWN_WORDS
    ]
    people = [(f"mots-{variant}", _(WHO[variant]), paths) for variant, paths in PER_VARIANT.items()]
    return tuple(
        TextGroup(
            name,
            _("Autres mots : {whom}").format(whom=title),
            tuple(_text(form, path, wrong) for path in paths),
            any(form.texts[path] or path in wrong for path in paths),
        )
        for name, title, paths in (*own, *people)
    )


def _series(form: ItemForm) -> Pairs:
    """List the results that answers may feed, with those typed that the catalogue does not have."""
    known = sorted(answered_series())
    lost = [feed.series for feed in form.feeds if feed.series and feed.series not in known]
    unknown = _("{code} (n’existe pas)")
    return (
        ("", _("Aucun")),
        *((code, unknown.format(code=code)) for code in lost),
        *((code, series_words(code)) for code in known),
    )


def _nameable(questionnaire: Questionnaire, alias: str) -> Iterator[Nameable]:
    """List what a condition may name: the questions before, the facts of the visit; then how it tests."""
    for item in takewhile(lambda each: each.alias != alias, questionnaire.items):
        values = tuple((each.value, each.words.of(languages.current())) for each in coding.choices(item))
        yield Nameable(f"${{{item.alias}}}", item.label.of(languages.current()), values)
    facts = {f"${{{name}}}": words for name, words in FACTS.items()}
    yield from (Nameable(written, _(words), ()) for written, words in (facts | TESTS).items())


def _elsewhere(draft: Draft, found: Sequence[Fault]) -> Pairs:
    """List what is wrong in the other languages, with the page where it is corrected."""
    return tuple(
        (f"{HREF}/{draft.code}/brouillon/traduction/{each.language}#{each.text}", each.words)
        for each in found
        if each.language not in {"", "fr"}
    )
