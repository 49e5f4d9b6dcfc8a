"""Signals, complaints, their events, and who is behind them."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Complaint(Model):
    """Somebody wants something done. The provider sees month, kind and activity."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    number = fields.IntField()
    source_kind = fields.CharField(12)
    source_id = fields.UUIDField(null=True)
    funders: ArrayField = ArrayField("uuid", default=list)
    kind = fields.CharField(12, default="unknown")
    activity = fields.CharField(5)
    departement = fields.CharField(3)
    month = fields.DateField()
    disclosure = fields.CharField(10)
    state = fields.CharField(12)
    opened_at = fields.DatetimeField()
    acknowledge_due_at = fields.DatetimeField()
    solution_due_at = fields.DatetimeField()
    alert_due_at = fields.DatetimeField()
    acknowledged_at = fields.DatetimeField(null=True)
    remedied_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    cause = fields.TextField(default="")
    remedy = fields.TextField(default="")
    verdict = fields.CharField(12, null=True)
    awaits_contact = fields.BooleanField(default=False)
    contacts = fields.SmallIntField(default=0)

    class Meta:
        table = "complaint"
        unique_together = (("platform", "number"),)


class ComplaintEvent(Model):
    """One line of the timeline; `audience` says who may read it."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    complaint: Fk[Complaint] = fields.ForeignKeyField("quality.Complaint", on_delete=fields.CASCADE)
    at = fields.DatetimeField()
    kind = fields.CharField(20)
    account_id = fields.UUIDField(null=True)
    audience = fields.CharField(10, default="all")
    text = fields.TextField(default="")

    class Meta:
        table = "complaint_event"


class ComplaintSubject(Model):
    """Who is behind a complaint: the provider reads it only when disclosed."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    client_id = fields.UUIDField()
    intervention_id = fields.UUIDField(null=True)
    is_disclosed = fields.BooleanField()

    class Meta:
        table = "complaint_subject"


class Signal(Model):
    """A low mark, nothing more; the client's wish may open a complaint."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    source_kind = fields.CharField(12)
    source_id = fields.UUIDField()
    item = fields.CharField(40)
    value = fields.SmallIntField()
    wish = fields.CharField(10, null=True)
    complaint: Fk[Complaint] | None = fields.ForeignKeyField(
        "quality.Complaint", null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField()

    class Meta:
        table = "signal"
        unique_together = (("source_id", "item"),)
