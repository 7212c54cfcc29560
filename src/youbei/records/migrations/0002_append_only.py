from django.db import migrations

from youbei.engine.log import GENESIS
from youbei.records.triggers import InstallTriggers


def make_head(apps, schema_editor):
    apps.get_model("records", "LogHead").objects.get_or_create(id=1, defaults={"position": 0, "hash": GENESIS})


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunPython(make_head, migrations.RunPython.noop),
        InstallTriggers(),
    ]
