"""Adhesions, and the agreement that the register shows figures."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation

Fk = ForeignKeyFieldInstance


class Adhesion(Model):
    """A provider's adhesion (charter/adhesion/life.py): from a reviewed file, or deemed by a certificate.

    `rank` is its bit in the status list of badges. `cause` is the code of what a machine found
    (charter/adhesion/causes.py), `reason` what a person wrote: together they say why it is in its state.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    file_id = fields.UUIDField(null=True)
    certificate = fields.CharField(120, default="")
    edition = fields.CharField(40)
    edition_version = fields.SmallIntField()
    rank = fields.IntField(unique=True)
    state = fields.CharField(9)
    reason = fields.TextField(default="")
    cause = fields.CharField(40, default="")
    changed_at = fields.DatetimeField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    reminded_at = fields.DatetimeField(null=True)
    warned_at = fields.DatetimeField(null=True)
    cleared_at = fields.DatetimeField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    appeal = fields.TextField(default="")
    appeal_due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "adhesion"


class RegisterConsent(Model):
    """A provider's agreement that the register shows its published figures."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    provider_id: UUID
    given_at = fields.DatetimeField()

    class Meta:
        table = "register_consent"
        unique_together = (("provider",),)
