from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('surveys', '0009_numbers')]

    initial = False

    operations = [RunSqlFile(Path(__file__).with_name('queue.sql'))]
