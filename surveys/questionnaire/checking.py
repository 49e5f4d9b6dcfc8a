"""What the types of a definition cannot say: rules between fields, between items, and what texts pipe in."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import product

from quality.french import french
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.conditions import Finding, condition_findings
from surveys.questionnaire.definition import (
    LANGUAGES,
    PIPED,
    SCALE,
    Channel,
    Item,
    Kind,
    Questionnaire,
    Rule,
    fits_a_key,
    wordings,
)
from surveys.questionnaire.facts import NAMES, Facts
from surveys.questionnaire.piping import PlaceholderRefused, check_placeholders
from surveys.questionnaire.voice.prompts import LONGEST_CALL, PEOPLE, Script, lengths

FEWEST_CHOICES, MOST_CHOICES = 2, 20
MOST_BY_VOICE = 4  # closed questions (contact.md, section 4)
LONG_NAME, LONG_PLATFORM = "N" * 30, "P" * 17  # of a provider, and of a platform as it signs its messages
A_DAY = date(2026, 9, 23)  # « mercredi 23 septembre », as long as days are
MOST_FIRST = 5  # choices of a first question: each is a link in an e-mail
CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE})
KEYED = frozenset({Channel.SMS, Channel.VOICE})
RULES_OF: dict[Kind, frozenset[Rule]] = {
    Kind.RATING: frozenset({Rule.TOP2, Rule.SCALE}),
    Kind.YES_NO: frozenset({Rule.YES}),
    Kind.SINGLE: frozenset({Rule.IS}),
    Kind.SCALE: frozenset({Rule.MARK}),
}


def _wrong_number_of_choices(item: Item) -> bool:
    if item.kind is Kind.RATING:
        return len(item.choices) not in {0, len(SCALE)}
    if item.kind in CHOSEN:
        return not FEWEST_CHOICES <= len(item.choices) <= MOST_CHOICES
    return bool(item.choices)


def _wrong_values(item: Item) -> bool:
    values = [choice.value for choice in item.choices]
    if item.kind in CHOSEN:
        return None in values or bool(OUTSIDE & set(values)) or len(set(values)) < len(values)
    return item.kind is Kind.RATING and any(value is not None for value in values)


def _read_alike(item: Item) -> bool:
    """Tell whether two choices have the same words in some language: nobody could say which is meant."""
    return any(
        len({choice.label.of(language).strip().casefold() for choice in item.choices}) < len(item.choices)
        for language in LANGUAGES
    )


def _wrong_feed(item: Item) -> bool:
    return any(feed.rule not in RULES_OF.get(item.kind, frozenset()) for feed in item.measures)


def _wrong_favourable(item: Item) -> bool:
    values = {choice.value for choice in item.choices}
    return any(
        feed.value is None or feed.value not in values if feed.rule is Rule.IS else feed.value is not None
        for feed in item.measures
    )


ITEM_RULES: tuple[tuple[str, Callable[[Item], bool], str], ...] = (
    (
        "choices",
        _wrong_number_of_choices,
        french(
            "il faut de 2 à 20 réponses à choisir, cinq mots d’échelle pour une note, et rien pour les autres"
        ),
    ),
    (
        "choices",
        _wrong_values,
        french(
            "chaque réponse à choisir a une valeur, une seule fois, autre que « nsp » et « so » ; "
            "les mots d’une note n’en ont pas"
        ),
    ),
    ("choices", _read_alike, french("deux réponses à choisir ont les mêmes mots dans une langue")),
    (
        "choices",
        lambda item: item.kind is not Kind.MULTIPLE and any(choice.exclusive for choice in item.choices),
        french("une réponse n’en exclut d’autres que si plusieurs sont permises"),
    ),
    (
        "signal",
        lambda item: item.signal and item.kind is not Kind.RATING,
        french("seule une note peut être un signal"),
    ),
    (
        "callback",
        lambda item: item.callback and item.kind is not Kind.YES_NO,
        french("seule une question oui ou non peut demander un rappel"),
    ),
    (
        "dont_know",
        lambda item: item.dont_know and item.kind is Kind.TEXT,
        french("« Je ne sais pas » n’a pas de sens pour un texte libre"),
    ),
    (
        "not_applicable",
        lambda item: item.not_applicable and item.kind is Kind.TEXT,
        french("« Cela ne me concerne pas » n’a pas de sens pour un texte libre"),
    ),
    (
        "decimals",
        lambda item: item.decimals and item.kind is not Kind.NUMBER,
        french("seul un nombre peut avoir des décimales"),
    ),
    ("measures", _wrong_feed, french("la règle ne convient pas à ce genre de question")),
    (
        "measures",
        _wrong_favourable,
        french("la réponse favorable est l’une des réponses à choisir, et pour cette règle seulement"),
    ),
    (
        "measures",
        lambda item: len({feed.series for feed in item.measures}) < len(item.measures),
        french("le même indicateur est nourri deux fois"),
    ),
    ("alias", lambda item: item.alias in NAMES, french("ce nom est celui d’un fait de la visite")),
    (
        "constraint_message",
        lambda item: item.constraint_message is not None and item.constraint is None,
        french("ce texte accompagne une condition, et il n’y en a pas"),
    ),
    (
        "channels",
        lambda item: len(set(item.channels)) < len(item.channels),
        french("un moyen de réponse est nommé deux fois"),
    ),
    (
        "channels",
        lambda item: bool(KEYED & set(item.channels)) and not fits_a_key(item),
        french(
            "par SMS et par téléphone automatique, une touche doit répondre : une note, oui ou non, "
            "ou huit réponses au plus"
        ),
    ),
)


def findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Check what the types cannot, and name each field that breaks a rule."""
    yield from _language_findings(questionnaire)
    yield from _first_findings(questionnaire)
    yield from repeated_names([item.alias for item in questionnaire.items])
    for number, item in enumerate(questionnaire.items):
        for field, is_broken, message in ITEM_RULES:
            if is_broken(item):
                yield Finding(("items", number, field), message)
    yield from _voice_findings(questionnaire)
    yield from condition_findings(questionnaire)
    yield from _text_findings(questionnaire)


