from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('charter', '0002_adhesions')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AnswerRevision',
            name='sheet',
            field=fields.CharField(default='', max_length=32),
        ),
        RunSqlFile(Path(__file__).with_name('sheets.sql')),
    ]
