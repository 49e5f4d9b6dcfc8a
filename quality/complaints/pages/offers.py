"""Which forms the page of a complaint offers its reader, and which come first (pure)."""

from quality.access.actor import STAFF
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.complaints.pages.acts import Act, is_for
from quality.complaints.reading import Read
from quality.complaints.resolving.moves import MANAGERS, SOLVERS

ALIVE = frozenset({"opened", "acknowledged", "remedied"})
OPEN = frozenset({"opened", "acknowledged"})
# What the next act asks for, in the order in which it is shown.
FIRST = {
    Act.protect: ("mesure",),
    Act.call_first: ("souhait",),
    Act.reach: ("souhait",),
    Act.countersign: ("accuse", "contester"),
    Act.confirm: ("promesses",),
    Act.fulfil: ("promesses",),
    Act.remedy: ("solution",),
    Act.decide: ("accuse", "solution", "main", "transmettre"),
    Act.verdict: ("avis",),
}
# Everything else, under one heading.
OTHERS = (
    "contester",
    "solution",
    "engagement",
    "avis",
    "rouvrir",
    "fichier",
    "suivi",
    "accord",
    "transmettre",
    "main",
    "mesure",
    "partager",
    "reunir",
)


def first(act: Act, role: str, offered: frozenset[str]) -> tuple[str, ...]:
    """Name the forms of the next act, when it is the reader's."""
    return tuple(name for name in FIRST.get(act, ()) if name in offered) if is_for(act, role) else ()


def others(before: tuple[str, ...], offered: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in OTHERS if name in offered and name not in before)


def offers(read: Read, role: str) -> frozenset[str]:
    """Name the forms that a role may send now: what the verbs accept, and no more."""
    found = _for_all(read) | (_for_staff(read) if role in STAFF else _for_provider(read))
    if role in SOLVERS and read.state == "acknowledged":
        found.add("solution")
    return frozenset(found | (_for_managers(read) if role in MANAGERS else set()))


def _for_all(read: Read) -> set[str]:
    is_alive = read.state in ALIVE
    return {
        "note",
        *(("fichier",) if read.state != "merged" else ()),
        *(("engagement", "suivi") if is_alive else ()),
        *(("promesses",) if read.waiting_promise else ()),
    }


def _for_provider(read: Read) -> set[str]:
    is_open = read.state in OPEN
    return {
        *(("accuse",) if is_open and read.position != "countersigned" else ()),
        *(("contester",) if is_open and read.position is None else ()),
    }


def _for_staff(read: Read) -> set[str]:
    known = not read.is_call_first
    is_withdrawn = read.cause == WITHDRAWN_CAUSE
    return {
        *(("souhait",) if read.is_call_first else ()),
        *(("accuse",) if read.state == "opened" and known and read.holder == "platform" else ()),
        *(("avis",) if read.state == "remedied" else ()),
        *(("rouvrir",) if read.state == "closed" and not is_withdrawn else ()),
        *(("accord", "reunir") if read.state in ALIVE else ()),
    }


def _for_managers(read: Read) -> set[str]:
    is_alive, is_known = read.state in ALIVE, not read.is_call_first and read.is_shared
    return {
        *(("main",) if read.state in OPEN and is_known else ()),
        *(("transmettre",) if is_alive and not read.is_call_first and read.funder_consent else ()),
        *(("mesure",) if is_alive and read.is_serious else ()),
        *(("partager",) if is_alive and read.is_serious and not read.is_shared else ()),
    }
