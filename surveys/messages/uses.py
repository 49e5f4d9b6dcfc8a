"""What each message is for, and what it may, must or cannot say (pure): the one place of these rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality.french import french
from surveys.channels import naming
from surveys.dispatch.text import FOLLOW_UPS, Channel


@dataclass(frozen=True, slots=True)
class Use:
    """A message: its title, its moment in words, its channel, the facts that it must name."""

    title: str
    channel: Channel
    required: frozenset[str]
    must_say_stop: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that serve one purpose, in the order in which they are shown."""

    title: str
    names: tuple[str, ...]


_ASKS = frozenset({"plateforme", "question", "lien"})
_LISTS = frozenset({"notes", "lien"})
_WRITES = frozenset({"plateforme", "question", "notes", "refus"})
_FOLLOWS = frozenset({"plateforme", "lien"})

USES: Mapping[str, Use] = {
    "opening": Use(naming.FIRST["sms"], "sms", _ASKS, must_say_stop=True),
    "reminder": Use(naming.REMINDER["sms"], "sms", _ASKS, must_say_stop=True),
    "opening_email": Use(naming.FIRST["email"], "email", _WRITES),
    "reminder_email": Use(naming.REMINDER["email"], "email", _WRITES),
    "low_mark": Use(french("Réponse à une note de 1 ou 2"), "sms", _LISTS),
    "next_question": Use(french("Question suivante, par SMS"), "sms", frozenset({"question", "lien"})),
    "ask_again": Use(french("Réponse à un SMS qui n’est pas une note"), "sms", _LISTS),
    "motive_again": Use(french("Réponse à un SMS qui n’est pas un de ces chiffres"), "sms", _LISTS),
    "news": Use(french("Nouvelles d’une réclamation"), "sms", _FOLLOWS),
    "news_email": Use(french("Nouvelles d’une réclamation, par e-mail"), "email", _FOLLOWS),
    "verdict": Use(french("Question sur la solution"), "sms", _FOLLOWS),
    "verdict_email": Use(french("Question sur la solution, par e-mail"), "email", _FOLLOWS),
    "voicemail": Use(
        french("Message laissé sur le répondeur"), "voice", frozenset({"plateforme", "telephone"})
    ),
}
GROUPS = (
    Group(
        french("Demander un avis"),
        ("opening", "reminder", "opening_email", "reminder_email"),
    ),
    Group(
        french("Répondre à un SMS"),
        ("low_mark", "next_question", "ask_again", "motive_again"),
    ),
    Group(
        french("Suivre une réclamation"),
        ("news", "verdict", "news_email", "verdict_email"),
    ),
    Group(french("Au téléphone"), ("voicemail",)),
)

# What a fact is, in words; the order is that of the page.
MEANINGS: Mapping[str, str] = {
    "plateforme": french("le nom de la plateforme"),
    "organisme": french("le nom de l’organisme"),
    "d_organisme": french("le nom de l’organisme, avec « de »"),
    "jour": french("le jour de la visite"),
    "question": french("la question, dans les mots du questionnaire"),
    "notes": french("les réponses possibles"),
    "lien": french("l’adresse de la page où répondre"),
    "rappel": french("l’adresse pour demander un appel"),
    "refus": french("l’adresse pour ne plus recevoir de message"),
    "telephone": french("le numéro de la plateforme"),
    "horaires": french("les heures où l’appeler"),
}
# Nothing of the visit is ever left on voicemail, where anybody may hear it.
_KNOWN: Mapping[Channel, frozenset[str]] = {
    "sms": frozenset({"plateforme", "organisme", "jour", "lien", "telephone", "question", "notes"}),
    "email": frozenset(MEANINGS),
    "voice": frozenset({"plateforme", "telephone", "horaires"}),
}
_OF_QUESTIONS = frozenset({"jour", "question", "notes", "rappel", "refus"})


def known(name: str) -> tuple[str, ...]:
    """List the facts that a message may name, in the order of the page.

    >>> known("news")
    ('plateforme', 'organisme', 'lien', 'telephone')
    """
    allowed = _KNOWN[USES[name].channel] - (_OF_QUESTIONS if name in FOLLOW_UPS else frozenset())
    return tuple(fact for fact in MEANINGS if fact in allowed)
