"""Who answers in a call: somebody takes it over, or it is said at its end, in the words of the staff."""

from collections.abc import Mapping

from quality.french import french
from quality.web.format import capital
from quality.web.languages import gettext as _
from quality.web.languages import spoken
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.reading import File
from surveys.desk.screen.screens import Action, Choice, Speakers
from surveys.respondents import RELATIONS, SELF, WAYS, Who, told, ways_of

AIDED = french("« Avez-vous eu de l’aide pour répondre ? »")
RELATED = french("« Puis-je vous demander qui vous êtes pour cette personne ? »")
BESIDE = french("« La personne qui intervient est-elle près de vous en ce moment ? »")


def asks(respondent: str, relation: str, language: str) -> tuple[str, ...]:
    """Give what is said to know who answered and how; a relation that is known is not asked again.

    >>> len(asks("client", "", "fr")), len(asks("relative", "", "fr")), len(asks("relative", "child", "fr"))
    (2, 2, 1)
    """
    mine = AIDED if respondent == "client" else RELATED
    sentences = (BESIDE,) if respondent != "client" and relation else (mine, BESIDE)
    return tuple(spoken(each, language) for each in sentences)


def has_answered(file: File, respondent: str) -> bool:
    return file.visit is not None and respondent in file.visit.responses


def speaks(file: File, asking: Asking, respondent: str) -> str:
    """Say who answers for the person; nothing when they answer themselves."""
    if respondent == "client":
        return ""
    return capital(_(told(respondent, Who(_relation(file, asking, respondent)))))


def speakers(
    file: File, asking: Asking, respondent: str, language: str, values: Mapping[str, str]
) -> Speakers:
    """List who may answer and how, a key each; `values` are those of a form that was refused."""
    relations = tuple(
        Choice(code, capital(_(each.told)), str(rank))
        for rank, (code, each) in enumerate(RELATIONS.items(), 1)
    )
    ways = tuple(
        Choice(code, capital(_(each.told)), str(rank))
        for rank, (code, each) in enumerate(WAYS.items(), len(relations) + 1)
    )
    others = tuple(Action(each.words, each.key, _with(file, asking, each.value)) for each in relations)
    said = (values.get("pour", ""), *values["comment"].split()) if "comment" in values else ()
    same = Asking(respondent=respondent, relation=asking.relation)
    return Speakers(
        relations=relations,
        ways=ways,
        others=others,
        chosen=said or _chosen(file, asking, respondent),
        asks=asks(respondent, _relation(file, asking, respondent), language),
        query=same.query(),
    )


def _with(file: File, asking: Asking, relation: str) -> str:
    """Give the address that goes on with somebody, from the first question that they did not answer."""
    return asking.href(
        file.case,
        q=1 if file.kind == "callback" else "",
        repondant=RELATIONS[relation].respondent,
        lien="" if relation == SELF else relation,
        panneau="",
        numero="",
    )


def _chosen(file: File, asking: Asking, respondent: str) -> tuple[str, ...]:
    """Give what is known of whoever answers; somebody whose relation nobody said has none."""
    known = _known(file, respondent)
    mine = SELF if respondent == "client" else ""
    return (_relation(file, asking, respondent) or mine, *ways_of(known))


def _relation(file: File, asking: Asking, respondent: str) -> str:
    return asking.relation or _known(file, respondent).relation


def _known(file: File, respondent: str) -> Who:
    known = file.visit.responses.get(respondent) if file.visit else None
    return known.who if known else Who()
