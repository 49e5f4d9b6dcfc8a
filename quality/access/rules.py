"""Which rows each role may see, model by model: what the policies of quality/migrations/rules.sql say."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.models import Model

from quality.access.actor import WITH_ORGANISATION, Actor, Role
from quality.access.models import Account, ApiKey, Audit, Membership
from quality.access.scope import Rule
from quality.complaints.models import Complaint, ComplaintEvent, ComplaintSubject, Signal
from quality.directory.models import (
    Authorisation,
    Client,
    ImportBatch,
    Intervention,
    Organisation,
    Platform,
    Territory,
)
from quality.measures.models import (
    Convention,
    ConventionSignature,
    FigureReading,
    Release,
    ReleaseCell,
    ReleaseChart,
    ReleaseFact,
    ReleaseFunnel,
    ReleaseMode,
    ReleaseStanding,
    ReleaseWeighted,
    ReportSubscription,
)
from quality.network.models import Referencing, YearlyText

Where = Callable[[Actor], Q | None]
Clause = tuple[frozenset[str], Where]

EVERYBODY: frozenset[str] = frozenset({*Role, "operator"})
GATES = frozenset({"gate", "operator"})
OPERATOR = frozenset({"operator"})
PROVIDER = frozenset({Role.provider})
FUNDER = frozenset({Role.funder})
OBSERVER = frozenset({Role.observer})
MANAGER = frozenset({Role.platform})
KEEPERS = frozenset({Role.admin, Role.platform, Role.supervisor})
HEADS = frozenset({Role.platform, Role.supervisor})
AGENT = frozenset({Role.agent})
DESK = frozenset({Role.platform, Role.supervisor, Role.agent})
NATIONAL = ("france", "region")


def rule(*clauses: Clause) -> Rule:
    """Return the rule that shows what any clause of the actor's role shows, and nothing without one."""

    def condition(actor: Actor) -> Q:
        found = [
            where for roles, make in clauses if actor.role in roles and (where := make(actor)) is not None
        ]
        return reduce(or_, found) if found else Q(pk__isnull=True)

    return condition


def _everything(_: Actor) -> Q:
    return Q(pk__isnull=False)


