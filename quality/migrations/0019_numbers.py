from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0018_reading')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Endpoint',
            name='wrong_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        RunSqlFile(Path(__file__).with_name('numbers.sql')),
    ]
