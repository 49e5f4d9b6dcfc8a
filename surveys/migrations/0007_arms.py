from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0006_dispositions'), ('quality', '0013_arms')]

    initial = False

    operations = [
        ops.AddField(model_name='Invitation', name='arm', field=fields.CharField(default='', max_length=15)),
        ops.CreateModel(
            name='ModeSeed',
            fields=[
                ('id', fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ('platform', fields.ForeignKeyField('quality.Platform', source_field='platform_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('seed', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mode_seed', 'app': 'surveys', 'unique_together': (('platform',),), 'pk_attr': 'id', 'table_description': 'The seed by which chance chooses the first contacts of a platform, kept from its first need.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('arms.sql')),
    ]
