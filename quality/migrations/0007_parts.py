from pathlib import Path

from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0006_readings')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Cell',
            name='parts',
            field=ArrayField(null=True, element_type='int'),
        ),
        ops.AddField(
            model_name='ReleaseBase',
            name='parts',
            field=ArrayField(null=True, element_type='bigint'),
        ),
        RunSqlFile(Path(__file__).with_name('parts.sql')),
    ]
