"""The units of a province down to the last village, and the people who hold posts in them.

With many lots there are about 100,000 units, so many below each station, and `PEOPLE` persons, each in a post; with few
about a thousand of both. As with all else, half of the people of few stand in the county that has an account.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zlib import crc32

from benchmarks import chinese_names
from youbei.records import models as rows
from youbei.records.insert import insert_records

PEOPLE = int(os.environ.get("YOUBEI_BENCHMARK_PEOPLE", "2000000"))
FEW = 1_000
AT_ONCE = 5_000
BELOW_STATION = {True: 99, False: 4}
KINDS = ("enterprise", "school", "community", "hospital", "bureau", "rescue")
SECTORS = ("hazchem", "mine", "construction", "transport", "crowded_place", "other")
HAZARDS = ("major_1", "major_2", "major_3", "major_4", "general", "none")
POSTS = ("主任", "值班员", "安全员", "调度员", "保管员", "联络员", "队长", "信息员", "驾驶员", "校长")
Home = Callable[[int, int], rows.Organisation]


def units_below(
    stations: list[rows.Organisation], first: int, confirmed_at: datetime, *, is_large: bool
) -> Iterator[list[rows.Organisation]]:
    """Yield the units below each station; their keys are numbers from `first` on."""
    below = BELOW_STATION[is_large]
    for at, station in enumerate(stations):
        yield [unit(first + at * below + n, station, at, confirmed_at if n % 50 else None) for n in range(below)]


def unit(number: int, above: rows.Organisation, station: int, confirmed_at: datetime | None) -> rows.Organisation:
    kind = KINDS[crc32(f"kind:{number}".encode()) % len(KINDS)]
    return rows.Organisation(
        id=number,
        code=f"unit-{number}",
        name_zh=chinese_names.name(number * 4 + 2, station // 10),
        kind=kind,
        level="unit",
        sector=SECTORS[crc32(f"sector:{number}".encode()) % len(SECTORS)] if kind == "enterprise" else "",
        hazard_class=HAZARDS[crc32(f"hazard:{number}".encode()) % len(HAZARDS)] if kind == "enterprise" else "",
        employees=crc32(f"employees:{number}".encode()) % 900 if number % 3 else None,
        parent=above,
        path=f"{above.path}{number}/",
        division=f"{320000 + station // 10}",
        confirmed_at=confirmed_at,
    )


def plant_people(home_of: Home, now: datetime, *, is_large: bool) -> None:
    """Make persons, a post for each, and who holds it; `home_of` says where the n-th of so many stands."""
    count = PEOPLE if is_large else min(FEW, PEOPLE)
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        homes = [home_of(n, count) for n in numbers]
        persons = [person(n, home, now) for n, home in zip(numbers, homes, strict=True)]
        posts = [post(n, home, now) for n, home in zip(numbers, homes, strict=True)]
        insert_records(rows.Person, persons)
        insert_records(rows.Post, posts)
        insert_records(
            rows.PostHolding,
            [
                rows.PostHolding(
                    post_id=of.pk, person_id=one.pk, org_path=of.org_path, starts_at=now - timedelta(days=400)
                )
                for one, of in zip(persons, posts, strict=True)
            ],
        )


def person(n: int, home: rows.Organisation, now: datetime) -> rows.Person:
    return rows.Person(
        code=f"person-{n:07d}",
        name_zh=chinese_names.name(n * 4, 0),
        title=POSTS[crc32(f"title:{n}".encode()) % len(POSTS)],
        phone=f"139{n:08d}",
        organisation=home,
        org_path=home.path,
        confirmed_at=now - timedelta(days=crc32(f"person:{n}".encode()) % 360) if n % 50 else None,
    )


def post(n: int, home: rows.Organisation, now: datetime) -> rows.Post:
    return rows.Post(
        code=f"post-{n:07d}",
        name_zh=POSTS[crc32(f"title:{n}".encode()) % len(POSTS)],
        kind=("office", "duty")[n % 2],
        rank=10 + n % 90,
        organisation=home,
        org_path=home.path,
        confirmed_at=now - timedelta(days=crc32(f"post:{n}".encode()) % 360) if n % 50 else None,
    )
