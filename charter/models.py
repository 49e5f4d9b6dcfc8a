"""Self-assessments: what each provider declares of the criteria of an edition."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Assessment(Model):
    """A provider's assessment against one version of an edition; once frozen its answers do not change."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    edition = fields.CharField(40)
    edition_version = fields.SmallIntField()
    opened_at = fields.DatetimeField()
    frozen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "assessment"


class AssessmentAnswer(Model):
    """What is declared of one criterion; `is_imperative` says that it applies to every provider."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    assessment: Fk[Assessment] = fields.ForeignKeyField("charter.Assessment", on_delete=fields.RESTRICT)
    assessment_id: UUID
    criterion = fields.CharField(8)
    is_imperative = fields.BooleanField()
    answer = fields.CharField(13)
    comment = fields.TextField(default="")
    reason = fields.TextField(default="")
    answered_by = fields.UUIDField(null=True)
    answered_at = fields.DatetimeField()

    class Meta:
        table = "assessment_answer"
        unique_together = (("assessment", "criterion"),)
