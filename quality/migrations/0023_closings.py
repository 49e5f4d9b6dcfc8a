from pathlib import Path

from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0022_own'), ('quality', '0022_series')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Territory',
            name='closings',
            field=ArrayField(default=list, element_type='date'),
        ),
        ops.AddField(
            model_name='Territory',
            name='reopenings',
            field=ArrayField(default=list, element_type='date'),
        ),
        RunSqlFile(Path(__file__).with_name('closings.sql')),
    ]
