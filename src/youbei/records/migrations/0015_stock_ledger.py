import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from youbei.records.triggers import InstallTriggers


def compare_bytewise(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE records_stockmovement ALTER COLUMN org_path TYPE varchar(255) COLLATE "C"')


def open_ledger(apps, schema_editor):
    """Take over what every lot holds, and for which assignments of real responses part of it is reserved."""
    lots, assignments = apps.get_model("records", "StockLot"), apps.get_model("records", "Assignment")
    movements, postings = apps.get_model("records", "StockMovement"), apps.get_model("records", "StockPosting")
    held = {}
    open_ones = assignments.objects.filter(lot__isnull=False, released_at__isnull=True, run__mode="real")
    for lot, run, code, quantity in open_ones.values_list("lot_id", "run_id", "code", "quantity"):
        held.setdefault(lot, []).append((f"run:{run}/{code}", round(quantity, 3)))
    batch = []
    for lot in lots.objects.only("pk", "org_path", "quantity", "reserved").iterator(chunk_size=2000):
        batch.append(lot)
        if len(batch) == 2000:
            write(movements, postings, batch, held)
            batch = []
    write(movements, postings, batch, held)


def write(movements, postings, batch, held):
    made = movements.objects.bulk_create(
        movements(verb="open", at=timezone.now(), actor="youbei", by_label="有备 / Youbei", org_path=lot.org_path)
        for lot in batch
    )
    rows = []
    for lot, movement in zip(batch, made, strict=True):
        rest = lot.reserved
        for name, quantity in held.get(lot.pk, ()):
            amount = min(type(rest)(str(quantity)), rest)
            rest -= amount
            rows.append((movement, lot, "reserved", name, amount))
        rows.append((movement, lot, "reserved", "", rest))
        rows.append((movement, lot, "store", "", lot.quantity - lot.reserved))
        rows.append((movement, lot, "supplier", "opening", -lot.quantity))
    postings.objects.bulk_create(
        (
            postings(movement=movement, lot_id=lot.pk, kind=kind, name=name, quantity=quantity)
            for movement, lot, kind, name, quantity in rows
            if quantity
        ),
        batch_size=2000,
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0014_campaigns")]

    operations = [
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=60)),
                ("by_label", models.CharField(max_length=200)),
                ("org_path", models.CharField(editable=False, max_length=255)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("document", models.CharField(blank=True, default="", max_length=400)),
                ("source", models.CharField(blank=True, default="", max_length=80)),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="records.stockmovement",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["org_path", "-id"], name="movement_in_organisation")],
            },
        ),
        migrations.CreateModel(
            name="StockPosting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="postings",
                        to="records.stocklot",
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="records.stockmovement",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["lot", "id"], name="posting_of_lot")],
            },
        ),
        migrations.RunPython(compare_bytewise, migrations.RunPython.noop),
        migrations.RunPython(open_ledger, migrations.RunPython.noop),
        InstallTriggers(),
    ]
