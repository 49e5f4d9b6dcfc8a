from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('quality', '0021_territories')]

    initial = False

    operations = [
        RunSqlFile(Path(__file__).with_name('series.sql')),
    ]
