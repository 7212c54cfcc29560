"""Let keys for programs that could count, because they may change resources, count on: counting is a right of its own."""

from typing import Any

from django.db import migrations


def count_on(apps: Any, schema_editor: Any) -> None:
    keys = apps.get_model("records", "ApiToken").objects.using(schema_editor.connection.alias)
    for key in keys.filter(permissions__isnull=False):
        if "edit_resource" in key.permissions and "count_stock" not in key.permissions:
            key.permissions = [*key.permissions, "count_stock"]
            key.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0073_certificates_waiting"),
    ]

    operations = [migrations.RunPython(count_on, migrations.RunPython.noop)]
