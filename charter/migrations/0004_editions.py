from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('charter', '0003_sheets'), ('quality', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PublishedEdition',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform', fields.ForeignKeyField('quality.Platform', source_field='platform_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.SmallIntField()),
                ('content', fields.BinaryField()),
                ('sha256', fields.BinaryField()),
                ('published_by', fields.UUIDField(null=True)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_by', fields.UUIDField(null=True)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'charter_edition', 'app': 'charter', 'unique_together': (('platform', 'code', 'version'),), 'pk_attr': 'id', 'table_description': 'A version of an edition that a platform wrote itself, as its file was published; never changed.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Evidence', name='edition_version', field=fields.SmallIntField(default=0)),
        ops.AddField(model_name='Action', name='edition_version', field=fields.SmallIntField(db_default=1)),
        ops.AlterField(model_name='Action', name='edition_version', field=fields.SmallIntField()),
        RunSqlFile(Path(__file__).with_name('editions.sql')),
    ]
