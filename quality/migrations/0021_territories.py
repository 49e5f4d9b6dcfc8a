from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0020_counted')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Territory',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform', fields.ForeignKeyField('quality.Platform', source_field='platform_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('departement', fields.CharField(max_length=3)),
                ('code', fields.CharField(max_length=20)),
                ('name', fields.CharField(max_length=60)),
                ('rank', fields.SmallIntField(null=True)),
                ('since', fields.DateField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'territory', 'app': 'quality', 'unique_together': (('platform', 'departement', 'code'), ('platform', 'departement', 'rank')), 'pk_attr': 'id', 'table_description': 'A part of a département that its council counts apart; its code never changes meaning.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TerritoryPostcode',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('departement', fields.CharField(max_length=3)),
                ('territory_id', fields.UUIDField()),
                ('postcode', fields.CharField(max_length=5)),
            ],
            options={'table': 'territory_postcode', 'app': 'quality', 'unique_together': (('platform_id', 'postcode'),), 'pk_attr': 'id', 'table_description': 'A postcode of a territory: whoever lives there is counted in it.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('territories.sql')),
    ]
