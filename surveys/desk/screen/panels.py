"""What the panels of a call read: what may be granted, the promise to read back, the complaint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints import words
from quality.complaints.links import reference_of
from quality.complaints.pages import letters
from quality.complaints.resolving import authority, grids
from quality.complaints.resolving.authority import Allowed, Grid, Remedy
from quality.complaints.vocabulary import REMEDIES
from quality.db import fetch_one
from quality.directory.geography import zone_of
from quality.errors import NotFound
from quality.french import d_
from quality.keys import Keyring
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.languages import spoken
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import Panel
from surveys.desk.screen.screens import Choice, Followed, Promised, Remedies

# « Autre solution » is the provider's own word: nothing of it can be promised in a call.
OFFERED = tuple(remedy for remedy in Remedy if remedy is not Remedy.other)
Row = dict[str, Any]


async def load(actor: Actor, keyring: Keyring, case: UUID, asking: Asking, language: str) -> Panel:
    """Read what the panel that is open needs."""
    if asking.panel == "accord" and asking.complaint:
        return Panel(remedies=await remedies(actor, asking.complaint))
    if asking.panel == "recapitulatif" and asking.promise:
        return Panel(promised=await _promised(actor, keyring, asking.promise, language))
    if asking.panel in ("suite", "avis"):
        return Panel(followed=await followed(actor, case, asking.complaint))
    return Panel()


async def remedies(actor: Actor, number: int, refusal: str = "", told: str = "") -> Remedies:
    """List what may be granted about a complaint, and in whose hands the rest is."""
    async with scoped(actor) as db:
        facts = await grids.facts_of(db, actor, number)
        grid = await grids.grid_of(db, facts)
    offered, withheld = offers(grid, actor.role, facts["disclosure"])
    return Remedies(
        number=number,
        choices=tuple(
            Choice(each.value, offer(grid, actor.role, each), str(rank))
            for rank, each in enumerate(offered, 1)
        ),
        allowed=() if withheld else tuple(authority.allowed_words(grid, actor.role)),
        refusal=refusal,
        told=told,
        has_amount=Remedy.refund in offered,
        withheld=withheld,
    )


def offers(grid: Grid, role: str, disclosure: str) -> tuple[tuple[Remedy, ...], tuple[str, ...]]:
    """Give the remedies to show, and why the others are not.

    With a name, each one is shown: who decides of what is beyond somebody is told, and counted. Without, only
    what can be granted is.
    """
    if disclosure == "named":
        return OFFERED, ()
    if disclosure == "call_first":
        return (), (_untold(),)
    nameless = [each for each in OFFERED if not REMEDIES[each].needs_name]
    granted = tuple(each for each in nameless if isinstance(authority.decide(grid, role, each), Allowed))
    beyond = tuple(f"{offer(grid, role, each)}." for each in nameless if each not in granted)
    return granted, (_nameless(), *beyond)


def _untold() -> str:
    return _(
        "L’organisme ne sait encore rien de cette réclamation. Demandez d’abord à la personne si vous pouvez "
        "lui en parler."
    )


def _nameless() -> str:
    return _(
        "Sans son nom, l’organisme ne peut ni rappeler la personne, ni revenir chez elle, ni la "
        "rembourser. Cela ne se promet donc pas."
    )


def offer(grid: Grid, role: str, remedy: Remedy) -> str:
    """Word a remedy with its limit, or with who grants it."""
    label = REMEDIES[remedy].words.spoken(languages.current())
    decided = authority.decide(grid, role, remedy)
    if not isinstance(decided, Allowed):
        return _("%(remedy)s : décidé par %(who)s") % {
            "remedy": label,
            "who": authority.who_words(decided.who_can),
        }
    limit = authority.limit_of(grid, role, remedy)
    if remedy is Remedy.refund and limit:
        return _("%(remedy)s, jusqu’à %(amount)s") % {"remedy": label, "amount": authority.euros(limit)}
    if remedy is Remedy.replan and limit:
        return _("%(remedy)s dans les %(hours)s heures") % {"remedy": label, "hours": limit}
    return label


async def _promised(actor: Actor, keyring: Keyring, promise: str, language: str) -> Promised:
    try:
        identity = UUID(promise)
    except ValueError as error:
        raise NotFound from error
    async with scoped(actor) as db:
        row = await fetch_one(db, PROMISE, identity, actor.platform)
    if row is None:
        raise NotFound
    return Promised(
        id=promise,
        number=row["number"],
        say=read_back(row, reference_of(keyring, row["complaint_id"]), language),
        reference=reference_of(keyring, row["complaint_id"]),
        confirmed_by=row["confirmed_by"] or row["on_call_name"],
        is_confirmed=row["promise_state"] != "promised",
        letter=letters.href_of(row["number"], row, "decided"),
    )


PROMISE = """
SELECT p.complaint_id, p.remedy_code, p.amount_cents, p.state AS promise_state, p.due_at, p.confirmed_by,
       c.number, c.departement, c.state, c.cause, c.is_serious, p.state <> 'refused' AS is_promised,
       o.name AS provider, o.on_call_name
