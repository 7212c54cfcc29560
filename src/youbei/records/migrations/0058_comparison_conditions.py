from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0057_counted_registers"),
    ]

    operations = [
        migrations.AddField(model_name="stresstest", name="refusal", field=models.JSONField(null=True)),
        migrations.AddField(model_name="stresscomparison", name="first", field=models.JSONField(null=True)),
        migrations.AddField(model_name="stresscomparison", name="is_any_day", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="stresscomparison", name="refusal", field=models.JSONField(null=True)),
    ]