def repeated_names(aliases: Sequence[str]) -> Iterator[Finding]:
    """Find the questions that share a name, which tells them apart everywhere."""
    counts = Counter(aliases)
    for number, alias in enumerate(aliases):
        if counts[alias] > 1:
            yield Finding(
                ("items", number, "alias"), french("« {alias} » sert à deux questions"), {"alias": alias}
            )


def _language_findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    languages = questionnaire.languages
    if "fr" not in languages or len(set(languages)) < len(languages):
        yield Finding(
            ("languages",), french("le français en fait partie, et chaque langue n’est nommée qu’une fois")
        )


def _first_findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    """The first answer counts alone: a bare digit sent by SMS, or a link of an e-mail, gives it."""
    first = questionnaire.items[0]
    is_closed = first.kind in {Kind.RATING, Kind.YES_NO, Kind.SCALE} or (
        first.kind is Kind.SINGLE and len(first.choices) <= MOST_FIRST
    )
    if not is_closed or not first.core:
        yield Finding(
            ("items", 0, "kind"),
            french(
                "la première question doit être une note, oui ou non, ou un choix de cinq réponses au plus, "
                "et compter pour une réponse complète"
            ),
        )
    if first.relevant is not None:
        yield Finding(("items", 0, "relevant"), french("la première question se pose toujours"))
    if Channel.WEB not in questionnaire.channels_of(first):
        yield Finding(
            ("items", 0, "channels"),
            french("la première question se pose aussi sur internet : les liens et les codes y mènent"),
        )


def _voice_findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    spoken = [item for item in questionnaire.items if Channel.VOICE in questionnaire.channels_of(item)]
    for item in spoken[MOST_BY_VOICE:]:
        yield Finding(
            ("items", questionnaire.items.index(item), "channels"),
            french("par téléphone automatique, quatre questions au plus"),
        )
    if late := [at for each in _calls(questionnaire) if (at := _overrun(each)) is not None]:
        yield Finding(
            ("items", min(late), "channels"),
            french(
                "par téléphone automatique, l’appel dure plus de deux minutes à cette question : "
                "raccourcissez les textes, ou posez moins de questions ainsi"
            ),
        )


def _calls(questionnaire: Questionnaire) -> Iterator[Script]:
    """List the calls that a questionnaire may make: to whom, in which language, with long names."""
    for (mode, audience), language in product(PEOPLE, questionnaire.languages):
        visit = Facts(organisation=LONG_NAME, day=A_DAY, mode=mode, audience=audience)
        yield Script(questionnaire=questionnaire, facts=visit, platform=LONG_PLATFORM, language=language)


def _overrun(call: Script) -> int | None:
    """Give the rank of the question at which a call gets too long, if all are asked."""
    with suppress(PlaceholderRefused):  # told of the text itself
        items = call.questionnaire.items
        return next((items.index(item) for item, at in lengths(call) if at > LONGEST_CALL), None)
    return None


def _text_findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    for path, words in wordings(questionnaire):
        for language in LANGUAGES:
            text = words.in_(language)
            if text is None:
                continue
            if language not in questionnaire.languages:
                yield Finding(
                    (*path, language),
                    french("« {language} » n’est pas parmi les langues du questionnaire"),
                    {"language": language},
                )
            try:
                check_placeholders(text, PIPED if path[0] == "items" else frozenset())
            except PlaceholderRefused as error:
                yield Finding((*path, language), error.message, error.values)
