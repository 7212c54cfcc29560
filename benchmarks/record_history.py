"""What lies behind a province's registers: ledger, history, requirements, tests, and a campaign that asks units."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from youbei.records import models as rows

REQUIREMENTS = 40
ASKED_UNITS = 20
ASKED_OF_EACH = 5
LEDGER = (
    """INSERT INTO records_stockmovement
    (id, verb, at, actor, by_label, org_path, reason, document, source, reverses_id)
    SELECT id, 'open', %s, 'system', 'import', org_path, '', '', '', NULL FROM records_stocklot""",
    """INSERT INTO records_stockposting (movement_id, lot_id, kind, name, quantity)
    SELECT id, id, 'supplier', 'opening', -quantity FROM records_stocklot""",
    """INSERT INTO records_stockposting (movement_id, lot_id, kind, name, quantity)
    SELECT id, id, 'store', '', quantity FROM records_stocklot""",
)
HISTORY = """INSERT INTO records_recordchange (register, record_id, org_path, at, by_label, kind, before, after, source)
    SELECT '{register}', id, org_path, %s, 'import', '{kind}', '{{}}', '{{"remarks": "checked"}}', ''
    FROM records_{table}"""


def plant_history(now: datetime) -> None:
    """Give every lot an opening and every lot and team two entries of history; the rest is as much in any size."""
    with connection.cursor() as cursor:
        for statement in LEDGER:
            cursor.execute(statement, [now] if "%s" in statement else [])
        for kind in ("created", "changed"):
            for register, table in (("lot", "stocklot"), ("team", "team")):
                cursor.execute(HISTORY.format(register=register, table=table, kind=kind), [now])
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('records_stockmovement', 'id'),"
                " (SELECT max(id) FROM records_stockmovement))"
            )
    plant_requirements()
    plant_campaign(now)


def plant_requirements() -> None:
    units = list(rows.Organisation.objects.order_by("path")[:10])
    items = list(rows.Item.objects.order_by("pk")[:4])
    tested = list(rows.Item.objects.order_by("pk").values_list("pk", flat=True))[1::4]
    rows.Item.objects.filter(pk__in=tested).update(test_interval_days=180, shelf_life_days=1500)
    rows.Requirement.objects.bulk_create(
        rows.Requirement(
            organisation=unit,
            org_path=unit.path,
            code=f"requirement-{n}",
            item=items[n % len(items)],
            quantity=Decimal(1000 + n),
            basis="plan",
        )
        for n, unit in enumerate(units[n % len(units)] for n in range(REQUIREMENTS))
    )


def plant_campaign(now: datetime) -> None:
    """Ask as many units about as many teams in any size, at the end of a history that grows with it."""
    root = rows.Organisation.objects.get(parent=None)
    campaign = rows.Campaign.objects.create(
        organisation=root, org_path=root.path, title_zh="年度核对", registers=["team"], status="open",
        opens_at=now, due_at=now + timedelta(days=30), units_total=ASKED_UNITS, items_total=ASKED_UNITS * ASKED_OF_EACH,
    )  # fmt: skip
    homes = rows.Organisation.objects.exclude(parent=None).order_by("pk")[:ASKED_UNITS]
    units = rows.CampaignUnit.objects.bulk_create(
        rows.CampaignUnit(
            campaign=campaign, organisation=unit, org_path=unit.path, nonce=f"{unit.pk:032d}", items_total=ASKED_OF_EACH
        )
        for unit in homes
    )
    teams = rows.Team.objects.order_by("pk").values_list("pk", flat=True)[: len(units) * ASKED_OF_EACH]
    rows.CampaignItem.objects.bulk_create(
        rows.CampaignItem(unit=units[n // ASKED_OF_EACH], register="team", record_id=key) for n, key in enumerate(teams)
    )
