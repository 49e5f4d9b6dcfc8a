from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0003_terms')]

    initial = False

    operations = [
        ops.AddField(model_name='Convention', name='is_experiment', field=fields.BooleanField(default=False)),
        ops.AddField(model_name='Convention', name='hypothesis', field=fields.TextField(default='', unique=False)),
        ops.AddField(model_name='Convention', name='proposed_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='Convention', name='renewed_from_id', field=fields.UUIDField(null=True)),
        ops.AddField(model_name='Convention', name='conclusion', field=fields.TextField(default='', unique=False)),
        ops.AddField(model_name='Convention', name='verdict', field=fields.CharField(default='', max_length=10)),
        ops.AddField(model_name='Convention', name='concluded_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.CreateModel(
            name='ConventionSignature',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('convention', fields.ForeignKeyField('quality.Convention', source_field='convention_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('organisation', fields.ForeignKeyField('quality.Organisation', source_field='organisation_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.UUIDField(null=True)),
                ('signer', fields.CharField(default='', max_length=120)),
                ('digest', fields.BinaryField()),
                ('signed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'convention_signature', 'app': 'quality', 'unique_together': (('convention', 'organisation', 'digest'),), 'pk_attr': 'id', 'table_description': "One party's signature of the terms that have this digest."},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('agreements.sql')),
    ]
