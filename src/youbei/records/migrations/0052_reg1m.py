from django.db import migrations

from youbei.records.search import vendor


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(vendor.POSTGRESQL_WITHIN_UP)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(vendor.POSTGRESQL_WITHIN_DOWN)


class Migration(migrations.Migration):
    """Ask the index of words within a scope by a condition of its own."""

    dependencies = [("records", "0051_simface")]

    operations = [migrations.RunPython(make, unmake)]
