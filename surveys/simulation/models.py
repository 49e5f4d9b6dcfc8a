"""What simulations keep: one row a simulation asked for on a page."""

from tortoise import fields
from tortoise.models import Model


class Simulation(Model):
    """A simulation that somebody asked for on a page: what was written, where it stands, what came of it.

    `written` are the fields of the form and `protocols` the definitions tried, which no later draft changes.
    The file is kept encrypted until the simulation ends, and `lease_until` is in real time.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    account_id = fields.UUIDField()
    protocol = fields.CharField(40)
    written: fields.JSONField[dict[str, str]] = fields.JSONField()
    protocols: fields.JSONField[list[object]] = fields.JSONField()
    filename = fields.CharField(200, default="")
    file_cipher = fields.BinaryField(null=True)
    state = fields.CharField(7, default="waiting")
    visits_read = fields.IntField(default=0)
    visits_total = fields.IntField(default=0)
    tries = fields.SmallIntField(default=0)
    fence = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    result: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    failure: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    asked_at = fields.DatetimeField()

    class Meta:
        table = "simulation"
