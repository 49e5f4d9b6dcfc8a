from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0005_audited')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FigureReading',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('organisation', fields.ForeignKeyField('quality.Organisation', source_field='organisation_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('convention', fields.ForeignKeyField('quality.Convention', source_field='convention_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('shown', fields.CharField(max_length=12)),
                ('subject', fields.CharField(default='', max_length=16)),
                ('period', fields.CharField(default='', max_length=7)),
            ],
            options={'table': 'figure_reading', 'app': 'quality', 'unique_together': (('convention', 'organisation', 'day', 'shown', 'subject', 'period'),), 'pk_attr': 'id', 'table_description': "That a funder read figures of its convention on a day: what it read, once, and nobody's name."},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('readings.sql')),
    ]
