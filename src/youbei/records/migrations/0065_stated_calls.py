from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0064_stress_precision"),
    ]

    operations = [
        migrations.AddField(model_name="stresstest", name="calls", field=models.JSONField(default=list)),
    ]