FROM complaint_promise p JOIN complaint c ON c.id = p.complaint_id JOIN organisation o ON o.id = c.provider_id
WHERE p.id = $1 AND p.platform_id = $2
"""


def read_back(row: Mapping[str, Any], reference: str, language: str) -> str:
    """Say a promise again in the words of the client, with its day and the reference to keep."""
    with languages.using(language):
        what = _what(Remedy(row["remedy_code"]), row)
        if row["remedy_code"] == Remedy.explain:
            return _("Je récapitule : %(what)s Votre référence est %(reference)s.") % {
                "what": what,
                "reference": reference,
            }
        return _("Je récapitule : %(what)s, avant %(when)s. Votre référence est %(reference)s.") % {
            "what": what,
            "when": _day(row["due_at"], row["departement"], language),
            "reference": reference,
        }


def _what(remedy: Remedy, row: Mapping[str, Any]) -> str:
    facts = {
        "provider": row["provider"],
        "of_provider": _of(row["provider"]),
        "amount": authority.euros(row["amount_cents"] or 0),
    }
    words = {
        Remedy.explain: _("nous vous présentons nos excuses pour ce qui s’est passé."),
        Remedy.call_back: _("le responsable %(of_provider)s vous rappelle"),
        Remedy.replan: _("une nouvelle visite chez vous, assurée par %(provider)s"),
        Remedy.replace_worker: _("une autre personne %(of_provider)s viendra chez vous"),
        Remedy.refund: _("%(provider)s vous rembourse %(amount)s"),
        Remedy.mediation: _("une médiation avec %(provider)s vous est proposée"),
    }.get(remedy, _("%(provider)s vous propose une solution"))
    return words % facts


def _of(provider: str) -> str:
    """Put « of » before a name, in the language that is spoken.

    >>> _of("Aide 34")
    'd’Aide 34'
    """
    return d_(provider) if languages.current() == "fr" else f"of {provider}"


def _day(at: datetime, place: str, language: str) -> str:
    local = at.astimezone(zone_of(place))
    return _("le %(day)s à %(hour)s") % {"day": day_text(local, language), "hour": time_text(local, language)}


async def followed(actor: Actor, case: UUID, number: int | None) -> Followed:
    """Read the complaint that the person of this call talks about; the newest one when none is chosen."""
    async with scoped(actor) as db:
        row = await fetch_one(db, FOLLOWED, case, actor.platform, number)
    if row is None:
        raise NotFound
    is_call_first = row["disclosure"] == "call_first" and row["state"] == "opened"
    _sign, state = words.state_tag(row["state"], is_call_first=is_call_first)
    return Followed(
        number=row["number"],
        heading=words.heading(row["number"], row["kind"]),
        state=state,
        solution=row["remedy"],
        is_call_first=is_call_first,
        is_remedied=row["state"] == "remedied",
        letter=letters.href_of(row["number"], row),
        may_grant=row["state"] in grids.ALIVE and row["disclosure"] != "call_first",
    )


# A complaint joined to another is followed where it is now.
FOLLOWED = """
SELECT q.number, q.kind, q.state, q.disclosure, q.remedy, q.cause, q.is_serious,
       EXISTS (SELECT 1 FROM complaint_promise d
               WHERE d.complaint_id = q.id AND d.state <> 'refused') AS is_promised
FROM call_case c
JOIN complaint_subject s ON s.client_id = c.client_id JOIN complaint p ON p.id = s.id
JOIN complaint q ON q.id = coalesce(p.merged_into_id, p.id)
WHERE c.id = $1 AND c.platform_id = $2
  AND (p.number = $3 OR ($3::int IS NULL AND coalesce(p.id = c.complaint_id, true)))
ORDER BY p.number DESC LIMIT 1
"""


def beyond(who: str, due_at: datetime, place: str, language: str) -> str:
    """Say to the person that somebody else decides, and until when they hear of it."""
    with languages.using(language):
        return spoken(
            "Je ne peux pas vous le promettre moi-même. Je transmets votre demande à %(who)s. "
            "Vous aurez une réponse avant %(when)s.",
            language,
            who=authority.who_words(who),
            when=_day(due_at, place, language),
        )
