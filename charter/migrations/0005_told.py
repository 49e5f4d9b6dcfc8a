from pathlib import Path

from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('charter', '0004_editions')]

    initial = False

    operations = [
        ops.AddField(
            model_name='CampaignInvitation',
            name='sessions_told',
            field=ArrayField(default=list, element_type='UUID'),
        ),
        RunSqlFile(Path(__file__).with_name('told.sql')),
        ops.RemoveField(model_name='CampaignSession', name='reminded_at'),
    ]
