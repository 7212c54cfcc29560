"""Compare the new paths byte by byte, as in 0003, and say of each account which unit keeps it."""

from django.db import migrations


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in ("records_user", "records_factorrule"):
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN org_path TYPE varchar(255) COLLATE "C"')


def find_homes(apps, schema_editor):
    """The unit of the account's person keeps it; without a person, the unit of its first grant."""
    user_model = apps.get_model("records", "User")
    grant_model = apps.get_model("records", "Grant")
    for user in user_model.objects.select_related("person").order_by("pk").iterator():
        first = grant_model.objects.filter(user=user).order_by("pk").first()
        home = user.person or first
        if home is not None:
            user.organisation_id, user.org_path = home.organisation_id, home.org_path
            user.save(update_fields=["organisation", "org_path"])


class Migration(migrations.Migration):
    dependencies = [("records", "0007_access")]

    operations = [
        migrations.RunPython(compare_bytewise, migrations.RunPython.noop),
        migrations.RunPython(find_homes, migrations.RunPython.noop),
    ]
