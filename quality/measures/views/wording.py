"""Published figures as people read them: value, interval and clients together, and what a target says."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from quality.directory.territories import Names
from quality.french import french
from quality.measures.catalogue import CATALOGUE, Direction, Indicator, Text, of_providers
from quality.measures.disclosure.lattice import ELSEWHERE
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure, digits_of
from quality.measures.statistics.remedies import LAST_LOOK
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

FULL = Decimal(100)
LONGEST = Decimal(LAST_LOOK)
# Where a scale ends: a bound that reaches it is of what is at least so much.
MOST = {Unit.PERCENT: FULL, Unit.POINTS: FULL, Unit.SCORE: FULL, Unit.DAYS: LONGEST}
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure in words; hidden, `value` says why and the rest is empty."""

    value: str
    interval: str
    clients: str
    status: str
    is_shown: bool
    is_fragile: bool

    @property
    def detail(self) -> str:
        return ", ".join(each for each in (self.interval, self.clients) if each)


def territory_words(code: str, names: Names) -> str:
    """Name a territory by its code in figures; what a département has outside of them has no name of its own.

    >>> territory_words("34-lodeve", {("34", "lodeve"): "Lodève"}), territory_words("34-hors-territoire", {})
    ('Lodève', 'Hors des territoires')
    """
    departement, _dash, of = code.partition("-")
    return _("Hors des territoires") if of == ELSEWHERE else names.get((departement, of), of)


class Verdict(StrEnum):
    """What an interval says of a target."""

    MET = "met"
    NOT_MET = "not_met"
    UNSURE = "unsure"


STATUS_WORDS = {
    Status.A: french("publié"),
    Status.L: french("fragile, moins de 30 clients"),
    Status.P: french("provisoire"),
    Status.C: french("moins de 11 clients"),
    Status.M: french("aucune réponse"),
}
PROTECTED = french("non publié, pour protéger les personnes")


def hidden_words(status: Status) -> str:
    return status_words(status) if status in {Status.C, Status.M} else _(PROTECTED)


def status_words(status: Status) -> str:
    """Name a status in words, as beside each figure."""
    return _(STATUS_WORDS.get(status, PROTECTED))


def clients_words(count: int) -> str:
    return ngettext("%(num)s client", "%(num)s clients", count) % {
        "num": text.count(count, languages.current())
    }


def is_shown(figure: Figure) -> bool:
    """Tell whether a reading of a figure says more than why it is hidden."""
    return figure.low is not None and figure.high is not None and figure.n_clients is not None


def reading(figure: Figure | None) -> Reading:
    """Write a figure; without one, nobody answered."""
    if figure is None or figure.low is None or figure.high is None or figure.n_clients is None:
        return _hidden(Status.M if figure is None else figure.status, languages.current())
    lang, digits = languages.current(), digits_of(figure.value, figure.low, figure.high)
    return Reading(
        value=_value(figure, digits, lang),
        interval="" if figure.value is None else interval(figure.low, figure.high, figure.unit, digits, lang),
        clients=clients_words(figure.n_clients),
        status=status_words(figure.status),
        is_shown=True,
        is_fragile=figure.status is Status.L,
    )


@cache
def _hidden(status: Status, _lang: str) -> Reading:
    """Say why figures of a status are hidden, in the language that is spoken."""
    return Reading(hidden_words(status), "", "", status_words(status), False, False)


def _value(figure: Figure, digits: int, lang: str) -> str:
    """Write a value, or the bound that stands for it when all of a few clients said the same."""
    low, high = figure.low or Decimal(), figure.high or Decimal()
    if figure.value is not None:
        return amount(figure.value, figure.unit, digits, lang)
    if high == MOST.get(figure.unit):
        return _("au moins {bound}").format(bound=amount(low, figure.unit, digits, lang))
    return _("au plus {bound}").format(bound=amount(high, figure.unit, digits, lang))


