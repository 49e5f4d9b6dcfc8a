from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0004_agreements')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Release',
            name='audit',
            field=fields.JSONField(null=True),
        ),
        ops.AddField(
            model_name='ReleaseBase',
            name='is_held',
            field=fields.BooleanField(db_default=False),
        ),
        RunSqlFile(Path(__file__).with_name('rolling.sql')),
    ]
