from django.db import migrations, models


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE records_apitoken ALTER COLUMN org_path TYPE varchar(255) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("records", "0009_search")]

    operations = [
        migrations.AddIndex(model_name="grant", index=models.Index(fields=["role", "ends_at"], name="grant_by_role")),
        migrations.RunPython(compare_bytewise, migrations.RunPython.noop),
    ]
