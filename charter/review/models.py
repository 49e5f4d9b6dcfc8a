"""Files under review and their points."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from charter.models import Assessment
from quality.directory.models import Organisation

Fk = ForeignKeyFieldInstance


class ReviewFile(Model):
    """A submitted assessment under review (charter/review/life.py); `reason` is that of the decision."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    assessment: Fk[Assessment] = fields.ForeignKeyField("charter.Assessment", on_delete=fields.RESTRICT)
    assessment_id: UUID
    state = fields.CharField(12)
    reason = fields.TextField(default="")
    submitted_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "review_file"
        unique_together = (("assessment",),)


class ReviewPoint(Model):
    """What the review holds of one criterion: the platform's answer and reason, and the provider's reply.

    `verdict` says why a contested point was settled as it was.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    file: Fk[ReviewFile] = fields.ForeignKeyField("charter.ReviewFile", on_delete=fields.RESTRICT)
    file_id: UUID
    criterion = fields.CharField(16)
    state = fields.CharField(10)
    answer = fields.CharField(13, default="")
    reason = fields.TextField(default="")
    reply = fields.TextField(default="")
    verdict = fields.TextField(default="")
    due_at = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "review_point"
        unique_together = (("file", "criterion"),)
