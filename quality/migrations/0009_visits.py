from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0008_compared')]

    initial = False

    operations = [
        ops.CreateModel(
            name='VisitMonth',
            fields=[
                ('id', fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ('platform_id', fields.UUIDField()),
                ('client_id', fields.UUIDField()),
                ('month', fields.DateField()),
                ('is_due', fields.BooleanField(db_default=True)),
                ('measured', fields.JSONField(default=dict)),
            ],
            options={'table': 'visit_month', 'app': 'quality', 'unique_together': (('client_id', 'month'),), 'pk_attr': 'id', 'table_description': "A client's visits of one month: what they add to which cells, and whether they changed since."},
            bases=['Model'],
        ),
        RunSqlFile(Path(__file__).with_name('visits.sql')),
    ]
