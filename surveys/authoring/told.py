"""A questionnaire told in plain words: its questions, what they say in each language, what they are for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quality.errors import NotFound
from quality.french import french
from quality.measures.catalogue import indicator
from quality.web import languages
from quality.web.languages import counted
from quality.web.languages import gettext as _
from surveys.authoring.conditions import allowed_if, asked_if
from surveys.protocol.choosing_questions import Moment
from surveys.questionnaire.definition import Channel, Feed, Item, Kind, Questionnaire, Words, wordings

Step = str | int
KINDS = {
    Kind.RATING: french("Note de 1 à 5"),
    Kind.SCALE: french("Note de 0 à 10"),
    Kind.YES_NO: french("Oui ou non"),
    Kind.SINGLE: french("Une seule réponse à choisir"),
    Kind.MULTIPLE: french("Plusieurs réponses à choisir"),
    Kind.NUMBER: french("Un nombre"),
    Kind.DATE: french("Une date"),
    Kind.TEXT: french("Un texte libre"),
}
CHANNELS = {
    Channel.WEB: french("sur internet"),
    Channel.PHONE: french("par un agent au téléphone"),
    Channel.PAPER: french("sur papier"),
    Channel.SMS: french("par SMS"),
    Channel.VOICE: french("par téléphone automatique"),
}
LANGUAGE_NAMES = {
    "fr": french("Français"),
    "en": french("Anglais"),
    "es": french("Espagnol"),
    "pt": french("Portugais"),
    "it": french("Italien"),
    "de": french("Allemand"),
    "ar": french("Arabe"),
}
WHAT = {
    "title": french("Nom du questionnaire"),
    "label": french("Question"),
    "say": french("À lire à voix haute"),
    "hint": french("Aide sous la question"),
    "probe": french("Si la personne hésite"),
    "agent": french("Pour l’agent, jamais dit"),
    "constraint_message": french("Si la réponse n’est pas permise"),
}
WHERE = {
    "sms": french("par SMS"),
    "email": french("par e-mail"),
    "voice": french("par téléphone automatique"),
    "paper": french("sur papier"),
}
WHO = {
    "mandataire": french("le client emploie lui-même"),
    "mise_a_disposition": french("mise à disposition"),
    "relative": french("un proche répond"),
    "mandataire_relative": french("un proche répond, le client emploie"),
}
MOMENTS = {
    Moment.VISIT: french("après une visite"),
    Moment.FIRST: french("après la première visite"),
    Moment.NO_SHOW: french("après une visite qui n’a pas eu lieu"),
    Moment.COMPLAINT: french("après une réclamation"),
    Moment.YEARLY: french("une fois par an"),
}


@dataclass(frozen=True, slots=True)
class SaidText:
    """One text of a question; `texts` are (language, words), the words empty where they are not written."""

    what: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToldItem:
    """One question: its kind, what it says, then what it is for in sentences."""

    number: int
    alias: str
    label: str
    kind: str
    texts: tuple[SaidText, ...]
    notes: tuple[str, ...]


def language_names(questionnaire: Questionnaire) -> tuple[tuple[str, str], ...]:
    """Name the languages in which a questionnaire is written, with their codes."""
    return tuple((each, _(LANGUAGE_NAMES[each])) for each in questionnaire.languages)


def told(questionnaire: Questionnaire) -> tuple[ToldItem, ...]:
    """Tell each question, in order."""
    return tuple(
        ToldItem(
            number=number,
            alias=item.alias,
            label=item.label.of(languages.current()),
            kind=_(KINDS[item.kind]),
            texts=tuple(_texts(item, questionnaire.languages)),
            notes=tuple(_notes(questionnaire, item)),
        )
        for number, item in enumerate(questionnaire.items, start=1)
    )


def _texts(item: Item, written: Sequence[str]) -> Iterator[SaidText]:
    for path, words in wordings(item):
        yield SaidText(place_of(item, path), _in_each(words, written))


def _in_each(words: Words, written: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((language, words.in_(language) or "") for language in written)


def place_of(item: Item, path: Sequence[Step]) -> str:
    """Say what a text of an item is.

    >>> item = Item(alias="a", kind=Kind.TEXT, label=Words("b"))
    >>> place_of(item, ("variants", "relative", "words", "sms", "hint"))
    'Aide sous la question (un proche répond, par SMS)'
    """
    if path[0] == "choices" and len(path) > 1:
        return _choice(item, int(path[1]))
    return text_words(path)


def text_words(path: Sequence[Step]) -> str:
    """Say what a text is that is no answer to choose.

    >>> text_words(("words", "sms", "label"))
    'Question (par SMS)'
    """
    where = [_(WHO[step]) for step in path if step in WHO] + [
        _(WHERE[step]) for step in path if step in WHERE
    ]
    what = next((_(WHAT[step]) for step in reversed(path) if step in WHAT), "")
    return f"{what} ({', '.join(where)})" if where else what


def _choice(item: Item, rank: int) -> str:
    if item.kind is Kind.RATING:
        return counted(_("Note {num}"), rank + 1)
    return counted(_("Réponse {num}"), rank + 1)


def _notes(questionnaire: Questionnaire, item: Item) -> Iterator[str]:
    """Say what a question is for, when it is asked, and where."""
    yield _("Son nom, qui reste le même d’une version à l’autre : {alias}.").format(alias=item.alias)
    if item.core:
        yield _("Elle compte pour dire qu’une réponse est complète.")
    yield from (_fed(feed) for feed in item.measures)
    yield from (_(words) for words, is_said in _traits(item) if is_said)
    if item.relevant is not None:
        yield _("Elle se pose seulement si {condition}.").format(condition=asked_if(questionnaire, item))
    if item.constraint is not None:
        yield _("La réponse est permise si {condition}.").format(condition=allowed_if(questionnaire, item))
    yield asked_where(questionnaire, item)


def _traits(item: Item) -> tuple[tuple[str, bool], ...]:
    return (
        (french("Une mauvaise note ouvre un signal."), item.signal),
        (french("« Oui » demande à être rappelé."), item.callback),
        (french("On peut répondre « Je ne sais pas »."), item.dont_know),
        (french("On peut répondre « Cela ne me concerne pas »."), item.not_applicable),
        (french("Les décimales sont permises."), item.decimals),
    )


def _fed(feed: Feed) -> str:
    try:
        label = indicator(feed.indicator, feed.version).label
    except NotFound:
        return _("Elle nourrit un résultat inconnu : {code}.").format(code=feed.series)
    words = label.en if languages.current() == "en" else label.fr
    return _("Elle nourrit le résultat « {label} ».").format(label=words)


def asked_where(questionnaire: Questionnaire, item: Item) -> str:
    """Say by what means a question is asked."""
    asked = questionnaire.channels_of(item)
    words = ", ".join(_(CHANNELS[channel]) for channel in Channel if channel in asked)
    return _("Elle se pose {channels}.").format(channels=words)
