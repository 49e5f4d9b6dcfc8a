"""The page of all indicators of a population: sentences, then one line an indicator."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup
from tortoise.expressions import Q

from quality.access.actor import Actor, Role
from quality.component import ConventionLink, offered
from quality.french import french
from quality.measures.catalogue import CATALOGUE, RESPONSE, Indicator
from quality.measures.disclosure.lattice import Scope
from quality.measures.disclosure.status import Unit
from quality.measures.releases.figures import Figure, Published
from quality.measures.views.choices import Choice, months_of
from quality.measures.views.complaints import COMPLAINTS, complaints_finding, complaints_sentences
from quality.measures.views.conventions import target_of
from quality.measures.views.coverage import Coverage, coverage
from quality.measures.views.facts import FactWords, fact_words, facts, reach_of
from quality.measures.views.first_contact import HREF as FIRST_CONTACT
from quality.measures.views.mix import (
    MARKS,
    MODES,
    marks_drawing,
    marks_finding,
    marks_sentences,
    modes_drawing,
    modes_finding,
    modes_sentences,
)
from quality.measures.views.reading import RESPONSE_RATE, Sight, mains, published
from quality.measures.views.response import response_drawing, response_finding, response_sentences
from quality.measures.views.summary import (
    Unseen,
    asked_sentence,
    targets_sentences,
    unanswered,
    unmeasured,
    unseen,
)
from quality.measures.views.whole_months import coming_words
from quality.measures.views.wording import (
    Reading,
    Verdict,
    label_of,
    reading,
    target_words,
    verdict,
    verdict_words,
)
from quality.web import charts, languages
from quality.web.format import day_text, period_text
from quality.web.languages import gettext as _

NOTHING = Markup("")
MORE_OF_CONTACTS = french("Ce que change le moyen du premier contact, là où le sort l’a choisi")
CALENDAR = ZoneInfo("Europe/Paris")
SCALES = {Unit.PERCENT: (0, 100), Unit.POINTS: (-100, 100), Unit.SCORE: (0, 100)}
STATES = {Verdict.MET: "ok", Verdict.NOT_MET: "signal", Verdict.UNSURE: ""}


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target and what the interval says of it."""

    words: str
    state: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    href: str
    label: str
    reading: Reading
    target: TargetLine | None
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Theme:
    """Some indicators read together: what they say as title, in sentences, drawn, then one by one.

    `method` says how what has no page of its own is counted, `links` (address, words) where more is told.
    """

    id: str
    finding: str
    about: str = ""
    sentences: tuple[str, ...] = ()
    drawing: Markup = NOTHING
    lines: tuple[IndicatorLine, ...] = ()
    method: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def has_targets(self) -> bool:
        return any(line.target for line in self.lines)


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """All indicators of one population and period, by theme; without `lines`, `empty` says why."""

    title: str
    release_words: str
    choice: Choice | None
    sentences: tuple[str, ...]
    lines: tuple[IndicatorLine, ...]
    themes: tuple[Theme, ...]
    has_targets: bool
    unseen: tuple[Unseen, ...]
    empty: tuple[str, str]


def nothing(role: str) -> IndicatorList:
    """Say why there is no figure for this reader."""
    return IndicatorList(_("Indicateurs"), "", None, (), (), (), False, (), no_population(role))


def no_population(role: str) -> tuple[str, str]:
    if role == Role.funder:
        return (
            _("Vous ne financez encore aucune visite suivie"),
            _("Les résultats apparaissent ici dès qu’une convention vous lie à un organisme suivi."),
        )
    return (
        _("Aucun financeur ne lit encore de résultat sur vos visites"),
        _("Vous verrez ici exactement ce que voient vos financeurs, dès la première publication."),
    )


def not_yet(choice: Choice, now: datetime) -> IndicatorList:
    """Say from which day something may be published."""
    sentence = coming_words(choice.sight.convention, now.astimezone(CALENDAR).date())
    empty = (_("Aucun résultat n’est encore publié"), sentence)
    return IndicatorList(choice.sight.label, "", choice, (), (), (), False, (), empty)


