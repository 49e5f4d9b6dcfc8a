"""What draws keep so that they can be made again: the strata of a quarter, the seed of first contacts."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Stratum(Model):
    """One quarter's draw for provider × funders × activity group: the frozen target, expectation and seed."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    quarter = fields.CharField(7)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    funders: ArrayField = ArrayField("uuid", default=list)
    activity_group = fields.CharField(12)
    expected = fields.IntField(null=True)
    target = fields.IntField()
    seed = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "stratum"
        unique_together = (("platform", "quarter", "provider", "funders", "activity_group"),)


class ModeSeed(Model):
    """The seed by which chance chooses the first contacts of a platform, kept from its first need."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    seed = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "mode_seed"
        unique_together = (("platform",),)
