from django.db import migrations

TABLES = {
    "records_organisation": "path",
    "records_person": "org_path",
    "records_post": "org_path",
    "records_grant": "org_path",
    "records_dutyshift": "org_path",
    "records_site": "org_path",
    "records_plan": "org_path",
    "records_team": "org_path",
    "records_stocklot": "org_path",
    "records_incident": "org_path",
    "records_run": "org_path",
    "records_message": "org_path",
    "records_logentry": "org_path",
}


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite compares text byte by byte anyway
    for table, column in TABLES.items():
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(255) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]

    operations = [migrations.RunPython(compare_bytewise, migrations.RunPython.noop)]
