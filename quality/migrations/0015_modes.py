import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0014_facts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReleaseMode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('compared', fields.CharField(max_length=15)),
                ('indicator', fields.CharField(max_length=16)),
                ('version', fields.SmallIntField()),
                ('arms', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('gaps', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'release_mode', 'app': 'quality', 'unique_together': (('release', 'compared', 'indicator', 'version'),), 'pk_attr': 'id', 'table_description': 'What an experiment on first contacts says of one figure: each way drawn, each two compared, rounded.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('modes.sql')),
    ]
