"""Campaigns, whom they invite, and their group sessions."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class Campaign(Model):
    """One version of an edition put to many providers; `funder` pays for the accompaniment, if any does.

    `remind_days`: how long before `ends_on` those who have not submitted are reminded.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    name = fields.CharField(120)
    edition = fields.CharField(40)
    edition_version = fields.SmallIntField()
    kind = fields.CharField(10)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    remind_days = fields.SmallIntField(default=7)
    funder: Fk[Organisation] | None = fields.ForeignKeyField(
        "quality.Organisation", null=True, on_delete=fields.RESTRICT, related_name="paid_campaigns"
    )
    funder_id: UUID | None
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "charter_campaign"


class CampaignInvitation(Model):
    """A provider that a campaign invites; `told_at` and `reminded_at` say which letters were written.

    `sessions_told` is the sessions that it was reminded of.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    campaign: Fk[Campaign] = fields.ForeignKeyField("charter.Campaign", on_delete=fields.RESTRICT)
    campaign_id: UUID
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    provider_id: UUID
    invited_at = fields.DatetimeField()
    told_at = fields.DatetimeField(null=True)
    sessions_told: ArrayField = ArrayField("uuid", default=list)
    reminded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "campaign_invitation"
        unique_together = (("campaign", "provider"),)


class CampaignSession(Model):
    """A group session of a campaign: when, where or by which call, and on what."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    campaign: Fk[Campaign] = fields.ForeignKeyField("charter.Campaign", on_delete=fields.RESTRICT)
    campaign_id: UUID
    starts_at = fields.DatetimeField()
    place = fields.CharField(200)
    topic = fields.CharField(200)

    class Meta:
        table = "campaign_session"
