from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0061_titles"),
    ]

    operations = [
        migrations.AddField(model_name="stresscomparison", name="seed", field=models.BigIntegerField(default=1)),
        migrations.AlterField(model_name="stresstest", name="seed", field=models.BigIntegerField(default=1)),
    ]
