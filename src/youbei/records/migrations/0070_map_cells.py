from django.db import migrations, models

from youbei.records.models.cells import Cell

# The names under which what has a place is found by its cell.
FOUND = {
    "capacityline": "line",
    "expert": "expert",
    "hazardpoint": "hazard_point",
    "homecover": "cover",
    "marketoffer": "offer",
    "organisation": "unit",
    "site": "site",
    "stocklot": "stock",
    "team": "team",
    "vehicle": "vehicle",
}


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0069_webhooks"),
    ]

    operations = [
        migrations.AddIndex(model, models.Index(Cell(), models.F("id"), name=f"{name}_in_cell"))
        for model, name in FOUND.items()
    ]
