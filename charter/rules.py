"""Who sees which assessment: what the policies of charter/migrations/rules.sql say."""

from tortoise.expressions import Q
from tortoise.models import Model

from charter.models import Assessment, AssessmentAnswer
from quality.access.actor import Actor, Role
from quality.access.rules import rule
from quality.access.scope import Rule

READERS = frozenset({Role.platform, Role.supervisor})
WRITERS = frozenset({Role.provider})


def _of_platform(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(platform_id=actor.platform)


def _own(actor: Actor) -> Q | None:
    if actor.platform is None or actor.organisation is None:
        return None
    return Q(platform_id=actor.platform, provider_id=actor.organisation)


_RULE = rule((READERS, _of_platform), (WRITERS, _own))
VISIBLE: tuple[tuple[type[Model], Rule], ...] = ((Assessment, _RULE), (AssessmentAnswer, _RULE))
