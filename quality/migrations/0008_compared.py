import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0007_parts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReleaseFunnel',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('funder_id', fields.UUIDField(null=True)),
                ('convention_id', fields.UUIDField(null=True)),
                ('indicator', fields.CharField(max_length=16)),
                ('version', fields.SmallIntField()),
                ('activity', fields.CharField(max_length=12)),
                ('is_overseas', fields.BooleanField()),
                ('peers', fields.IntField()),
                ('centre', fields.DecimalField(max_digits=6, decimal_places=2)),
                ('reliability', fields.SmallIntField()),
                ('limits', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'release_funnel', 'app': 'quality', 'pk_attr': 'id', 'table_description': "Peers compared in a release: mean, limits, how much of a usual figure is the provider's own."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReleaseStanding',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('release', fields.ForeignKeyField('quality.Release', source_field='release_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('funder_id', fields.UUIDField(null=True)),
                ('provider_id', fields.UUIDField()),
                ('funnel', fields.ForeignKeyField('quality.ReleaseFunnel', source_field='funnel_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('level', fields.CharField(max_length=8)),
                ('is_high', fields.BooleanField()),
                ('lower', fields.IntField(null=True)),
                ('alike', fields.IntField(null=True)),
                ('higher', fields.IntField(null=True)),
            ],
            options={'table': 'release_standing', 'app': 'quality', 'pk_attr': 'id', 'table_description': 'What a comparison says of one provider (same id as its figure), and its place, where that is said.'},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('compared.sql')),
    ]
