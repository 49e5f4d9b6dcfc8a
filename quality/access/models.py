"""Accounts, memberships, sessions, one-time codes, API keys and the audit trail."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Account(Model):
    """A person of the staff of a platform, a provider or a funder."""

    id = fields.UUIDField(primary_key=True)
    email = fields.CharField(254, unique=True)
    name = fields.CharField(80)
    password = fields.CharField(200, null=True)
    language = fields.CharField(2, default="fr")
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "account"


class Membership(Model):
    """The role an account holds in a platform, for an organisation where the role has one."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    account: Fk[Account] = fields.ForeignKeyField("quality.Account", on_delete=fields.CASCADE)
    organisation: Fk[Organisation] | None = fields.ForeignKeyField(
        "quality.Organisation", null=True, on_delete=fields.CASCADE
    )
    role = fields.CharField(10)

    class Meta:
        table = "membership"


class Session(Model):
    """A signed-in browser; the cookie holds a token, the row its hash."""

    id = fields.UUIDField(primary_key=True)
    token_hash = fields.BinaryField()
    membership: Fk[Membership] = fields.ForeignKeyField("quality.Membership", on_delete=fields.CASCADE)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class OneTimeCode(Model):
    """A password reset or an invitation, used once."""

    id = fields.UUIDField(primary_key=True)
    account: Fk[Account] = fields.ForeignKeyField("quality.Account", on_delete=fields.CASCADE)
    purpose = fields.CharField(10)
    code_hash = fields.BinaryField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "one_time_code"


class ApiKey(Model):
    """A bearer key of an organisation."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    organisation: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    name = fields.CharField(80)
    key_hash = fields.BinaryField()
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"


class IdempotentReply(Model):
    """The answer already given to an Idempotency-Key, returned again to the same request."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    api_key: Fk[ApiKey] = fields.ForeignKeyField("quality.ApiKey", on_delete=fields.CASCADE)
    key = fields.CharField(120)
    request_digest = fields.BinaryField()
    status = fields.SmallIntField()
    body = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotent_reply"
        unique_together = (("api_key", "key"),)


class Audit(Model):
    """Who did or read what; each row seals the one before (a trigger computes `digest`)."""

    id = fields.BigIntField(primary_key=True, generated=True)
    platform_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    action = fields.CharField(60)
    subject = fields.CharField(200, default="")
    detail: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    digest = fields.BinaryField()

    class Meta:
        table = "audit"
