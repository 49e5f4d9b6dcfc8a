"""Signals, complaints, their events, and who is behind them."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Complaint(Model):
    """Somebody wants something done. The provider sees month, kind and activity.

    `holder` has the hand now (provider, platform, funder, mediator); `owner` is the account that follows it.
    `round` is 1, and one more each time the client says that it is not settled. A serious event is read by
    supervisors and the platform; its provider reads it once `is_shared`. `handled_at` is when the first
    protective step was taken. `measured` holds what it adds to the figures, under which facts, and
    `measure_due_at` when that must be looked at again (measuring.py). `unreached_at` is when the desk stopped
    calling a client to be called first, and `next_step_at` when the ladder reads the complaint again;
    `erased_at` when its words, its files and who is behind it left.
    """

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
    token_key = fields.BinaryField(null=True)
    holder = fields.CharField(10, default="provider")
    owner_id = fields.UUIDField(null=True)
    position = fields.CharField(13, null=True)
    position_at = fields.DatetimeField(null=True)
    contested_why = fields.TextField(default="")
    cause_code = fields.CharField(24, default="")
    remedy_code = fields.CharField(24, default="")
    is_serious = fields.BooleanField(default=False)
    is_shared = fields.BooleanField(default=True)
    handled_at = fields.DatetimeField(null=True)
    verdict_due_at = fields.DatetimeField(null=True)
    verdict_asked_at = fields.DatetimeField(null=True)
    round = fields.SmallIntField(default=1)
    is_first_contact = fields.BooleanField(default=False)
    funder_consent = fields.BooleanField(null=True)
    merged_into_id = fields.UUIDField(null=True)
    measured: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    measure_due_at = fields.DatetimeField(null=True)
    unreached_at = fields.DatetimeField(null=True)
    next_step_at = fields.DatetimeField(null=True)
    erased_at = fields.DatetimeField(null=True)

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


class ComplaintPromise(Model):
    """A remedy granted or promised: confirmed by the provider's on-call contact, then done, or broken."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    complaint: Fk[Complaint] = fields.ForeignKeyField("quality.Complaint", on_delete=fields.CASCADE)
    remedy_code = fields.CharField(24)
    detail = fields.TextField(default="")
    amount_cents = fields.IntField(null=True)
    authority = fields.CharField(10)
    state = fields.CharField(10, default="promised")
    is_first_contact = fields.BooleanField(default=False)
    made_at = fields.DatetimeField()
    made_by = fields.UUIDField(null=True)
    due_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_by = fields.CharField(80, default="")
    done_at = fields.DatetimeField(null=True)
    done_how = fields.CharField(10, null=True)
    refused_why = fields.TextField(default="")

    class Meta:
        table = "complaint_promise"


class AuthorityRefusal(Model):
    """A remedy that somebody wanted to grant and could not: what was missing, and who could."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    complaint: Fk[Complaint] = fields.ForeignKeyField("quality.Complaint", on_delete=fields.CASCADE)
    account_id = fields.UUIDField(null=True)
    role = fields.CharField(10)
    remedy_code = fields.CharField(24)
    amount_cents = fields.IntField(null=True)
    reason = fields.CharField(16)
    who_can = fields.CharField(10)
    at = fields.DatetimeField()

    class Meta:
        table = "authority_refusal"


class ComplaintNotice(Model):
    """What was told once by mail about a complaint, in one of its rounds."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    complaint: Fk[Complaint] = fields.ForeignKeyField("quality.Complaint", on_delete=fields.CASCADE)
    kind = fields.CharField(24)
    round = fields.SmallIntField()
    at = fields.DatetimeField()

    class Meta:
        table = "complaint_notice"
        unique_together = (("complaint", "kind", "round"),)


class ComplaintTransmission(Model):
    """What a funder reads of a complaint, with the client's consent: copied facts, never itself."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    complaint: Fk[Complaint] = fields.ForeignKeyField("quality.Complaint", on_delete=fields.CASCADE)
    funder: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    number = fields.IntField()
    provider_name = fields.CharField(120)
    kind = fields.CharField(12)
    activity = fields.CharField(5)
    departement = fields.CharField(3)
    month = fields.DateField()
    summary = fields.TextField()
    asked = fields.TextField()
    at = fields.DatetimeField()
    account_id = fields.UUIDField(null=True)
    answer = fields.TextField(default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "complaint_transmission"
        unique_together = (("complaint", "funder"),)


class ReplyTemplate(Model):
    """A sentence kept for reuse: an organisation's own, or the platform's for all."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    organisation_id = fields.UUIDField(null=True)
    title = fields.CharField(80)
    text = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "reply_template"


class SavedView(Model):
    """A choice of filters that somebody kept under a name."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    organisation_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField()
    page = fields.CharField(40)
    name = fields.CharField(60)
    query = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "saved_view"


class ProviderSummary(Model):
    """The monthly summary that was written to a provider, once a month."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    month = fields.DateField()
    at = fields.DatetimeField()

    class Meta:
        table = "provider_summary"
        unique_together = (("provider", "month"),)
