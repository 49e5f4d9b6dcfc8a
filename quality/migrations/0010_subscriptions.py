from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0009_visits')]

    initial = False

    operations = [
        ops.AddField(model_name='MailOutbox', name='unsubscribe', field=fields.TextField(default='', unique=False)),
        ops.CreateModel(
            name='ReportSubscription',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('account', fields.ForeignKeyField('quality.Account', source_field='account_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('membership', fields.ForeignKeyField('quality.Membership', source_field='membership_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('convention', fields.ForeignKeyField('quality.Convention', source_field='convention_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('population', fields.CharField(max_length=48)),
                ('rhythm', fields.CharField(max_length=8)),
                ('token_key', fields.BinaryField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_subscription', 'app': 'quality', 'unique_together': (('membership', 'population'),), 'pk_attr': 'id', 'table_description': "That somebody receives the results of a population after each release; its mail's link ends it."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportMail',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('subscription', fields.ForeignKeyField('quality.ReportSubscription', source_field='subscription_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_mail', 'app': 'quality', 'unique_together': (('subscription', 'release'),), 'pk_attr': 'id', 'table_description': 'That a subscription was served for a release, by a letter or because it had nothing to say.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('subscriptions.sql')),
    ]
