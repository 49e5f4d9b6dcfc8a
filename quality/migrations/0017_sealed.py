from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0016_places')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReleaseSeal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('part', fields.CharField(max_length=16)),
                ('seal', fields.BinaryField()),
            ],
            options={'table': 'release_seal', 'app': 'quality', 'unique_together': (('release', 'part'),), 'pk_attr': 'id', 'table_description': 'What seals the rows of one table that a release wrote beside its figures: `part` names the table.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('sealed.sql')),
    ]
