"""Cells, releases and conventions."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.access.models import Account, Membership
from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Cell(Model):
    """Additive sums of one client's answers: n and Σx under one key; the id is a digest of the key.

    `parts` holds what n and Σx cannot say: how often each of the eleven marks from 0 to 10, or of the five
    from 1 to 5, was given; n and Σx of each question of a composite; how many complaints were remedied on
    each day (quality/measures/statistics/remedies.py).
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    indicator = fields.CharField(16)
    version = fields.SmallIntField()
    pseudonym = fields.UUIDField()
    month = fields.DateField()
    provider_id = fields.UUIDField()
    activity = fields.CharField(5)
    mode = fields.CharField(18)
    departement = fields.CharField(3)
    territory = fields.CharField(20, default="")
    funders: ArrayField = ArrayField("uuid", default=list)
    first_mode = fields.CharField(8)
    respondent = fields.CharField(10)
    collector = fields.CharField(10)
    admissible = fields.CharField(20)
    age_band = fields.CharField(5, default="")
    arm = fields.CharField(15, default="")
    n = fields.IntField()
    x = fields.BigIntField()
    parts: ArrayField = ArrayField("int", null=True)

    class Meta:
        table = "cell"


class VisitMonth(Model):
    """A client's visits of one month: what they add to which cells, and whether they changed since."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    client_id = fields.UUIDField()
    month = fields.DateField()
    is_due = fields.BooleanField(db_default=True)
    measured: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)

    class Meta:
        table = "visit_month"
        unique_together = (("client_id", "month"),)


class Release(Model):
    """What was published once, and never changes: the period, the method's version and a seal."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    period = fields.CharField(7)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    method = fields.CharField(20)
    seal = fields.BinaryField()
    audit: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "release"
        unique_together = (("platform", "period", "method"),)


class ReleaseCell(Model):
    """A figure as published: rounded, with its status; `funder` empty means the whole population."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    funder_id = fields.UUIDField(null=True)
    convention_id = fields.UUIDField(null=True)
    indicator = fields.CharField(16)
    version = fields.SmallIntField()
    scope_type = fields.CharField(24)
    scope_code = fields.CharField(24)
    provider_id = fields.UUIDField(null=True)
    activity = fields.CharField(12, default="")
    period = fields.CharField(7)
    status = fields.CharField(1)
    n_clients = fields.IntField(null=True)
    value = fields.DecimalField(6, 2, null=True)
    ci_low = fields.DecimalField(6, 2, null=True)
    ci_high = fields.DecimalField(6, 2, null=True)
    unit = fields.CharField(10)

    class Meta:
        table = "release_cell"


class ReleaseBase(Model):
    """The unrounded base of a released figure (same id), for the platform's audit and recomputation only."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    clients = fields.IntField()
    n = fields.BigIntField()
    x = fields.BigIntField()
    xx = fields.BigIntField()
    xn = fields.BigIntField()
    nn = fields.BigIntField()
    largest = fields.IntField()
    parts: ArrayField = ArrayField("bigint", null=True)  # see quality.measures.statistics.parts
    is_held = fields.BooleanField(db_default=False)  # hidden because the audit could prove something

    class Meta:
        table = "release_base"


class ReleaseChart(Model):
    """The control chart of a month just released (same id as its figure): limits, what the rules say."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    funder_id = fields.UUIDField(null=True)
    provider_id = fields.UUIDField(null=True)
    centre = fields.DecimalField(6, 2)
    points: fields.JSONField[list[dict[str, object]]] = fields.JSONField()

    class Meta:
        table = "release_chart"


class ReleaseFunnel(Model):
    """Peers compared in a release: mean, limits, how much of a usual figure is the provider's own."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    funder_id = fields.UUIDField(null=True)
    convention_id = fields.UUIDField(null=True)
    indicator = fields.CharField(16)
    version = fields.SmallIntField()
    activity = fields.CharField(12)
    is_overseas = fields.BooleanField()
    peers = fields.IntField()
    centre = fields.DecimalField(6, 2)
    reliability = fields.SmallIntField()
    limits: fields.JSONField[list[dict[str, object]]] = fields.JSONField()

    class Meta:
        table = "release_funnel"


class ReleaseStanding(Model):
    """What a comparison says of one provider (same id as its figure), and its place, where that is said."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    funder_id = fields.UUIDField(null=True)
    provider_id = fields.UUIDField()
    funnel: Fk[ReleaseFunnel] = fields.ForeignKeyField("quality.ReleaseFunnel", on_delete=fields.RESTRICT)
    funnel_id: UUID
    level = fields.CharField(8)
    is_high = fields.BooleanField()
    lower = fields.IntField(null=True)
    alike = fields.IntField(null=True)
    higher = fields.IntField(null=True)

    class Meta:
        table = "release_standing"


class ReleaseMode(Model):
    """What an experiment on first contacts says of one figure: each way drawn, each two compared, rounded."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    compared = fields.CharField(15)
    indicator = fields.CharField(16)
    version = fields.SmallIntField()
    arms: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    gaps: fields.JSONField[list[dict[str, object]]] = fields.JSONField()

    class Meta:
        table = "release_mode"
        unique_together = (("release", "compared", "indicator", "version"),)


