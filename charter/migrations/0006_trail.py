from pathlib import Path

from quality import schema
from quality.schema import RunSqlFile

class Migration(schema.Migration):
    dependencies = [('charter', '0005_told'), ('quality', '0017_sealed')]

    initial = False

    operations = [RunSqlFile(Path(__file__).with_name('trail.sql'))]
