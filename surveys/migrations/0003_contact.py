import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0002_desk')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ChannelSetting',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('channel', fields.CharField(max_length=5)),
                ('held_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('held_by', fields.UUIDField(null=True)),
                ('held_why', fields.CharField(default='', max_length=200)),
                ('per_day', fields.IntField(null=True)),
                ('spent', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'channel_setting', 'app': 'surveys', 'unique_together': (('platform_id', 'channel'),), 'pk_attr': 'id', 'table_description': 'What restrains a channel of a platform: somebody holds it, or a day has its budget of messages.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Attempt',
            name='contact_cap',
            field=fields.SmallIntField(default=4),
        ),
        ops.AddField(
            model_name='Occasion',
            name='told',
            field=fields.CharField(default='noted', max_length=12),
        ),
        ops.CreateModel(
            name='UnplannedRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('tries', fields.SmallIntField(default=1)),
                ('retry_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(max_length=60)),
            ],
            options={'table': 'unplanned_request', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'A request (same id) whose planning again failed, and when it is tried, on the clock of the database.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProtocolDraft',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=40)),
                ('form', fields.JSONField()),
                ('based_on', fields.SmallIntField(default=0)),
                ('revision', fields.IntField(default=1)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_by', fields.UUIDField(null=True)),
            ],
            options={'table': 'protocol_draft', 'app': 'surveys', 'unique_together': (('platform_id', 'name'),), 'pk_attr': 'id', 'table_description': 'The protocol that a platform is writing, as typed; `based_on` is the published version it began from.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CarrierPace',
            fields=[
                ('channel', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=5)),
                ('free_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('delivered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'carrier_pace', 'app': 'surveys', 'pk_attr': 'channel', 'table_description': "Until when the turns of a channel's carrier are taken, by all the workers of the house together."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Simulation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('account_id', fields.UUIDField()),
                ('protocol', fields.CharField(max_length=40)),
                ('written', fields.JSONField()),
                ('protocols', fields.JSONField()),
                ('filename', fields.CharField(default='', max_length=200)),
                ('file_cipher', fields.BinaryField(null=True)),
                ('state', fields.CharField(default='waiting', max_length=7)),
                ('visits_read', fields.IntField(default=0)),
                ('visits_total', fields.IntField(default=0)),
                ('tries', fields.SmallIntField(default=0)),
                ('fence', fields.IntField(default=0)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('result', fields.JSONField(null=True)),
                ('failure', fields.JSONField(null=True)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'simulation', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'A simulation that somebody asked for on a page: what was written, where it stands, what came of it.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('contact.sql')),
        RunSqlFile(Path(__file__).with_name('door.sql')),
    ]
