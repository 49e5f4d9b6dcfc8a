"""The first page of a funder: what was found, in sentences, then the figures; released cells only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import QueryParams

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.home import Heading
from quality.access.scope import scoped
from quality.component import HomePanel
from quality.db import fetch_value, pool
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.measures.catalogue import CATALOGUE, RESPONSE, Direction
from quality.measures.disclosure.lattice import Scope
from quality.measures.releases.charting import RECENT_MONTHS, Judged, newest_chart, newest_judged
from quality.measures.releases.comparing import is_overseas
from quality.measures.releases.figures import Figure, Published
from quality.measures.statistics.control import SHORTEST
from quality.measures.views.choices import Choice, choose, months_of
from quality.measures.views.compared import PAIRS, group_name, judged_beside_peers, standing_words
from quality.measures.views.conventions import target_of
from quality.measures.views.dashboard import (
    IndicatorLine,
    Theme,
    brief,
    coverage_of,
    is_newest,
    judged,
    listed,
    main_figures,
    no_population,
    not_yet,
    own_months,
    provider_figures,
    shown_codes,
    verdicts,
)
from quality.measures.views.reading import Sight, names_of
from quality.measures.views.reading_log import Shown, look
from quality.measures.views.series import Series, series
from quality.measures.views.standouts import Standout, standouts
from quality.measures.views.summary import (
    Unseen,
    answered_sentence,
    followed_sentence,
    standouts_title,
    targets_title,
)
from quality.measures.views.wording import Reading, Verdict, label_of, reading, target_words
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _

FUNDER = frozenset({Role.funder})
SHORT_NAME = "SELECT short_name FROM organisation WHERE platform_id = $1 AND id = $2"
BRIEF = ("demandes", "contacts")  # the themes that the first page draws


@dataclass(frozen=True, slots=True)
class Reason:
    """A figure that says why to call: it misses a target, or `words` place it beside its peers."""

    label: str
    reading: Reading
    target: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Call:
    """One provider to call, and why."""

    name: str
    place: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class FunderPanel:
    """The newest quarter of a funder; without `lines`, `empty` says why and what comes next."""

    heading: Heading
    period: str
    sentences: tuple[str, ...]
    targets_title: str
    lines: tuple[IndicatorLine, ...]
    has_targets: bool
    calls_title: str
    calls: tuple[Call, ...]
    unseen: tuple[Unseen, ...]
    moved: Series | None
    moved_label: str
    moved_href: str
    others: tuple[tuple[str, str], ...]
    href: str
    choice: Choice | None
    themes: tuple[Theme, ...]
    empty: tuple[str, str]


async def panel(actor: Actor) -> FunderPanel:
    """Read the newest quarter; what a funder reads is written in the audit trail."""
    async with scoped(actor) as db:
        choice = await choose(actor, QueryParams())
        found = await _read(actor, choice) if choice else _without_population(actor.role)
        if choice is not None:
            await look(actor, choice.sight.convention, Shown.home, period=choice.period)
        await audit.record(db, actor, "figures.read", "/accueil")
    return found


def _without_population(role: str) -> FunderPanel:
    """Say what will come here: the heading says that nothing does yet."""
    why, sentence = no_population(role)
    heading = Heading(why, _("Cette page se remplit avec votre première convention."))
    return _nothing(heading, (_("Ce que vous lirez ici"), sentence))


def _nothing(heading: Heading, why: tuple[str, str]) -> FunderPanel:
    return FunderPanel(
        heading, "", (), "", (), False, "", (), (), None, "", "", (), "/indicateurs", None, (), why
    )


async def _read(actor: Actor, choice: Choice) -> FunderPanel:
    name = await fetch_value(pool("web"), SHORT_NAME, actor.platform, actor.organisation)
    if choice.period is None:
        heading = Heading(
            name or actor.organisation_name, _("Vos résultats s’affichent ici dès leur publication.")
        )
        return _nothing(heading, not_yet(choice, clock.now()).empty)
    targets = _targets(choice)
    found = await brief(actor, choice, *targets)
    page, main = listed(choice, found), main_figures(choice.sight, found)
    concluded = [of for _label, of in verdicts(choice.sight, main)]
    calls = await _calls(actor, choice, found, targets)
    moved, code = await _moved(actor, choice, main)
    headline = shown_codes(choice.sight)[0]
    asked, *aims = page.sentences
    when = period_text(choice.period, languages.current())
    return FunderPanel(
        heading=Heading(f"{name or actor.organisation_name}, {when}", page.release_words),
        period=when,
        sentences=_paragraphs(
            followed_sentence(
                choice.sight,
                label_of(CATALOGUE[headline]),
                coverage_of(choice.sight, provider_figures(found, headline)),
            ),
            (asked, *answered_sentence(main)),
            aims,
            choice.notes,
        ),
        targets_title=targets_title(concluded),
        lines=tuple(line for line in page.lines if line.target) or page.lines,
        has_targets=page.has_targets,
        calls_title=standouts_title(len(calls)),
        calls=calls,
        unseen=page.unseen,
        moved=moved,
        moved_label=label_of(CATALOGUE[code]) if moved else "",
        moved_href=f"/indicateurs/{code}?{choice.query}",
        others=tuple(
            (f"/indicateurs?population={name}", label)
            for name, label in choice.sight_options
            if name != choice.sight.name
        ),
        href=f"/indicateurs?{choice.query}",
        choice=choice,
        themes=tuple(theme for theme in page.themes if theme.id in BRIEF and theme.drawing),
        empty=("", ""),
    )


def _paragraphs(*groups: Iterable[str]) -> tuple[str, ...]:
    """Join what belongs together: who is followed, who was asked and answered, what the targets say."""
    return tuple(joined for group in groups if (joined := " ".join(group)))


def _targets(choice: Choice) -> dict[str, float]:
    of = choice.sight.convention
    wanted = {code: target_of(of, code) for code in shown_codes(choice.sight)} if of else {}
    return {code: target for code, target in wanted.items() if target is not None}


async def _calls(
    actor: Actor, choice: Choice, found: Sequence[Published], targets: Mapping[str, float]
) -> tuple[Call, ...]:
    singles = [
        each.figure for each in found if each.figure.key.scope is Scope.PROVIDER and is_newest(each.figure)
    ]
    chosen = standouts(singles, targets, await judged_beside_peers(actor, choice))
    names = await names_of(actor, [each.figure.provider for each in chosen])
    calls = (_call(choice, each, names) for each in chosen)
    return tuple(sorted(calls, key=lambda each: (alphabetical(each.name), alphabetical(each.place))))


def _call(choice: Choice, found: Standout, names: Mapping[UUID | None, str]) -> Call:
    figure = found.figure
    return Call(
        name=names.get(figure.provider, "") if figure.provider else "",
        place=DEPARTEMENTS[figure.key.code.rpartition("-")[2]].name,
        reasons=tuple(_reasons(choice, found)),
    )


def _reasons(choice: Choice, found: Standout) -> Iterable[Reason]:
    if found.missed:
        target = target_words(found.missed.target, CATALOGUE[found.missed.figure.key.indicator].direction)
        yield _reason(choice, found.missed.figure, target=target)
    if found.apart:
        key = found.apart.figure.key
        is_high = CATALOGUE[key.indicator].direction is Direction.LOWER
        yield _reason(
            choice,
            found.apart.figure,
            words=standing_words(found.apart.word, is_high=is_high),
            peers=f"&{PAIRS}={group_name((key.activity, is_overseas(key.code)))}#pairs",
        )


def _reason(choice: Choice, figure: Figure, *, target: str = "", words: str = "", peers: str = "") -> Reason:
    item = CATALOGUE[figure.key.indicator]
    href = f"/indicateurs/{item.code}?{choice.query}{peers}"
    return Reason(label_of(item), reading(figure), target, words, href)


async def _moved(actor: Actor, choice: Choice, main: Mapping[str, Figure]) -> tuple[Series | None, str]:
    """Draw the months of a missed target, else of what moved last: marks come before how many answered."""
    of = choice.sight.convention
    judged_months = await newest_judged(actor, of.id, months_of(choice)[:RECENT_MONTHS]) if of else {}
    told = [
        (_weight(choice.sight, code, main, judged_months[code]), code)
        for code in shown_codes(choice.sight)
        if code in judged_months and judged_months[code].months >= SHORTEST
    ]
    weight, code = max(told, key=lambda each: each[0], default=((0, 0), ""))
    if not any(weight[:2]):
        return None, ""
    months = await own_months(actor, choice, CATALOGUE[code])
    chart = await newest_chart(actor, [each.id for each in months])
    return series(label_of(CATALOGUE[code]), months, chart), code


def _weight(sight: Sight, code: str, main: Mapping[str, Figure], of: Judged) -> tuple[int, ...]:
    """Say what is to be drawn first, the largest: missed, its newest month unusual, a mark."""
    return (_is_missed(sight, code, main), of.is_called, code not in RESPONSE)


def _is_missed(sight: Sight, code: str, main: Mapping[str, Figure]) -> bool:
    return judged(sight, code, main.get(code)) is Verdict.NOT_MET


PANELS = (HomePanel(FUNDER, panel, rank=10, heads=True),)