async def indicator_list(
    actor: Actor, choice: Choice, now: datetime, links: Sequence[ConventionLink] = ()
) -> IndicatorList:
    """Read a population's figures of the chosen period; inside `scoped(actor)`."""
    if choice.period is None:
        return not_yet(choice, now)
    page = listed(choice, await brief(actor, choice))
    found_facts = await facts(actor, choice.sight, choice.period)
    told = fact_words(choice.sight, found_facts, choice.period, reach_of(choice.sight))
    of = choice.sight.convention
    led = offered(links, actor.role, of.code, of.indicators) if of else ()
    return replace(page, themes=(*page.themes, *_of_providers(told, led)))


async def brief(actor: Actor, choice: Choice, *codes: str) -> list[Published]:
    """Read what a population itself shows in the chosen period, and its providers, of the first indicator.

    `codes` are other indicators whose providers are read too.
    """
    named = {shown_codes(choice.sight)[0], *codes}
    which = mains(choice.sight) | Q(scope_type=Scope.PROVIDER, indicator__in=sorted(named))
    return await published(actor, choice.sight, which, period=choice.period, activity="")


async def own_months(actor: Actor, choice: Choice, item: Indicator) -> list[Published]:
    """Read the months of a population's own figure of an indicator, in order."""
    return await published(
        actor,
        choice.sight,
        mains(choice.sight),
        period__in=months_of(choice),
        indicator=item.code,
        version=item.version,
        activity="",
    )


def _of_providers(told: Iterable[FactWords], led: tuple[tuple[str, str], ...]) -> Iterator[Theme]:
    for number, each in enumerate(told, start=1):
        words = (each.finding, each.label, each.sentences)
        yield Theme(f"organismes-{number}", *words, method=each.method, links=led)


def listed(choice: Choice, found: Sequence[Published]) -> IndicatorList:
    """Turn the figures of a population and period into the page."""
    main = main_figures(choice.sight, found)
    codes = shown_codes(choice.sight)
    requests = main.get(RESPONSE_RATE)
    lines = tuple(_line(choice, code, main.get(code)) for code in codes)
    convention = choice.sight.convention
    period = choice.period or ""
    return IndicatorList(
        title=f"{choice.sight.label}, {period_text(period, languages.current())}",
        release_words=release_words(found),
        choice=choice,
        sentences=(asked_sentence(period, requests), *targets_sentences(verdicts(choice.sight, main))),
        lines=lines,
        themes=tuple(_themes(choice.sight, main, dict(zip(codes, lines, strict=True)))),
        has_targets=any(line.target for line in lines),
        unseen=(
            *unseen(
                label_of(CATALOGUE[codes[0]]),
                coverage_of(choice.sight, provider_figures(found, codes[0])),
                requests,
                excludes_mandataire=bool(convention and convention.excludes_mandataire),
            ),
            *unanswered(codes, main),
            *unmeasured(),
        ),
        empty=("", ""),
    )


def _themes(sight: Sight, main: Mapping[str, Figure], lines: Mapping[str, IndicatorLine]) -> Iterator[Theme]:
    """Gather the lines: what clients say and what visits show, how the requests went, the complaints."""
    apart = {*RESPONSE, *MODES, *MARKS, *COMPLAINTS}
    yield Theme(
        "resultats", _("Les indicateurs"), lines=_some(lines, [code for code in lines if code not in apart])
    )
    yield Theme(
        "demandes",
        response_finding(main),
        _("De la demande à la réponse"),
        response_sentences(main),
        response_drawing(main),
        _some(lines, RESPONSE),
    )
    if contacts := _some(lines, MODES):
        about = _("Réponses, selon le premier contact")
        words = (modes_finding(main), about, modes_sentences(), modes_drawing(main))
        more = ((FIRST_CONTACT, MORE_OF_CONTACTS),) if sight.convention is None else ()
        yield Theme("contacts", *words, lines=contacts, links=more)
    if marks := _some(lines, MARKS):
        words = (marks_finding(main), _("Notes de 0 à 10"), marks_sentences(), marks_drawing(main))
        yield Theme("notes", *words, lines=marks)
    if told := _some(lines, COMPLAINTS):
        sentences = complaints_sentences(sight.convention, main)
        about = _("Réclamations : nombre, délais, et ce qu’en disent les clients")
        yield Theme("reclamations", complaints_finding(main), about, sentences, lines=told)


def _some(lines: Mapping[str, IndicatorLine], codes: Iterable[str]) -> tuple[IndicatorLine, ...]:
    return tuple(lines[code] for code in codes if code in lines)


