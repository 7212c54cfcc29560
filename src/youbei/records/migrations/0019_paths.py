from django.db import migrations

from youbei.records.models.path import PathField
from youbei.records.triggers import InstallTriggers

# The same columns under the name of their kind. PostgreSQL is told once more for those that an earlier migration forgot.
PATHS = (
    (
        "org_path",
        {"default": "", "editable": False},
        """
        agreement agreementrate capacityline conflict consultation contactway equipmenttest expert item
        marketoffer memberreview person post postholding qualification requirement schoolclass site stocklot
        team teamequipment teammember teamreview teamrole vehicle vetting
    """,
    ),
    (
        "org_path",
        {"default": "/"},
        """
        apitoken
    """,
    ),
    (
        "org_path",
        {"editable": False},
        """
        campaign campaignunit compensation grant incident recordchange stockmovement
    """,
    ),
    (
        "org_path",
        {"db_index": True, "editable": False},
        """
        dutyshift message plan run
    """,
    ),
    (
        "org_path",
        {"db_index": True},
        """
        factorrule
    """,
    ),
    (
        "org_path",
        {},
        """
        logentry searchentry
    """,
    ),
    (
        "path",
        {"db_index": True, "editable": False},
        """
        organisation
    """,
    ),
    (
        "org_path",
        {"blank": True, "default": "", "editable": False},
        """
        user
    """,
    ),
)


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite compares text byte by byte anyway
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name LIKE 'records_%%'"
            " AND column_name IN ('org_path', 'path') AND collation_name IS DISTINCT FROM 'C'"
        )
        forgotten = cursor.fetchall()
    for table, column in forgotten:
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(255) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("records", "0018_successors")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Nothing is rebuilt: SQLite would lose the triggers of its append-only tables.
            state_operations=[
                migrations.AlterField(model_name=model, name=column, field=PathField(**options))
                for column, options, models in PATHS
                for model in models.split()
            ]
        ),
        migrations.RunPython(compare_bytewise, migrations.RunPython.noop),
        InstallTriggers(),
    ]
