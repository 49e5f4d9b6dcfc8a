"""What surveys keep: definitions, the occasion ledger, invitations, attempts, responses and calls."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Client, Organisation, Platform

Fk = ForeignKeyFieldInstance


class QuestionnaireVersion(Model):
    """A published questionnaire, immutable."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    code = fields.CharField(40)
    version = fields.SmallIntField()
    definition: fields.JSONField[dict[str, object]] = fields.JSONField()
    published_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)

    class Meta:
        table = "questionnaire_version"
        unique_together = (("platform", "code", "version"),)


class ProtocolVersion(Model):
    """A published contact protocol, immutable; an invitation keeps the version it started with."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    name = fields.CharField(40)
    version = fields.SmallIntField()
    definition: fields.JSONField[dict[str, object]] = fields.JSONField()
    published_at = fields.DatetimeField()

    class Meta:
        table = "protocol_version"
        unique_together = (("platform", "name", "version"),)


class MessageTemplate(Model):
    """The words of one message, by name, channel and language."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    name = fields.CharField(40)
    language = fields.CharField(2)
    subject = fields.TextField(default="")
    text = fields.TextField()
    changed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_template"
        unique_together = (("platform", "name", "language"),)


class Occasion(Model):
    """The decision on one intervention (same id) and its reason; partitioned by month."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()  # these three are the intervention's, whose row holds the foreign keys:
    provider_id = fields.UUIDField()  # looked up again for each of a million decisions, they took a third
    client_id = fields.UUIDField()  # of the time of its writing
    person_id = fields.UUIDField()
    decision = fields.CharField(9)
    reason = fields.CharField(24)
    told = fields.CharField(12, default="noted")
    stratum_id = fields.UUIDField(null=True)
    draw = fields.FloatField(null=True)
    ended_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField()

    class Meta:
        table = "occasion"


class Invitation(Model):
    """One asked occasion (or a complaint's news), with every fact that collect and dispatch need."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    purpose = fields.CharField(12)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    client: Fk[Client] = fields.ForeignKeyField("quality.Client", on_delete=fields.RESTRICT)
    occasion_id = fields.UUIDField(null=True)
    complaint_id = fields.UUIDField(null=True)
    audience = fields.CharField(8)
    token_key = fields.BinaryField()
    questionnaire: Fk[QuestionnaireVersion] | None = fields.ForeignKeyField(
        "surveys.QuestionnaireVersion", null=True, on_delete=fields.RESTRICT
    )
    protocol: Fk[ProtocolVersion] | None = fields.ForeignKeyField(
        "surveys.ProtocolVersion", null=True, on_delete=fields.RESTRICT
    )
    language = fields.CharField(2)
    pseudonym = fields.UUIDField()
    month = fields.DateField()
    visit_on = fields.DateField()
    activity = fields.CharField(5)
    mode = fields.CharField(18)
    departement = fields.CharField(3)
    territory = fields.CharField(20, default="")
    funders: ArrayField = ArrayField("uuid", default=list)
    age_band = fields.CharField(5, default="")
    first_mode = fields.CharField(8)
    arm = fields.CharField(15, default="")
    collector = fields.CharField(10, default="platform")
    provider_name = fields.CharField(120)
    provider_short_name = fields.CharField(17)
    created_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    closed_reason = fields.CharField(16, null=True)
    answered_at = fields.DatetimeField(null=True)
    was_reached = fields.BooleanField(default=False)

    class Meta:
        table = "invitation"


class Attempt(Model):
    """One message or one call, planned in the transaction of its cause; partitioned by month."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    invitation: Fk[Invitation] = fields.ForeignKeyField("surveys.Invitation", on_delete=fields.RESTRICT)
    client: Fk[Client] = fields.ForeignKeyField("quality.Client", on_delete=fields.RESTRICT)
    person_id = fields.UUIDField()
    endpoint_id = fields.UUIDField()
    purpose = fields.CharField(12)
    audience = fields.CharField(8)
    channel = fields.CharField(5)
    template = fields.CharField(40)
    step = fields.SmallIntField()
    try_number = fields.SmallIntField(default=1)
    departement = fields.CharField(3)
    state = fields.CharField(10)
    reason = fields.CharField(40, null=True)
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    give_up_at = fields.DatetimeField()
    not_before = fields.DatetimeField(null=True)
    claimed_by = fields.CharField(60, null=True)
    lease_until = fields.DatetimeField(null=True)
    fence = fields.IntField(default=0)
    claims = fields.SmallIntField(default=0)
    errors = fields.SmallIntField(default=0)
    counted_at = fields.DatetimeField(null=True)
    carrier_reference = fields.CharField(120, null=True)
    report_rank = fields.SmallIntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    contact_cap = fields.SmallIntField(default=4)

    class Meta:
        table = "attempt"


class ContactEvent(Model):
    """A counted contact with a person at an endpoint."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    person_id = fields.UUIDField()
    endpoint_id = fields.UUIDField()
    attempt_id = fields.UUIDField(unique=True)
    channel = fields.CharField(5)
    at = fields.DatetimeField()

    class Meta:
        table = "contact_event"


class Response(Model):
    """One respondent's answers to one invitation; partitioned by month.

    Its id is the invitation's with the last byte replaced by the respondent's code, so the primary key
    alone keeps one response per invitation and respondent across the partitions.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    invitation: Fk[Invitation] = fields.ForeignKeyField("surveys.Invitation", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    questionnaire: Fk[QuestionnaireVersion] = fields.ForeignKeyField(
        "surveys.QuestionnaireVersion", on_delete=fields.RESTRICT
    )
    respondent = fields.CharField(10)
    channel = fields.CharField(8)
    answers: fields.JSONField[dict[str, object]] = fields.JSONField()
    cells: fields.JSONField[dict[str, list[int]]] = fields.JSONField()
    admissible = fields.CharField(20, default="yes")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    relation = fields.CharField(16, default="")
    help = fields.CharField(8, default="")
    worker = fields.CharField(9, default="")
    disclosure = fields.CharField(8, default="platform")
    device_key = fields.BinaryField(null=True)
    doubts: ArrayField = ArrayField("text", default=list)
    verdict = fields.CharField(3, default="")

    class Meta:
        table = "response"


class CallCase(Model):
    """A call to make: a survey's phone step, a callback, a complaint's contact, an incoming message."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    kind = fields.CharField(10)
    client: Fk[Client] = fields.ForeignKeyField("quality.Client", on_delete=fields.CASCADE)
    invitation_id = fields.UUIDField(null=True)
    complaint_id = fields.UUIDField(null=True)
    state = fields.CharField(6)
    priority = fields.SmallIntField(default=50)
    next_due_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    wish = fields.CharField(40, default="")
    agent_id = fields.UUIDField(null=True)
    lease_until = fields.DatetimeField(null=True)
    attempt_id = fields.UUIDField(null=True)
    tries = fields.SmallIntField(default=0)
    outcome = fields.CharField(20, null=True)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    language = fields.CharField(2, default="fr")
    team_id = fields.UUIDField(null=True)
    assigned_to = fields.UUIDField(null=True)
    morning_tries = fields.SmallIntField(default=0)
    afternoon_tries = fields.SmallIntField(default=0)
    number_rank = fields.SmallIntField(default=0)
    note_cipher = fields.BinaryField(null=True)
    place = fields.CharField(120, default="")
    is_incoming = fields.BooleanField(default=False)
    undo: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    referred_at = fields.DatetimeField(null=True)
    referred_why = fields.CharField(200, default="")
    picked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "call_case"


class CallLog(Model):
    """One call made: by whom, to which number, how it ended, and what a supervisor said of it."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    case_id = fields.UUIDField()
    client_id = fields.UUIDField()
    complaint_id = fields.UUIDField(null=True)
    agent_id = fields.UUIDField(null=True)
    number_kind = fields.CharField(16, default="")
    part = fields.CharField(9)
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField()
    outcome = fields.CharField(20)
    aapor = fields.CharField(5)
    is_situation = fields.BooleanField(default=False)
    is_sampled = fields.BooleanField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    reviewed_by = fields.UUIDField(null=True)
    review = fields.TextField(default="")
    recoded_from = fields.CharField(20, null=True)
    recoded_by = fields.UUIDField(null=True)

    class Meta:
        table = "call_log"


class DeskTeam(Model):
    """A team of agents, with the telephone lines that it may keep busy at once."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    name = fields.CharField(60)
    lines = fields.SmallIntField()

    class Meta:
        table = "desk_team"
        unique_together = (("platform_id", "name"),)


class DeskAgent(Model):
    """How an account works at the desk (same id): team, languages, shift in minutes of the local day."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    team_id = fields.UUIDField(null=True)
    languages: ArrayField = ArrayField("text", default=list)
    starts_minute = fields.SmallIntField(null=True)
    ends_minute = fields.SmallIntField(null=True)

    class Meta:
        table = "desk_agent"


class DeskNotice(Model):
    """An instruction to the desk, read by whoever comes back."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    title = fields.CharField(120)
    text = fields.TextField()
    account_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "desk_notice"


class TrainingRun(Model):
    """A false case in somebody's hands: nothing of it counts."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    account_id = fields.UUIDField()
    scenario = fields.CharField(40)
    answers: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(20, null=True)

    class Meta:
        table = "training_run"


class Inbound(Model):
    """A message a client sent: kept always, even when late or unknown."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField(null=True)
    channel = fields.CharField(5)
    sender_key = fields.BinaryField()
    text_cipher = fields.BinaryField()
    kind = fields.CharField(12)
    invitation_id = fields.UUIDField(null=True)
    received_at = fields.DatetimeField()

    class Meta:
        table = "inbound"


class MemoryMessage(Model):
    """A message of the memory carrier: the demo's telephone."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField(null=True)
    attempt_id = fields.UUIDField()
    channel = fields.CharField(5)
    recipient = fields.CharField(254)
    subject = fields.TextField(default="")
    text = fields.TextField()
    html = fields.TextField(default="")
    sent_at = fields.DatetimeField()

    class Meta:
        table = "memory_message"


class Disposition(Model):
    """What became of a closed request (same id), by AAPOR’s letter, and whether it is to be judged again."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    letter = fields.CharField(1, db_default="")
    is_due = fields.BooleanField(db_default=True)

    class Meta:
        table = "disposition"
