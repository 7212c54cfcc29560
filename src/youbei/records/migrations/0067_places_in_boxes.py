from django.db import migrations, models

from youbei.records.models.scope import Stripe

IN_USE = models.Q(lat__isnull=False, retired_at__isnull=True)
TABLES = {"organisation": ("unit", "path"), "site": ("site", "org_path"), "team": ("team", "org_path")}
TABLES |= {"vehicle": ("vehicle", "org_path"), "hazardpoint": ("hazard_point", "org_path")}


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0066_factor_changed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name=model,
            index=models.Index(Stripe("lat"), "lon", "lat", "id", path, condition=IN_USE, name=f"{name}_placed"),
        )
        for model, (name, path) in TABLES.items()
    ]
