"""A convention in plain words: whose visits, what is followed, targets, delays, and what may be promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.access.scope import visible
from quality.complaints.resolving.authority import granted_words
from quality.directory.activities import activity_name
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.measures.catalogue import CATALOGUE
from quality.measures.conventions import convention, conventions, target_of
from quality.measures.models import Convention
from quality.measures.wording import label_of, target_words
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import Slice, sliced

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class ConventionLine:
    href: str
    title: str
    funder: str
    status: str
    dates: str


@dataclass(frozen=True, slots=True)
class ConventionList:
    """The conventions of a reader; without any, `empty` says why."""

    lines: Slice[ConventionLine]
    empty: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ConventionPage:
    """One convention, read-only."""

    title: str
    status: str
    dates: str
    facts: tuple[tuple[str, str], ...]
    providers: Slice[str]
    indicators: tuple[tuple[str, str], ...]
    authority: tuple[str, ...]
    figures_href: str
    figures_words: str


async def convention_list(actor: Actor, page: str = "") -> ConventionList:
    """Read a page of the conventions of somebody; inside `scoped(actor)`."""
    found = sliced(await conventions(actor), page, "/conventions?")
    names = await _names(actor, {each.funder_id for each in found.rows})
    lines = tuple(
        ConventionLine(
            f"/conventions/{each.code}", each.title, names.get(each.funder_id, ""), status(each), dates(each)
        )
        for each in found.rows
    )
    return ConventionList(
        Slice(lines, found.previous, found.following, found.position), _why_none(actor.role)
    )


def _why_none(role: str) -> tuple[str, str]:
    if role == Role.funder:
        return (
            _("Aucune convention ne vous lie à un organisme suivi"),
            _("Sans convention, aucune visite ne compte comme financée par vous : vous ne voyez rien."),
        )
    if role == Role.provider:
        return (
            _("Aucune convention ne vous cite"),
            _("Vos financeurs ne voient donc aucun résultat sur vos visites."),
        )
    return (
        _("Aucune convention n’est écrite"),
        _("Une convention dit ce qu’un financeur et ses organismes regardent ensemble."),
    )


async def convention_page(actor: Actor, code: str, page: str = "") -> ConventionPage:
    """Read one convention with a page of its providers, or answer 404; inside `scoped(actor)`."""
    row = await convention(actor, code)
    names = await _names(actor, {row.funder_id, *row.providers})
    return ConventionPage(
        title=row.title,
        status=status(row),
        dates=dates(row),
        facts=tuple(_facts(row, names)),
        providers=sliced(
            sorted((names[each] for each in row.providers if each in names), key=alphabetical),
            page,
            f"/conventions/{row.code}?",
            "#organismes",
        ),
        indicators=tuple(_indicator(row, each) for each in row.indicators if each in CATALOGUE),
        authority=tuple(granted_words(row.authority)),
        figures_href="/indicateurs" if actor.role == Role.provider else f"/indicateurs?population={row.code}",
        figures_words=_("Ce que mes financeurs voient")
        if actor.role == Role.provider
        else _("Voir les indicateurs"),
    )


async def _names(actor: Actor, ids: Iterable[UUID]) -> Names:
    rows = await visible(actor, Organisation).filter(id__in=list(ids))
    return {row.id: row.name for row in rows}


def status(row: Convention) -> str:
    return {
        "draft": _("projet"),
        "experimental": _("banc d’essai"),
        "in_force": _("en vigueur"),
        "ended": _("terminée"),
    }[row.status]


def dates(row: Convention) -> str:
    lang = languages.current()
    start = day_text(row.starts_on, lang, year=True)
    if row.ends_on is None:
        return _("depuis le {start}").format(start=start)
    return _("du {start} au {end}").format(start=start, end=day_text(row.ends_on, lang, year=True))


def _facts(row: Convention, names: Names) -> Iterable[tuple[str, str]]:
    yield _("Financeur"), names.get(row.funder_id, "")
    yield _("Activités"), _listed([activity_name(each) for each in row.activities]) or _("Toutes")
    yield _("Départements"), _listed([DEPARTEMENTS[each].name for each in row.departements]) or _("Tous")
    yield (
        _("Mode mandataire"),
        _("Hors de la convention : le client est l’employeur") if row.excludes_mandataire else _("Compris"),
    )
    if row.acknowledge_days:
        yield (
            _("Accusé de réception d’une réclamation"),
            ngettext("%(num)s jour ouvré", "%(num)s jours ouvrés", row.acknowledge_days)
            % {"num": row.acknowledge_days},
        )
    if row.solution_days:
        yield (
            _("Solution"),
            ngettext("%(num)s jour", "%(num)s jours", row.solution_days) % {"num": row.solution_days},
        )


def _listed(words: Sequence[str]) -> str:
    return " ; ".join(words)


def _indicator(row: Convention, code: str) -> tuple[str, str]:
    target = target_of(row, code)
    words = _("suivi, sans objectif") if target is None else target_words(target, CATALOGUE[code].direction)
    return label_of(CATALOGUE[code]), words
