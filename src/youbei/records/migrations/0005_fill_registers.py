from django.db import migrations

TABLES = (
    "agreement",
    "capacityline",
    "conflict",
    "contactway",
    "equipmenttest",
    "expert",
    "item",
    "marketoffer",
    "postholding",
    "qualification",
    "recordchange",
    "requirement",
    "schoolclass",
    "teamequipment",
    "teammember",
    "teamreview",
    "teamrole",
    "vehicle",
    "vetting",
)


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite compares text byte by byte anyway
    for table in TABLES:
        schema_editor.execute(f'ALTER TABLE records_{table} ALTER COLUMN org_path TYPE varchar(255) COLLATE "C"')


def fill(apps, schema_editor):
    lots, holdings = apps.get_model("records", "StockLot"), apps.get_model("records", "PostHolding")
    teams, pairs = apps.get_model("records", "Team"), apps.get_model("records", "TeamCapability")
    for lot in lots.objects.filter(code="").only("pk").iterator():
        lots.objects.filter(pk=lot.pk).update(code=f"lot-{lot.pk}")
    for holding in holdings.objects.filter(org_path="").select_related("post").iterator():
        holdings.objects.filter(pk=holding.pk).update(org_path=holding.post.org_path)
    able = {}
    for team, code, grade in pairs.objects.values_list("team_id", "capability__code", "type"):
        able.setdefault(team, {})[code] = grade
    for team, capabilities in able.items():
        teams.objects.filter(pk=team).update(capabilities=capabilities)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_registers")]

    operations = [
        migrations.RunPython(compare_bytewise, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
