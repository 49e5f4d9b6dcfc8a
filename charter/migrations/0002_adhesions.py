from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('charter', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Adhesion',
            name='cause',
            field=fields.CharField(default='', max_length=40),
        ),
        ops.AddField(
            model_name='Adhesion',
            name='suspended_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='ReviewPoint',
            name='verdict',
            field=fields.TextField(default='', unique=False),
        ),
        RunSqlFile(Path(__file__).with_name('adhesions.sql')),
    ]
