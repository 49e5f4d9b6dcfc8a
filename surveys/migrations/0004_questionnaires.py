from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0003_contact')]

    initial = False

    operations = [
        ops.AddField(model_name='QuestionnaireVersion', name='published_by', field=fields.UUIDField(null=True)),
        ops.CreateModel(
            name='QuestionnaireUse',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('moment', fields.CharField(max_length=10)),
                ('code', fields.CharField(max_length=40)),
            ],
            options={'table': 'questionnaire_use', 'app': 'surveys', 'unique_together': (('platform_id', 'moment'),), 'pk_attr': 'id', 'table_description': 'Which questionnaire a platform asks at a moment: visit, first, no_show, complaint, yearly.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuestionnaireDraft',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('code', fields.CharField(max_length=40)),
                ('tree', fields.JSONField()),
                ('based_on', fields.SmallIntField(default=0)),
                ('revision', fields.IntField(default=1)),
                ('standing', fields.IntField(default=1)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_by', fields.UUIDField(null=True)),
            ],
            options={'table': 'questionnaire_draft', 'app': 'surveys', 'unique_together': (('platform_id', 'code'),), 'pk_attr': 'id', 'table_description': 'The questionnaire that a platform is writing; `based_on` is the published version it began from.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuestionnaireStep',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('draft', fields.ForeignKeyField('surveys.QuestionnaireDraft', source_field='draft_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('revision', fields.IntField()),
                ('tree', fields.JSONField()),
                ('said', fields.CharField(max_length=200)),
            ],
            options={'table': 'questionnaire_step', 'app': 'surveys', 'unique_together': (('draft', 'revision'),), 'pk_attr': 'id', 'table_description': 'The whole draft as one change left it, and what the change was: undone, done again.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuestionnaireAudio',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.SmallIntField()),
                ('alias', fields.CharField(max_length=32)),
                ('variant', fields.CharField(default='', max_length=20)),
                ('language', fields.CharField(max_length=2)),
                ('file_id', fields.UUIDField()),
            ],
            options={'table': 'questionnaire_audio', 'app': 'surveys', 'unique_together': (('platform_id', 'code', 'version', 'alias', 'variant', 'language'),), 'pk_attr': 'id', 'table_description': 'A question read aloud, for one version, variant and language.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Response', name='relation', field=fields.CharField(default='', max_length=16)),
        ops.AddField(model_name='Response', name='help', field=fields.CharField(default='', max_length=8)),
        ops.AddField(model_name='Response', name='worker', field=fields.CharField(default='', max_length=9)),
        ops.AddField(model_name='Response', name='disclosure', field=fields.CharField(default='platform', max_length=8)),
        ops.AddField(model_name='Response', name='device_key', field=fields.BinaryField(null=True)),
        ops.AddField(model_name='Response', name='doubts', field=ArrayField(default=list, element_type='TEXT')),
        ops.AddField(model_name='Response', name='verdict', field=fields.CharField(default='', max_length=3)),
        ops.CreateModel(
            name='ResponseChange',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('invitation_id', fields.UUIDField()),
                ('response_id', fields.UUIDField()),
                ('version', fields.IntField()),
                ('item', fields.CharField(max_length=32)),
                ('was', fields.JSONField()),
                ('channel', fields.CharField(max_length=8)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'response_change', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'An answer as it stood before it was corrected; `version` is that of the response which held it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ResponseJudgement',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('response_id', fields.UUIDField()),
                ('verdict', fields.CharField(max_length=3)),
                ('why', fields.TextField(unique=False)),
                ('account_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'response_judgement', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'What somebody decided of an answer set apart, and why in their words; never written again.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MessageChange',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=40)),
                ('language', fields.CharField(max_length=2)),
                ('subject', fields.TextField(default='', unique=False)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('account', fields.UUIDField(null=True)),
            ],
            options={'table': 'message_change', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'The words of a message before they were written again: a change can be taken back.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('questionnaires.sql')),
    ]
