"""What was there before a change: answers corrected, judged in or out, words of messages written again."""

from tortoise import fields
from tortoise.models import Model


class ResponseChange(Model):
    """An answer as it stood before it was corrected; `version` is that of the response which held it."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    invitation_id = fields.UUIDField()
    response_id = fields.UUIDField()
    version = fields.IntField()
    item = fields.CharField(32)
    was: fields.JSONField[object] = fields.JSONField()
    channel = fields.CharField(8)
    at = fields.DatetimeField()

    class Meta:
        table = "response_change"


class ResponseJudgement(Model):
    """What somebody decided of an answer set apart, and why in their words; never written again."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    response_id = fields.UUIDField()
    verdict = fields.CharField(3)
    why = fields.TextField()
    account_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "response_judgement"


class MessageChange(Model):
    """The words of a message before they were written again: a change can be taken back."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    name = fields.CharField(40)
    language = fields.CharField(2)
    subject = fields.TextField(default="")
    text = fields.TextField()
    at = fields.DatetimeField()
    account = fields.UUIDField(null=True)

    class Meta:
        table = "message_change"
