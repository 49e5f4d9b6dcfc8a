from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0007_arms')]

    initial = False

    operations = [
        RunSqlFile(Path(__file__).with_name('strata.sql')),
    ]
