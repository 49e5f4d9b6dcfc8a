"""A convention in plain words: whose visits, what is followed, targets, delays, and what may be promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import visible
from quality.complaints.resolving.authority import granted_words
from quality.component import ConventionLink, offered
from quality.directory.activities import activity_name
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.measures.agreements.ending import Verdict, usual_end
from quality.measures.agreements.signing import PARTIES, Signed, signatures
from quality.measures.agreements.terms import terms_of
from quality.measures.catalogue import CATALOGUE
from quality.measures.models import Convention
from quality.measures.views.conventions import DRAFT, ENDED, agreement, agreements, standing, target_of
from quality.measures.views.whole_months import counted_words
from quality.measures.views.wording import name_of, target_words
from quality.web import languages
from quality.web.format import capital, day_text, paris_day
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
    is_writer: bool


@dataclass(frozen=True, slots=True)
class Acts:
    """What its reader may do with a convention; `digest` is what they would sign, "" when they may not.

    `ending` is the last day proposed where it may be ended (ISO 8601), or what was typed for it.
    """

    is_amended: bool = False
    is_proposed: bool = False
    is_activated: bool = False
    ending: str = ""
    is_evaluated: bool = False
    digest: str = ""
    renewing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConventionPage:
    """One convention, with what its reader may do about it; `errors` are (field, message) pairs."""

    title: str
    status: str
    dates: str
    facts: tuple[tuple[str, str], ...]
    providers: Slice[str]
    indicators: tuple[tuple[str, str], ...]
    authority: tuple[str, ...]
    figures_href: str
    figures_words: str
    receive_href: str
    links: tuple[tuple[str, str], ...]
    code: str
    is_draft: bool
    signatures: tuple[tuple[str, str], ...]
    signing_words: str
    experiment: tuple[tuple[str, str], ...]
    acts: Acts
    errors: tuple[tuple[str, str], ...] = ()


async def convention_list(actor: Actor, page: str = "") -> ConventionList:
    """Read a page of the conventions of somebody; inside `scoped(actor)`."""
    found = sliced(await agreements(actor), page, "/conventions?")
    names = await _names(actor, {each.funder_id for each in found.rows})
    today = paris_day(clock.now())
    lines = tuple(
        ConventionLine(
            f"/conventions/{each.code}",
            each.title,
            names.get(each.funder_id, ""),
            status_words(standing(each, today)),
            dates(each),
        )
        for each in found.rows
    )
    shown = Slice(lines, found.previous, found.following, found.position)
    return ConventionList(shown, _why_none(actor.role), actor.role == Role.platform)


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


async def convention_page(
    actor: Actor, code: str, page: str = "", links: Sequence[ConventionLink] = ()
) -> ConventionPage:
    """Read one convention with a page of its providers, or answer 404; inside `scoped(actor)`."""
    row = await agreement(actor, code)
    names = await _names(actor, {row.funder_id, *row.providers})
    signed = await signatures(actor, row)
    parties = (row.funder_id, *row.providers)
    waited = [each for each in parties if each not in signed]
    named = [each for each in row.providers if each in names]
    named.sort(key=lambda each: alphabetical(names[each]))
    providers = sliced(named, page, f"/conventions/{row.code}?", "#organismes")
    is_signed_here = bool(signed) or row.status == DRAFT
    return ConventionPage(
        title=row.title,
        status=status_words(standing(row, paris_day(clock.now()))),
        dates=dates(row),
        facts=tuple(_facts(row, names)),
        providers=Slice(
            tuple(names[each] for each in providers.rows),
            providers.previous,
            providers.following,
            providers.position,
        ),
        indicators=tuple(_indicator(row, code, name) for code in row.indicators if (name := name_of(code))),
        authority=tuple(granted_words(row.authority)),
        figures_href="/indicateurs" if actor.role == Role.provider else f"/indicateurs?population={row.code}",
        figures_words=_("Ce que mes financeurs voient")
        if actor.role == Role.provider
        else _("Voir les indicateurs"),
        receive_href="" if actor.role == Role.provider else f"/rapports?population={row.code}#recevoir",
        links=offered(links, actor.role, row.code, row.indicators) if row.status != DRAFT else (),
        code=row.code,
        is_draft=row.status == DRAFT,
        signatures=tuple(
            (names[each], _signature_words(signed.get(each), row))
            for each in (row.funder_id, *providers.rows)
            if is_signed_here and each in names
        ),
        signing_words=_signing_words(row, len(parties) - len(waited), len(parties)),
        experiment=tuple(_experiment(row)),
        acts=await _acts(actor, row, waited),
    )


async def _acts(actor: Actor, row: Convention, waited: Sequence[UUID]) -> Acts:
    is_draft = row.status == DRAFT
    if actor.role in PARTIES:
        is_awaited = is_draft and row.proposed_at is not None and actor.organisation in waited
        return Acts(digest=terms_of(row).digest.hex() if is_awaited else "")
    if actor.role != Role.platform:
        return Acts()
    renewed, today = row.is_experiment and not is_draft, paris_day(clock.now())
    funders = await visible(actor, Organisation).filter(kind="funder") if renewed else []
    return Acts(
        is_amended=is_draft,
        is_proposed=is_draft and row.proposed_at is None,
        is_activated=is_draft and not waited,
        ending=usual_end(row, today).isoformat() if not is_draft and standing(row, today) != ENDED else "",
        is_evaluated=row.is_experiment and not is_draft,
        renewing=tuple(
            (str(each.id), each.name)
            for each in sorted(funders, key=lambda each: alphabetical(each.name))
            if each.id != row.funder_id
        ),
    )


def _signature_words(signed: Signed | None, row: Convention) -> str:
    if signed is not None:
        day = day_text(paris_day(signed.at), languages.current(), year=True)
        if not signed.signer:
            return _("signé le {day}").format(day=day)
        return _("signé le {day} par {name}").format(day=day, name=signed.signer)
    if row.status != DRAFT:
        return _("signé hors de ce site")
    return _("signature attendue") if row.proposed_at else _("pas encore proposé à la signature")


def _signing_words(row: Convention, done: int, count: int) -> str:
    if row.status != DRAFT or row.proposed_at is None:
        return ""
    words = ngettext("{done} signature sur {count}", "{done} signatures sur {count}", done)
    return words.format(done=done, count=count)


def _experiment(row: Convention) -> Iterable[tuple[str, str]]:
    if not row.is_experiment:
        return
    yield _("Ce que l’on veut vérifier"), row.hypothesis
    if row.concluded_at is None:
        yield _("Évaluation"), _("Pas encore écrite")
        return
    yield _("Évaluation"), verdict_words(Verdict(row.verdict))
    yield _("Ce que le banc d’essai a montré"), row.conclusion
    day = day_text(paris_day(row.concluded_at), languages.current(), year=True)
    yield _("Écrite le"), day


def verdict_words(of: Verdict) -> str:
    return {
        Verdict.confirmed: _("Hypothèse confirmée"),
        Verdict.refuted: _("Hypothèse non confirmée"),
        Verdict.unsure: _("On ne peut pas conclure"),
    }[of]


async def _names(actor: Actor, ids: Iterable[UUID]) -> Names:
    rows = await visible(actor, Organisation).filter(id__in=list(ids))
    return {row.id: row.name for row in rows}


def status_words(standing: str) -> str:
    return {
        DRAFT: _("projet"),
        "experimental": _("banc d’essai"),
        "in_force": _("en vigueur"),
        ENDED: _("terminée"),
    }[standing]


def dates(row: Convention) -> str:
    lang = languages.current()
    start = day_text(row.starts_on, lang, year=True)
    if row.ends_on is None:
        return _("depuis le {start}").format(start=start)
    return _("du {start} au {end}").format(start=start, end=day_text(row.ends_on, lang, year=True))


def _facts(row: Convention, names: Names) -> Iterable[tuple[str, str]]:
    yield _("Financeur"), names.get(row.funder_id, "")
    counted = _("{months}. Un mois que les dates ne contiennent pas en entier ne compte pas.")
    yield _("Mois comptés"), capital(counted.format(months=counted_words(row.starts_on, row.ends_on)))
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


def _indicator(row: Convention, code: str, name: str) -> tuple[str, str]:
    target = target_of(row, code)
    words = _("suivi, sans objectif") if target is None else target_words(target, CATALOGUE[code].direction)
    return name, words
