from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0005_terms')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Disposition',
            fields=[
                ('id', fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('letter', fields.CharField(db_default='', max_length=1)),
                ('is_due', fields.BooleanField(db_default=True)),
            ],
            options={'table': 'disposition', 'app': 'surveys', 'pk_attr': 'id', 'table_description': 'What became of a closed request (same id), by AAPOR’s letter, and whether it is to be judged again.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('dispositions.sql')),
    ]
