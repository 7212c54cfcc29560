"""A province's registers: lots, teams, sites, items and units, as many as asked for, made with bulk inserts.

With 1,000,000 lots there are 100,000 teams, 20,000 sites, 500 items and 100,111 units: one province, ten cities, a
hundred counties, a thousand stations and 99 units below each; and the people of `many_people`. With 1,000 lots there
are as many teams, sites, units and people, and ten cities, the middle one with ten counties, the others with one; the
county that has an account holds half of everything, as many stations and as much in one store as with many. So pages
show as many lines in both, and what they cost differs by what lies behind them alone. What is rare (`RARE` in all, of
few and of many) and what never comes together are built in: see `team` and `lot`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zlib import crc32

from django.db import connection, transaction

from benchmarks import chinese_names, many_people
from benchmarks.record_history import plant_history
from youbei.actions import access
from youbei.engine.access import Role
from youbei.records import models as rows
from youbei.records.registers.indexing import fill_if_empty

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
AT_ONCE = 5000
KINDS = ("professional", "enterprise", "volunteer", "grass_roots")
CAPABILITIES = ("rescue", "fire_fighting", "water_rescue", "hazmat_response", "emergency_medical", "power_supply")
RARE_CAPABILITY = "explosive_disposal"
RARE = 60
# Up to so many lots a database is a small one.
SMALL = 10_000
FEW_COUNTIES = 19
LOTS_IN_A_STORE = 50


@dataclass(frozen=True)
class Base:
    """The units, of which `homes` have records of their own: stations, and the units below them.

    The accounts are `admin`, `province`, `city` and `county`, the last two of the county in the middle and above it.
    """

    province: rows.Organisation
    cities: list[rows.Organisation]
    counties: list[rows.Organisation]
    homes: list[rows.Organisation]


def build(lots: int) -> Base:
    """Fill a migrated, empty database."""
    hurry()
    with transaction.atomic():
        base = plant_units(lots)
        plant_teams(base, max(1000, lots // 10))
        plant_stock(base, lots)
        many_people.plant_people(lambda n, count: home_of(base, n, count)[0], NOW, is_large=lots > SMALL)
        plant_history(NOW)
    fill_if_empty()
    settle()
    county = base.counties[len(base.counties) // 2]
    for name, home in (("province", base.province), ("city", county.parent), ("county", county)):
        access.create_user(by=None, now=NOW, username=name, grants=((Role.REGISTRAR, home),), language="zh-hans")
    access.create_user(by=None, now=NOW, username="admin", grants=((Role.ADMINISTRATOR, base.province),))
    return base


def build_once(lots: int) -> None:
    """Fill the database unless it is one that an earlier run has filled and kept."""
    if not rows.User.objects.filter(username="admin").exists():
        build(lots)


def hurry() -> None:
    """Fill fast and unsafely; the settings end with the connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -800000")
        else:
            cursor.execute("SET synchronous_commit = off")


def settle() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def draw(purpose: str, number: int, most: int) -> int:
    return crc32(f"{purpose}:{number}".encode()) % most


