"""/indicateurs/premier-contact: what the way of a first contact does to answers, where chance chose it.

For the platform alone. In words first; nothing is adjusted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor, Role
from quality.access.scope import visible
from quality.errors import NotFound
from quality.french import french
from quality.measures.catalogue import CATALOGUE, indicator
from quality.measures.models import Release, ReleaseMode
from quality.measures.releases.figures import digits_of
from quality.measures.releases.periods import first_shown, newest
from quality.measures.releases.trying import REQUESTS, Kept, KeptArm, KeptGap
from quality.measures.statistics.modes import Verdict
from quality.measures.views.reading_log import read_logged
from quality.measures.views.wording import clients_words, hidden_words, label_of, signed, status_words
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page

HREF = "/indicateurs/premier-contact"
READERS = frozenset({Role.platform, Role.supervisor})
WAYS = {"sms": french("SMS"), "email": french("E-mail"), "phone": french("Appel")}
STATES = {Verdict.TOO_FEW: "", Verdict.ALIKE: "", Verdict.DIFFERENT: "info"}


@dataclass(frozen=True, slots=True)
class ArmRow:
    """Those drawn to begin by one way: how many, what was asked, what came; hidden, `rate` says why."""

    way: str
    clients: str
    asked: str
    answered: str
    rate: str
    detail: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class GapRow:
    """One figure under two ways: each value, the gap with its interval, what may be said of it."""

    label: str
    values: tuple[tuple[str, str], ...]
    subtraction: str
    gap: str
    interval: str
    state: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """One set of ways compared: its finding as title, in sentences, then its tables."""

    id: str
    ways: str
    finding: str
    sentences: tuple[str, ...]
    arms: tuple[ArmRow, ...]
    gaps: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class FirstContactPage:
    """The experiments of one period; none where nobody was drawn."""

    title: str
    period: str
    period_options: tuple[tuple[str, str], ...]
    experiments: tuple[Experiment, ...]


async def show_first_contacts(request: Request) -> Response:
    wanted = request.query_params.get("periode", "")
    return await render(request, await read_logged(request, lambda actor: first_contacts(actor, wanted)))


async def first_contacts(actor: Actor, wanted: str) -> FirstContactPage:
    """Read the experiments of a released period, the usual one by default; inside `scoped(actor)`."""
    rows = await visible(actor, ReleaseMode)
    made = await visible(actor, Release).filter(id__in={row.release_id for row in rows})
    periods = {release.id: release.period for release in made}
    known = newest(set(periods.values()))
    if wanted and wanted not in known:
        raise NotFound
    period, lang = wanted or first_shown(known) or "", languages.current()
    return FirstContactPage(
        title=_("Le moyen du premier contact"),
        period=period,
        period_options=tuple((each, text.period_text(each, lang)) for each in known),
        experiments=experiments(row for row in rows if periods[row.release_id] == period),
    )


def experiments(rows: Iterable[ReleaseMode]) -> tuple[Experiment, ...]:
    """Tell each experiment of a period, its figures in the order of the catalogue, answers received first."""
    found: dict[str, list[ReleaseMode]] = {}
    for row in rows:
        found.setdefault(row.compared, []).append(row)
    return tuple(_experiment(compared, sorted(found[compared], key=_rank)) for compared in sorted(found))


def _rank(row: ReleaseMode) -> tuple[bool, int, int]:
    return row.indicator != REQUESTS, list(CATALOGUE).index(row.indicator), row.version


def _experiment(compared: str, rows: Sequence[ReleaseMode]) -> Experiment:
    said = [(row, msgspec.convert({"arms": row.arms, "gaps": row.gaps}, Kept)) for row in rows]
    gaps = [
        (label_of(indicator(row.indicator, row.version)), gap, kept)
        for row, kept in said
        for gap in kept.gaps
    ]
    requests = next((kept for row, kept in said if row.indicator == REQUESTS), Kept((), ()))
    return Experiment(
        id=compared.replace("/", "-"),
        ways=_(" ou ").join(_(WAYS[way]) for way in compared.split("/")),
        finding=_finding([(label, gap) for label, gap, _kept in gaps]),
        sentences=tuple(_sentences([gap for _label, gap, _kept in gaps])),
        arms=tuple(_arm_row(arm) for arm in requests.arms),
        gaps=tuple(_gap_row(label, gap, {arm.way: arm for arm in kept.arms}) for label, gap, kept in gaps),
    )


def _label(row: ReleaseMode) -> str:
    return label_of(indicator(row.indicator, row.version))


def _finding(gaps: Sequence[tuple[str, KeptGap]]) -> str:
    """Say what is significant, else that no difference is."""
    if not gaps:
        return _("Trop peu de personnes pour comparer")
    different = dict.fromkeys(label for label, gap in gaps if gap.verdict is Verdict.DIFFERENT)
    if not different:
        return _("Différence non significative")
    return _("Différence significative\u00a0: {labels}").format(labels=", ".join(different))


def _sentences(gaps: Sequence[KeptGap]) -> Iterator[str]:
    yield _("Rien n’est corrigé\u00a0: les résultats publiés sont ceux des réponses reçues.")
    if any(gap.verdict is Verdict.DIFFERENT for gap in gaps):
        yield _("Une correction demanderait une nouvelle version de la méthode, dite avant d’être appliquée.")
    if any(gap.verdict is Verdict.TOO_FEW for gap in gaps):
        yield _(
            "Trop peu de réponses pour conclure partout\u00a0: un écart de 5 points peut passer inaperçu."
        )
    yield _("Chacun compte pour le moyen tiré au sort, même s’il a répondu plus tard par un autre.")


def _arm_row(arm: KeptArm) -> ArmRow:
    value, interval = _reading(arm)
    lang = languages.current()
    is_shown = arm.clients is not None
    detail = ", ".join(each for each in (interval, status_words(arm.status)) if each)
    return ArmRow(
        way=_(WAYS[arm.way]),
        clients=clients_words(arm.clients) if arm.clients is not None else "",
        asked=text.count(arm.n, lang) if arm.n is not None else "",
        answered=text.count(arm.x, lang) if arm.x is not None else _("non donné"),
        rate=value,
        detail=detail if is_shown else "",
        is_shown=is_shown,
    )


def _reading(arm: KeptArm) -> tuple[str, str]:
    """Write the figure of an arm and its interval; a bound where all of a few said the same."""
    if arm.low is None or arm.high is None:
        return hidden_words(arm.status), ""
    lang, digits = languages.current(), digits_of(arm.value, arm.low, arm.high)
    if arm.value is not None:
        return text.percent(arm.value, digits, lang), text.interval_text(arm.low, arm.high, digits, lang)
    if arm.high == Decimal(100):
        return _("au moins {bound}").format(bound=text.percent(arm.low, digits, lang)), ""
    return _("au plus {bound}").format(bound=text.percent(arm.high, digits, lang)), ""


def _gap_row(label: str, gap: KeptGap, arms: Mapping[str, KeptArm]) -> GapRow:
    lang, digits = languages.current(), digits_of(gap.gap, gap.low, gap.high)
    one, other = _(WAYS[gap.one]), _(WAYS[gap.other])
    return GapRow(
        label=label,
        values=tuple((_(WAYS[way]), _reading(arms[way])[0]) for way in (gap.one, gap.other)),
        subtraction=_("{one} moins {other}").format(one=one, other=other),
        gap=_points(gap.gap).format(gap=signed(gap.gap, digits, lang)),
        interval=_("de {low} à {high}").format(
            low=signed(gap.low, digits, lang), high=signed(gap.high, digits, lang)
        ),
        state=STATES[gap.verdict],
        conclusion=_conclusion(gap),
    )


def _points(gap: Decimal) -> str:
    return ngettext("{gap} point", "{gap} points", int(abs(gap)))


def _conclusion(gap: KeptGap) -> str:
    if gap.verdict is Verdict.DIFFERENT:
        return _("Significative")
    if gap.verdict is Verdict.ALIKE:
        return _("Non significative")
    needed = text.count(gap.needed, languages.current())
    return _("Non significative, trop peu pour conclure (il en faut {needed} par moyen)").format(
        needed=needed
    )


ROUTES = (page(HREF, show_first_contacts, roles=READERS, name="first-contact-page"),)
