from django.db import migrations, models

COLUMNS = ("expires_on", "next_test_on")


def index(column: str) -> models.Index:
    return models.Index(
        fields=["org_path", column, "id", "retired_at", "quantity"],
        name=f"stock_due_{column}",
        condition=models.Q(retired_at__isnull=True, **{f"{column}__isnull": False}),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0070_map_cells"),
    ]

    operations = [
        *(migrations.RemoveIndex(model_name="stocklot", name=f"stock_due_{column}") for column in COLUMNS),
        *(migrations.AddIndex(model_name="stocklot", index=index(column)) for column in COLUMNS),
    ]