def plant_units(lots: int) -> Base:
    def unit(number: int, name: str, parent: rows.Organisation | None, kind: str, level: str) -> rows.Organisation:
        path = f"{parent.path if parent else '/'}{number}/"
        return rows.Organisation(
            id=number, code=f"unit-{number}", name_zh=name, kind=kind, level=level, parent=parent, path=path,
            division=f"{320000 + number}", confirmed_at=NOW,
        )  # fmt: skip

    number = itertools.count(1)
    province = unit(next(number), "海东省", None, "government", "province")
    many = 100 if lots > SMALL else FEW_COUNTIES
    cities = [unit(next(number), f"{chinese_names.place(n)[:2]}市", province, "government", "city") for n in range(10)]
    counties = [
        unit(next(number), chinese_names.place(n), cities[city_of(n, many)], "government", "county")
        for n in range(many)
    ]
    stations = [
        unit(next(number), chinese_names.name(n * 4 + 3, n), counties[n // 10], "rescue", "unit")
        for n in range(many * 10)
    ]
    rows.Organisation.objects.bulk_create([province, *cities, *counties, *stations], batch_size=1000)
    homes = []
    below = many_people.units_below(stations, next(number), NOW, is_large=lots > SMALL)
    for station, units in zip(stations, below, strict=True):
        homes += [station, *rows.Organisation.objects.bulk_create(units)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('records_organisation_id_seq', (SELECT max(id) FROM records_organisation))")
    return Base(province, cities, counties, homes)


def city_of(county: int, counties: int) -> int:
    """Return in which city a county lies: ten in each, or where they are few ten in the middle and one elsewhere."""
    return county // 10 if counties > FEW_COUNTIES else county - min(max(county - 5, 0), 9)


def home_of(base: Base, n: int, count: int) -> tuple[rows.Organisation, int]:
    """Return the unit at which the n-th of so many stands, and the number of its county.

    In a small database the middle half of all stands in the county in the middle.
    """
    home = n * len(base.homes) // count
    in_a_county = len(base.homes) // len(base.counties)
    if len(base.counties) <= FEW_COUNTIES:
        quarter, rest = divmod(n * 4, count)
        middle, after = ((len(base.counties) // 2 + more) * in_a_county for more in (0, 1))
        first, last = ((0, middle), (middle, after), (middle, after), (after, len(base.homes)))[quarter]
        if first == middle:
            rest, count = n * 4 - count, count * 2
        home = first + (last - first) * rest // count
    return base.homes[home], home // in_a_county


def plant_teams(base: Base, count: int) -> None:
    able = {
        code: rows.Capability.objects.get_or_create(code=code, defaults={"name_zh": code})[0]
        for code in (*CAPABILITIES, RARE_CAPABILITY)
    }
    for numbers in batches(count):
        teams = rows.Team.objects.bulk_create([team(base, n, count) for n in numbers])
        rows.TeamCapability.objects.bulk_create(
            rows.TeamCapability(
                team=made, capability=able[code], type=grade, lat=made.lat, lon=made.lon,
                is_available=made.status == "available",
            )
            for made in teams
            for code, grade in made.capabilities.items()
        )  # fmt: skip


def team(base: Base, n: int, count: int) -> rows.Team:
    """Make a team. No volunteers are employed full time; a few are out of service."""
    home, county = home_of(base, n, count)
    kind = KINDS[draw("kind", n, 4)]
    employment = "part_time" if kind == "volunteer" else ("full_time", "part_time", "mixed")[draw("employment", n, 3)]
    codes = [CAPABILITIES[draw(f"able{turn}", n, len(CAPABILITIES))] for turn in range(2)]
    codes += [RARE_CAPABILITY] if n % (count // RARE) == 7 else []
    return rows.Team(
        code=f"team-{n:06d}",
        name_zh=chinese_names.name(n * 4 + 1, county),
        organisation=home,
        org_path=home.path,
        kind=kind,
        employment=employment,
        status="out_of_service" if n % (count // RARE) == 3 else "available",
        grade=("first", "second", "third", "none")[draw("grade", n, 4)],
        grade_until=TODAY + timedelta(days=draw("grade_until", n, 1500) - 300),
        insured_until=TODAY + timedelta(days=draw("insured", n, 700) - 100) if n % 3 else None,
        capabilities={code: 1 + draw("type", n, 4) for code in codes},
        strength=draw("strength", n, 60),
        required_strength=30,
        turn_out_s=60 + draw("turn_out", n, 900),
        lat=32 + (county // 10) * 0.4 + draw("lat", n, 4000) / 10000,
        lon=116 + (county % 10) * 0.4 + draw("lon", n, 4000) / 10000,
        confirmed_at=NOW - timedelta(days=draw("confirmed", n, 200)) if n % 50 else None,
        retired_at=NOW if n % (count // RARE) == 11 else None,
    )


def plant_stock(base: Base, count: int) -> None:
    items = rows.Item.objects.bulk_create(
        rows.Item(
            code=f"item-{n}", name_zh=f"{chinese_names.pick(chinese_names.GIVEN, 'i', n)}型{n}号防护装备", unit_zh="套"
        )
        for n in range(500 if count > SMALL else 100)
    )
    sites: list[rows.Site] = []
    for numbers in batches(max(1000, count // 50)):
        sites += rows.Site.objects.bulk_create([site(base, n, max(1000, count // 50)) for n in numbers])
    for numbers in batches(count):
        rows.StockLot.objects.bulk_create([lot(items, sites, n, count) for n in numbers])


def site(base: Base, n: int, count: int) -> rows.Site:
    home, county = home_of(base, n, count)
    return rows.Site(
        code=f"site-{n}",
        name_zh=chinese_names.name(n * 4 + 2, county),
        kind=("store", "shelter", "hospital", "school", "hazard")[draw("site", n, 5)],
        organisation=home,
        org_path=home.path,
        division=f"32{county:04d}",
        lat=32 + (county // 10) * 0.4 + draw("slat", n, 4000) / 10000,
        lon=116 + (county % 10) * 0.4 + draw("slon", n, 4000) / 10000,
        confirmed_at=NOW,
    )


def plant_requirements(items: int) -> None:
    """Require the first items in the province and in the county, unless that is done already."""
    if rows.Requirement.objects.exists():
        return
    county = rows.Grant.objects.get(user__username="county").organisation
    province = rows.Organisation.objects.get(parent=None)
    rows.Requirement.objects.bulk_create(
        rows.Requirement(
            code=f"required-{place.pk}-{n}", organisation=place, org_path=place.path, basis="order",
            item=rows.Item.objects.get(code=f"item-{n}"), quantity=Decimal(500 * (n + 1)), confirmed_at=NOW,
        )
        for place in (province, county)
        for n in range(items)
    )  # fmt: skip


def store_of(n: int, sites: int, count: int) -> int:
    """Return at which of the sites the n-th of so many lots lies: so many lie in each store, at the first sites."""
    stores = count // LOTS_IN_A_STORE
    return n * stores // count * (sites // stores)


def lot(items: list[rows.Item], sites: list[rows.Site], n: int, count: int) -> rows.StockLot:
    """Make a lot. What is by agreement is never set apart; a few are to be repaired; early lots expire late."""
    where = sites[store_of(n, len(sites), count)]
    reserve = ("government", "agreement", "own")[draw("reserve", n, 3)]
    condition = "faulty" if n % (count // RARE) == 5 else ("good", "worn")[draw("condition", n, 2)]
    if reserve != "agreement" and draw("apart", n, 4) == 0:
        condition = "quarantined"
    expires = TODAY + timedelta(days=2000 - n * 2300 // count)
    return rows.StockLot(
        code=f"lot-{n:07d}",
        item=items[draw("item", n, len(items)) * draw("item2", n, len(items)) // len(items)],
        site=where,
        organisation_id=where.organisation_id,
        org_path=where.org_path,
        reserve=reserve,
        quantity=Decimal(1 + draw("quantity", n, 500)),
        batch_no=f"B{20200000 + draw('batch', n, count * 60 // 1000)}",
        condition=condition,
        expires_on=expires,
        next_test_on=TODAY + timedelta(days=draw("test", n, 400) - 30) if n % 4 else None,
        lat=where.lat,
        lon=where.lon,
        confirmed_at=NOW - timedelta(days=draw("lot", n, 180)) if n % 50 else None,
        retired_at=NOW if n % (count // RARE) == 13 else None,
    )


def batches(count: int) -> Iterator[range]:
    for start in range(0, count, AT_ONCE):
        yield range(start, min(start + AT_ONCE, count))
