"""What dispatch keeps about itself: what restrains a channel, and the requests it could not plan again."""

from tortoise import fields
from tortoise.models import Model


class CarrierPace(Model):
    """Until when the turns of a channel's carrier are taken, by all the workers of the house together.

    With the last time it took a message and the last time it delivered one, to the minute.
    """

    channel = fields.CharField(5, primary_key=True)
    free_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "carrier_pace"


class ChannelSetting(Model):
    """What restrains a channel of a platform: somebody holds it, or a day has its budget of messages.

    `spent` counts the messages of each of the last days, on the claim that lets them leave.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    channel = fields.CharField(5)
    held_at = fields.DatetimeField(null=True)
    held_by = fields.UUIDField(null=True)
    held_why = fields.CharField(200, default="")
    per_day = fields.IntField(null=True)
    spent: fields.JSONField[dict[str, int]] = fields.JSONField(default=dict)

    class Meta:
        table = "channel_setting"
        unique_together = (("platform_id", "channel"),)


class UnplannedRequest(Model):
    """A request (same id) whose planning again failed, and when it is tried, on the clock of the database."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    tries = fields.SmallIntField(default=1)
    retry_at = fields.DatetimeField()
    error = fields.CharField(60)

    class Meta:
        table = "unplanned_request"
