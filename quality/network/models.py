"""Référencement: a provider's standing with the platform, its complaint delays and its authority grid."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Referencing(Model):
    """Delays in days (acknowledgement in working days) and what may be granted or promised in the call."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    status = fields.CharField(12)
    since = fields.DateField()
    acknowledge_days = fields.SmallIntField(default=2)
    solution_days = fields.SmallIntField(default=15)
    alert_days = fields.SmallIntField(default=30)
    authority: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    authority_at = fields.DatetimeField(null=True)

    class Meta:
        table = "referencing"
        unique_together = (("platform", "provider"),)


class YearlyText(Model):
    """What a provider writes itself of one year, by section, for the yearly report of its establishment."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    provider_id: UUID
    year = fields.SmallIntField()
    texts: fields.JSONField[dict[str, str]] = fields.JSONField(default=dict)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "yearly_text"
        unique_together = (("provider", "year"),)
