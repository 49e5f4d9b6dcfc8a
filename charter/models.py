"""Editions of a platform's own, and self-assessments: what each provider declares of their criteria."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.access.models import Account
from quality.directory.models import Organisation, Platform
from quality.files.models import File

Fk = ForeignKeyFieldInstance


class PublishedEdition(Model):
    """A version of an edition that a platform wrote itself, as its file was published; never changed.

    Withdrawn, no new run follows it; what was answered and issued still names it.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    code = fields.CharField(40)
    version = fields.SmallIntField()
    content = fields.BinaryField()
    sha256 = fields.BinaryField()
    published_by = fields.UUIDField(null=True)
    published_at = fields.DatetimeField()
    withdrawn_by = fields.UUIDField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "charter_edition"
        unique_together = (("platform", "code", "version"),)


class Assessment(Model):
    """One run of a provider against one version of an edition: full, or of what is compulsory only.

    Frozen, it holds the result that was issued (charter/scoring/issuing.py) and does not change any more.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    edition = fields.CharField(40)
    edition_version = fields.SmallIntField()
    opened_at = fields.DatetimeField()
    kind = fields.CharField(10, default="full")
    frozen_at = fields.DatetimeField(null=True)
    issued = fields.BinaryField(null=True)

    class Meta:
        table = "assessment"


class AssessmentAnswer(Model):
    """What is declared of one criterion, or of one of its elements, by the code that is answered.

    `is_imperative` says that the criterion applies to every provider. `version` counts what was written
    there, `sheet` names the page that wrote last.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    assessment: Fk[Assessment] = fields.ForeignKeyField("charter.Assessment", on_delete=fields.RESTRICT)
    assessment_id: UUID
    criterion = fields.CharField(16)
    is_imperative = fields.BooleanField()
    answer = fields.CharField(13)
    comment = fields.TextField(default="")
    reason = fields.TextField(default="")
    answered_by = fields.UUIDField(null=True)
    answered_at = fields.DatetimeField()
    version = fields.IntField(default=1)
    sheet = fields.CharField(32, default="")

    class Meta:
        table = "assessment_answer"
        unique_together = (("assessment", "criterion"),)


class AnswerRevision(Model):
    """An answer as it was once written; never changed."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    assessment: Fk[Assessment] = fields.ForeignKeyField("charter.Assessment", on_delete=fields.RESTRICT)
    assessment_id: UUID
    criterion = fields.CharField(16)
    version = fields.IntField()
    answer = fields.CharField(13)
    comment = fields.TextField(default="")
    reason = fields.TextField(default="")
    answered_by = fields.UUIDField(null=True)
    answered_at = fields.DatetimeField()
    sheet = fields.CharField(32, default="")

    class Meta:
        table = "answer_revision"
        unique_together = (("assessment", "criterion", "version"),)


class AssessmentPart(Model):
    """A chapter of an assessment given to one account of its provider."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    assessment: Fk[Assessment] = fields.ForeignKeyField("charter.Assessment", on_delete=fields.RESTRICT)
    assessment_id: UUID
    chapter = fields.SmallIntField()
    account: Fk[Account] = fields.ForeignKeyField("quality.Account", on_delete=fields.CASCADE)
    account_id: UUID

    class Meta:
        table = "assessment_part"
        unique_together = (("assessment", "chapter", "account"),)


class Evidence(Model):
    """What proves criteria: a document of an edition's list, for one criterion at least, until it expires.

    `reminded` counts the reminders of this date: one before it expires, one once it has.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    title = fields.CharField(160)
    document = fields.CharField(60, default="")
    edition = fields.CharField(40, default="")
    edition_version = fields.SmallIntField(default=0)
    criterion = fields.CharField(16, default="")
    expires_on = fields.DateField(null=True)
    reminded = fields.SmallIntField(default=0)
    created_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "evidence"


class EvidenceRevision(Model):
    """One state of an evidence: a stored file with its digest, or an address; never changed."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    evidence: Fk[Evidence] = fields.ForeignKeyField("charter.Evidence", on_delete=fields.RESTRICT)
    evidence_id: UUID
    number = fields.SmallIntField()
    file: Fk[File] | None = fields.ForeignKeyField("quality.File", null=True, on_delete=fields.RESTRICT)
    file_id: UUID | None
    url = fields.CharField(500, default="")
    added_by = fields.UUIDField(null=True)
    added_at = fields.DatetimeField()

    class Meta:
        table = "evidence_revision"
        unique_together = (("evidence", "number"),)


class Action(Model):
    """Something to do about a criterion, by whom and until when.

    `before` is what was measured at its start.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    edition = fields.CharField(40)
    edition_version = fields.SmallIntField()
    criterion = fields.CharField(16)
    title = fields.CharField(200)
    owner_id = fields.UUIDField(null=True)
    due_on = fields.DateField()
    state = fields.CharField(7, default="todo")
    note = fields.TextField(default="")
    before: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    reminded = fields.SmallIntField(default=0)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    done_on = fields.DateField(null=True)

    class Meta:
        table = "charter_action"
