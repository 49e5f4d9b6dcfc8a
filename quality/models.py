"""What the ground itself keeps: the stored clock, the runs of ticks, the staff's mail outbox."""

from tortoise import fields
from tortoise.models import Model


class Installation(Model):
    """A fact of the whole installation, by name (the clock's offset)."""

    name = fields.CharField(40, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "installation"


class TickRun(Model):
    """One run of a singleton job: the slot is taken once among all processes."""

    id = fields.CharField(120, primary_key=True)
    job = fields.CharField(60)
    slot = fields.DatetimeField()
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    error = fields.TextField(null=True)

    class Meta:
        table = "tick_run"


class MailOutbox(Model):
    """A transactional message to a member of the staff, written in the transaction of its cause."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField(null=True)
    recipient = fields.CharField(254)
    subject = fields.CharField(200)
    text = fields.TextField()
    created_at = fields.DatetimeField()
    tries = fields.SmallIntField(default=0)
    next_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    error = fields.TextField(null=True)
    unsubscribe = fields.TextField(default="")  # where one click ends what it is a part of

    class Meta:
        table = "mail_outbox"