def _of_platform(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(platform_id=actor.platform)


def _own(field: str, **fixed: Any) -> Where:
    """Return the rows of the actor's organisation; an actor without one has none."""

    def where(actor: Actor) -> Q | None:
        if actor.platform is None or actor.organisation is None:
            return None
        own: dict[str, Any] = {field: actor.organisation, **fixed}
        return Q(platform_id=actor.platform, **own)

    return where


def _own_platform(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(id=actor.platform)


def _accounts(actor: Actor) -> Q | None:
    if actor.platform is None:
        return None
    return Q(id__in=Subquery(Membership.filter(platform_id=actor.platform).values("account_id")))


def _funders(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(platform_id=actor.platform, kind="funder")


def _providers_of_funder(actor: Actor) -> Q | None:
    """Return the providers of the conventions that the funder signed."""
    if actor.platform is None or actor.organisation is None:
        return None
    signed = Convention.filter(platform_id=actor.platform, funder_id=actor.organisation)
    parties = Subquery(signed.annotate(party=RawSQL("unnest(providers)")).values("party"))
    return Q(platform_id=actor.platform, kind="provider", id__in=parties)


def _readable_complaints(actor: Actor) -> Q | None:
    """Return the provider's complaints, but for those whose client wants a call first, and serious ones."""
    own = _own("provider_id")(actor)
    return None if own is None else own & ~Q(disclosure="call_first") & Q(is_shared=True)


def _ordinary_complaints(actor: Actor) -> Q | None:
    """Return what the agents read: a serious event is its supervisors'."""
    of_platform = _of_platform(actor)
    return None if of_platform is None else of_platform & Q(is_serious=False)


def _behind(complaints: Where, key: str, **fixed: Any) -> Where:
    """Return the rows of complaints that the actor may read."""

    def where(actor: Actor) -> Q | None:
        read = complaints(actor)
        if read is None:
            return None
        behind: dict[str, Any] = {f"{key}__in": Subquery(Complaint.filter(read).values("id"))}
        return Q(**fixed, **behind)

    return where


def _disclosed_subjects(actor: Actor) -> Q | None:
    named = _own("provider_id", is_disclosed=True)(actor)
    behind = _behind(_readable_complaints, "id")(actor)
    return None if named is None or behind is None else named & behind


def _disclosed_signals(actor: Actor) -> Q | None:
    """Return the marks behind the complaints whose client the provider may know."""
    named = _disclosed_subjects(actor)
    return (
        None if named is None else Q(complaint_id__in=Subquery(ComplaintSubject.filter(named).values("id")))
    )


def _national_totals(actor: Actor) -> Q | None:
    return None if actor.platform is None else Q(platform_id=actor.platform, is_national=True)


def _national(actor: Actor) -> Q | None:
    if actor.platform is None:
        return None
    return Q(platform_id=actor.platform, funder_id__isnull=True, scope_type__in=NATIONAL)


def _party(actor: Actor) -> Q | None:
    if actor.platform is None or actor.organisation is None:
        return None
    return Q(platform_id=actor.platform, providers__contains=[actor.organisation])


def _own_account(actor: Actor) -> Q | None:
    if actor.platform is None or actor.account is None:
        return None
    return Q(platform_id=actor.platform, account_id=actor.account)


def _of_own_conventions(actor: Actor) -> Q | None:
    """Return what belongs to the conventions that the actor is a party of."""
    own = _own("funder_id")(actor) if actor.role == Role.funder else _party(actor)
    return None if own is None else Q(convention_id__in=Subquery(Convention.filter(own).values("id")))


VISIBLE: tuple[tuple[type[Model], Rule], ...] = (
    (Platform, rule((GATES, _everything), (EVERYBODY, _own_platform))),
    (
        Organisation,
        rule(
            (GATES, _everything),
            (KEEPERS | DESK, _of_platform),
            (WITH_ORGANISATION, _own("id")),
            (PROVIDER, _funders),
            (FUNDER, _providers_of_funder),
        ),
    ),
    (Authorisation, rule((KEEPERS | OPERATOR, _of_platform), (WITH_ORGANISATION, _own("organisation_id")))),
    (Territory, rule((EVERYBODY, _of_platform))),
    (Referencing, rule((KEEPERS | DESK | OPERATOR, _of_platform), (PROVIDER, _own("provider_id")))),
    (YearlyText, rule((HEADS, _of_platform), (PROVIDER, _own("provider_id")))),
    (Account, rule((GATES, _everything), (KEEPERS, _accounts))),
    (Membership, rule((GATES, _everything), (KEEPERS, _of_platform))),
    (ApiKey, rule((GATES, _everything), (WITH_ORGANISATION, _own("organisation_id")))),
    (Audit, rule((OPERATOR, _everything), (KEEPERS, _of_platform))),
    (Client, rule((DESK | OPERATOR, _of_platform), (PROVIDER, _own("provider_id")))),
    (Intervention, rule((DESK | OPERATOR, _of_platform), (PROVIDER, _own("provider_id")))),
    (ImportBatch, rule((MANAGER | OPERATOR, _of_platform), (PROVIDER, _own("provider_id")))),
    (Complaint, rule((HEADS, _of_platform), (AGENT, _ordinary_complaints), (PROVIDER, _readable_complaints))),
    (
        ComplaintEvent,
        rule(
            (HEADS, _of_platform),
            (AGENT, _behind(_ordinary_complaints, "complaint_id", audience__in=("client", "all", "staff"))),
            (PROVIDER, _behind(_readable_complaints, "complaint_id", audience__in=("client", "all"))),
        ),
    ),
    (
        ComplaintSubject,
        rule(
            (HEADS, _of_platform),
            (AGENT, _behind(_ordinary_complaints, "id")),
            (PROVIDER, _disclosed_subjects),
        ),
    ),
    (Signal, rule((DESK, _of_platform), (PROVIDER, _disclosed_signals))),
    (Release, rule((EVERYBODY, _of_platform))),
    (
        ReleaseCell,
        rule(
            (MANAGER | OPERATOR | {Role.supervisor}, _of_platform),
            (FUNDER, _own("funder_id")),
            (PROVIDER, _own("provider_id")),
            (OBSERVER, _national),
        ),
    ),
    (
        ReleaseChart,
        rule(
            (MANAGER | OPERATOR | {Role.supervisor}, _of_platform),
            (FUNDER, _own("funder_id")),
            (PROVIDER, _own("provider_id")),
        ),
    ),
    (
        ReleaseFunnel,
        rule((MANAGER | OPERATOR | {Role.supervisor}, _of_platform), (FUNDER, _own("funder_id"))),
    ),
    (
        ReleaseStanding,
        rule(
            (MANAGER | OPERATOR | {Role.supervisor}, _of_platform),
            (FUNDER, _own("funder_id")),
            (PROVIDER, _own("provider_id")),
        ),
    ),
    (ReleaseMode, rule((MANAGER | OPERATOR | {Role.supervisor}, _of_platform))),
    (
        ReleaseFact,
        rule(
            (MANAGER | OPERATOR | {Role.supervisor}, _of_platform),
            (FUNDER, _own("funder_id")),
            (PROVIDER, _own("provider_id")),
        ),
    ),
    (
        ReleaseWeighted,
        rule((MANAGER | OPERATOR | {Role.supervisor}, _of_platform), (OBSERVER, _national_totals)),
    ),
    (Convention, rule((DESK | OPERATOR, _of_platform), (FUNDER, _own("funder_id")), (PROVIDER, _party))),
    (ConventionSignature, rule((DESK | OPERATOR, _of_platform), (FUNDER | PROVIDER, _of_own_conventions))),
    (ReportSubscription, rule((EVERYBODY - OPERATOR, _own_account))),
    (
        FigureReading,
        rule(
            (HEADS | OPERATOR, _of_platform),
            (FUNDER, _own("organisation_id")),
            (PROVIDER, _of_own_conventions),
        ),
    ),
)