def verdicts(sight: Sight, main: Mapping[str, Figure]) -> list[tuple[str, Verdict]]:
    """Give the label of each indicator that has a target, with what its interval says."""
    return [
        (label_of(CATALOGUE[code]), of)
        for code in shown_codes(sight)
        if (of := judged(sight, code, main.get(code)))
    ]


def shown_codes(sight: Sight) -> list[str]:
    """Give the codes of a sight in the order of the catalogue; only whole populations are said in parts."""
    followed = sight.indicators
    return [
        code
        for code, item in CATALOGUE.items()
        if (followed is None or (item.part_of or code) in followed)
        and not (item.only_whole and sight.provider_code)
    ]


def is_followed_elsewhere(choice: Choice, code: str) -> bool:
    """Tell whether the chosen population does not follow an indicator that another one of the reader does."""
    return code not in shown_codes(choice.sight) and any(code in shown_codes(each) for each in choice.sights)


def instead_of(choice: Choice, code: str) -> Choice:
    """Say with a choice that its population does not follow an indicator."""
    words = _("« {label} » n’est pas suivi sur ces visites : voici ce qui l’est.")
    return replace(choice, notes=(*choice.notes, words.format(label=label_of(CATALOGUE[code]))))


def main_figures(sight: Sight, found: Iterable[Published]) -> dict[str, Figure]:
    """Give the sight's own figure of each indicator, in its newest version."""
    return {
        each.figure.key.indicator: each.figure
        for each in found
        if sight.is_main(each.figure.key) and is_newest(each.figure)
    }


def is_newest(figure: Figure) -> bool:
    """Tell whether a figure has the newest version of its indicator."""
    known = CATALOGUE.get(figure.key.indicator)
    return known is not None and known.version == figure.key.version


def provider_figures(found: Iterable[Published], code: str) -> list[Figure]:
    """Give the figures of single providers for an indicator."""
    return [
        each.figure
        for each in found
        if each.figure.key.scope is Scope.PROVIDER
        and each.figure.key.indicator == code
        and is_newest(each.figure)
    ]


def coverage_of(sight: Sight, figures: Iterable[Figure]) -> Coverage:
    """Count the providers of a sight: all that its convention follows, or those that have visits."""
    if sight.provider_code:
        return coverage(())
    return coverage(figures, sight.convention.providers if sight.convention else (), sight.individuals)


def release_words(found: Sequence[Published]) -> str:
    if not found:
        return ""
    day = found[0].released_at.astimezone(CALENDAR).date()
    return _("Publication du {day}. Un résultat publié ne change plus.").format(
        day=day_text(day, languages.current(), year=True)
    )


def _target(sight: Sight, code: str) -> float | None:
    return None if sight.convention is None else target_of(sight.convention, code)


def judged(sight: Sight, code: str, figure: Figure | None) -> Verdict | None:
    """Compare a figure with the convention's target, where there is one."""
    target = _target(sight, code)
    return None if target is None else verdict(figure, target, CATALOGUE[code].direction)


def target_line(sight: Sight, code: str, figure: Figure | None) -> TargetLine | None:
    found, target = judged(sight, code, figure), _target(sight, code)
    if found is None or target is None:
        return None
    return TargetLine(target_words(target, CATALOGUE[code].direction), STATES[found], verdict_words(found))


def _line(choice: Choice, code: str, figure: Figure | None) -> IndicatorLine:
    item: Indicator = CATALOGUE[code]
    return IndicatorLine(
        href=f"/indicateurs/{code}?{choice.query}",
        label=label_of(item),
        reading=reading(figure),
        target=target_line(choice.sight, code, figure),
        drawing=_drawing(figure, _aim(choice.sight, code, figure)),
    )


def _aim(sight: Sight, code: str, figure: Figure | None) -> charts.Aim | None:
    found, target = judged(sight, code, figure), _target(sight, code)
    if found is None or target is None:
        return None
    return charts.Aim(target, None if found is Verdict.UNSURE else found is Verdict.MET)


def _drawing(figure: Figure | None, aim: charts.Aim | None) -> Markup:
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return Markup("")
    if figure.unit not in SCALES:
        return Markup("")
    shown = (float(figure.value), float(figure.low), float(figure.high))
    return charts.interval_dot(*shown, aim, SCALES[figure.unit])
