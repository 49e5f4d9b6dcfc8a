from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0012_yearly')]

    initial = False

    operations = [
        ops.AddField(model_name='Cell', name='arm', field=fields.CharField(default='', max_length=15)),
        RunSqlFile(Path(__file__).with_name('arms.sql')),
    ]
