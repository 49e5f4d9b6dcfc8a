"""What is wrong in a draft, said where it is: the question, its field, the language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from quality.french import french
from quality.web.format import capital
from quality.web.languages import gettext as _
from surveys.authoring.editing.item_form import FLAGS
from surveys.authoring.told import LANGUAGE_NAMES, place_of
from surveys.publishing import broken
from surveys.questionnaire.conditions import Finding
from surveys.questionnaire.definition import LANGUAGES, Questionnaire

FIELDS = {
    "alias": french("Nom dans les conditions"),
    "kind": french("Genre de question"),
    "choices": french("Réponses à choisir"),
    "dont_know": french("« Je ne sais pas »"),
    "not_applicable": french("« Cela ne me concerne pas »"),
    "decimals": french("Décimales"),
    "core": french("Réponse complète"),
    "signal": french("Signal"),
    "callback": french("Rappel"),
    "measures": french("Résultats nourris"),
    "relevant": french("Condition pour la poser"),
    "constraint": french("Condition sur la réponse"),
    "channels": french("Moyens de réponse"),
    "title": french("Nom du questionnaire"),
    "languages": french("Langues"),
}


ANCHORS = {"channels": "channels-web", **{flag: f"flags-{flag}" for flag in FLAGS}}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct; `alias` is "" for the whole questionnaire, `language` for what is not a text.

    `field` is the field of its form, `place` says it in words.
    """

    alias: str
    number: int
    field: str
    place: str
    language: str
    sentence: str

    @property
    def text(self) -> str:
        """Name a text as the page and the files of translations do."""
        steps = self.field.removesuffix("-label").replace("-", ".") if "choices" in self.field else self.field
        ending = ".label" if "choices" in self.field else ""
        return f"{self.alias}.{steps}{ending}" if self.alias else "title"

    @property
    def anchor(self) -> str:
        """Name what a link to the field leads to: the first box of several."""
        if self.field == "title":
            return f"title-{self.language or 'fr'}"
        return ANCHORS.get(self.field, self.field)

    @property
    def words(self) -> str:
        """Say the fault with its field."""
        return _("{place} : {words}").format(place=self.place, words=self.sentence)


def faults(
    questionnaire: Questionnaire, past: Sequence[Questionnaire], moments: Iterable[str]
) -> tuple[Fault, ...]:
    """List all that keeps a draft from being published after those of before, asked at some moments."""
    return located(questionnaire, broken(questionnaire, past, moments))


def located(questionnaire: Questionnaire, found: Iterable[Finding]) -> tuple[Fault, ...]:
    """Say each thing found where it is, once."""
    return tuple(dict.fromkeys(_located(questionnaire, each) for each in found))


def sentence(words: str) -> str:
    """Write what is wrong as a sentence.

    >>> sentence("il manque un nom"), sentence("Les nôtres sont 1, 2, 3…")
    ('Il manque un nom.', 'Les nôtres sont 1, 2, 3…')
    """
    return capital(words) if words.endswith((".", "…", "?", "!")) else f"{capital(words)}."


def of_item(found: Sequence[Fault], alias: str) -> Iterator[Fault]:
    return (each for each in found if each.alias == alias)


def _located(questionnaire: Questionnaire, finding: Finding) -> Fault:
    said = sentence(_(finding.sentence).format_map(finding.values))
    path = finding.path
    language = str(path[-1]) if path[-1] in LANGUAGES else ""
    if path[0] != "items":
        field = str(path[0])
        return Fault("", 0, field, _in(_(FIELDS[field]), language), language, said)
    number, steps = int(path[1]) + 1, path[2:]
    item = questionnaire.items[number - 1]
    words = _(FIELDS[str(steps[0])]) if str(steps[0]) in FIELDS else ""
    if language:
        steps = steps[:-1]
        words = place_of(item, steps)
    return Fault(item.alias, number, field_of(steps), _in(words, language), language, said)


def _in(place: str, language: str) -> str:
    return f"{place} ({_(LANGUAGE_NAMES[language]).lower()})" if language not in {"", "fr"} else place


def field_of(steps: Sequence[str | int]) -> str:
    """Name the field of the form of a question for a place in it.

    >>> field_of(("choices", 1, "label")), field_of(("words", "sms", "label")), field_of(("measures", 0, "x"))
    ('choices-2-label', 'words.sms.label', 'measures')
    """
    if steps[0] == "choices" and len(steps) > 1:
        return f"choices-{int(steps[1]) + 1}-label"
    return "measures" if steps[0] == "measures" else ".".join(str(step) for step in steps)
