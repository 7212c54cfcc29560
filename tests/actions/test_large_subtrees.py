"""What an account of a city costs, in steps of the database, when the province around it and the city itself grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zlib import crc32

import pytest
from django.db import connection

from tests.growth import steps
from youbei.actions.access import create_user
from youbei.engine.access import Role
from youbei.records.models import Item, Organisation, Site, StockLot, User
from youbei.records.reports.due import DueFilters, due_counts, due_page
from youbei.records.reports.stock_due import equipment_due, rotations

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
TODAY = NOW.date()
CITIES, UNITS, DAYS = 10, 30, 40
# Assumption: by so many rows two plans of the same question differ, whatever the tables hold.
PLANNED_OTHERWISE = 150


@pytest.fixture
def homes(monkeypatch: pytest.MonkeyPatch) -> list[Organisation]:
    """Make a province of ten cities with thirty units each, in which sixty rows are many."""
    monkeypatch.setattr("youbei.records.registers.days.READ_WHOLE", defaultdict(lambda: 20))
    monkeypatch.setattr("youbei.records.reports.due.COUNTED", 20)
    monkeypatch.setattr("youbei.records.reports.stock_due.LEAST_LOOKED_AT", 15)
    Item.objects.create(code="mask", name_zh="口罩", unit_zh="只", test_interval_days=100)
    units = [Organisation(id=1, code="province", name_zh="省", kind="government", path="/1/")]
    units += [unit(2 + n, units[0]) for n in range(CITIES)]
    units += [unit(100 + n, units[1 + n % CITIES]) for n in range(CITIES * UNITS)]
    Organisation.objects.bulk_create(units)
    return units[1 + CITIES :]


def unit(key: int, above: Organisation) -> Organisation:
    return Organisation(
        id=key, code=f"unit-{key}", name_zh=f"单位{key}", kind="bureau", parent=above, path=f"{above.path}{key}/"
    )


@pytest.fixture
def city(homes: list[Organisation]) -> User:
    home = Organisation.objects.get(path="/1/7/")
    return create_user(by=None, now=NOW, username="city", grants=((Role.REGISTRAR, home),))


def plant(homes: list[Organisation], first: int, last: int) -> None:
    """Plant lots from one number to another over all units, their days within the same weeks however many they are."""
    item = Item.objects.get(code="mask")
    for home in homes if first == 0 else ():
        Site.objects.create(
            code=f"store-{home.pk}",
            name_zh="仓库",
            kind="store",
            organisation=home,
            org_path=home.path,
            lat=34,
            lon=119,
        )
    sites = list(Site.objects.order_by("pk"))
    StockLot.objects.bulk_create(lot(n, item, sites[n % len(sites)]) for n in range(first, last))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in ("organisation", "site", "item", "stocklot"):
                cursor.execute(f"ANALYZE records_{table}")
            # Of a table as small as this PostgreSQL would rather read all, or not, as its pages happen to be filled.
            cursor.execute("SET LOCAL enable_seqscan = off")


def lot(n: int, item: Item, site: Site) -> StockLot:
    return StockLot(
        code=f"lot-{n}",
        item=item,
        site=site,
        organisation_id=site.organisation_id,
        org_path=site.org_path,
        quantity=Decimal(n % 9),
        lat=site.lat,
        lon=site.lon,
        expires_on=TODAY + timedelta(days=drawn("expires", n)),
        next_test_on=TODAY + timedelta(days=drawn("test", n)),
    )


def drawn(purpose: str, n: int) -> int:
    return crc32(f"{purpose}:{n}".encode()) % DAYS - DAYS // 2


def asked(city: User) -> dict[str, Callable[[], object]]:
    paths = ["/1/7/"]
    return {
        "what falls due": lambda: due_page(city, today=TODAY, now=NOW, filters=DueFilters(), size=10),
        "what falls due soon": lambda: due_page(city, today=TODAY, now=NOW, filters=DueFilters(state="soon"), size=10),
        "how much falls due": lambda: due_counts(city, today=TODAY),
        "what to rotate": lambda: rotations(paths, today=TODAY, limit=5),
        "what to test": lambda: equipment_due(paths, today=TODAY, limit=5),
    }


@pytest.mark.sqlite  # PostgreSQL plans by what other tests have left behind in its files: see below
def test_ten_times_as_much_costs_a_city_no_more_steps(homes: list[Organisation], city: User) -> None:
    hold_steps(homes, city)


@pytest.mark.long
@pytest.mark.postgresql
def test_ten_times_as_much_costs_a_city_no_more_rows_of_postgresql(homes: list[Organisation], city: User) -> None:
    hold_steps(homes, city)


def hold_steps(homes: list[Organisation], city: User) -> None:
    plant(homes, 0, 900)
    for call in asked(city).values():
        call()
    few = {name: steps(call) for name, call in asked(city).items()}
    plant(homes, 900, 9_000)
    many = {name: steps(call) for name, call in asked(city).items()}
    assert all(many[name] < few[name] * 1.5 + PLANNED_OTHERWISE for name in few), f"{few}\n{many}"
