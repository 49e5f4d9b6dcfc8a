"""Who must act on a complaint now, and how: the one next thing to do, read from where it stands (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quality.access.actor import STAFF, Role
from quality.web.languages import gettext as _


class Act(StrEnum):
    """The next thing to do."""

    protect = "protect"
    call_first = "call_first"
    reach = "reach"
    countersign = "countersign"
    confirm = "confirm"
    fulfil = "fulfil"
    remedy = "remedy"
    decide = "decide"
    await_funder = "await_funder"
    await_mediator = "await_mediator"
    verdict = "verdict"
    none = "none"


# What a promise still to be kept asks of its provider.
PROMISED = {"promised": Act.confirm, "confirmed": Act.fulfil}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a complaint stands; `promise` is the state of its nearest promise still to be kept."""

    state: str
    disclosure: str
    holder: str
    position: str | None
    is_serious: bool
    handled_at: datetime | None
    promise: str | None
    unreached_at: datetime | None = None


def next_act(each: Standing) -> Act:
    """Name the next thing to do.

    >>> next_act(Standing("opened", "named", "provider", None, False, None, None)).value
    'countersign'
    >>> next_act(Standing("acknowledged", "named", "platform", "contested", False, None, None)).value
    'decide'
    """
    if each.state in {"closed", "merged"}:
        return Act.none
    if each.is_serious and each.handled_at is None:
        return Act.protect
    if each.disclosure == "call_first":
        return Act.call_first if each.unreached_at is None else Act.reach
    if each.state == "remedied":
        return PROMISED.get(each.promise or "", Act.verdict)
    elsewhere = {"platform": Act.decide, "funder": Act.await_funder, "mediator": Act.await_mediator}
    return elsewhere.get(each.holder) or _of_provider(each)


def _of_provider(each: Standing) -> Act:
    if each.state == "opened" and each.position is None:
        return Act.countersign
    return PROMISED.get(each.promise or "", Act.remedy)


# Whose each act is; agents call, and hear verdicts.
OF_PROVIDER = frozenset({Act.countersign, Act.confirm, Act.fulfil, Act.remedy})
OF_DESK = frozenset({Act.call_first, Act.verdict})
OF_PLATFORM = frozenset({Act.protect, Act.reach, Act.decide})


def is_for(act: Act, role: str) -> bool:
    """Say whether an act is for a role to take.

    >>> is_for(Act.remedy, "provider"), is_for(Act.remedy, "agent"), is_for(Act.decide, "supervisor")
    (True, False, True)
    """
    if role == Role.provider:
        return act in OF_PROVIDER
    if role == Role.agent:
        return act in OF_DESK
    return role in STAFF and act in OF_DESK | OF_PLATFORM


def act_words(act: Act) -> str:
    """Say an act as a thing to do, for whoever must do it."""
    return {
        Act.protect: _("Protéger la personne"),
        Act.call_first: _("Appeler la personne d’abord"),
        Act.reach: _("Personne à joindre autrement"),
        Act.countersign: _("Prendre en charge, ou contester"),
        Act.confirm: _("Confirmer l’engagement pris"),
        Act.fulfil: _("Tenir l’engagement, puis le dire"),
        Act.remedy: _("Apporter une solution"),
        Act.decide: _("Décider"),
        Act.await_funder: _("Attendre la réponse du financeur"),
        Act.await_mediator: _("Attendre le médiateur"),
        Act.verdict: _("Recueillir l’avis de la personne"),
        Act.none: _("Rien à faire"),
    }[act]


def awaited_words(act: Act) -> str:
    """Say an act that is somebody else's, as its result is awaited."""
    return _("Donner son avis") if act is Act.verdict else act_words(act)


def who_words(act: Act, provider: str, platform: str) -> str:
    """Name who has the next thing to do."""
    if act in OF_PROVIDER:
        return provider
    others = {
        Act.verdict: _("la personne"),
        Act.await_funder: _("le financeur"),
        Act.await_mediator: _("le médiateur"),
        Act.none: "",
    }
    return others.get(act, platform)


def act_sentence(act: Act, *, is_mine: bool, provider: str) -> str:
    """Say what the next act asks for, and what follows when nobody takes it."""
    if is_mine:
        return {
            Act.protect: _("La protection d’abord : notez la première mesure prise. Le reste vient après."),
            Act.call_first: _("Rien n’est dit à %(provider)s avant son accord. Appelez-la d’abord."),
            Act.reach: _(
                "Les appels sont finis et n’ont pas abouti. Rien n’est dit à %(provider)s sans son accord : "
                "écrivez-lui une lettre, ou notez ce qu’elle décide."
            ),
            Act.countersign: _("Sans réponse de votre part à l’échéance, la plateforme reprend le dossier."),
            Act.confirm: _("Un engagement a été pris avec la personne. Confirmez-le, ou dites pourquoi non."),
            Act.fulfil: _("L’engagement est confirmé. Dites-le ici dès qu’il est tenu."),
            Act.remedy: _("Écrivez la cause et ce qui a été fait. La personne donne ensuite son avis."),
            Act.decide: _("L’organisme conteste, ou n’a pas répondu à temps : la décision est à vous."),
            Act.verdict: _("Demandez-lui si c’est réglé. Si elle dit non, la réclamation est rouverte."),
        }.get(act, "") % {"provider": provider}
    return {
        Act.verdict: _("Elle dit si c’est réglé. Sans réponse dix jours après la question, c’est clos."),
        Act.reach: _("Les appels n’ont pas abouti. La plateforme cherche comment joindre la personne."),
        Act.decide: _("Elle lit les deux côtés, puis décide."),
        Act.await_funder: _("Le dossier lui est transmis avec l’accord de la personne."),
        Act.await_mediator: _("Le médiateur est indépendant de l’organisme et de la plateforme."),
        Act.none: _("La réclamation est close. Une note reste possible."),
    }.get(act, "")
