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
    dependencies = [('quality', '0011_weighted')]

    initial = False

    operations = [
        ops.CreateModel(
            name='YearlyText',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('provider', fields.ForeignKeyField('quality.Organisation', source_field='provider_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('year', fields.SmallIntField()),
                ('texts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'yearly_text', 'app': 'quality', 'unique_together': (('provider', 'year'),), 'pk_attr': 'id', 'table_description': 'What a provider writes itself of one year, by section, for the yearly report of its establishment.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('yearly.sql')),
    ]
