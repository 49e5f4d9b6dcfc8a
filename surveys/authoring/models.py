"""What the editor of questionnaires keeps: drafts and their steps, the choice by moment, read-aloud files."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

Fk = ForeignKeyFieldInstance


class QuestionnaireUse(Model):
    """Which questionnaire a platform asks at a moment: visit, first, no_show, complaint, yearly."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    moment = fields.CharField(10)
    code = fields.CharField(40)

    class Meta:
        table = "questionnaire_use"
        unique_together = (("platform_id", "moment"),)


class QuestionnaireDraft(Model):
    """The questionnaire that a platform is writing; `based_on` is the published version it began from.

    `revision` grows at each change, undoing included: whoever changes or publishes says which one they read.
    `standing` is the revision of the step that is shown.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    code = fields.CharField(40)
    tree: fields.JSONField[dict[str, object]] = fields.JSONField()
    based_on = fields.SmallIntField(default=0)
    revision = fields.IntField(default=1)
    standing = fields.IntField(default=1)
    changed_at = fields.DatetimeField()
    changed_by = fields.UUIDField(null=True)

    class Meta:
        table = "questionnaire_draft"
        unique_together = (("platform_id", "code"),)


class QuestionnaireStep(Model):
    """The whole draft as one change left it, and what the change was: undone, done again."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    draft: Fk[QuestionnaireDraft] = fields.ForeignKeyField(
        "surveys.QuestionnaireDraft", on_delete=fields.CASCADE
    )
    revision = fields.IntField()
    tree: fields.JSONField[dict[str, object]] = fields.JSONField()
    said = fields.CharField(200)

    class Meta:
        table = "questionnaire_step"
        unique_together = (("draft", "revision"),)


class QuestionnaireAudio(Model):
    """A question read aloud, for one version, variant and language."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    code = fields.CharField(40)
    version = fields.SmallIntField()
    alias = fields.CharField(32)
    variant = fields.CharField(20, default="")
    language = fields.CharField(2)
    file_id = fields.UUIDField()

    class Meta:
        table = "questionnaire_audio"
        unique_together = (("platform_id", "code", "version", "alias", "variant", "language"),)
