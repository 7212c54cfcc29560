from django.db import migrations, models

from youbei.records.search import vendor


def make(apps, schema_editor):
    for statement in vendor.SQLITE_UP if schema_editor.connection.vendor == "sqlite" else vendor.POSTGRESQL_UP:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in vendor.SQLITE_DOWN if schema_editor.connection.vendor == "sqlite" else vendor.POSTGRESQL_DOWN:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_access_homes")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("org_path", models.CharField(max_length=255)),
                ("code", models.CharField(blank=True, default="", max_length=120)),
                ("name_zh", models.CharField(blank=True, default="", max_length=200)),
                ("name_en", models.CharField(blank=True, default="", max_length=200)),
                ("others", models.TextField(blank=True, default="")),
                ("tokens", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("register", "record_id"), name="search_entry_once"),
                ],
            },
        ),
        migrations.RunPython(make, unmake),
    ]
