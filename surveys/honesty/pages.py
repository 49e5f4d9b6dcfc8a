"""/interventions/reponses-a-part: answers left out of the figures, read and decided by a supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.directory.geography import zone_of
from quality.errors import Conflict, Invalid
from quality.french import french
from quality.measures.statistics import Moments, share
from quality.measures.views.wording import clients_words, label_of
from quality.web import languages
from quality.web.format import capital, count, day_text, interval_text, moment_text, percent, spelled_feminine
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import placed
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.honesty import reviewing
from surveys.honesty.comparing import Compared, compared
from surveys.honesty.reviewing import Apart, Choice, Judgement, Listed, Reading
from surveys.honesty.rules import OF_PAPER, SEVERAL, Reason, Verdict
from surveys.honesty.words import BY_SLUG, DECIDED, REASONS, TO_READ, label, labels, sentence, standing
from surveys.occasions.answers import APART as HREF
from surveys.occasions.answers import BY
from surveys.questionnaire.wording import asked, words_of
from surveys.respondents import HELP, WORKER, told
from surveys.response import facts_of

READERS = frozenset({Role.platform, Role.supervisor})
MONTHS_COMPARED = 3
STANDINGS = {"a-lire": Verdict.NONE, "reprises": Verdict.IN, "laissees": Verdict.OUT}
DONE = {
    "reprise": french("La réponse compte désormais, dans les chiffres non encore publiés."),
    "laissee": french("La réponse reste à part. Elle est gardée, sans compter."),
}
Pairs = tuple[tuple[str, str], ...]
Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ApartRow:
    """One answer of the list, in words."""

    href: str
    title: str
    provider: str
    reasons: tuple[str, ...]
    when: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One indicator: as it is and with the answers set apart, (value, detail) each."""

    label: str
    without: tuple[str, str]
    everything: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SetApartList:
    """The answers set apart, and what they would change."""

    title: str
    sentence: str
    rows: tuple[ApartRow, ...]
    reasons: Pairs
    reason: str
    providers: Pairs
    provider: str
    standings: Pairs
    standing: str
    picked: tuple[str, ...]
    compared: tuple[ComparedRow, ...]
    compared_sentence: str
    previous: str | None
    following: str | None
    position: str


@dataclass(frozen=True, slots=True)
class SetApartPage:
    """One answer set apart: why, what was answered, what was decided, and the decision to make."""

    href: str
    title: str
    tag: Tag
    reasons: Pairs
    facts: Pairs
    answers: Pairs
    story: str
    judgements: tuple[tuple[str, str, str], ...]
    seen: int
    paper: str
    is_decidable: bool
    options: Pairs
    chosen: str
    why: str
    notice: str
    errors: Pairs = ()


async def set_apart_list(request: Request) -> Response:
    actor, query = signed_in(request), request.query_params
    choice = _choice(query)
    found = await reviewing.listed(actor, choice, query.get("page", ""))
    since = await _since(actor)
    figures = await compared(actor, since, choice.provider)
    return await render(request, _list(choice, found, figures, since))


def _choice(query: Mapping[str, str]) -> Choice:
    """Read the address; what it says badly is left out."""
    reason, verdict = BY_SLUG.get(query.get("raison", "")), STANDINGS.get(query.get("etat", ""))
    try:
        provider = UUID(query.get("organisme", ""))
    except ValueError:
        provider = None
    return Choice(reason.value if reason else "", provider, None if verdict is None else verdict.value)