class ReleaseWeighted(Model):
    """The weighted twin of a total of the whole population (same id as its figure), rounded alike."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    is_national = fields.BooleanField()
    value = fields.DecimalField(6, 2)
    ci_low = fields.DecimalField(6, 2)
    ci_high = fields.DecimalField(6, 2)
    margins: ArrayField = ArrayField("text")
    trimmed = fields.SmallIntField()
    unreached = fields.SmallIntField()

    class Meta:
        table = "release_weighted"


class ReleaseSeal(Model):
    """What seals the rows of one table that a release wrote beside its figures: `part` names the table."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    part = fields.CharField(16)
    seal = fields.BinaryField()

    class Meta:
        table = "release_seal"
        unique_together = (("release", "part"),)


class ReleaseFact(Model):
    """What was counted of one provider itself at the end of a period: for everybody, or for one convention.

    Of `asked`, `held` are held; `is_whole` says that nothing required is missed. `told` is its component's.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    funder_id = fields.UUIDField(null=True)
    convention_id = fields.UUIDField(null=True)
    provider_id = fields.UUIDField()
    indicator = fields.CharField(16)
    version = fields.SmallIntField()
    period = fields.CharField(7)
    asked = fields.SmallIntField()
    held = fields.SmallIntField()
    is_whole = fields.BooleanField()
    told: fields.JSONField[dict[str, Any]] = fields.JSONField()

    class Meta:
        table = "release_fact"


class Convention(Model):
    """What a funder and its providers agreed on: population, indicators, targets, delays, authority."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    funder: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    funder_id: UUID
    code = fields.CharField(40)
    title = fields.CharField(160)
    status = fields.CharField(12)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    providers: ArrayField = ArrayField("uuid", default=list)
    activities: ArrayField = ArrayField("text", default=list)
    departements: ArrayField = ArrayField("text", default=list)
    excludes_mandataire = fields.BooleanField(default=False)
    indicators: ArrayField = ArrayField("text", default=list)
    targets: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    acknowledge_days = fields.SmallIntField(null=True)
    solution_days = fields.SmallIntField(null=True)
    authority: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    authority_at = fields.DatetimeField(null=True)
    is_experiment = fields.BooleanField(default=False)
    hypothesis = fields.TextField(default="")
    proposed_at = fields.DatetimeField(null=True)
    renewed_from_id = fields.UUIDField(null=True)
    conclusion = fields.TextField(default="")
    verdict = fields.CharField(10, default="")
    concluded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "convention"
        unique_together = (("platform", "code"),)


class ConventionSignature(Model):
    """One party's signature of the terms that have this digest."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    convention: Fk[Convention] = fields.ForeignKeyField("quality.Convention", on_delete=fields.CASCADE)
    convention_id: UUID
    organisation: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    organisation_id: UUID
    account_id = fields.UUIDField(null=True)
    signer = fields.CharField(120, default="")
    digest = fields.BinaryField()
    signed_at = fields.DatetimeField()

    class Meta:
        table = "convention_signature"
        unique_together = (("convention", "organisation", "digest"),)


class FigureReading(Model):
    """That a funder read figures of its convention on a day: what it read, once, and nobody's name."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    organisation: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    organisation_id: UUID
    convention: Fk[Convention] = fields.ForeignKeyField("quality.Convention", on_delete=fields.CASCADE)
    convention_id: UUID
    day = fields.DateField()
    shown = fields.CharField(12)
    subject = fields.CharField(16, default="")
    period = fields.CharField(7, default="")

    class Meta:
        table = "figure_reading"
        unique_together = (("convention", "organisation", "day", "shown", "subject", "period"),)


class ReportSubscription(Model):
    """That somebody receives the results of a population after each release; its mail's link ends it."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    account: Fk[Account] = fields.ForeignKeyField("quality.Account", on_delete=fields.CASCADE)
    account_id: UUID
    membership: Fk[Membership] = fields.ForeignKeyField("quality.Membership", on_delete=fields.CASCADE)
    membership_id: UUID
    convention: Fk[Convention] | None = fields.ForeignKeyField(
        "quality.Convention", null=True, on_delete=fields.CASCADE
    )
    convention_id: UUID | None
    population = fields.CharField(48)
    rhythm = fields.CharField(8)
    token_key = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "report_subscription"
        unique_together = (("membership", "population"),)


class ReportMail(Model):
    """That a subscription was served for a release, by a letter or because it had nothing to say."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    subscription: Fk[ReportSubscription] = fields.ForeignKeyField(
        "quality.ReportSubscription", on_delete=fields.CASCADE
    )
    subscription_id: UUID
    release: Fk[Release] = fields.ForeignKeyField("quality.Release", on_delete=fields.RESTRICT)
    release_id: UUID
    at = fields.DatetimeField()

    class Meta:
        table = "report_mail"
        unique_together = (("subscription", "release"),)
