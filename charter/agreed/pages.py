"""/conventions/{code}/charte: what a convention that names the charter reads of its providers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from charter.adhesion.words import state_tag
from charter.agreed.reading import Agreed, AgreedCharter, Commitment, agreed
from charter.facts import CODE
from charter.words import Tag, answer_tag, comparison_tag, detail_words, label_of, said, value_words
from quality.access.actor import Actor, Role
from quality.component import ConventionLink
from quality.french import french
from quality.measures.views.facts import Reach, fact_words, share_words
from quality.measures.views.reading_log import Shown, look, read_logged
from quality.web import languages
from quality.web.format import count, day_text, percent, period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import Slice, sliced
from quality.web.rendering import render
from quality.web.routing import page

READERS = frozenset({Role.funder, Role.platform, Role.supervisor, Role.provider})


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One measured commitment: what was declared, what the review held, and what clients' answers give."""

    code: str
    label: str
    declared: Tag
    verified: Tag
    value: str
    is_shown: bool
    detail: str
    threshold: str
    compared: str
    reading: Tag


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One provider: its adhesion of today, what was held at the end of the period, its commitments."""

    id: str
    name: str
    adhesion: Tag
    joined: str
    until: str
    register: str
    whole: Tag | None
    held: str
    edition: str
    finding: str
    commitments: tuple[CommitmentRow, ...]


@dataclass(frozen=True, slots=True)
class AgreedCharterPage:
    """The page; `unseen` says what it does not show, in (title, sentence) pairs."""

    title: str
    sentence: str
    code: str
    convention: str
    is_own: bool
    period: str
    periods: tuple[tuple[str, str], ...]
    finding: str
    sentences: tuple[str, ...]
    method: tuple[tuple[str, str], ...]
    providers: Slice[AgreedRow]
    unseen: tuple[tuple[str, str], ...]


async def show(request: Request) -> Response:
    code, query = request.path_params["code"], request.query_params

    async def load(actor: Actor) -> AgreedCharterPage:
        found = await agreed(actor, code, query.get("periode", ""))
        await look(actor, found.convention, Shown.indicator, CODE, found.period)
        return composed(found, query.get("page", ""), is_own=actor.role == Role.provider)

    return await render(request, await read_logged(request, load))


def composed(found: AgreedCharter, page_asked: str, *, is_own: bool) -> AgreedCharterPage:
    """Compose the page of what was read."""
    lang, of = languages.current(), found.convention
    here = f"/conventions/{of.code}/charte?periode={found.period or ''}&"
    rows = sliced(found.providers, page_asked, here, "#organismes")
    reach = Reach(len(found.providers), is_own=is_own)
    (words,) = fact_words(found.sight, found.facts, found.period, reach) if found.period else (None,)
    return AgreedCharterPage(
        title=_("Charte de qualité"),
        sentence=_sentence(is_own=is_own),
        code=of.code,
        convention=of.title,
        is_own=is_own,
        period=found.period or "",
        periods=tuple((each, period_text(each, lang)) for each in found.periods),
        finding=words.finding if words else _("Rien n’est encore publié de la charte"),
        sentences=words.sentences if words else (),
        method=words.method if words else (),
        providers=Slice(tuple(map(_row, rows.rows)), rows.previous, rows.following, rows.position),
        unseen=_unseen(),
    )


def _sentence(*, is_own: bool) -> str:
    if is_own:
        return _("C’est tout ce que ce financeur lit de votre charte.")
    return _(
        "Ce que la convention fait connaître de la charte de ses organismes, déclaré et mesuré côte à côte."
    )


def _row(of: Agreed) -> AgreedRow:
    fact, commitments = of.fact, tuple(map(_commitment, of.commitments))
    return AgreedRow(
        id=f"organisme-{of.provider.code}",
        name=of.provider.name,
        adhesion=state_tag(of.adhesion["state"]) if of.adhesion else ("", _("Pas d’adhésion"), ""),
        joined=said(of.joined.title) if of.joined else "",
        until=_until(of.adhesion) if of.adhesion else "",
        register=f"/registre/{of.adhesion['id']}" if of.adhesion else "",
        whole=_whole(is_whole=fact.is_whole) if fact else None,
        held=_held(fact.held, fact.asked) if fact else "",
        edition=said(of.edition.title) if of.edition else "",
        finding=_finding(commitments),
        commitments=commitments,
    )


def _until(adhesion: Mapping[str, Any]) -> str:
    lang = languages.current()
    start, end = (day_text(adhesion[each], lang, year=True) for each in ("starts_on", "ends_on"))
    dates = _("du {start} au {end}").format(start=start, end=end)
    return _("{dates}, par un certificat").format(dates=dates) if adhesion["certificate"] else dates


def _whole(*, is_whole: bool) -> Tag:
    return ("ok", _("Tous tenus"), "") if is_whole else ("signal", _("Pas tous tenus"), "")


def _held(held: int, asked: int) -> str:
    lang = languages.current()
    return _("{share} ({held} sur {asked})").format(
        share=share_words(held, asked), held=count(held, lang), asked=count(asked, lang)
    )


def _commitment(of: Commitment) -> CommitmentRow:
    asked, is_shown = of.criterion.measured, of.measure is not None and of.measure.bounds is not None
    return CommitmentRow(
        code=of.criterion.code,
        label=label_of(of.criterion),
        declared=answer_tag(of.declared),
        verified=answer_tag(of.verified),
        value=value_words(of.measure) if of.measure or of.is_followed else _("pas dans la convention"),
        is_shown=is_shown,
        detail=detail_words(of.measure),
        threshold=percent(asked.threshold, 0, languages.current()) if asked else "",
        compared=said(asked.compared) if asked else "",
        reading=comparison_tag(of.verdict, of.link),
    )


def _finding(rows: tuple[CommitmentRow, ...]) -> str:
    shown = [each for each in rows if each.is_shown]
    if not shown:
        return _("Aucun engagement n’a de mesure publiée")
    against = sum(each.reading[0] == "signal" for each in shown)
    if not against:
        return _("Aucune mesure ne va contre ce qui est déclaré")
    words = ngettext(
        "%(num)s mesure va contre ce qui est déclaré",
        "%(num)s mesures vont contre ce qui est déclaré",
        against,
    )
    return words % {"num": against}


def _unseen() -> tuple[tuple[str, str], ...]:
    return (
        (
            _("Les commentaires et les preuves de l’organisme"),
            _("Ils restent entre lui et la plateforme, qui a relu le dossier."),
        ),
        (
            _("Ce qui n’est pas décidé"),
            _("Une auto-évaluation en cours ou un dossier à l’examen ne compte pas encore."),
        ),
        (
            _("Les réclamations de l’organisme"),
            _("Les engagements qu’elles mesurent se lisent entre lui et la plateforme : elles sont peu."),
        ),
    )


ROUTES = (page("/conventions/{code}/charte", show, roles=READERS, name="agreed-charter-page"),)
LINKS = (ConventionLink(french("Charte de qualité"), "/conventions/{code}/charte", READERS, CODE),)
