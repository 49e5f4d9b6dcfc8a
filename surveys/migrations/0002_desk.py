from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.contrib.postgres.fields import ArrayField
from uuid import uuid4
from tortoise import fields

from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0002_complaints'), ('surveys', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CallLog',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('case_id', fields.UUIDField()),
                ('client_id', fields.UUIDField()),
                ('complaint_id', fields.UUIDField(null=True)),
                ('agent_id', fields.UUIDField(null=True)),
                ('number_kind', fields.CharField(default='', max_length=16)),
                ('part', fields.CharField(max_length=9)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(max_length=20)),
                ('aapor', fields.CharField(max_length=5)),
                ('is_situation', fields.BooleanField(default=False)),
                ('is_sampled', fields.BooleanField(null=True)),
                ('reviewed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reviewed_by', fields.UUIDField(null=True)),
                ('review', fields.TextField(default='', unique=False)),
                ('recoded_from', fields.CharField(null=True, max_length=20)),
                ('recoded_by', fields.UUIDField(null=True)),
            ],
            options={'table': 'call_log', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'One call made: by whom, to which number, how it ended, and what a supervisor said of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeskAgent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('team_id', fields.UUIDField(null=True)),
                ('languages', ArrayField(default=list, element_type='TEXT')),
                ('starts_minute', fields.SmallIntField(null=True)),
                ('ends_minute', fields.SmallIntField(null=True)),
            ],
            options={'table': 'desk_agent', 'app': 'surveys', 'pk_attr': 'id', 'table_description': "How an account works at the desk (same id): team, languages, shift in minutes of the local day."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeskNotice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('title', fields.CharField(max_length=120)),
                ('text', fields.TextField(unique=False)),
                ('account_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_notice', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'An instruction to the desk, read by whoever comes back.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeskTeam',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=60)),
                ('lines', fields.SmallIntField()),
            ],
            options={'table': 'desk_team', 'app': 'surveys', 'unique_together': (('platform_id', 'name'),), 'pk_attr': 'id', 'table_description': 'A team of agents, with the telephone lines that it may keep busy at once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrainingRun',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('account_id', fields.UUIDField()),
                ('scenario', fields.CharField(max_length=40)),
                ('answers', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(null=True, max_length=20)),
            ],
            options={'table': 'training_run', 'app': 'surveys', 'pk_attr': 'id', 'table_description': "A false case in somebody's hands: nothing of it counts."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='CallCase',
            name='afternoon_tries',
            field=fields.SmallIntField(default=0),
        ),
        ops.AddField(
            model_name='CallCase',
            name='assigned_to',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='CallCase',
            name='is_incoming',
            field=fields.BooleanField(default=False),
        ),
        ops.AddField(
            model_name='CallCase',
            name='language',
            field=fields.CharField(default='fr', max_length=2),
        ),
        ops.AddField(
            model_name='CallCase',
            name='morning_tries',
            field=fields.SmallIntField(default=0),
        ),
        ops.AddField(
            model_name='CallCase',
            name='note_cipher',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='CallCase',
            name='number_rank',
            field=fields.SmallIntField(default=0),
        ),
        ops.AddField(
            model_name='CallCase',
            name='picked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='CallCase',
            name='place',
            field=fields.CharField(default='', max_length=120),
        ),
        ops.AddField(
            model_name='CallCase',
            name='referred_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='CallCase',
            name='referred_why',
            field=fields.CharField(default='', max_length=200),
        ),
        ops.AddField(
            model_name='CallCase',
            name='team_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='CallCase',
            name='undo',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='MessageTemplate',
            name='changed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        RunSqlFile(Path(__file__).with_name('desk.sql')),
    ]
