"""What the editor of protocols keeps: one draft by protocol."""

from tortoise import fields
from tortoise.models import Model


class ProtocolDraft(Model):
    """The protocol that a platform is writing, as typed; `based_on` is the published version it began from.

    `revision` grows at each saving: whoever saves or publishes says which one they read.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    name = fields.CharField(40)
    form: fields.JSONField[dict[str, object]] = fields.JSONField()
    based_on = fields.SmallIntField(default=0)
    revision = fields.IntField(default=1)
    changed_at = fields.DatetimeField()
    changed_by = fields.UUIDField(null=True)

    class Meta:
        table = "protocol_draft"
        unique_together = (("platform_id", "name"),)
