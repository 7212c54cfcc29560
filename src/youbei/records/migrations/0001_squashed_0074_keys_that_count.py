"""All tables as they stand after the migrations that this one replaces, made at once for an empty database."""

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import youbei.records.at_once
import youbei.records.models.cells
import youbei.records.models.path
import youbei.records.models.stock
from youbei.engine.log import GENESIS
from youbei.records.counts.journal import InstallCounting
from youbei.records.search import vendor
from youbei.records.triggers import InstallTriggers


def make_head(apps, schema_editor):
    apps.get_model("records", "LogHead").objects.get_or_create(id=1, defaults={"position": 0, "hash": GENESIS})


def make_search(apps, schema_editor):
    postgresql = (*vendor.POSTGRESQL_UP, vendor.POSTGRESQL_WITHIN_UP)
    for statement in vendor.SQLITE_UP if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


def unmake_search(apps, schema_editor):
    postgresql = (vendor.POSTGRESQL_WITHIN_DOWN, *vendor.POSTGRESQL_DOWN)
    for statement in vendor.SQLITE_DOWN if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    replaces = [
        ("records", "0001_initial"),
        ("records", "0002_append_only"),
        ("records", "0003_bytewise_paths"),
        ("records", "0004_registers"),
        ("records", "0005_fill_registers"),
        ("records", "0006_lot_codes_once"),
        ("records", "0007_access"),
        ("records", "0008_access_homes"),
        ("records", "0009_search"),
        ("records", "0010_grants_by_role"),
        ("records", "0011_sheets"),
        ("records", "0012_certificates"),
        ("records", "0013_lists"),
        ("records", "0014_campaigns"),
        ("records", "0015_stock_ledger"),
        ("records", "0016_teams"),
        ("records", "0017_reach"),
        ("records", "0018_successors"),
        ("records", "0019_paths"),
        ("records", "0020_keeping"),
        ("records", "0021_keeping_more"),
        ("records", "0022_stock_orders"),
        ("records", "0023_unit_spans"),
        ("records", "0024_derived_requirements"),
        ("records", "0025_roads"),
        ("records", "0026_departures"),
        ("records", "0027_due"),
        ("records", "0028_exercises"),
        ("records", "0029_sites"),
        ("records", "0030_plan_places"),
        ("records", "0031_faces"),
        ("records", "0032_call_offs"),
        ("records", "0033_due_days"),
        ("records", "0034_counts"),
        ("records", "0035_head_counts"),
        ("records", "0036_exercise_programme"),
        ("records", "0037_findings"),
        ("records", "0038_cases"),
        ("records", "0039_dispapp"),
        ("records", "0040_disp_cover"),
        ("records", "0041_exafter"),
        ("records", "0042_attachments"),
        ("records", "0043_disp_links"),
        ("records", "0044_exafter_debriefs"),
        ("records", "0045_disp_aid"),
        ("records", "0046_reg1m"),
        ("records", "0047_exafter_rescue"),
        ("records", "0048_stress_tests"),
        ("records", "0049_exer"),
        ("records", "0050_disp_vehicles"),
        ("records", "0051_simface"),
        ("records", "0052_reg1m"),
        ("records", "0053_simworld"),
        ("records", "0054_simface_compare"),
        ("records", "0055_days_falling_due"),
        ("records", "0056_interruptions"),
        ("records", "0057_counted_registers"),
        ("records", "0058_comparison_conditions"),
        ("records", "0059_circumstances"),
        ("records", "0060_yardsticks"),
        ("records", "0061_titles"),
        ("records", "0062_comparison_seed"),
        ("records", "0063_received_alerts"),
        ("records", "0064_stress_precision"),
        ("records", "0065_stated_calls"),
        ("records", "0066_factor_changed"),
        ("records", "0068_saved_reports"),
        ("records", "0069_webhooks"),
        ("records", "0070_map_cells"),
        ("records", "0071_stock_due_out_of_the_index"),
        ("records", "0072_answers_marked"),
        ("records", "0073_certificates_waiting"),
        ("records", "0074_keys_that_count"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        youbei.records.at_once.CreateTables(
            models=[
                migrations.CreateModel(
                    name="Capability",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("code", models.SlugField(max_length=60, unique=True)),
                    ],
                    options={
                        "ordering": ("code",),
                    },
                ),
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Item",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=60, unique=True)),
                        ("unit_zh", models.CharField(max_length=20)),
                        ("unit_en", models.CharField(blank=True, default="", max_length=20)),
                        ("item_class", models.CharField(blank=True, default="", max_length=20)),
                        ("gb_code", models.CharField(blank=True, default="", max_length=20)),
                        ("shelf_life_days", models.PositiveIntegerField(blank=True, null=True)),
                        ("test_interval_days", models.PositiveIntegerField(blank=True, null=True)),
                        ("weight_kg", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("volume_m3", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                    ],
                    options={
                        "ordering": ("code",),
                    },
                ),
                migrations.CreateModel(
                    name="LogHead",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="RoadNetwork",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True)),
                        ("data", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("record_id", models.BigIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("media_type", models.CharField(max_length=40)),
                        ("size", models.PositiveIntegerField()),
                        ("digest", models.CharField(max_length=64)),
                        ("content", models.BinaryField()),
                        ("added_at", models.DateTimeField()),
                        ("added_by", models.CharField(max_length=200)),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [models.Index(fields=["register", "record_id", "id"], name="attachment_of_record")],
                    },
                ),
                migrations.CreateModel(
                    name="CountChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        ("stamp", models.BigIntegerField(default=0)),
                        ("at", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["register", "stamp", "id"], name="count_changes_since")],
                    },
                ),
                migrations.CreateModel(
                    name="DueStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("record_id", models.BigIntegerField()),
                        ("due_on", models.DateField()),
                        ("step", models.CharField(max_length=20)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("taken_at", models.DateTimeField()),
                        ("is_told", models.BooleanField()),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "record_id", "due_on", "step"), name="due_step_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DueUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on", models.DateField()),
                        ("path", youbei.records.models.path.PathField(blank=True, max_length=255)),
                        ("done_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at__isnull", True)),
                                fields=["on", "id"],
                                name="due_units_waiting",
                            )
                        ],
                        "constraints": [models.UniqueConstraint(fields=("on", "path"), name="due_unit_once")],
                    },
                ),
                migrations.CreateModel(
                    name="FailedSignIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("username", models.CharField(max_length=150)),
                        ("address", models.CharField(max_length=64)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("last_at", models.DateTimeField(db_index=True)),
                        ("locked_until", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("username", "address"), name="failures_once_per_name_and_address"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ItemCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=20, unique=True)),
                        ("parent", models.CharField(blank=True, default="", max_length=20)),
                    ],
                    options={
                        "ordering": ("code",),
                        "indexes": [models.Index(fields=["parent", "code"], name="code_below")],
                    },
                ),
                migrations.CreateModel(
                    name="KeptCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=64, unique=True)),
                        ("register", models.CharField(max_length=40)),
                        ("asked", models.JSONField()),
                        ("cells", models.JSONField()),
                        ("position", models.BigIntegerField(default=0)),
                        ("snapshot", models.TextField(blank=True, default="")),
                        ("since", models.DateTimeField()),
                        ("counted_at", models.DateTimeField()),
                        ("asked_on", models.DateField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["register", "position"], name="kept_counts_behind")],
                    },
                ),
                migrations.CreateModel(
                    name="LogEntry",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("stream", models.CharField(max_length=120)),
                        ("seq", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("mode", models.CharField(max_length=10)),
                        ("kind", models.CharField(max_length=40)),
                        ("version", models.PositiveSmallIntegerField()),
                        ("data", models.TextField()),
                        ("by_id", models.CharField(max_length=120)),
                        ("by_label", models.CharField(max_length=120)),
                        ("org_path", youbei.records.models.path.PathField(max_length=255)),
                        ("prev_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ("position",),
                        "indexes": [
                            models.Index(fields=["org_path", "position"], name="log_in_organisation"),
                            models.Index(fields=["kind", "position"], name="log_of_kind"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("stream", "seq"), name="log_stream_seq_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("government", "Government"),
                                    ("bureau", "Bureau"),
                                    ("agency", "Agency"),
                                    ("school", "School"),
                                    ("exam_authority", "Exam Authority"),
                                    ("port", "Port"),
                                    ("park", "Park"),
                                    ("enterprise", "Enterprise"),
                                    ("hospital", "Hospital"),
                                    ("rescue", "Rescue"),
                                    ("supplier", "Supplier"),
                                    ("community", "Community"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("path", youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255)),
                        ("level", models.CharField(blank=True, default="", max_length=10)),
                        ("division", models.CharField(blank=True, default="", max_length=12)),
                        ("sector", models.CharField(blank=True, default="", max_length=20)),
                        ("hazard_class", models.CharField(blank=True, default="", max_length=10)),
                        ("employees", models.PositiveIntegerField(blank=True, null=True)),
                        ("credit_code", models.CharField(blank=True, default="", max_length=18)),
                        ("address", models.CharField(blank=True, default="", max_length=200)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("geometry", models.JSONField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("email", models.EmailField(blank=True, default="", max_length=254)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "succeeded_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="succeeded",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("path",),
                        "indexes": [
                            models.Index(fields=["kind", "path", "id"], name="unit_kind"),
                            models.Index(fields=["level", "path", "id"], name="unit_level"),
                            models.Index(fields=["sector", "path", "id"], name="unit_sector"),
                            models.Index(fields=["hazard_class", "path", "id"], name="unit_hazard_class"),
                            models.Index(fields=["kind", "level", "path", "id"], name="unit_kind_level"),
                            models.Index(fields=["kind", "sector", "path", "id"], name="unit_kind_sector"),
                            models.Index(fields=["kind", "hazard_class", "path", "id"], name="unit_kind_hazard_class"),
                            models.Index(fields=["level", "sector", "path", "id"], name="unit_level_sector"),
                            models.Index(
                                fields=["level", "hazard_class", "path", "id"], name="unit_level_hazard_class"
                            ),
                            models.Index(
                                fields=["sector", "hazard_class", "path", "id"], name="unit_sector_hazard_class"
                            ),
                            models.Index(fields=["division", "id"], name="unit_by_division"),
                            models.Index(fields=["confirmed_at", "id"], name="unit_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["path", "id"],
                                name="unit_retired",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="unit_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("record_id", models.BigIntegerField()),
                        ("org_path", youbei.records.models.path.PathField(max_length=255)),
                        ("code", models.CharField(blank=True, default="", max_length=120)),
                        ("name_zh", models.CharField(blank=True, default="", max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("others", models.TextField(blank=True, default="")),
                        ("tokens", models.TextField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("register", "record_id"), name="search_entry_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockMovement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("verb", models.CharField(max_length=12)),
                        ("at", models.DateTimeField()),
                        ("actor", models.CharField(max_length=60)),
                        ("by_label", models.CharField(max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("reason", models.CharField(blank=True, default="", max_length=1000)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        ("source", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="records.stockmovement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["org_path", "-id"], name="movement_in_organisation")],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("partner_name", models.CharField(blank=True, default="", max_length=200)),
                        ("covers", models.TextField(blank=True, default="")),
                        ("response_min", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("price", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("compensation", models.TextField(blank=True, default="")),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreements",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreements_with_others",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="agreement_in_organisation"),
                            models.Index(fields=["valid_until", "id"], name="agreement_by_valid_until"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Incident",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=40, unique=True)),
                        (
                            "mode",
                            models.CharField(
                                choices=[("real", "Real"), ("exercise", "Exercise")], default="real", max_length=10
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=10
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("category", models.CharField(max_length=20)),
                        ("kind", models.CharField(max_length=60)),
                        ("title", models.CharField(max_length=200)),
                        ("description", models.TextField(blank=True, default="")),
                        ("place", models.CharField(blank=True, default="", max_length=200)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("occurred_at", models.DateTimeField(blank=True, null=True)),
                        ("known_at", models.DateTimeField()),
                        ("reported_at", models.DateTimeField()),
                        ("source", models.CharField(max_length=40)),
                        ("reporter", models.CharField(blank=True, default="", max_length=120)),
                        ("reporter_phone", models.CharField(blank=True, default="", max_length=40)),
                        ("entered_by", models.CharField(max_length=120)),
                        ("grade", models.CharField(blank=True, default="", max_length=40)),
                        ("is_grade_lower_bound", models.BooleanField(default=False)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incidents",
                                to="records.organisation",
                            ),
                        ),
                        ("title_en", models.CharField(blank=True, default="", max_length=200)),
                    ],
                    options={
                        "ordering": ("-reported_at", "-id"),
                        "indexes": [
                            models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
                            models.Index(fields=["org_path", "-reported_at"], name="incident_newest_in"),
                            models.Index(fields=["status", "-reported_at", "-id"], name="incident_by_status"),
                            models.Index(fields=["mode", "-reported_at", "-id"], name="incident_by_mode"),
                            models.Index(fields=["category", "-reported_at", "-id"], name="incident_by_category"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HomeCover",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("capability", models.CharField(max_length=60)),
                        ("type", models.PositiveSmallIntegerField(default=4)),
                        ("number", models.PositiveIntegerField()),
                        ("within_min", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("radius_m", models.PositiveIntegerField(blank=True, null=True)),
                        ("is_strict", models.BooleanField(default=False)),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="covers",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="cover_in_organisation"),
                            models.Index(fields=["lat", "lon"], name="cover_nearby"),
                            models.Index(fields=["capability", "org_path", "id"], name="cover_capability"),
                            models.Index(fields=["valid_until", "id"], name="cover_by_valid_until"),
                            models.Index(fields=["confirmed_at", "id"], name="cover_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="cover_retired",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="cover_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HeadCountLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="count_link",
                                to="records.organisation",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="FactorRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(db_index=True, max_length=255)),
                        ("role", models.CharField(blank=True, default="", max_length=30)),
                        ("made_at", models.DateTimeField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.organisation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "role"),
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "role"), name="factor_rule_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Expert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("specialties", models.JSONField(blank=True, default=list)),
                        ("employer", models.CharField(blank=True, default="", max_length=200)),
                        ("title", models.CharField(blank=True, default="", max_length=80)),
                        ("level", models.CharField(blank=True, default="", max_length=10)),
                        ("availability", models.CharField(default="available", max_length=12)),
                        ("unavailable_until", models.DateField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("email", models.EmailField(blank=True, default="", max_length=254)),
                        ("appointed_on", models.DateField(blank=True, null=True)),
                        ("term_ends_on", models.DateField(blank=True, null=True)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="experts",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="expert_in_organisation"),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="expert_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DrillRegime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("regime", models.CharField(max_length=60)),
                        ("since_on", models.DateField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drill_regimes",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="drill_regime_in")],
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "regime"), name="drill_regime_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DerivationDue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.organisation"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OrganisationSpan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("parent_pk", models.BigIntegerField(null=True)),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("kind", models.CharField(max_length=20)),
                        ("division", models.CharField(blank=True, default="", max_length=12)),
                        ("path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("begins_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(null=True)),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.organisation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(fields=["parent_pk", "begins_at"], name="span_below"),
                            models.Index(fields=["unit", "begins_at"], name="span_of_unit"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ends_at", None)), fields=("unit",), name="one_open_span"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("name_zh", models.CharField(max_length=80)),
                        ("name_en", models.CharField(blank=True, default="", max_length=80)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("email", models.EmailField(blank=True, default="", max_length=254)),
                        ("title", models.CharField(blank=True, default="", max_length=80)),
                        ("id_number", models.CharField(blank=True, default="", max_length=40)),
                        ("qualifications", models.JSONField(blank=True, default=list)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="persons",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="person_in_organisation"),
                            models.Index(fields=["confirmed_at", "id"], name="person_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="person_retired",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Post",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.CharField(max_length=120, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("office", "Office"), ("duty", "Duty")], default="office", max_length=10
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(default=100)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="posts",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("organisation_id", "rank", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="post_in_organisation"),
                            models.Index(fields=["kind", "org_path", "id"], name="post_kind"),
                            models.Index(fields=["confirmed_at", "id"], name="post_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="post_retired",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Requirement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("within_h", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                        ("basis", models.CharField(max_length=10)),
                        ("basis_text", models.CharField(blank=True, default="", max_length=400)),
                        ("source", models.CharField(blank=True, default="", editable=False, max_length=200)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.item"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requirements",
                                to="records.organisation",
                            ),
                        ),
                        ("yardstick_h", models.PositiveSmallIntegerField(editable=False, null=True)),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="requirement_in_organisation"),
                            models.Index(fields=["item", "org_path", "id"], name="requirement_of_item"),
                            models.Index(
                                condition=models.Q(("valid_until__isnull", False), ("yardstick_h__isnull", False)),
                                fields=["valid_until"],
                                name="requirement_runs_out",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoadArray",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=24)),
                        ("kind", models.CharField(max_length=8)),
                        ("content", models.BinaryField()),
                        (
                            "network",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="arrays",
                                to="records.roadnetwork",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("network", "name"), name="road_array_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Site",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("shelter", "Shelter"),
                                    ("assembly", "Assembly"),
                                    ("hospital", "Hospital"),
                                    ("store", "Store"),
                                    ("exam_site", "Exam Site"),
                                    ("school", "School"),
                                    ("hazard", "Hazard"),
                                    ("station", "Station"),
                                    ("berth", "Berth"),
                                    ("checkpoint", "Checkpoint"),
                                    ("command", "Command"),
                                    ("vehicle", "Vehicle"),
                                ],
                                db_index=True,
                                max_length=20,
                            ),
                        ),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        ("address", models.CharField(blank=True, default="", max_length=200)),
                        ("division", models.CharField(blank=True, default="", max_length=12)),
                        ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                        ("beds", models.PositiveIntegerField(blank=True, null=True)),
                        ("beds_icu", models.PositiveIntegerField(blank=True, null=True)),
                        ("beds_isolation", models.PositiveIntegerField(blank=True, null=True)),
                        ("area_m2", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("operating", models.CharField(blank=True, default="", max_length=10)),
                        ("occupied", models.PositiveIntegerField(blank=True, null=True)),
                        ("occupied_at", models.DateTimeField(blank=True, null=True)),
                        ("opening", models.CharField(blank=True, default="", max_length=200)),
                        ("features", models.JSONField(blank=True, default=list)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("geometry", models.JSONField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sites",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="site_in_organisation"),
                            models.Index(fields=["kind", "org_path", "id"], name="site_kind"),
                            models.Index(fields=["operating", "org_path", "id"], name="site_operating"),
                            models.Index(fields=["kind", "lat", "lon"], name="site_nearby"),
                            models.Index(fields=["division", "id"], name="site_by_division"),
                            models.Index(fields=["confirmed_at", "id"], name="site_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="site_retired",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="site_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "username",
                            models.CharField(
                                error_messages={"unique": "A user with that username already exists."},
                                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                                max_length=150,
                                unique=True,
                                validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                                verbose_name="username",
                            ),
                        ),
                        ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                        ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                        ),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(
                                blank=True, default="", editable=False, max_length=255
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("zh-hans", "简体中文"), ("en", "English")], default="zh-hans", max_length=10
                            ),
                        ),
                        (
                            "theme",
                            models.CharField(
                                choices=[("auto", "Auto"), ("light", "Light"), ("dark", "Dark")],
                                default="auto",
                                max_length=5,
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="accounts",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "person",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="user",
                                to="records.person",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "user",
                        "verbose_name_plural": "users",
                        "abstract": False,
                        "indexes": [models.Index(fields=["org_path", "id"], name="account_by_path")],
                    },
                    managers=[
                        ("objects", django.contrib.auth.models.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Fact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=60)),
                        ("value", models.JSONField(null=True)),
                        (
                            "change",
                            models.CharField(
                                choices=[("added", "Added"), ("corrected", "Corrected"), ("withdrawn", "Withdrawn")],
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=120)),
                        ("known_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("recorded_by", models.CharField(max_length=120)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="facts", to="records.incident"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [models.Index(fields=["incident", "key", "-id"], name="fact_current")],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ref", models.CharField(max_length=120)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="enrolments",
                                to="records.incident",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("incident", "ref"), name="enrolment_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Compensation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("drafted", "Drafted"),
                                    ("sent", "Sent"),
                                    ("agreed", "Agreed"),
                                    ("paid", "Paid"),
                                ],
                                default="drafted",
                                max_length=10,
                            ),
                        ),
                        ("lines", models.JSONField(default=dict)),
                        ("terms", models.TextField(blank=True, default="")),
                        ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("drafted_at", models.DateTimeField()),
                        ("drafted_by", models.CharField(max_length=120)),
                        ("drafter", models.CharField(max_length=40)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("agreed_at", models.DateTimeField(null=True)),
                        ("agreed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("paid_at", models.DateTimeField(null=True)),
                        ("paid_note", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "agreement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="compensations",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="compensations",
                                to="records.incident",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["org_path", "-id"], name="compensation_in_organisation")],
                        "constraints": [
                            models.UniqueConstraint(fields=("agreement", "incident"), name="compensation_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("kind", models.CharField(max_length=60)),
                        ("category", models.CharField(max_length=20)),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.TextField(blank=True, default="")),
                        ("course", models.TextField(blank=True, default="")),
                        ("decisions", models.TextField(blank=True, default="")),
                        ("evaluation", models.TextField(blank=True, default="")),
                        ("lessons", models.TextField(blank=True, default="")),
                        ("tags", models.JSONField(default=list)),
                        ("traits", models.JSONField(default=dict)),
                        ("writers", models.JSONField(default=list)),
                        ("made_at", models.DateTimeField()),
                        ("made_by", models.CharField(max_length=120)),
                        ("changed_at", models.DateTimeField()),
                        ("validated_at", models.DateTimeField(null=True)),
                        ("validated_by", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "incident",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="case", to="records.incident"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="case_in_organisation"),
                            models.Index(fields=["kind", "-id"], name="case_by_kind"),
                            models.Index(fields=["category", "-id"], name="case_by_category"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AgreementRate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.CharField(max_length=40)),
                        ("basis", models.CharField(max_length=12)),
                        ("amount", models.DecimalField(decimal_places=3, max_digits=14)),
                        (
                            "agreement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rates",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.item",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="rate_in_organisation"),
                            models.Index(fields=["confirmed_at", "id"], name="rate_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="rate_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("agreement", "code"), name="rate_once")],
                    },
                ),
                migrations.CreateModel(
                    name="MarketOffer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("unit_price", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("supplier_name", models.CharField(blank=True, default="", max_length=200)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("delay_h", models.DecimalField(decimal_places=3, max_digits=14)),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.item"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="offer_in_organisation"),
                            models.Index(fields=["item", "org_path", "id"], name="offer_of_item"),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="offer_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consultation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("asked_at", models.DateTimeField()),
                        ("question", models.TextField()),
                        ("state", models.CharField(default="asked", max_length=10)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("advised_at", models.DateTimeField(blank=True, null=True)),
                        ("advice", models.TextField(blank=True, default="")),
                        ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                        ("usefulness", models.CharField(blank=True, default="", max_length=12)),
                        ("result", models.TextField(blank=True, default="")),
                        (
                            "expert",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consultations",
                                to="records.expert",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consultations",
                                to="records.incident",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="consultation_in_organisation"),
                            models.Index(fields=["expert", "-asked_at"], name="consultation_of_expert"),
                            models.Index(fields=["state", "org_path", "id"], name="consultation_state"),
                            models.Index(fields=["usefulness", "org_path", "id"], name="consultation_usefulness"),
                            models.Index(fields=["asked_at", "id"], name="consultation_by_asked_at"),
                            models.Index(fields=["confirmed_at", "id"], name="consultation_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="consultation_retired",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CapacityLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("unit_price", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("switch_over_h", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("first_rate", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("ramp_up_h", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("full_rate", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("raw_material", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("resupply_rate", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("share", models.DecimalField(decimal_places=3, default=100, max_digits=14)),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.item"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                        (
                            "producer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="line_in_organisation"),
                            models.Index(fields=["item", "org_path", "id"], name="line_of_item"),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="line_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CallOff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("mode", models.CharField(default="real", max_length=10)),
                        ("what", models.CharField(blank=True, default="", max_length=200)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("place", models.CharField(blank=True, default="", max_length=200)),
                        ("note", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("accepted", "Accepted"),
                                    ("refused", "Refused"),
                                    ("en_route", "En Route"),
                                    ("delivered", "Delivered"),
                                    ("returned", "Returned"),
                                    ("settled", "Settled"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("asked_by", models.CharField(max_length=120)),
                        ("due_at", models.DateTimeField()),
                        ("next_climb_at", models.DateTimeField(null=True)),
                        ("climbed", models.PositiveSmallIntegerField(default=0)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("accepted", models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ("people", models.PositiveIntegerField(null=True)),
                        ("arrives_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=400)),
                        ("left_at", models.DateTimeField(null=True)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("delivered", models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ("returned_at", models.DateTimeField(null=True)),
                        ("returned", models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("nonce", models.CharField(max_length=32)),
                        ("once", models.CharField(max_length=80, unique=True)),
                        (
                            "agreement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_offs",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_offs",
                                to="records.incident",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.item",
                            ),
                        ),
                        (
                            "asked_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_offs_received",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_offs",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="call_off_in_organisation"),
                            models.Index(fields=["agreement", "-id"], name="call_off_of_agreement"),
                            models.Index(
                                condition=models.Q(("next_climb_at__isnull", False)),
                                fields=["next_climb_at"],
                                name="call_off_climbs",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="call_off_asks_for_something"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AidRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("capability", models.CharField(blank=True, default="", max_length=60)),
                        ("item", models.CharField(blank=True, default="", max_length=60)),
                        ("quantity", models.PositiveIntegerField()),
                        ("needed_by", models.DateTimeField(blank=True, null=True)),
                        ("place", models.CharField(blank=True, default="", max_length=200)),
                        ("words", models.TextField(blank=True, default="")),
                        ("state", models.CharField(default="requested", max_length=10)),
                        ("promised", models.PositiveIntegerField(null=True)),
                        ("arrives_at", models.DateTimeField(null=True)),
                        ("until", models.DateTimeField(null=True)),
                        ("why_not", models.TextField(blank=True, default="")),
                        ("asked_at", models.DateTimeField()),
                        ("moved_at", models.DateTimeField()),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="aid_requests",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="aid_requests",
                                to="records.incident",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                        (
                            "call_off",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="aid_requests",
                                to="records.calloff",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="aid_of_asker"),
                            models.Index(fields=["partner", "-id"], name="aid_of_helper"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("capability", ""), ("item__gt", "")),
                                    models.Q(("capability__gt", ""), ("item", "")),
                                    _connector="OR",
                                ),
                                name="aid_asks_one_thing",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Conflict",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("declared_on", models.DateField()),
                        ("effect", models.CharField(max_length=400)),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="conflicts",
                                to="records.person",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="conflict_in_organisation")],
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "kind", "declared_on"), name="conflict_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutyShift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255),
                        ),
                        ("is_leader", models.BooleanField(default=False)),
                        ("starts_at", models.DateTimeField(db_index=True)),
                        ("ends_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="records.person"
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to="records.post"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("starts_at", "id"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="shift_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactWay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("way", models.CharField(max_length=12)),
                        ("address", models.CharField(max_length=200)),
                        ("rank", models.PositiveSmallIntegerField(default=1)),
                        ("last_ok_at", models.DateTimeField(blank=True, null=True)),
                        ("last_failed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ways",
                                to="records.person",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ways",
                                to="records.post",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="way_in_organisation"),
                            models.Index(fields=["way", "org_path", "id"], name="way_way"),
                            models.Index(fields=["confirmed_at", "id"], name="way_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="way_retired",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("person__isnull", False), ("post__isnull", False), _connector="OR"),
                                name="way_belongs_to_somebody",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostHolding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="holdings",
                                to="records.person",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="holdings", to="records.post"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("post_id", "-starts_at"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="holding_in_organisation"),
                            models.Index(fields=["confirmed_at", "id"], name="holding_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="holding_retired",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                                ),
                                name="holding_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Qualification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=60)),
                        ("number", models.CharField(blank=True, default="", max_length=80)),
                        ("issuer", models.CharField(blank=True, default="", max_length=200)),
                        ("issued_on", models.DateField(blank=True, null=True)),
                        ("expires_on", models.DateField(blank=True, null=True)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        ("is_counted", models.BooleanField(default=False, editable=False)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="certificates",
                                to="records.person",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="qualification_in_organisation"),
                            models.Index(fields=["kind", "id"], name="qualification_by_kind"),
                            models.Index(fields=["expires_on", "id"], name="qualification_by_expires_on"),
                            models.Index(fields=["confirmed_at", "id"], name="qualification_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="qualification_retired",
                            ),
                            models.Index(
                                condition=models.Q(("expires_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "expires_on", "id"],
                                name="qualification_due_expires_on",
                            ),
                            models.Index(
                                condition=models.Q(("is_counted", True)),
                                fields=["expires_on"],
                                name="qualification_counted",
                            ),
                            models.Index(
                                condition=models.Q(("expires_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["expires_on", "org_path", "id", "retired_at"],
                                name="qualification_days_expires_on",
                            ),
                            models.Index(
                                condition=models.Q(("is_counted", False)),
                                fields=["issued_on"],
                                name="qualification_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "kind", "number"), name="qualification_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoadClosure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("area", models.JSONField()),
                        ("factor", models.FloatField(blank=True, null=True)),
                        ("reason", models.CharField(max_length=200)),
                        ("closed_at", models.DateTimeField()),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="road_closures",
                                to="records.incident",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(condition=models.Q(("opened_at", None)), fields=["id"], name="road_closed_now")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("factor", None), ("factor__gte", 1), _connector="OR"),
                                name="closure_never_faster",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolClass",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("grade", models.CharField(blank=True, default="", max_length=20)),
                        ("building", models.CharField(blank=True, default="", max_length=40)),
                        ("floor", models.SmallIntegerField(blank=True, null=True)),
                        ("room", models.CharField(blank=True, default="", max_length=20)),
                        ("pupils", models.PositiveIntegerField(default=0)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="classes",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "teacher",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.person",
                            ),
                        ),
                        (
                            "teacher_post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.post",
                            ),
                        ),
                        (
                            "assembly",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.site",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="classes",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="class_in_organisation")],
                    },
                ),
                migrations.CreateModel(
                    name="OpeningException",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("first_on", models.DateField()),
                        ("last_on", models.DateField(blank=True, null=True)),
                        ("reason", models.CharField(max_length=12)),
                        ("hours", models.CharField(blank=True, default="", max_length=80)),
                        ("is_yearly", models.BooleanField(default=False)),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opening_exceptions",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="exception_in_organisation"),
                            models.Index(fields=["reason", "org_path", "id"], name="exception_reason"),
                            models.Index(fields=["first_on", "id"], name="exception_by_first_on"),
                            models.Index(fields=["confirmed_at", "id"], name="exception_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="exception_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("site", "first_on"), name="exception_once")],
                    },
                ),
                migrations.CreateModel(
                    name="HazardPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("substance", models.CharField(blank=True, default="", max_length=120)),
                        ("un_number", models.CharField(blank=True, default="", max_length=4)),
                        ("quantity", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("quantity_unit", models.CharField(blank=True, default="", max_length=8)),
                        ("dangers", models.JSONField(blank=True, default=list)),
                        ("grade", models.CharField(blank=True, default="", max_length=8)),
                        ("erg_guide", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("reach_m", models.PositiveIntegerField(blank=True, null=True)),
                        ("endangered", models.PositiveIntegerField(blank=True, null=True)),
                        ("endangered_who", models.CharField(blank=True, default="", max_length=400)),
                        ("basis", models.CharField(blank=True, default="", max_length=400)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("geometry", models.JSONField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hazard_points",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hazard_points",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="hazard_point_in_organisation"),
                            models.Index(fields=["lat", "lon"], name="hazard_point_nearby"),
                            models.Index(fields=["substance", "org_path", "id"], name="hazard_point_substance"),
                            models.Index(fields=["grade", "org_path", "id"], name="hazard_point_grade"),
                            models.Index(fields=["confirmed_at", "id"], name="hazard_point_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="hazard_point_retired",
                            ),
                            models.Index(
                                youbei.records.models.cells.Cell(), models.F("id"), name="hazard_point_in_cell"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExamRoom",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.CharField(max_length=40)),
                        ("use", models.CharField(default="standard", max_length=12)),
                        ("building", models.CharField(blank=True, default="", max_length=40)),
                        ("floor", models.SmallIntegerField(blank=True, null=True)),
                        ("room", models.CharField(blank=True, default="", max_length=20)),
                        ("seats", models.PositiveIntegerField()),
                        ("has_camera", models.BooleanField(blank=True, null=True)),
                        ("has_shield", models.BooleanField(blank=True, null=True)),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exam_rooms",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="exam_room_in_organisation"),
                            models.Index(fields=["use", "org_path", "id"], name="exam_room_use"),
                            models.Index(fields=["confirmed_at", "id"], name="exam_room_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="exam_room_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("site", "code"), name="exam_room_once")],
                    },
                ),
                migrations.CreateModel(
                    name="BedCapacity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("beds", models.PositiveIntegerField()),
                        ("free", models.PositiveIntegerField(blank=True, null=True)),
                        ("free_at", models.DateTimeField(blank=True, null=True)),
                        ("surge", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bed_capacities",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="beds_in_organisation"),
                            models.Index(fields=["kind", "org_path", "id"], name="beds_kind"),
                            models.Index(fields=["confirmed_at", "id"], name="beds_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="beds_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("site", "kind"), name="beds_once")],
                    },
                ),
                migrations.CreateModel(
                    name="StockLot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "code",
                            models.CharField(default=youbei.records.models.stock.free_code, max_length=80, unique=True),
                        ),
                        ("shelf", models.CharField(blank=True, default="", max_length=60)),
                        ("reserve", models.CharField(default="government", max_length=12)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("reserved", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                        ("batch_no", models.CharField(blank=True, default="", max_length=60)),
                        ("produced_on", models.DateField(blank=True, null=True)),
                        ("received_on", models.DateField(blank=True, null=True)),
                        ("expires_on", models.DateField(blank=True, null=True)),
                        ("condition", models.CharField(default="good", max_length=12)),
                        ("unit_value", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("next_test_on", models.DateField(blank=True, null=True)),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="records.agreement",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="records.item",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organisation"
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="records.site"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["item", "lat", "lon"], name="stock_nearby"),
                            models.Index(fields=["org_path", "id"], name="stock_in_organisation"),
                            models.Index(fields=["item", "org_path", "id"], name="stock_item"),
                            models.Index(fields=["reserve", "org_path", "id"], name="stock_reserve"),
                            models.Index(fields=["condition", "org_path", "id"], name="stock_condition"),
                            models.Index(fields=["site", "org_path", "id"], name="stock_site"),
                            models.Index(fields=["item", "reserve", "org_path", "id"], name="stock_item_reserve"),
                            models.Index(fields=["item", "condition", "org_path", "id"], name="stock_item_condition"),
                            models.Index(
                                fields=["reserve", "condition", "org_path", "id"], name="stock_reserve_condition"
                            ),
                            models.Index(fields=["expires_on", "id"], name="stock_by_expires_on"),
                            models.Index(fields=["next_test_on", "id"], name="stock_by_next_test_on"),
                            models.Index(fields=["received_on", "id"], name="stock_by_received_on"),
                            models.Index(fields=["confirmed_at", "id"], name="stock_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="stock_retired",
                            ),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", True)),
                                fields=["item", "next_test_on", "org_path", "id"],
                                name="stock_tests_of_item",
                            ),
                            models.Index(
                                condition=models.Q(("expires_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["expires_on", "org_path", "id", "retired_at", "quantity"],
                                name="stock_days_expires_on",
                            ),
                            models.Index(
                                condition=models.Q(("next_test_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["next_test_on", "org_path", "id", "retired_at", "quantity"],
                                name="stock_days_next_test_on",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="stock_in_cell"),
                            models.Index(
                                condition=models.Q(("expires_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "expires_on", "id", "retired_at", "quantity"],
                                name="stock_due_expires_on",
                            ),
                            models.Index(
                                condition=models.Q(("next_test_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "next_test_on", "id", "retired_at", "quantity"],
                                name="stock_due_next_test_on",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="stock_not_negative"),
                            models.CheckConstraint(
                                condition=models.Q(("reserved__gte", 0), ("reserved__lte", models.F("quantity"))),
                                name="stock_reserved_within_quantity",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockOrder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("purpose", models.CharField(max_length=200)),
                        ("use_on", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("reserved", "Reserved"), ("issued", "Issued"), ("cancelled", "Cancelled")],
                                max_length=10,
                            ),
                        ),
                        ("reason", models.TextField(blank=True, default="")),
                        ("made_at", models.DateTimeField()),
                        ("made_by", models.CharField(max_length=120)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stock_orders",
                                to="records.incident",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.item"
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="order_in_organisation"),
                            models.Index(fields=["state", "-id"], name="order_by_state"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Team",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("professional", "Professional"),
                                    ("enterprise", "Enterprise"),
                                    ("volunteer", "Volunteer"),
                                    ("grass_roots", "Grass Roots"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("employment", models.CharField(blank=True, default="", max_length=10)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("available", "Available"),
                                    ("assigned", "Assigned"),
                                    ("out_of_service", "Out Of Service"),
                                ],
                                default="available",
                                max_length=20,
                            ),
                        ),
                        ("status_note", models.CharField(blank=True, default="", max_length=200)),
                        ("capabilities", models.JSONField(blank=True, default=dict)),
                        ("grade", models.CharField(blank=True, default="", max_length=10)),
                        ("grade_until", models.DateField(blank=True, null=True)),
                        ("strength", models.PositiveIntegerField(default=0)),
                        ("required_strength", models.PositiveIntegerField(blank=True, null=True)),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        ("turn_out_s", models.PositiveIntegerField()),
                        ("measured_turn_out_s", models.PositiveIntegerField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, default="", max_length=40)),
                        ("insurer", models.CharField(blank=True, default="", max_length=200)),
                        ("insured_until", models.DateField(blank=True, null=True)),
                        ("established_on", models.DateField(blank=True, null=True)),
                        (
                            "leader",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.person",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="teams",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="team_in_organisation"),
                            models.Index(fields=["kind", "org_path", "id"], name="team_kind"),
                            models.Index(fields=["employment", "org_path", "id"], name="team_employment"),
                            models.Index(fields=["status", "org_path", "id"], name="team_status"),
                            models.Index(fields=["grade", "org_path", "id"], name="team_grade"),
                            models.Index(fields=["kind", "employment", "org_path", "id"], name="team_kind_employment"),
                            models.Index(fields=["kind", "status", "org_path", "id"], name="team_kind_status"),
                            models.Index(fields=["kind", "grade", "org_path", "id"], name="team_kind_grade"),
                            models.Index(
                                fields=["employment", "status", "org_path", "id"], name="team_employment_status"
                            ),
                            models.Index(
                                fields=["employment", "grade", "org_path", "id"], name="team_employment_grade"
                            ),
                            models.Index(fields=["status", "grade", "org_path", "id"], name="team_status_grade"),
                            models.Index(fields=["grade_until", "id"], name="team_by_grade_until"),
                            models.Index(fields=["insured_until", "id"], name="team_by_insured_until"),
                            models.Index(fields=["established_on", "id"], name="team_by_established_on"),
                            models.Index(fields=["confirmed_at", "id"], name="team_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="team_retired",
                            ),
                            models.Index(
                                condition=models.Q(("grade_until__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "grade_until", "id"],
                                name="team_due_grade_until",
                            ),
                            models.Index(
                                condition=models.Q(("insured_until__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "insured_until", "id"],
                                name="team_due_insured_until",
                            ),
                            models.Index(
                                condition=models.Q(("grade_until__isnull", False), ("retired_at__isnull", True)),
                                fields=["grade_until", "org_path", "id", "retired_at"],
                                name="team_days_grade_until",
                            ),
                            models.Index(
                                condition=models.Q(("insured_until__isnull", False), ("retired_at__isnull", True)),
                                fields=["insured_until", "org_path", "id", "retired_at"],
                                name="team_days_insured_until",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="team_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vetting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("scope", models.CharField(max_length=20)),
                        ("vetted_on", models.DateField()),
                        ("vetted_by", models.CharField(max_length=200)),
                        ("result", models.CharField(max_length=12)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="vettings",
                                to="records.person",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="vetting_in_organisation")],
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "scope", "vetted_on"), name="vetting_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=120)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("body", models.JSONField(null=True)),
                        ("created_at", models.DateTimeField(db_index=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once_per_user")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("subject_id", models.BigIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("state", models.JSONField(default=dict)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("problem_zh", models.CharField(blank=True, default="", max_length=400)),
                        ("problem_en", models.CharField(blank=True, default="", max_length=400)),
                        ("is_cancelled", models.BooleanField(default=False)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("queued_at", models.DateTimeField()),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["queued", "running"])),
                                fields=["id"],
                                name="job_waiting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OneTimeDevice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("secret", models.TextField()),
                        ("last_step", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="one_time_device",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Grant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("duty_officer", "duty_officer"),
                                    ("commander", "commander"),
                                    ("responder", "responder"),
                                    ("planner", "planner"),
                                    ("resource_keeper", "resource_keeper"),
                                    ("registrar", "registrar"),
                                    ("vetting_officer", "vetting_officer"),
                                    ("exercise_director", "exercise_director"),
                                    ("inspector", "inspector"),
                                    ("observer", "observer"),
                                    ("administrator", "administrator"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("given_by", models.CharField(blank=True, default="", max_length=120)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "delegated_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="grants_lent",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "delegated_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lent",
                                to="records.grant",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="grants",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="grants",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="grant_by_path"),
                            models.Index(fields=["role", "ends_at"], name="grant_by_role"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                                ),
                                name="grant_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("delegated_by__isnull", True), ("delegated_from__isnull", True)),
                                    models.Q(
                                        ("delegated_by__isnull", False),
                                        ("delegated_from__isnull", False),
                                        ("ends_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_delegated_grant_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=80)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("permissions", models.JSONField(blank=True, null=True)),
                        ("org_path", youbei.records.models.path.PathField(default="/", max_length=255)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                    },
                ),
                migrations.CreateModel(
                    name="OutsideLogin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("provider", models.SlugField(max_length=40)),
                        ("value", models.CharField(max_length=200)),
                        ("subject", models.CharField(blank=True, default="", max_length=255)),
                        ("made_at", models.DateTimeField()),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="outside_logins",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("provider", "id"),
                        "constraints": [
                            models.UniqueConstraint(fields=("provider", "value"), name="outside_value_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("subject", ""), _negated=True),
                                fields=("provider", "subject"),
                                name="outside_subject_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Passkey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=80)),
                        ("credential_id", models.CharField(max_length=1400, unique=True)),
                        ("credential", models.BinaryField()),
                        ("handle", models.CharField(max_length=100)),
                        ("sign_count", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="passkeys",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                    },
                ),
                migrations.CreateModel(
                    name="RecordChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("record_id", models.BigIntegerField()),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("at", models.DateTimeField()),
                        ("by_label", models.CharField(max_length=120)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("created", "Created"),
                                    ("changed", "Changed"),
                                    ("confirmed", "Confirmed"),
                                    ("retired", "Retired"),
                                    ("revived", "Revived"),
                                    ("erased", "Erased"),
                                    ("removed", "Removed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("source", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["register", "record_id", "-id"], name="change_of_record"),
                            models.Index(
                                condition=models.Q(("source", ""), _negated=True),
                                fields=["source", "id"],
                                name="change_by_source",
                            ),
                            models.Index(fields=["org_path", "-id"], name="change_in_organisation"),
                            models.Index(fields=["at", "id"], name="change_in_time"),
                            models.Index(fields=["register", "at", "id"], name="change_of_register"),
                            models.Index(fields=["by", "at", "id"], name="change_by_user"),
                            models.Index(fields=["kind", "at", "id"], name="change_of_kind"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recovery_codes",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("user", "digest"), name="recovery_code_once")],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("query", models.CharField(blank=True, default="", max_length=1000)),
                        ("is_default", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="records.organisation",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name", "id"),
                        "constraints": [
                            models.UniqueConstraint(fields=("owner", "register", "name"), name="saved_view_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("owner", "register"),
                                name="one_default_view",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("session_key", models.CharField(max_length=40, unique=True)),
                        ("started_at", models.DateTimeField()),
                        ("last_seen_at", models.DateTimeField()),
                        ("address", models.CharField(max_length=64)),
                        ("agent", models.CharField(blank=True, default="", max_length=300)),
                        ("method", models.CharField(max_length=40)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "end",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("signed_out", "Signed Out"),
                                    ("ended_here", "Ended Here"),
                                    ("ended_by_administrator", "Ended By Administrator"),
                                    ("deactivated", "Deactivated"),
                                    ("password_changed", "Password Changed"),
                                    ("factor_changed", "Factor Changed"),
                                ],
                                default="",
                                max_length=30,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sign_ins",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["user", "-id"], name="sign_in_by_user")],
                    },
                ),
                migrations.CreateModel(
                    name="EquipmentTest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("tested_on", models.DateField()),
                        ("kind", models.CharField(max_length=20)),
                        ("tested_by", models.CharField(max_length=200)),
                        ("result", models.CharField(max_length=10)),
                        ("next_due_on", models.DateField(blank=True, null=True)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="tests", to="records.stocklot"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="test_in_organisation")],
                        "constraints": [
                            models.UniqueConstraint(fields=("lot", "tested_on", "kind"), name="equipment_test_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockOrderLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reserve", models.CharField(max_length=12)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        ("ready_h", models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                        ("unit_price", models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.capacityline",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.stocklot",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.marketoffer",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="records.stockorder",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="order_line_above_zero"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockPosting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("name", models.CharField(blank=True, default="", max_length=120)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                        (
                            "lot",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="postings",
                                to="records.stocklot",
                            ),
                        ),
                        (
                            "movement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="records.stockmovement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["lot", "id"], name="posting_of_lot")],
                    },
                ),
                migrations.CreateModel(
                    name="MoveUp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        ("reason", models.TextField(blank=True, default="")),
                        ("ordered_at", models.DateTimeField()),
                        ("ordered_by", models.CharField(max_length=120)),
                        ("leaves_at", models.DateTimeField()),
                        ("expected_at", models.DateTimeField()),
                        ("route", models.JSONField(null=True)),
                        ("arrived_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_by",
                            models.CharField(
                                blank=True,
                                choices=[("returned", "Returned"), ("sent", "Sent")],
                                default="",
                                max_length=10,
                            ),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves_up",
                                to="records.homecover",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves_up",
                                to="records.incident",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="moves_up", to="records.team"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["incident", "ended_at", "-id"], name="move_up_going_on")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True), ("incident__isnull", True)),
                                fields=("team",),
                                name="move_up_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True), ("incident__isnull", False)),
                                fields=("team", "incident"),
                                name="move_up_once_in_exercise",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("held_on", models.DateField()),
                        ("held_by", models.CharField(max_length=200)),
                        ("score", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("result", models.CharField(max_length=12)),
                        ("next_due_on", models.DateField(blank=True, null=True)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.person"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="member_reviews",
                                to="records.team",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="member_review_in_organisation"),
                            models.Index(fields=["next_due_on", "id"], name="member_review_by_next_due_on"),
                            models.Index(fields=["confirmed_at", "id"], name="member_review_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="member_review_retired",
                            ),
                            models.Index(
                                condition=models.Q(("next_due_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "next_due_on", "id"],
                                name="member_review_due_next_due_on",
                            ),
                            models.Index(
                                condition=models.Q(("next_due_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["next_due_on", "org_path", "id", "retired_at"],
                                name="member_review_days_next_due_on",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("team", "person", "kind", "held_on"), name="member_review_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TeamCapability",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("type", models.PositiveSmallIntegerField(default=1)),
                        ("is_available", models.BooleanField(default=True)),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        (
                            "capability",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.capability",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="team_capabilities",
                                to="records.team",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["capability", "is_available", "lat", "lon"], name="capability_nearby")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("team", "capability"), name="team_capability_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TeamEquipment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("required", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                        ("present", models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                        ("serviceable", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.item"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="equipment", to="records.team"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="equipment_in_organisation"),
                            models.Index(fields=["item", "org_path", "id"], name="equipment_item"),
                            models.Index(fields=["confirmed_at", "id"], name="equipment_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="equipment_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("team", "item"), name="team_equipment_once")],
                    },
                ),
                migrations.CreateModel(
                    name="TeamMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("role", models.CharField(blank=True, default="", max_length=40)),
                        ("joined_on", models.DateField(blank=True, null=True)),
                        ("left_on", models.DateField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="records.person",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="members", to="records.team"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="member_in_organisation"),
                            models.Index(fields=["confirmed_at", "id"], name="member_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="member_retired",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("team", "person"), name="team_member_once")],
                    },
                ),
                migrations.CreateModel(
                    name="TeamReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("held_on", models.DateField()),
                        ("held_by", models.CharField(max_length=200)),
                        ("score", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("result", models.CharField(max_length=12)),
                        ("next_due_on", models.DateField(blank=True, null=True)),
                        ("document", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "reviewer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.person",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="records.team"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="review_in_organisation"),
                            models.Index(fields=["next_due_on", "id"], name="review_by_next_due_on"),
                            models.Index(
                                condition=models.Q(("next_due_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["org_path", "next_due_on", "id"],
                                name="review_due_next_due_on",
                            ),
                            models.Index(
                                condition=models.Q(("next_due_on__isnull", False), ("retired_at__isnull", True)),
                                fields=["next_due_on", "org_path", "id", "retired_at"],
                                name="review_days_next_due_on",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("team", "kind", "held_on"), name="team_review_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TeamRole",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.CharField(max_length=40)),
                        ("needed", models.PositiveIntegerField(default=1)),
                        ("qualifications", models.CharField(blank=True, default="", max_length=400)),
                        ("vetting", models.CharField(blank=True, default="", max_length=40)),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="records.team"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [models.Index(fields=["org_path", "id"], name="role_in_organisation")],
                        "constraints": [models.UniqueConstraint(fields=("team", "code"), name="team_role_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Vehicle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("org_path", youbei.records.models.path.PathField(default="", editable=False, max_length=255)),
                        ("remarks", models.TextField(blank=True, default="")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("plate", models.CharField(blank=True, default="", max_length=20)),
                        ("kind", models.CharField(max_length=20)),
                        ("status", models.CharField(default="available", max_length=20)),
                        ("payload_kg", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("volume_m3", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                        ("seats", models.PositiveIntegerField(blank=True, null=True)),
                        ("placed_at", models.DateTimeField(editable=False, null=True)),
                        ("inspected_until", models.DateField(blank=True, null=True)),
                        ("lat", models.FloatField()),
                        ("lon", models.FloatField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vehicles",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "site",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vehicle",
                                to="records.site",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vehicles",
                                to="records.team",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="vehicle_in_organisation"),
                            models.Index(fields=["kind", "org_path", "id"], name="vehicle_kind"),
                            models.Index(fields=["status", "org_path", "id"], name="vehicle_status"),
                            models.Index(fields=["kind", "status", "org_path", "id"], name="vehicle_kind_status"),
                            models.Index(fields=["inspected_until", "id"], name="vehicle_by_inspected_until"),
                            models.Index(fields=["confirmed_at", "id"], name="vehicle_by_confirmed_at"),
                            models.Index(
                                condition=models.Q(("retired_at__isnull", False)),
                                fields=["org_path", "id"],
                                name="vehicle_retired",
                            ),
                            models.Index(
                                condition=models.Q(("payload_kg__gte", 1), ("retired_at__isnull", True)),
                                fields=["lat", "lon"],
                                name="vehicle_to_load_nearby",
                            ),
                            models.Index(youbei.records.models.cells.Cell(), models.F("id"), name="vehicle_in_cell"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ColumnChoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("heading", models.CharField(max_length=120)),
                        ("field", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "register", "heading"), name="column_choice_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("title_zh", models.CharField(max_length=120)),
                        ("title_en", models.CharField(blank=True, default="", max_length=120)),
                        ("text_zh", models.TextField(blank=True, default="")),
                        ("text_en", models.TextField(blank=True, default="")),
                        ("registers", models.JSONField(default=list)),
                        ("unit_kinds", models.JSONField(default=list)),
                        ("is_stale_only", models.BooleanField(default=False)),
                        ("only_records", models.JSONField(default=dict)),
                        ("opens_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("reminder_days", models.JSONField(default=list)),
                        ("climb_days", models.PositiveSmallIntegerField(default=2)),
                        (
                            "status",
                            models.CharField(
                                choices=[("opening", "Opening"), ("open", "Open"), ("closed", "Closed")],
                                default="opening",
                                max_length=10,
                            ),
                        ),
                        ("units_total", models.PositiveIntegerField(default=0)),
                        ("units_done", models.PositiveIntegerField(default=0)),
                        ("items_total", models.PositiveIntegerField(default=0)),
                        ("items_done", models.PositiveIntegerField(default=0)),
                        ("repeats", models.CharField(blank=True, default="", max_length=10)),
                        ("number", models.PositiveSmallIntegerField(default=0)),
                        ("next_opens_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "first",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rounds",
                                to="records.campaign",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaigns",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="campaign_in_organisation"),
                            models.Index(
                                condition=models.Q(("next_opens_at__isnull", False)),
                                fields=["next_opens_at"],
                                name="campaign_round_due",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("first", "number"), name="campaign_round_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SheetImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("uploaded", "Uploaded"),
                                    ("checking", "Checking"),
                                    ("checked", "Checked"),
                                    ("applying", "Applying"),
                                    ("applied", "Applied"),
                                    ("undoing", "Undoing"),
                                    ("undone", "Undone"),
                                    ("cancelled", "Cancelled"),
                                    ("failed", "Failed"),
                                ],
                                default="uploaded",
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("file", models.CharField(max_length=80)),
                        ("digest", models.CharField(max_length=64)),
                        ("sheet", models.CharField(blank=True, default="", max_length=100)),
                        ("headings", models.JSONField(default=list)),
                        ("matches", models.JSONField(default=dict)),
                        ("language", models.CharField(default="zh-hans", max_length=10)),
                        ("samples", models.JSONField(default=dict)),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("added", models.PositiveIntegerField(default=0)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("unchanged", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("kept_back", models.PositiveIntegerField(default=0)),
                        ("uploaded_at", models.DateTimeField()),
                        ("applied_at", models.DateTimeField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="imports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                    },
                ),
                migrations.CreateModel(
                    name="SitingStudy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("question", models.CharField(max_length=12)),
                        ("asked", models.JSONField(default=dict)),
                        ("answer", models.JSONField(null=True)),
                        ("asked_at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["org_path", "-id"], name="study_in_organisation")],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("nonce", models.CharField(max_length=32)),
                        ("notices", models.JSONField(default=list)),
                        ("next_notice_at", models.DateTimeField(null=True)),
                        ("opened_at", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("climbed", models.PositiveSmallIntegerField(default=0)),
                        ("items_total", models.PositiveIntegerField(default=0)),
                        ("items_done", models.PositiveIntegerField(default=0)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="units", to="records.campaign"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.organisation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("org_path", "id"),
                        "indexes": [
                            models.Index(fields=["campaign", "org_path", "id"], name="campaign_units"),
                            models.Index(
                                condition=models.Q(("next_notice_at__isnull", False)),
                                fields=["next_notice_at"],
                                name="campaign_notice_due",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "organisation"), name="campaign_unit_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("record_id", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("still_true", "Still True"),
                                    ("changed", "Changed"),
                                    ("gone", "Gone"),
                                    ("added", "Added"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=400)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="records.campaignunit",
                            ),
                        ),
                        ("mark", models.CharField(blank=True, default="", max_length=40)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(fields=("unit", "register", "record_id"), name="campaign_item_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Plan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255),
                        ),
                        ("code", models.SlugField(max_length=80, unique=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("hazards", models.JSONField(default=list)),
                        ("is_withdrawn", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "current",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.planversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                    },
                ),
                migrations.CreateModel(
                    name="PlanVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.CharField(max_length=40)),
                        ("data", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("stage", models.CharField(max_length=20)),
                        ("stored_at", models.DateTimeField()),
                        ("stored_by", models.CharField(max_length=120)),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="records.plan"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [models.UniqueConstraint(fields=("plan", "version"), name="plan_version_once")],
                    },
                ),
                migrations.CreateModel(
                    name="PlanPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("part", models.CharField(max_length=160)),
                        ("site_code", models.CharField(blank=True, default="", max_length=80)),
                        ("lat", models.FloatField(null=True)),
                        ("lon", models.FloatField(null=True)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="places",
                                to="records.planversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("site_code", ""), _negated=True),
                                fields=["site_code"],
                                name="plan_place_site",
                            ),
                            models.Index(
                                condition=models.Q(("lat__isnull", False)),
                                fields=["lat", "lon"],
                                name="plan_place_nearby",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255),
                        ),
                        ("mode", models.CharField(choices=[("real", "Real"), ("exercise", "Exercise")], max_length=10)),
                        (
                            "phase",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("active", "Active"),
                                    ("ended", "Ended"),
                                    ("assessed", "Assessed"),
                                ],
                                default="new",
                                max_length=10,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(null=True)),
                        ("proposed_level", models.PositiveSmallIntegerField(null=True)),
                        ("is_end_proposed", models.BooleanField(default=False)),
                        ("seq", models.PositiveIntegerField(default=0)),
                        ("clock", models.JSONField(null=True)),
                        ("advanced_to", models.DateTimeField(null=True)),
                        ("next_due_at", models.DateTimeField(null=True)),
                        ("activated_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("steps_total", models.PositiveSmallIntegerField(default=0)),
                        ("steps_done", models.PositiveSmallIntegerField(default=0)),
                        ("steps_late", models.PositiveSmallIntegerField(default=0)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="records.incident"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="records.planversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_due_at__isnull", False)),
                                fields=["next_due_at"],
                                name="run_due",
                            ),
                            models.Index(fields=["phase", "-activated_at"], name="run_by_phase"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Exercise",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("code", models.CharField(max_length=80)),
                        ("version", models.CharField(blank=True, default="", max_length=40)),
                        ("type", models.CharField(max_length=20)),
                        ("title_zh", models.CharField(max_length=200)),
                        ("title_en", models.CharField(blank=True, default="", max_length=200)),
                        ("data", models.JSONField(blank=True, null=True)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("sealed", "Sealed"),
                                    ("running", "Running"),
                                    ("paused", "Paused"),
                                    ("suspended", "Suspended"),
                                    ("ended", "Ended"),
                                    ("closed", "Closed"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("is_announced", models.BooleanField(default=True)),
                        ("planned_at", models.DateTimeField(blank=True, null=True)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("end_reason", models.CharField(blank=True, default="", max_length=200)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("created_by", models.CharField(max_length=120)),
                        (
                            "broken_off_for",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="broke_off",
                                to="records.incident",
                            ),
                        ),
                        (
                            "incident",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exercise",
                                to="records.incident",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exercises",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exercises",
                                to="records.planversion",
                            ),
                        ),
                        (
                            "run",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exercise",
                                to="records.run",
                            ),
                        ),
                        ("hot_wash_with", models.CharField(blank=True, default="", max_length=40)),
                    ],
                    options={
                        "ordering": ("-created_at", "-id"),
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="exercise_newest"),
                            models.Index(fields=["org_path", "-created_at"], name="exercise_newest_in"),
                            models.Index(fields=["status", "-created_at", "-id"], name="exercise_by_status"),
                            models.Index(fields=["organisation", "started_at"], name="exercise_held"),
                            models.Index(
                                condition=models.Q(("status", "ended"), models.Q(("hot_wash_with", ""), _negated=True)),
                                fields=["ended_at"],
                                name="exercise_asks",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Finding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("key", models.CharField(blank=True, default="", max_length=200)),
                        ("source", models.CharField(max_length=20)),
                        ("severity", models.CharField(max_length=10)),
                        ("element", models.CharField(max_length=20)),
                        ("state", models.CharField(default="open", max_length=12)),
                        ("title_zh", models.CharField(blank=True, default="", max_length=300)),
                        ("title_en", models.CharField(blank=True, default="", max_length=300)),
                        ("detail", models.TextField(blank=True, default="")),
                        ("cause", models.TextField(blank=True, default="")),
                        ("place", models.CharField(blank=True, default="", max_length=200)),
                        ("evidence", models.JSONField(default=list)),
                        ("needs_retest", models.BooleanField(default=False)),
                        ("treatment", models.CharField(blank=True, default="", max_length=10)),
                        ("measures", models.TextField(blank=True, default="")),
                        ("responsible", models.CharField(blank=True, default="", max_length=200)),
                        ("funds", models.CharField(blank=True, default="", max_length=200)),
                        ("due_on", models.DateField(null=True)),
                        ("interim_plan", models.TextField(blank=True, default="")),
                        ("stages", models.JSONField(default=list)),
                        ("why_not", models.TextField(blank=True, default="")),
                        ("doers", models.JSONField(default=list)),
                        ("found_at", models.DateTimeField()),
                        ("found_by", models.CharField(max_length=120)),
                        ("moved_on", models.DateField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by", models.CharField(blank=True, default="", max_length=120)),
                        ("deadline_on", models.DateField(null=True)),
                        ("next_on", models.DateField(null=True)),
                        ("climbed", models.PositiveSmallIntegerField(default=0)),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="findings",
                                to="records.incident",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="findings",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="findings",
                                to="records.plan",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.planversion",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="findings",
                                to="records.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "-id"], name="finding_in_organisation"),
                            models.Index(fields=["state", "-id"], name="finding_by_state"),
                            models.Index(fields=["source", "-id"], name="finding_by_source"),
                            models.Index(fields=["plan", "-id"], name="finding_of_plan"),
                            models.Index(fields=["run", "-id"], name="finding_of_run"),
                            models.Index(
                                condition=models.Q(("deadline_on__isnull", False)),
                                fields=["deadline_on", "id"],
                                name="finding_late",
                            ),
                            models.Index(
                                condition=models.Q(("next_on__isnull", False)),
                                fields=["next_on", "id"],
                                name="finding_to_tell",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True), fields=("key",), name="finding_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=160, unique=True)),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255),
                        ),
                        ("mode", models.CharField(max_length=10)),
                        ("channel", models.CharField(max_length=20)),
                        ("recipient", models.CharField(max_length=120)),
                        ("address", models.CharField(blank=True, default="", max_length=200)),
                        ("subject_zh", models.CharField(max_length=200)),
                        ("subject_en", models.CharField(max_length=200)),
                        ("body_zh", models.TextField(blank=True, default="")),
                        ("body_en", models.TextField(blank=True, default="")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sent", "Sent"),
                                    ("recorded", "Recorded"),
                                    ("refused", "Refused"),
                                    ("failed", "Failed"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("queued_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="records.incident",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="records.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(fields=["status", "due_at"], name="message_due"),
                            models.Index(fields=["status", "-id"], name="message_by_status"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunNeed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("need", models.CharField(max_length=160)),
                        ("opened_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("asked", models.FloatField()),
                        ("assigned", models.FloatField(default=0)),
                        ("arrived", models.FloatField(default=0)),
                        ("is_met", models.BooleanField(default=False)),
                        ("is_short", models.BooleanField(default=False)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="needs", to="records.run"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("run", "need"), name="run_need_once")],
                    },
                ),
                migrations.CreateModel(
                    name="RunPost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("post", models.CharField(max_length=80)),
                        ("holder", models.CharField(blank=True, default="", max_length=120)),
                        ("since_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="run_posts",
                                to="records.person",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="records.run"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("run", "post"), name="run_post_once")],
                    },
                ),
                migrations.CreateModel(
                    name="RunStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("step", models.CharField(max_length=80)),
                        ("owner", models.CharField(max_length=80)),
                        ("status", models.CharField(default="waiting", max_length=10)),
                        ("opened_at", models.DateTimeField(null=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("late_at", models.DateTimeField(null=True)),
                        ("note", models.TextField(blank=True, default="")),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="records.run"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("run", "step"), name="run_step_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=120)),
                        ("people", models.PositiveSmallIntegerField()),
                        ("zone", models.CharField(blank=True, default="", max_length=120)),
                        ("entered_at", models.DateTimeField()),
                        ("due_out_at", models.DateTimeField()),
                        ("heard_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="records.run"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.team",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("left_at", None)), fields=["run", "id"], name="entry_inside"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=80)),
                        ("need", models.CharField(max_length=160)),
                        ("resource", models.CharField(max_length=120)),
                        ("label", models.CharField(max_length=200)),
                        ("quantity", models.FloatField()),
                        ("turn_out_s", models.PositiveIntegerField(null=True)),
                        ("reason", models.TextField(blank=True, default="")),
                        ("assigned_at", models.DateTimeField()),
                        ("expected_at", models.DateTimeField()),
                        ("departed_at", models.DateTimeField(null=True)),
                        ("arrived_at", models.DateTimeField(null=True)),
                        ("released_at", models.DateTimeField(null=True)),
                        ("route", models.JSONField(null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="records.run",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="records.stocklot",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="records.team",
                            ),
                        ),
                        (
                            "aid",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="records.aidrequest",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="records.stockorder",
                            ),
                        ),
                        (
                            "vehicle",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="loads",
                                to="records.vehicle",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("run", "code"), name="assignment_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ExerciseSeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("windows", models.JSONField()),
                        ("commitment", models.CharField(max_length=64)),
                        ("sealed_at", models.DateTimeField()),
                        ("sealed_by", models.CharField(max_length=120)),
                        ("ends_at", models.DateTimeField()),
                        ("secret", models.TextField(blank=True, default="")),
                        ("opening", models.JSONField(blank=True, null=True)),
                        ("revealed_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                        (
                            "exercise",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="seal", to="records.exercise"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HeadCount",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("title", models.CharField(max_length=200)),
                        ("is_real", models.BooleanField(default=False)),
                        ("target_s", models.PositiveIntegerField(blank=True, null=True)),
                        ("alarm_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("took_s", models.PositiveIntegerField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("created_by", models.CharField(max_length=120)),
                        (
                            "exercise",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="head_counts",
                                to="records.exercise",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="head_counts",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-created_at", "-id"),
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="head_count_newest"),
                            models.Index(fields=["org_path", "-created_at"], name="head_count_newest_in"),
                            models.Index(fields=["organisation", "-alarm_at"], name="head_count_of_unit"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HotWash",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("questionnaire", models.CharField(max_length=40)),
                        ("questions", models.JSONField()),
                        ("is_anonymous", models.BooleanField(default=True)),
                        ("asked", models.PositiveIntegerField()),
                        ("nonce", models.CharField(max_length=64)),
                        ("opened_at", models.DateTimeField()),
                        ("closes_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "exercise",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="hot_wash",
                                to="records.exercise",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("closed_at", None)),
                                fields=["closes_at"],
                                name="hot_wash_open_until",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Observation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "org_path",
                            youbei.records.models.path.PathField(db_index=True, editable=False, max_length=255),
                        ),
                        ("seq", models.PositiveIntegerField()),
                        ("subject", models.CharField(blank=True, default="", max_length=80)),
                        ("at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("rating", models.CharField(blank=True, default="", max_length=3)),
                        ("source", models.CharField(default="official", max_length=10)),
                        ("text", models.TextField(blank=True, default="")),
                        ("evaluator", models.CharField(max_length=120)),
                        ("evaluator_label", models.CharField(max_length=200)),
                        (
                            "exercise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="observations",
                                to="records.exercise",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("seq",),
                        "constraints": [models.UniqueConstraint(fields=("exercise", "seq"), name="observation_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ref", models.CharField(max_length=120)),
                        (
                            "part",
                            models.CharField(
                                choices=[
                                    ("player", "Player"),
                                    ("controller", "Controller"),
                                    ("evaluator", "Evaluator"),
                                    ("observer", "Observer"),
                                ],
                                default="player",
                                max_length=12,
                            ),
                        ),
                        ("post", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "exercise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participants",
                                to="records.exercise",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participants",
                                to="records.exerciseunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(fields=("exercise", "ref", "part"), name="participant_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("data", models.JSONField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("adopted", "Adopted"), ("dropped", "Dropped")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("drafters", models.JSONField(default=list)),
                        ("opened_at", models.DateTimeField()),
                        ("opened_by", models.CharField(max_length=120)),
                        ("changed_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_by", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "finding",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="drafts",
                                to="records.finding",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="records.plan"
                            ),
                        ),
                        (
                            "base",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.planversion"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.planversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["plan", "-id"], name="drafts_of_plan")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("finding__isnull", False), ("state", "open")),
                                fields=("finding",),
                                name="one_open_draft",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Retest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("way", models.CharField(max_length=12)),
                        ("asks", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[("scheduled", "Scheduled"), ("passed", "Passed"), ("failed", "Failed")],
                                default="scheduled",
                                max_length=10,
                            ),
                        ),
                        ("due_on", models.DateField()),
                        ("made_at", models.DateTimeField()),
                        ("made_by", models.CharField(max_length=120)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("done_by", models.CharField(blank=True, default="", max_length=120)),
                        ("found", models.JSONField(default=dict)),
                        (
                            "finding",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="retests",
                                to="records.finding",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.planversion",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["finding", "-id"], name="retests_of_finding")],
                    },
                ),
                migrations.CreateModel(
                    name="FindingMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("act", models.CharField(max_length=20)),
                        ("at", models.DateTimeField()),
                        ("by_id", models.CharField(max_length=120)),
                        ("by_label", models.CharField(max_length=120)),
                        ("state", models.CharField(max_length=12)),
                        ("note", models.TextField(blank=True, default="")),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        (
                            "finding",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="records.finding"
                            ),
                        ),
                        ("note_en", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [models.Index(fields=["finding", "id"], name="moves_of_finding")],
                    },
                ),
                migrations.CreateModel(
                    name="HeadCountGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, default="", max_length=200)),
                        ("key", models.CharField(max_length=40)),
                        ("place", models.CharField(blank=True, default="", max_length=120)),
                        ("assembly", models.CharField(blank=True, default="", max_length=200)),
                        ("enrolled", models.PositiveIntegerField(default=0)),
                        ("absent", models.PositiveIntegerField(default=0)),
                        ("arrived_at", models.DateTimeField(blank=True, null=True)),
                        ("counted", models.PositiveIntegerField(blank=True, null=True)),
                        ("missing", models.PositiveIntegerField(default=0)),
                        ("found", models.PositiveIntegerField(default=0)),
                        ("note", models.TextField(blank=True, default="")),
                        ("reported_at", models.DateTimeField(blank=True, null=True)),
                        ("stated_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "head_count",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="groups",
                                to="records.headcount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(fields=("head_count", "key"), name="head_count_group_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HotWashAnswer",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("mark", models.CharField(max_length=64)),
                        ("answers", models.JSONField()),
                        ("said_by", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "hot_wash",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="records.hotwash",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(fields=("hot_wash", "mark"), name="hot_wash_answer_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ObservationPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("content", models.BinaryField()),
                        ("media_type", models.CharField(max_length=40)),
                        ("digest", models.CharField(max_length=64)),
                        ("added_at", models.DateTimeField()),
                        (
                            "observation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="records.observation",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HeadCountReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("mark", models.CharField(max_length=64)),
                        ("stated_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
                        ("counted", models.PositiveIntegerField()),
                        ("missing", models.PositiveIntegerField()),
                        ("found", models.PositiveIntegerField(default=0)),
                        ("via", models.CharField(max_length=120)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reports",
                                to="records.headcountgroup",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.UniqueConstraint(fields=("group", "mark"), name="head_count_report_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DebriefLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("purpose", models.CharField(max_length=200)),
                        ("nonce", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        ("made_by", models.CharField(max_length=200)),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("opened", models.PositiveIntegerField(default=0)),
                        ("last_opened_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="debrief_links",
                                to="records.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                    },
                ),
                migrations.CreateModel(
                    name="CountWanted",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=64, unique=True)),
                        ("asked", models.JSONField()),
                        ("wanted_at", models.DateTimeField()),
                        ("is_too_large", models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="RescueEvaluation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("scores", models.JSONField(default=dict)),
                        ("conclusion", models.TextField(blank=True, default="")),
                        ("judged_at", models.DateTimeField()),
                        ("judged_by", models.CharField(max_length=200)),
                        (
                            "run",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rescue_evaluation",
                                to="records.run",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="StressTest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("scenario", models.CharField(blank=True, default="", max_length=120)),
                        ("runs", models.PositiveIntegerField()),
                        ("seed", models.BigIntegerField(default=1)),
                        ("asked_at", models.DateTimeField()),
                        ("asked_by", models.CharField(max_length=200)),
                        ("found", models.JSONField(null=True)),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stress_tests",
                                to="records.planversion",
                            ),
                        ),
                        ("is_nightly", models.BooleanField(default=False)),
                        ("is_any_day", models.BooleanField(default=False)),
                        ("refusal", models.JSONField(null=True)),
                        ("precision", models.FloatField(null=True)),
                        ("calls", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["plan_version", "-id"], name="stress_test_of_version"),
                            models.Index(fields=["org_path", "-id"], name="stress_test_in_organisation"),
                            models.Index(
                                condition=models.Q(("is_nightly", True)),
                                fields=["asked_at"],
                                name="stress_test_nightly",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExerciseUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("task", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                    ("away", "Away"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "exercise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="units", to="records.exercise"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shared_exercises",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [
                            models.Index(fields=["org_path", "id"], name="exercise_unit_in"),
                            models.Index(fields=["organisation", "state"], name="exercise_unit_of"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("exercise", "organisation"), name="exercise_unit_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StressCourse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("role", models.CharField(choices=[("typical", "Typical"), ("bad", "Bad")], max_length=10)),
                        ("number", models.PositiveIntegerField()),
                        ("log", models.JSONField()),
                        ("bases", models.JSONField()),
                        (
                            "test",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="courses",
                                to="records.stresstest",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("test", "role"), name="stress_course_once")],
                    },
                ),
                migrations.CreateModel(
                    name="StressComparison",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("scenario", models.CharField(blank=True, default="", max_length=120)),
                        ("against", models.JSONField()),
                        ("runs", models.PositiveIntegerField()),
                        ("asked_at", models.DateTimeField()),
                        ("asked_by", models.CharField(max_length=200)),
                        ("found", models.JSONField(null=True)),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="records.job",
                            ),
                        ),
                        (
                            "plan_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="comparisons",
                                to="records.planversion",
                            ),
                        ),
                        ("first", models.JSONField(null=True)),
                        ("is_any_day", models.BooleanField(default=False)),
                        ("refusal", models.JSONField(null=True)),
                        ("seed", models.BigIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["plan_version", "-id"], name="stress_comparison_of_version"),
                            models.Index(fields=["org_path", "-id"], name="stress_comparison_in"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Interruption",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "why",
                            models.CharField(
                                choices=[
                                    ("said", "Said"),
                                    ("report", "Report"),
                                    ("run", "Run"),
                                    ("post", "Post"),
                                    ("team", "Team"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=200)),
                        ("at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "exercise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="interruptions",
                                to="records.exercise",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="interruptions",
                                to="records.incident",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="interruptions",
                                to="records.exerciseunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["exercise", "-id"], name="interruption_newest")],
                    },
                ),
                migrations.CreateModel(
                    name="Circumstance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("key", models.CharField(max_length=60)),
                        ("value", models.JSONField()),
                        ("source", models.CharField(max_length=120)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("stated_at", models.DateTimeField()),
                        ("stated_by", models.CharField(max_length=120)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="circumstances",
                                to="records.organisation",
                            ),
                        ),
                        (
                            "alert",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="circumstances",
                                to="records.receivedalert",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [
                            models.Index(fields=["org_path", "ends_at"], name="circumstance_in"),
                            models.Index(fields=["ends_at", "-id"], name="circumstance_until"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                                name="circumstance_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="YardstickDue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("item_pk", models.BigIntegerField()),
                        ("unit_pk", models.BigIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("item_pk", "unit_pk"), name="yardstick_due_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReceivedAlert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("sender", models.CharField(max_length=200)),
                        ("identifier", models.CharField(max_length=200)),
                        ("sent_at", models.DateTimeField()),
                        ("msg_type", models.CharField(max_length=10)),
                        ("references", models.JSONField()),
                        ("title", models.CharField(max_length=200)),
                        ("digest", models.CharField(max_length=64)),
                        ("received_at", models.DateTimeField()),
                        ("received_by", models.CharField(max_length=120)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="alerts",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("sender", "identifier", "sent_at", "organisation"), name="alert_once_in_a_unit"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("register", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("query", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="records.organisation",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pinned_by",
                            models.ManyToManyField(related_name="pinned_reports", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "ordering": ("name", "id"),
                        "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="saved_report_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Webhook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("org_path", youbei.records.models.path.PathField(editable=False, max_length=255)),
                        ("title", models.CharField(max_length=120)),
                        ("address", models.CharField(max_length=500)),
                        ("kinds", models.JSONField(default=list)),
                        (
                            "modes",
                            models.CharField(
                                choices=[("real", "Real"), ("both", "Both"), ("exercise", "Exercise")],
                                default="real",
                                max_length=8,
                            ),
                        ),
                        ("secret", models.TextField()),
                        ("old_secret", models.TextField(blank=True, default="")),
                        ("old_secret_until", models.DateTimeField(null=True)),
                        ("position", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "Active"), ("paused", "Paused"), ("stopped", "Stopped")],
                                default="active",
                                max_length=7,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("created_by", models.CharField(max_length=120)),
                        ("problem_zh", models.CharField(blank=True, default="", max_length=400)),
                        ("problem_en", models.CharField(blank=True, default="", max_length=400)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_success_at", models.DateTimeField(null=True)),
                        ("last_failure_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField()),
                        ("trial_asked_at", models.DateTimeField(null=True)),
                        ("lease", models.CharField(blank=True, default="", max_length=32)),
                        ("lease_until", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="webhooks",
                                to="records.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("id",),
                        "indexes": [models.Index(fields=["org_path", "id"], name="webhook_in_organisation")],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookSending",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=60)),
                        ("attempt", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("took_ms", models.PositiveIntegerField()),
                        ("status", models.PositiveSmallIntegerField()),
                        ("is_taken", models.BooleanField()),
                        ("problem_zh", models.CharField(blank=True, default="", max_length=400)),
                        ("problem_en", models.CharField(blank=True, default="", max_length=400)),
                        ("excerpt", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "webhook",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sendings",
                                to="records.webhook",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-id",),
                        "indexes": [models.Index(fields=["webhook", "-id"], name="sending_of_webhook")],
                    },
                ),
            ],
        ),
        migrations.RunPython(make_head, migrations.RunPython.noop),
        migrations.RunPython(make_search, unmake_search),
        InstallTriggers(),
        InstallCounting(),
    ]