async def _since(actor: Actor) -> date:
    """Give the first day of the months compared, in the calendar of the platform."""
    card = await card_of(actor.platform)
    today = clock.now().astimezone(card.zone).date()
    rank = 12 * today.year + today.month - MONTHS_COMPARED
    return date(rank // 12, rank % 12 + 1, 1)


def _list(choice: Choice, found: Listed, figures: tuple[Compared, ...], since: date) -> SetApartList:
    reason = REASONS[Reason(choice.reason)].slug if choice.reason else ""
    chosen = next((slug for slug, verdict in STANDINGS.items() if verdict == choice.verdict), "")
    kept = {"raison": reason, "organisme": str(choice.provider or ""), "etat": chosen}
    query = urlencode({name: value for name, value in kept.items() if value})
    cut = placed(found.rows, found.start, found.total, f"{HREF}?{query}{'&' if query else ''}", "#liste")
    shown = SetApartList(
        title=waiting(found.waiting) or _("Aucune réponse à part ne reste à lire"),
        sentence=_(
            "Ces réponses sont gardées, mais ne comptent pas. Vous pouvez les lire, et en reprendre une."
        ),
        rows=tuple(_row(each) for each in cut.rows),
        reasons=(("", _("Toutes")), *((words.slug, _(words.label)) for words in REASONS.values())),
        reason=reason,
        providers=(("", _("Tous")), *((str(each), name) for each, name in found.providers.items())),
        provider=kept["organisme"],
        standings=(
            ("", _("Toutes")),
            ("a-lire", _(TO_READ)),
            *((slug, _(DECIDED[each])) for slug, each in STANDINGS.items() if each in DECIDED),
        ),
        standing=chosen,
        picked=(),
        compared=tuple(_figures(each) for each in figures),
        compared_sentence=_(
            "Visites depuis le {day}, réponses demandées par la plateforme. Les financeurs et les organismes "
            "lisent les chiffres sans elles."
        ).format(day=day_text(since, languages.current(), year=True)),
        previous=cut.previous,
        following=cut.following,
        position=cut.position,
    )
    return replace(shown, picked=_picked(shown))


def _picked(shown: SetApartList) -> tuple[str, ...]:
    """Name the filters chosen."""
    of = ((shown.reasons, shown.reason), (shown.providers, shown.provider), (shown.standings, shown.standing))
    return tuple(dict(options).get(value, "") for options, value in of if value)


def waiting(answers: int) -> str:
    """Say how many answers set apart are to be read; nothing when none is."""
    if not answers:
        return ""
    words = ngettext("{num} réponse à part est à lire", "{num} réponses à part sont à lire", answers)
    return capital(words.format(num=spelled_feminine(answers, languages.current())))


def _row(apart: Apart) -> ApartRow:
    return ApartRow(
        href=f"{HREF}/{apart.id}",
        title=_about(apart),
        provider=apart.provider,
        reasons=labels(apart.doubts),
        when=_moment(apart.at, apart.departement),
        tag=standing(apart.admissible, apart.verdict),
    )


def _about(apart: Apart) -> str:
    day = day_text(apart.day, languages.current(), year=True)
    return _("Visite du {day}, client {reference}").format(day=day, reference=apart.reference)


def _moment(at: datetime, departement: str) -> str:
    return moment_text(at.astimezone(zone_of(departement)), languages.current())


def _figures(each: Compared) -> ComparedRow:
    return ComparedRow(label_of(each.indicator), _figure(each.without), _figure(each.everything))


def _figure(moments: Moments | None) -> tuple[str, str]:
    """Write a share with its interval, answers and clients, exact: the platform reads each answer."""
    lang = languages.current()
    estimate = share(moments) if moments else None
    if moments is None or estimate is None:
        return _("aucune réponse"), ""
    answers = ngettext("{num} réponse", "{num} réponses", moments.n).format(num=count(moments.n, lang))
    interval = interval_text(100 * estimate.low, 100 * estimate.high, 1, lang)
    return percent(100 * estimate.value, 1, lang), f"{interval}, {answers}, {clients_words(moments.clients)}"


async def set_apart_page(request: Request) -> Response:
    found = await reviewing.read(signed_in(request), request.path_params["id"])
    shown = _page(found)
    done = request.query_params.get("fait", "")
    return await render(request, replace(shown, notice=_(DONE[done]) if done in DONE else ""))


async def judge_answer(request: Request) -> Response:
    actor, response = signed_in(request), request.path_params["id"]
    sent = await request.form()
    verdict, why = str(sent.get("choix", "")), str(sent.get("pourquoi", ""))
    try:
        decided = await reviewing.decide(
            actor, response, verdict, why, seen=_number(str(sent.get("vues", "")))
        )
    except (Invalid, Conflict) as error:
        shown = _page(await reviewing.read(actor, response))
        refused = replace(shown, chosen=verdict, why=why, errors=_errors(error))
        return await render(request, refused, error.status)
    return RedirectResponse(
        f"{HREF}/{response}?fait={'reprise' if decided is Verdict.IN else 'laissee'}", 303
    )


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else -1


def _errors(error: Invalid | Conflict) -> Pairs:
    located = error.errors if isinstance(error, Invalid) else ()
    ids = {"choix": f"choix-{Verdict.IN.value}"}
    return tuple((ids.get(e.field, e.field), _(e.message)) for e in located) or (("", languages.said(error)),)


def _page(found: Reading) -> SetApartPage:
    apart = found.apart
    return SetApartPage(
        href=f"{HREF}/{apart.id}",
        title=_about(apart),
        tag=standing(apart.admissible, apart.verdict),
        reasons=tuple((label(Reason(each)), sentence(Reason(each))) for each in apart.doubts),
        facts=_facts(found),
        answers=_answers(found),
        story=f"/interventions/{apart.occasion}" if apart.occasion else "",
        judgements=tuple(_judgement(each, apart.departement) for each in found.judgements),
        seen=len(found.judgements),
        paper=f"/interventions/plusieurs-reponses/{apart.invitation}" if apart.admissible == SEVERAL else "",
        is_decidable=apart.admissible not in OF_PAPER,
        options=(
            (Verdict.IN.value, _("La reprendre\u00a0: elle compte comme les autres")),
            (Verdict.OUT.value, _("La laisser à part\u00a0: elle est gardée, sans compter")),
        ),
        chosen="",
        why="",
        notice="",
    )


def _facts(found: Reading) -> Pairs:
    known, apart = found.known, found.apart
    how = (HELP.get(known.help), WORKER.get(known.worker))
    return (
        (_("Organisme"), apart.provider),
        (_("Qui a répondu"), capital(_(told(known.respondent, known.who)))),
        (_("Comment"), capital(", ".join([_(BY[known.channel]), *(_(each) for each in how if each)]))),
        (_("Dernier changement"), _moment(apart.at, apart.departement)),
    )


def _answers(found: Reading) -> Pairs:
    lang, facts = languages.current(), facts_of(found.visit, respondent=found.known.respondent)
    said = found.known.answers
    return tuple(
        (
            asked(item, facts, language=lang).label,
            words_of(item, said[item.alias], lang) or _("question passée"),
        )
        for item in found.visit.questionnaire.items
        if item.alias in said
    )


def _judgement(judgement: Judgement, departement: str) -> tuple[str, str, str]:
    """Give what was decided, by whom and when, and why."""
    who = judgement.account or _("la plateforme")
    when = _("{who}, {when}").format(who=who, when=_moment(judgement.at, departement))
    return _(DECIDED[Verdict(judgement.verdict)]), when, judgement.why


ROUTES = (
    page(HREF, set_apart_list, roles=READERS, name="set-apart-list"),
    page(f"{HREF}/{{id:uuid}}", set_apart_page, roles=READERS, name="set-apart-page"),
    page(f"{HREF}/{{id:uuid}}", judge_answer, roles=READERS, methods=("POST",), name="judge-answer"),
)
