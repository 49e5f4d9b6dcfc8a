from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0004_questionnaires')]

    initial = False

    operations = [
        ops.AddField(model_name='Invitation', name='was_reached', field=fields.BooleanField(default=False)),
        RunSqlFile(Path(__file__).with_name('terms.sql')),
    ]
