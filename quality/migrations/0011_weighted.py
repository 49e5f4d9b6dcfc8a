from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0010_subscriptions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReleaseWeighted',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('is_national', fields.BooleanField()),
                ('value', fields.DecimalField(max_digits=6, decimal_places=2)),
                ('ci_low', fields.DecimalField(max_digits=6, decimal_places=2)),
                ('ci_high', fields.DecimalField(max_digits=6, decimal_places=2)),
                ('margins', ArrayField(element_type='text')),
                ('trimmed', fields.SmallIntField()),
                ('unreached', fields.SmallIntField()),
            ],
            options={'table': 'release_weighted', 'app': 'quality', 'pk_attr': 'id', 'table_description': 'The weighted twin of a total of the whole population (same id as its figure), rounded alike.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('weighted.sql')),
    ]