def amount(value: Decimal, unit: Unit, digits: int, lang: str) -> str:
    r"""Write a value in its unit; a score has a sign.

    >>> amount(Decimal(86), Unit.PERCENT, 0, "fr"), amount(Decimal(-12), Unit.POINTS, 0, "fr")
    ('86\xa0%', '−12')
    >>> amount(Decimal(85), Unit.SCORE, 0, "fr"), amount(Decimal(4), Unit.DAYS, 0, "fr")
    ('85 sur 100', '4\xa0jours')
    >>> amount(Decimal("2.5"), Unit.PER_THOUSAND, 1, "fr")
    '2,5 pour 1\u202f000'
    """
    if unit is Unit.PERCENT:
        return text.percent(value, digits, lang)
    if unit is Unit.PER_THOUSAND:
        return _("{value} pour 1 000").format(value=text.number(value, digits, lang))
    if unit is Unit.SCORE:
        return _("{value} sur 100").format(value=text.number(value, digits, lang))
    return days(value, digits, lang) if unit is Unit.DAYS else signed(value, digits, lang)


def days(value: Decimal, digits: int, lang: str) -> str:
    r"""Write a delay, of which the longest stands for all that are longer.

    >>> days(Decimal(1), 0, "fr"), days(Decimal(4), 0, "fr"), days(Decimal(60), 0, "fr")
    ('1\xa0jour', '4\xa0jours', '60\xa0jours ou plus')
    """
    words = (
        _("{num} jours ou plus") if value >= LONGEST else ngettext("{num} jour", "{num} jours", int(value))
    )
    return words.format(num=text.number(value, digits, lang))


def signed(value: Decimal, digits: int, lang: str) -> str:
    """Write a score with its sign, and zero without any."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + text.number(abs(value), digits, lang)


def interval(low: Decimal, high: Decimal, unit: Unit, digits: int, lang: str) -> str:
    """Write the two bounds of a figure."""
    if unit is Unit.PERCENT:
        return text.interval_text(low, high, digits, lang)
    first = signed(low, digits, lang) if unit is Unit.POINTS else text.number(low, digits, lang)
    return _("de {low} à {high}").format(low=first, high=amount(high, unit, digits, lang))


def verdict(figure: Figure | None, target: float, direction: Direction) -> Verdict:
    """Compare an interval with a target: only one wholly on one side, whatever was rounded, concludes.

    A bound of 79.6 is published as 80: it does not reach 80. What is said follows from what is published
    alone, so that it tells no more than the audit of the release knows that it tells.

    >>> from quality.measures.disclosure.status import Unit
    >>> from quality.measures.disclosure.lattice import Key, Scope
    >>> key = Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")
    >>> bounds = {"n_clients": 100, "value": Decimal(84), "low": Decimal(77), "high": Decimal(90)}
    >>> [verdict(Figure(key, None, Status.A, Unit.PERCENT, **bounds), target, Direction.HIGHER).value
    ...  for target in (75, 77, 95)]
    ['met', 'unsure', 'not_met']
    """
    if figure is None or figure.low is None or figure.high is None:
        return Verdict.UNSURE
    is_higher = direction is Direction.HIGHER
    worst, best = (figure.low, figure.high) if is_higher else (-figure.high, -figure.low)
    wanted = Decimal(str(target if is_higher else -target))
    lost = HALF.scaleb(-digits_of(figure.value, figure.low, figure.high))
    if worst - lost >= wanted:
        return Verdict.MET
    return Verdict.NOT_MET if best + lost < wanted else Verdict.UNSURE


def verdict_words(of: Verdict) -> str:
    return {
        Verdict.MET: _("Atteint"),
        Verdict.NOT_MET: _("Non atteint"),
        Verdict.UNSURE: _("On ne peut pas conclure"),
    }[of]


def target_words(target: float, direction: Direction) -> str:
    r"""Write a target.

    >>> target_words(85, Direction.HIGHER), target_words(2.5, Direction.LOWER)
    ('≥\xa085\xa0%', '≤\xa02,5\xa0%')
    """
    sign = "≥" if direction is Direction.HIGHER else "≤"
    digits = 0 if float(target).is_integer() else 1
    return f"{sign}{text.NBSP}{text.percent(target, digits, languages.current())}"


def label_of(item: Indicator) -> str:
    return in_language(item.label)


def name_of(code: str) -> str | None:
    """Name what a convention may follow, in its newest version."""
    item = CATALOGUE.get(code) or of_providers().get(code)
    return in_language(item.label) if item else None


def in_language(words: Text) -> str:
    """Say what the catalogue says in the reader's language."""
    return words.en if languages.current() == "en" else words.fr
