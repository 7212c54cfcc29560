from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0072_answers_marked"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="qualification",
            index=models.Index(
                fields=["issued_on"], name="qualification_waiting", condition=models.Q(is_counted=False)
            ),
        ),
    ]
