"""Who may grant what in the call: the authority grid of a référencement or of a convention (pure).

A grid says what an agent may grant alone: {"replan_hours": 48, "replace_worker": true,
"refund_cents": 4000, "mediation": true}; "supervisor" and "platform" hold the same keys and widen it for
those roles. To explain, and to have the manager call back, need nobody's leave. A provider may grant
anything: it is its own promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from quality.access.actor import Role
from quality.web import languages
from quality.web.format import number
from quality.web.languages import gettext as _

Grid = Mapping[str, object]


class Remedy(StrEnum):
    """What may be granted or promised; its words are in vocabulary.yaml."""

    explain = "explain"
    call_back = "call_back"
    replan = "replan"
    replace_worker = "replace_worker"
    refund = "refund"
    mediation = "mediation"
    other = "other"


class Reason(StrEnum):
    """Why somebody may not grant a remedy."""

    above_limit = "above_limit"
    not_granted = "not_granted"
    no_grid = "no_grid"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The remedy is granted, under the authority of this role."""

    authority: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The remedy is not this role's to grant: why, who can, and this role's own limit in its unit."""

    reason: Reason
    who_can: str
    limit: int | None = None


ALWAYS = (Remedy.explain, Remedy.call_back)
DESK = (Role.agent, Role.supervisor, Role.platform)
KEYS = {
    Remedy.replan: "replan_hours",
    Remedy.replace_worker: "replace_worker",
    Remedy.refund: "refund_cents",
    Remedy.mediation: "mediation",
}


def decide(grid: Grid, role: str, remedy: Remedy, amount_cents: int | None = None) -> Allowed | Refused:
    """Say whether a role may grant a remedy, and otherwise the nearest one that can.

    >>> grid = {"refund_cents": 4000, "supervisor": {"refund_cents": 10000}}
    >>> decide(grid, "agent", Remedy.refund, 4000)
    Allowed(authority='agent')
    >>> refused = decide(grid, "agent", Remedy.refund, 6000)
    >>> str(refused.reason), refused.who_can, refused.limit
    ('above_limit', 'supervisor', 4000)
    >>> decide({}, "agent", Remedy.mediation).who_can, decide({}, "agent", Remedy.explain)
    ('provider', Allowed(authority='agent'))
    """
    if role == Role.provider or remedy in ALWAYS:
        return Allowed(role)
    lack = _lack(grid, role, remedy, amount_cents)
    if lack is None:
        return Allowed(role)
    above = DESK[DESK.index(Role(role)) + 1 :] if role in DESK else ()
    who = next((each for each in above if _lack(grid, each, remedy, amount_cents) is None), Role.provider)
    return Refused(lack, who.value, limit_of(grid, role, remedy))


def _lack(grid: Grid, role: str, remedy: Remedy, amount_cents: int | None) -> Reason | None:
    if role not in DESK or remedy not in KEYS:
        return Reason.not_granted
    limit = limit_of(grid, role, remedy)
    if limit is None:
        return Reason.not_granted if grid else Reason.no_grid
    if remedy is Remedy.refund and (amount_cents or 0) > limit:
        return Reason.above_limit
    return None


def limit_of(grid: Grid, role: str, remedy: Remedy) -> int | None:
    """Give the widest limit of a role: hours, cents, or 1 for a plain yes; None where nothing is granted.

    The fewer the hours, the more is promised.

    >>> grid = {"replan_hours": 48, "platform": {"replan_hours": 24}}
    >>> [limit_of(grid, role, Remedy.replan) for role in ("agent", "supervisor", "platform")]
    [48, 48, 24]
    """
    if role not in DESK or remedy not in KEYS:
        return None
    levels = [grid, *(grid.get(each) for each in DESK[1 : DESK.index(Role(role)) + 1])]
    found = [_value(level.get(KEYS[remedy])) for level in levels if isinstance(level, Mapping)]
    known = [value for value in found if value]
    if not known:
        return None
    return min(known) if remedy is Remedy.replan else max(known)


def _value(written: object) -> int:
    return int(written) if isinstance(written, int) and written > 0 else 0


def granted_words(grid: Grid, role: str = Role.agent) -> Iterable[str]:
    """Say what the grid lets a role promise alone in a call.

    >>> list(granted_words({"replan_hours": 48, "mediation": True}))
    ['Reprogrammer la visite dans les 48 heures', 'Proposer une médiation']
    """
    hours, cents = limit_of(grid, role, Remedy.replan), limit_of(grid, role, Remedy.refund)
    if hours:
        yield _("Reprogrammer la visite dans les {hours} heures").format(hours=hours)
    if limit_of(grid, role, Remedy.replace_worker):
        yield _("Faire venir une autre personne")
    if cents:
        yield _("Rembourser jusqu’à {amount}").format(amount=euros(cents))
    if limit_of(grid, role, Remedy.mediation):
        yield _("Proposer une médiation")


def allowed_words(grid: Grid, role: str) -> tuple[str, ...]:
    """Say all that a role may do alone in a call, what needs nobody's leave first."""
    return (
        _("Expliquer et s’excuser"),
        _("Faire rappeler par le responsable, au plus tard le jour ouvré suivant"),
        *granted_words(grid, role),
    )


def who_words(who: str) -> str:
    """Name who can grant what somebody cannot."""
    names: dict[str, str] = {
        Role.agent: _("l’équipe des appels"),
        Role.supervisor: _("la supervision des appels"),
        Role.platform: _("la direction de la plateforme"),
    }
    return names.get(who, _("l’organisme lui-même"))


def cents_of(text: str) -> int | None:
    """Read an amount typed in euros, with a comma or a point; None when it is none.

    >>> cents_of("25"), cents_of("1 012,5 €"), cents_of("0"), cents_of("12,505"), cents_of("beaucoup")
    (2500, 101250, None, None, None)
    """
    whole, _dot, part = "".join(text.split()).removesuffix("€").replace(",", ".").partition(".")
    if not whole.isdecimal() or not (part or "0").isdecimal() or len(part) > 2 or len(whole) > 6:
        return None
    return int(whole) * 100 + int(part.ljust(2, "0")) or None


def euros(cents: int) -> str:
    """Write a sum as it is said: cents only where there are some.

    >>> euros(4000), euros(1250)
    ('40\xa0€', '12,50\xa0€')
    """
    return _("{amount} €").format(amount=number(cents / 100, 2 if cents % 100 else 0, languages.current()))
