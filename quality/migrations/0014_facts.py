import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0013_arms')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReleaseFact',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('funder_id', fields.UUIDField(null=True)),
                ('convention_id', fields.UUIDField(null=True)),
                ('provider_id', fields.UUIDField()),
                ('indicator', fields.CharField(max_length=16)),
                ('version', fields.SmallIntField()),
                ('period', fields.CharField(max_length=7)),
                ('asked', fields.SmallIntField()),
                ('held', fields.SmallIntField()),
                ('is_whole', fields.BooleanField()),
                ('told', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'release_fact', 'app': 'quality', 'pk_attr': 'id', 'table_description': 'What was counted of one provider itself at the end of a period: for everybody, or for one convention.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('facts.sql')),
    ]
