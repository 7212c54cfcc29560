from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0063_received_alerts"),
    ]

    operations = [
        migrations.AddField(model_name="stresstest", name="precision", field=models.FloatField(null=True)),
    ]
