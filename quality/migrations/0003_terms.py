from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0002_complaints')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Complaint',
            name='erased_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        RunSqlFile(Path(__file__).with_name('terms.sql')),
    ]
