from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0015_modes')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Platform',
            name='departement',
            field=fields.CharField(default='', max_length=3),
        ),
        RunSqlFile(Path(__file__).with_name('places.sql')),
    ]
