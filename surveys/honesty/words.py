"""Why an answer is set apart, in plain words: a name, an address, and what was seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.french import french
from quality.web import languages
from quality.web.format import spelled, spelled_feminine
from quality.web.languages import gettext as _
from surveys.honesty.rules import (
    DEVICE_WINDOW,
    MANY_CLIENTS,
    OF_PAPER,
    QUICK,
    QUICK_QUESTIONS,
    Reason,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason: its name in an address, its short name, and what was seen."""

    slug: str
    label: str
    sentence: str


REASONS: Mapping[Reason, ReasonWords] = {
    Reason.WORKER_FILLED_IN: ReasonWords(
        "remplie",
        french("Remplie par la personne qui intervient"),
        french("C’est ce que dit la réponse. L’avis peut être celui de la personne qui intervient."),
    ),
    Reason.WORKER_PRESENT: ReasonWords(
        "presence",
        french("Donnée en présence de la personne qui intervient"),
        french("C’est ce que dit la réponse. Devant la personne qui intervient, on répond moins librement."),
    ),
    Reason.ONE_NUMBER: ReasonWords(
        "numero",
        french("Un même numéro pour de nombreux clients"),
        french(
            "Au moins {clients} clients de cet organisme ont ce numéro ou cette adresse e-mail. C’est "
            "peut-être celui de l’organisme, ou d’une personne qui intervient."
        ),
    ),
    Reason.ONE_DEVICE: ReasonWords(
        "appareil",
        french("Un même appareil pour de nombreux clients"),
        french(
            "En {days} jours, au moins {clients} clients de cet organisme ont répondu depuis un même "
            "appareil ou une même connexion."
        ),
    ),
    Reason.TOO_FAST: ReasonWords(
        "vitesse",
        french("Remplie trop vite"),
        french(
            "Au moins {questions} questions ont reçu leur réponse en moins de {seconds} secondes. Personne "
            "ne les lit si vite."
        ),
    ),
}
BY_SLUG = {words.slug: reason for reason, words in REASONS.items()}
DECIDED = {
    Verdict.IN: french("Reprise\u00a0: elle compte"),
    Verdict.OUT: french("Laissée à part"),
}
TO_READ = french("À lire")


def label(reason: Reason) -> str:
    return _(REASONS[reason].label)


def sentence(reason: Reason) -> str:
    lang = languages.current()
    return _(REASONS[reason].sentence).format(
        clients=spelled(MANY_CLIENTS, lang),
        days=spelled(DEVICE_WINDOW.days, lang),
        questions=spelled_feminine(QUICK_QUESTIONS, lang),
        seconds=spelled_feminine(QUICK.seconds, lang),
    )


def labels(doubts: Iterable[str]) -> tuple[str, ...]:
    return tuple(label(reason) for reason in Reason if reason in set(doubts))


def standing(admissible: str, verdict: str) -> tuple[str, str]:
    """Give the state and the words of where an answer stands: to be read, taken in, left out.

    >>> standing("too_fast", ""), standing("yes", "in")
    (('signal', 'À lire'), ('ok', 'Reprise\\xa0: elle compte'))
    """
    if admissible in OF_PAPER:
        return "", _("À part\u00a0: le code a servi plusieurs fois")
    decided = DECIDED.get(Verdict(verdict))
    return ("ok" if verdict == Verdict.IN else "", _(decided)) if decided else ("signal", _(TO_READ))
