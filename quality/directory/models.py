"""Who and what happened: platforms, organisations, clients, people, endpoints and interventions."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

Fk = ForeignKeyFieldInstance


class Platform(Model):
    """The root of tenancy, with the settings that every message and page uses.

    The hour of its `departement` is that of its days; "" for Paris.
    """

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(20, unique=True)
    name = fields.CharField(80)
    sms_name = fields.CharField(17)
    phone = fields.CharField(16)
    hours = fields.TextField()
    closing_days: fields.JSONField[list[str]] = fields.JSONField(default=list)
    departement = fields.CharField(3, default="")
    sender_email = fields.CharField(254, default="")
    data_contact = fields.CharField(254, default="")
    mediator = fields.TextField(default="")
    legal_notice = fields.TextField(default="")
    logo_file_id = fields.UUIDField(null=True)
    interval_days = fields.SmallIntField(default=30)
    stratum_target = fields.SmallIntField(default=40)
    protocol = fields.CharField(40, default="default")
    call_lines = fields.SmallIntField(default=10)
    calls_per_hour = fields.SmallIntField(default=8)
    created_at = fields.DatetimeField()

    class Meta:
        table = "platform"


class Organisation(Model):
    """A provider, a funder or an observer."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: object
    code = fields.CharField(20)
    kind = fields.CharField(10)
    name = fields.CharField(120)
    short_name = fields.CharField(17, default="")
    legal_form = fields.CharField(24, null=True)
    siret = fields.CharField(14, null=True)
    departement = fields.CharField(3, null=True)
    email = fields.CharField(254, default="")
    phone = fields.CharField(16, default="")
    on_call_name = fields.CharField(80, default="")
    on_call_phone = fields.CharField(16, default="")
    activities: ArrayField = ArrayField("text", default=list)
    protocol = fields.CharField(40, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "organisation"
        unique_together = (("platform", "code"),)


class Territory(Model):
    """A part of a département that its council counts apart; its code never changes meaning.

    `rank` is its place among those that are open; one that is closed has none. `since` is the first month
    whose figures may show it; it closes and opens again on days that are kept for ever.
    """

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    platform_id: UUID
    departement = fields.CharField(3)
    code = fields.CharField(20)
    name = fields.CharField(60)
    rank = fields.SmallIntField(null=True)
    since = fields.DateField()
    closings: ArrayField = ArrayField("date", default=list)
    reopenings: ArrayField = ArrayField("date", default=list)
    created_at = fields.DatetimeField()

    class Meta:
        table = "territory"
        unique_together = (("platform", "departement", "code"), ("platform", "departement", "rank"))


class TerritoryPostcode(Model):
    """A postcode of a territory: whoever lives there is counted in it."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    departement = fields.CharField(3)
    territory_id = fields.UUIDField()
    postcode = fields.CharField(5)

    class Meta:
        table = "territory_postcode"
        unique_together = (("platform_id", "postcode"),)


class Authorisation(Model):
    """One dated right to serve: declaration, agrément, autorisation and their forerunners."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    organisation: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.CASCADE)
    kind = fields.CharField(20)
    number = fields.CharField(40, default="")
    authority = fields.CharField(120, default="")
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    activities: ArrayField = ArrayField("text", default=list)
    departements: ArrayField = ArrayField("text", default=list)

    class Meta:
        table = "authorisation"


class Person(Model):
    """Somebody known across providers to the contact gate only: caps, refusal, death, frozen pseudonym."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    refused_at = fields.DatetimeField(null=True)
    deceased_at = fields.DatetimeField(null=True)
    recent: ArrayField = ArrayField("timestamptz", default=list)

    class Meta:
        table = "person"


class Endpoint(Model):
    """A phone number or an e-mail address, by its keyed hash: refusals, bounces, contact counters."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    kind = fields.CharField(5)
    key = fields.BinaryField()
    refused_at = fields.DatetimeField(null=True)
    refused_how = fields.CharField(20, null=True)
    # Messages to it are known to fail since then: a telephone is still called.
    failed_at = fields.DatetimeField(null=True)
    # A call found it to be somebody else's: nothing goes there any more.
    wrong_at = fields.DatetimeField(null=True)
    replanned_at = fields.DatetimeField(null=True)
    recent: ArrayField = ArrayField("timestamptz", default=list)

    class Meta:
        table = "endpoint"


class PersonName(Model):
    """A normalised name known at an endpoint, as a keyed hash: what links two clients to one person."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    person: Fk[Person] = fields.ForeignKeyField("quality.Person", on_delete=fields.CASCADE)
    endpoint: Fk[Endpoint] = fields.ForeignKeyField("quality.Endpoint", on_delete=fields.CASCADE)
    name_key = fields.BinaryField()

    class Meta:
        table = "person_name"


class Client(Model):
    """A provider's client: encrypted identity, keyed hashes to find it, contact wishes and state."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    reference = fields.CharField(80)
    person: Fk[Person] = fields.ForeignKeyField("quality.Person", on_delete=fields.RESTRICT)
    name_cipher = fields.BinaryField(null=True)
    name_words: ArrayField = ArrayField("bytea", default=list)
    sort_key = fields.BinaryField(null=True)
    phone_cipher = fields.BinaryField(null=True)
    phone_key = fields.BinaryField(null=True)
    mobile_cipher = fields.BinaryField(null=True)
    mobile_key = fields.BinaryField(null=True)
    email_cipher = fields.BinaryField(null=True)
    email_key = fields.BinaryField(null=True)
    relative_name_cipher = fields.BinaryField(null=True)
    relative_phone_cipher = fields.BinaryField(null=True)
    relative_phone_key = fields.BinaryField(null=True)
    relative_phone_is_mobile = fields.BooleanField(default=False)
    relative_email_cipher = fields.BinaryField(null=True)
    relative_email_key = fields.BinaryField(null=True)
    language = fields.CharField(2, default="fr")
    departement = fields.CharField(3)
    postcode = fields.CharField(5, null=True)
    commune = fields.CharField(80, null=True)
    age_band = fields.CharField(5, null=True)
    status = fields.CharField(10, default="active")
    status_since = fields.DateField(null=True)
    contact = fields.CharField(5, null=True)
    digest = fields.BinaryField()
    created_at = fields.DatetimeField()
    identity_purged_at = fields.DatetimeField(null=True)

    class Meta:
        table = "client"
        unique_together = (("provider", "reference"),)


class Intervention(Model):
    """One visit; partitioned by month of its id (UUIDv7 of the planned, else started, instant)."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    client: Fk[Client] = fields.ForeignKeyField("quality.Client", on_delete=fields.RESTRICT)
    reference = fields.CharField(80)
    activity = fields.CharField(5)
    mode = fields.CharField(18)
    departement = fields.CharField(3)
    planned_start = fields.DatetimeField(null=True)
    planned_end = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    worker_reference = fields.CharField(80, null=True)
    funders: ArrayField = ArrayField("uuid", default=list)
    status = fields.CharField(9)
    status_reason = fields.CharField(16, null=True)
    incident = fields.BooleanField(default=False)
    plan_reference = fields.CharField(80, null=True)
    hours_notified = fields.DecimalField(8, 2, null=True)
    referral_reference = fields.CharField(80, null=True)
    authorisation_missing = fields.BooleanField(default=False)
    digest = fields.BinaryField()
    received_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    import_batch_id = fields.UUIDField(null=True)

    class Meta:
        table = "intervention"


class UndecidedVisit(Model):
    """A visit (same id) that waits to be decided; `tries` failed, and it is tried again at `retry_at`.

    `quarter` is the first day of the quarter of its end, where it took place; `changed_at` tells its versions
    apart; `retry_at` is on the clock of the database.
    """

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider_id = fields.UUIDField()
    client_id = fields.UUIDField()
    ended_at = fields.DatetimeField()
    quarter = fields.DateField()
    changed_at = fields.DatetimeField()
    tries = fields.SmallIntField(default=0)
    retry_at = fields.DatetimeField(null=True)
    error = fields.CharField(60, default="")

    class Meta:
        table = "undecided_visit"


class InterventionKey(Model):
    """The uniqueness of a provider's references across the months."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    reference = fields.CharField(80)

    class Meta:
        table = "intervention_key"
        unique_together = (("provider", "reference"),)


class ImportBatch(Model):
    """One file received: what was read, what was refused and why."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.RESTRICT)
    provider: Fk[Organisation] = fields.ForeignKeyField("quality.Organisation", on_delete=fields.RESTRICT)
    account_id = fields.UUIDField(null=True)
    source = fields.CharField(4)
    filename = fields.CharField(200, default="")
    state = fields.CharField(10)
    file_id = fields.UUIDField(null=True)
    rejects_file_id = fields.UUIDField(null=True)
    counts: fields.JSONField[dict[str, int]] = fields.JSONField(default=dict)
    errors: fields.JSONField[list[dict[str, object]]] = fields.JSONField(default=list)
    reading: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    created_at = fields.DatetimeField()
    committed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "import_batch"
