"""Who sees which assessment: what the policies of charter/migrations/rules.sql say."""

from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from charter.adhesion.models import Adhesion, RegisterConsent
from charter.campaigns.models import Campaign, CampaignInvitation, CampaignSession
from charter.models import (
    Action,
    AnswerRevision,
    Assessment,
    AssessmentAnswer,
    AssessmentPart,
    Evidence,
    EvidenceRevision,
    PublishedEdition,
)
from charter.review.models import ReviewFile, ReviewPoint
from quality.access.actor import Actor, Role
from quality.access.rules import Where, rule
from quality.access.scope import Rule

READERS = frozenset({Role.platform, Role.supervisor})
WRITERS = frozenset({Role.provider})
JUDGES = frozenset({Role.platform})
PAYERS = frozenset({Role.funder})


def _of_platform(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(platform_id=actor.platform)


def _own(actor: Actor) -> Q | None:
    if actor.platform is None or actor.organisation is None:
        return None
    return Q(platform_id=actor.platform, provider_id=actor.organisation)


def _paid(actor: Actor) -> Q | None:
    if actor.platform is None or actor.organisation is None:
        return None
    return Q(platform_id=actor.platform, funder_id=actor.organisation)


def _invited(key: str) -> Where:
    """Return what belongs to the campaigns that the actor's organisation is invited to."""

    def where(actor: Actor) -> Q | None:
        own = _own(actor)
        if own is None:
            return None
        among: dict[str, Any] = {f"{key}__in": Subquery(CampaignInvitation.filter(own).values("campaign_id"))}
        return Q(**among)

    return where


_RULE = rule((READERS, _of_platform), (WRITERS, _own))
VISIBLE: tuple[tuple[type[Model], Rule], ...] = (
    (PublishedEdition, rule((READERS | WRITERS | PAYERS, _of_platform))),
    (Assessment, _RULE),
    (AssessmentAnswer, _RULE),
    (AnswerRevision, _RULE),
    (AssessmentPart, _RULE),
    (Evidence, _RULE),
    (EvidenceRevision, _RULE),
    (Action, _RULE),
    (ReviewFile, _RULE),
    (ReviewPoint, _RULE),
    (Adhesion, _RULE),
    (RegisterConsent, _RULE),
    (Campaign, rule((READERS, _of_platform), (WRITERS, _invited("id")), (PAYERS, _paid))),
    (CampaignInvitation, _RULE),
    (CampaignSession, rule((READERS, _of_platform), (WRITERS, _invited("campaign_id")))),
)
