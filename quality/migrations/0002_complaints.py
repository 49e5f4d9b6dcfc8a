from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuthorityRefusal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('provider_id', fields.UUIDField()),
                ('complaint', fields.ForeignKeyField('quality.Complaint', source_field='complaint_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('account_id', fields.UUIDField(null=True)),
                ('role', fields.CharField(max_length=10)),
                ('remedy_code', fields.CharField(max_length=24)),
                ('amount_cents', fields.IntField(null=True)),
                ('reason', fields.CharField(max_length=16)),
                ('who_can', fields.CharField(max_length=10)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'authority_refusal', 'app': 'quality', 'pk_attr': 'id', 'table_description': 'A remedy that somebody wanted to grant and could not: what was missing, and who could.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ComplaintNotice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('complaint', fields.ForeignKeyField('quality.Complaint', source_field='complaint_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=24)),
                ('round', fields.SmallIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'complaint_notice', 'app': 'quality', 'unique_together': (('complaint', 'kind', 'round'),), 'pk_attr': 'id', 'table_description': 'What was told once by mail about a complaint, in one of its rounds.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ComplaintPromise',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('provider_id', fields.UUIDField()),
                ('complaint', fields.ForeignKeyField('quality.Complaint', source_field='complaint_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('remedy_code', fields.CharField(max_length=24)),
                ('detail', fields.TextField(default='', unique=False)),
                ('amount_cents', fields.IntField(null=True)),
                ('authority', fields.CharField(max_length=10)),
                ('state', fields.CharField(default='promised', max_length=10)),
                ('is_first_contact', fields.BooleanField(default=False)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.UUIDField(null=True)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_by', fields.CharField(default='', max_length=80)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_how', fields.CharField(null=True, max_length=10)),
                ('refused_why', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'complaint_promise', 'app': 'quality', 'pk_attr': 'id', 'table_description': "A remedy granted or promised: confirmed by the provider's on-call contact, then done, or broken."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ComplaintTransmission',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('complaint', fields.ForeignKeyField('quality.Complaint', source_field='complaint_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('funder', fields.ForeignKeyField('quality.Organisation', source_field='funder_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('provider_name', fields.CharField(max_length=120)),
                ('kind', fields.CharField(max_length=12)),
                ('activity', fields.CharField(max_length=5)),
                ('departement', fields.CharField(max_length=3)),
                ('month', fields.DateField()),
                ('summary', fields.TextField(unique=False)),
                ('asked', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('account_id', fields.UUIDField(null=True)),
                ('answer', fields.TextField(default='', unique=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'complaint_transmission', 'app': 'quality', 'unique_together': (('complaint', 'funder'),), 'pk_attr': 'id', 'table_description': "What a funder reads of a complaint, with the client's consent: copied facts, never itself."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProviderSummary',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('provider', fields.ForeignKeyField('quality.Organisation', source_field='provider_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('month', fields.DateField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'provider_summary', 'app': 'quality', 'unique_together': (('provider', 'month'),), 'pk_attr': 'id', 'table_description': 'The monthly summary that was written to a provider, once a month.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReplyTemplate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('organisation_id', fields.UUIDField(null=True)),
                ('title', fields.CharField(max_length=80)),
                ('text', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reply_template', 'app': 'quality', 'pk_attr': 'id', 'table_description': "A sentence kept for reuse: an organisation's own, or the platform's for all."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SavedView',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('organisation_id', fields.UUIDField(null=True)),
                ('account_id', fields.UUIDField()),
                ('page', fields.CharField(max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('query', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'saved_view', 'app': 'quality', 'pk_attr': 'id', 'table_description': 'A choice of filters that somebody kept under a name.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Complaint',
            name='cause_code',
            field=fields.CharField(default='', max_length=24),
        ),
        ops.AddField(
            model_name='Complaint',
            name='contested_why',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='funder_consent',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='Complaint',
            name='handled_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='holder',
            field=fields.CharField(default='provider', max_length=10),
        ),
        ops.AddField(
            model_name='Complaint',
            name='is_first_contact',
            field=fields.BooleanField(default=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='is_serious',
            field=fields.BooleanField(default=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='is_shared',
            field=fields.BooleanField(default=True),
        ),
        ops.AddField(
            model_name='Complaint',
            name='measure_due_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='next_step_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='unreached_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='measured',
            field=fields.JSONField(default=dict),
        ),
        ops.AddField(
            model_name='Complaint',
            name='merged_into_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Complaint',
            name='owner_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Complaint',
            name='position',
            field=fields.CharField(null=True, max_length=13),
        ),
        ops.AddField(
            model_name='Complaint',
            name='position_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='remedy_code',
            field=fields.CharField(default='', max_length=24),
        ),
        ops.AddField(
            model_name='Complaint',
            name='round',
            field=fields.SmallIntField(default=1),
        ),
        ops.AddField(
            model_name='Complaint',
            name='token_key',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='Complaint',
            name='verdict_asked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='verdict_due_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Convention',
            name='authority_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='File',
            name='audience',
            field=fields.CharField(default='', max_length=10),
        ),
        ops.AddField(
            model_name='File',
            name='complaint_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Platform',
            name='call_lines',
            field=fields.SmallIntField(default=10),
        ),
        ops.AddField(
            model_name='Platform',
            name='calls_per_hour',
            field=fields.SmallIntField(default=8),
        ),
        ops.AddField(
            model_name='Referencing',
            name='authority_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Endpoint',
            name='replanned_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        RunSqlFile(Path(__file__).with_name('complaints.sql')),
    ]
