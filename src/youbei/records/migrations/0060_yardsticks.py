from django.db import migrations, models

from youbei.records.counts.journal import InstallCounting


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0059_circumstances"),
    ]

    operations = [
        migrations.CreateModel(
            name="YardstickDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_pk", models.BigIntegerField()),
                ("unit_pk", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="requirement",
            name="yardstick_h",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="requirement",
            index=models.Index(
                condition=models.Q(("valid_until__isnull", False), ("yardstick_h__isnull", False)),
                fields=["valid_until"],
                name="requirement_runs_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="yardstickdue",
            constraint=models.UniqueConstraint(fields=("item_pk", "unit_pk"), name="yardstick_due_once"),
        ),
        migrations.RunSQL(
            "INSERT INTO records_yardstickdue (item_pk, unit_pk)"
            " SELECT DISTINCT item_id, organisation_id FROM records_requirement",
            migrations.RunSQL.noop,
        ),
        InstallCounting(),
    ]
