"""A stress test may meet the day as it may be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0052_reg1m"),
    ]

    operations = [
        migrations.AddField(
            model_name="stresstest",
            name="is_any_day",
            field=models.BooleanField(default=False),
        ),
    ]
