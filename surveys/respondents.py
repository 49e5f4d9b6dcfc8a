"""Who answers, for whom and how: one table for the answer pages, the desk and what the staff reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from quality.french import french


@dataclass(frozen=True, slots=True)
class Relation:
    """What somebody is to the person helped: in whose place, as they say it, and as the staff reads it."""

    respondent: str
    said: str
    told: str


SELF = "self"
RELATIONS: Mapping[str, Relation] = {
    SELF: Relation("client", french("Pour moi"), french("la personne elle-même")),
    "spouse": Relation(
        "relative",
        french("Pour la personne avec qui je vis en couple"),
        french("la personne qui partage sa vie"),
    ),
    "child": Relation("relative", french("Pour mon père ou ma mère"), french("un de ses enfants")),
    "relative": Relation("relative", french("Pour un autre proche"), french("un autre proche")),
    "guardian": Relation(
        "guardian",
        french("Pour une personne sous tutelle ou curatelle"),
        french("la personne chargée de sa tutelle ou de sa curatelle"),
    ),
    "other": Relation("other", french("Pour quelqu’un d’autre"), french("quelqu’un d’autre")),
}
# Where nobody said more than in whose place they answer.
RESPONDENTS: Mapping[str, str] = {
    "client": french("la personne elle-même"),
    "relative": french("un proche"),
    "guardian": french("la personne chargée de sa tutelle ou de sa curatelle"),
    "other": french("quelqu’un d’autre"),
}
HELP: Mapping[str, str] = {"helped": french("avec de l’aide")}
WORKER: Mapping[str, str] = {
    "present": french("la personne qui intervient était présente"),
    "filled_in": french("la personne qui intervient a rempli la réponse"),
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who answered and how, as somebody said it; empty where nobody did."""

    relation: str = ""
    help: str = ""
    worker: str = ""

    @property
    def is_said(self) -> bool:
        return bool(self.relation)

    def place(self, known: str) -> str:
        """Give in whose place they answer: the one known already where nobody said for whom.

        >>> Who("child").place("client"), Who(worker="present").place("relative")
        ('relative', 'relative')
        """
        return RELATIONS[self.relation].respondent if self.relation else known


@dataclass(frozen=True, slots=True)
class Way:
    """One thing true of how the answers were given: as whoever gives them says it, as the staff reads it."""

    said: str
    told: str


WAYS: Mapping[str, Way] = {
    "aide": Way(french("J’ai eu de l’aide pour répondre"), HELP["helped"]),
    "presence": Way(french("La personne qui intervient était présente"), WORKER["present"]),
    "rempli": Way(french("La personne qui intervient a répondu à ma place"), WORKER["filled_in"]),
}


def who_of(relation: str, ways: Collection[str]) -> Who:
    """Give what a form says of who answered; a relation that is not offered is none.

    >>> who_of("child", ["aide", "presence"])
    Who(relation='child', help='helped', worker='present')
    >>> who_of("maire", ["presence", "rempli"])
    Who(relation='', help='', worker='filled_in')
    """
    worker = "present" if "presence" in ways else ""
    return Who(
        relation=relation if relation in RELATIONS else "",
        help="helped" if "aide" in ways else "",
        worker="filled_in" if "rempli" in ways else worker,
    )


def ways_of(who: Who) -> tuple[str, ...]:
    """Give the ways that a form shows as chosen.

    >>> ways_of(Who("self", "helped", "filled_in"))
    ('aide', 'rempli')
    """
    worker = {"present": ("presence",), "filled_in": ("rempli",)}.get(who.worker, ())
    return (*(("aide",) if who.help else ()), *worker)


def told(respondent: str, who: Who) -> str:
    """Give the French sentences that say who answered, most of all, first.

    >>> told("relative", Who("child")), told("relative", Who())
    ('un de ses enfants', 'un proche')
    """
    known = RELATIONS.get(who.relation)
    return known.told if known else RESPONDENTS[respondent]


def audience(respondent: str) -> str:
    """Give how somebody is addressed and called: whoever speaks for the person, as a relative is.

    >>> audience("client"), audience("guardian")
    ('client', 'relative')
    """
    return "client" if respondent == "client" else "relative"
