"""Cells, releases and conventions."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Cell(Model):
    """Additive sums of one client's answers: n and Σx under one key; the id is a digest of the key."""

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
    n = fields.IntField()
    x = fields.BigIntField()

    class Meta:
        table = "cell"


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

    class Meta:
        table = "convention"
        unique_together = (("platform", "code"),)
