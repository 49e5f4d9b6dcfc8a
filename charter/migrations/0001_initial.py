from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile


class Migration(schema.Migration):
    initial = True

    dependencies = [('quality', '0001_initial')]

    operations = [
        ops.CreateModel(
            name='Assessment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform', fields.ForeignKeyField('quality.Platform', source_field='platform_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('provider', fields.ForeignKeyField('quality.Organisation', source_field='provider_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('edition', fields.CharField(max_length=40)),
                ('edition_version', fields.SmallIntField()),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('frozen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'assessment', 'app': 'charter', 'pk_attr': 'id', 'table_description': "A provider's assessment against one version of an edition; once frozen its answers do not change."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AssessmentAnswer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('provider_id', fields.UUIDField()),
                ('assessment', fields.ForeignKeyField('charter.Assessment', source_field='assessment_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('criterion', fields.CharField(max_length=8)),
                ('is_imperative', fields.BooleanField()),
                ('answer', fields.CharField(max_length=13)),
                ('comment', fields.TextField(default='', unique=False)),
                ('reason', fields.TextField(default='', unique=False)),
                ('answered_by', fields.UUIDField(null=True)),
                ('answered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'assessment_answer', 'app': 'charter', 'unique_together': (('assessment', 'criterion'),), 'pk_attr': 'id', 'table_description': 'What is declared of one criterion; `is_imperative` says that it applies to every provider.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('rules.sql')),
    ]
