"""Let PostgreSQL take a register and a place as conditions of their own, so that it leaps over what fails either."""

from typing import Any

from django.db import migrations

from youbei.records.search import vendor


def up(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(vendor.POSTGRESQL_AT_PLACE_UP)


def down(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(vendor.POSTGRESQL_AT_PLACE_DOWN)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0077_campaign_tallies_filled"),
    ]

    operations = [migrations.RunPython(up, down)]
