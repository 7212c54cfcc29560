"""Records that a search finds in a database of any size: as many of each register, all in the county of the account.

A page of what a search finds costs what it shows and what was weighed for it. Where a text fits a handful of a thousand
and hundreds of a million, the two pages show different things; with these both have more than are looked at.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from benchmarks.chinese_names import GIVEN
from youbei import content
from youbei.records import models as rows
from youbei.records.insert import insert_records
from youbei.records.models.scope import Registered
from youbei.records.registers.indexing import index_records

# What one team alone is called in a database of any size.
ONE_NAME = "望潮独此一支救援队"
# More than are looked at of a register in a search of all.
NEEDLES = 60


@transaction.atomic
def plant_needles(county: rows.Organisation, now: datetime) -> None:
    """Give persons, teams, sites and units of the county names that begin like that of its first person."""
    if rows.Person.objects.filter(code__startswith="needle-").exists():
        return
    begins = rows.Person.objects.filter(org_path__startswith=county.path).order_by("org_path", "pk")[0].name_zh[:2]
    stands = {"organisation": county, "org_path": county.path, "confirmed_at": now}
    numbers = range(NEEDLES)
    planted: dict[str, list[Registered]] = {
        "person": [
            rows.Person(code=f"needle-{n}", name_zh=f"{begins}{GIVEN[n]}", phone=f"137{n:08d}", **stands)
            for n in numbers
        ],
        "team": [
            rows.Team(
                code=f"needle-{n}", name_zh=f"{begins}第{n + 1}救援队" if n else ONE_NAME,
                kind="volunteer", turn_out_s=600, lat=county_lat(n), lon=116.1, **stands,
            )
            for n in numbers
        ],
        "site": [
            rows.Site(
                code=f"needle-{n}", name_zh=f"{begins}第{n + 1}避难点", kind="shelter", lat=county_lat(n), lon=116.1,
                **stands,
            )
            for n in numbers
        ],
        "organisation": units(county, begins, now),
    }  # fmt: skip
    for name, records in planted.items():
        insert_records(type(records[0]), records) if name != "organisation" else bulk(records)
        index_records(content.registers()[name], [record.pk for record in records])


def county_lat(n: int) -> float:
    return 32.0 + n / 1000


def units(county: rows.Organisation, begins: str, now: datetime) -> list[Registered]:
    last = rows.Organisation.objects.aggregate(last=Max("pk"))["last"]
    return [
        rows.Organisation(
            id=last + 1 + n, code=f"needle-{n}", name_zh=f"{begins}第{n + 1}商行", kind="enterprise", level="unit",
            parent=county, path=f"{county.path}{last + 1 + n}/", division=county.division, confirmed_at=now,
        )
        for n in range(NEEDLES)
    ]  # fmt: skip


def bulk(records: list[Registered]) -> None:
    """Insert units with the keys that their paths name."""
    rows.Organisation.objects.bulk_create(records)  # type: ignore[arg-type]
