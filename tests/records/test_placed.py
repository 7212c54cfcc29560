"""A page of a layer costs what it shows: not more in a larger register, not more behind many pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from django.db import connection

from tests.growth import steps
from youbei import content
from youbei.actions.access import create_user
from youbei.engine.access import Role
from youbei.engine.cells import Box, cell_of
from youbei.records.models import Organisation, Team, User
from youbei.records.models.cells import Cell
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.placed import BoxWalk, PlacedWalk

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
TEAM = content.registers()["team"]
# A hundred rows are planted on each degree of latitude and longitude; this holds about 25 of them.
HERE = Box(119.0, 34.0, 119.5, 34.5)
# Assumption: by so many steps two questions differ that do the same over other keys.
OTHER_KEYS = 300


@pytest.fixture
def province() -> Organisation:
    return Organisation.objects.create(id=1, code="province", name_zh="省", kind="government", path="/1/")


@pytest.fixture
def county(province: Organisation) -> Organisation:
    return Organisation.objects.create(
        id=2, code="county", name_zh="县", kind="government", path="/1/2/", parent=province
    )


@pytest.fixture
def user(province: Organisation) -> User:
    return create_user(by=None, now=NOW, username="reader", grants=((Role.REGISTRAR, province),))


def plant(home: Organisation, first: int, last: int) -> None:
    """Plant teams along rows that go on northwards, so that a box has the same in it however many there are."""
    Team.objects.bulk_create(
        Team(
            code=f"t{n}",
            name_zh=f"第{n}队",
            kind="volunteer" if n % 2 else "professional",
            turn_out_s=60,
            lat=30 + (n // 400) * 0.1,
            lon=100 + (n % 400) * 0.1,
            organisation=home,
            org_path=home.path,
        )
        for n in range(first, last)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE records_team")


def walk(user: User, boxes: Sequence[Box] = (HERE,), filters: Filters = ALL) -> PlacedWalk:
    user.__dict__.pop("_grants_now", None)
    return BoxWalk(TEAM, user, filters, NOW, boxes) if boxes else PlacedWalk(TEAM, user, filters, NOW)


def all_of(walked: PlacedWalk, size: int = 7) -> list[int]:
    found: list[int] = []
    page = walked.next_page("", size)
    while True:
        found += [row.pk for row in page.rows]
        if page.next_cursor is None:
            return found
        page = walked.next_page(page.next_cursor, size)


def test_the_cell_that_the_database_reckons_is_ours(county: Organisation) -> None:
    plant(county, 0, 900)
    Team.objects.filter(code__in=["t1", "t2"]).update(lat=90, lon=180)
    Team.objects.filter(code__in=["t3", "t4"]).update(lat=-90, lon=-180)
    rows = Team.objects.annotate(cell=Cell())
    assert [(row.cell) for row in rows] == [cell_of(row.lat, row.lon) for row in rows]


@pytest.mark.parametrize(
    "boxes",
    [(HERE,), (Box(100.0, 30.0, 180, 90), Box(-180, 30.0, 99.9, 90)), (Box(103.05, 30.15, 103.05, 31),), ()],
    ids=["small", "two", "empty", "everywhere"],
)
def test_pages_in_a_box_have_each_team_in_it_once(user: User, county: Organisation, boxes: Sequence[Box]) -> None:
    plant(county, 0, 1_700)
    Team.objects.filter(pk__in=list(Team.objects.values_list("pk", flat=True)[:40])).update(lon=119.2, lat=34.2)
    Team.objects.filter(code="t7").update(retired_at=NOW)
    used = Team.objects.filter(retired_at__isnull=True)
    wanted = {row.pk for row in used if not boxes or any(box.holds(row.lat, row.lon) for box in boxes)}
    found = all_of(walk(user, boxes), size=50 if len(wanted) > 200 else 7)
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_a_box_is_narrowed_by_filters_and_by_what_one_may_see(
    user: User, province: Organisation, county: Organisation
) -> None:
    plant(province, 0, 3_000)
    plant(county, 3_000, 6_000)
    one = create_user(by=None, now=NOW, username="of-county", grants=((Role.REGISTRAR, county),))
    wide = Box(100, 30, 120, 31.5)
    kind = Filters(words={"kind": "professional"})
    for who, path in ((user, "/1/"), (one, "/1/2/")):
        rows = Team.objects.filter(org_path__startswith=path, kind="professional")
        wanted = {row.pk for row in rows if wide.holds(row.lat, row.lon)}
        assert wanted
        assert set(all_of(walk(who, (wide,), kind), size=200)) == wanted


def test_a_page_of_few_among_many_that_one_may_not_see_comes_to_its_end(
    user: User, province: Organisation, county: Organisation
) -> None:
    """More lie in the box than are tried at once, and of the county more than are sorted at once."""
    plant(province, 0, 4_000)
    plant(county, 40_000, 41_200)
    one = create_user(by=None, now=NOW, username="of-county", grants=((Role.REGISTRAR, county),))
    page = walk(one, (Box(100, 30, 140, 39.95),)).next_page("", 10)
    assert (page.rows, page.next_cursor) == ((), None)


@pytest.mark.sqlite  # of tables as small as these PostgreSQL reads all, whatever is asked
def test_a_hundred_times_as_many_teams_cost_a_small_box_no_more_steps(user: User, county: Organisation) -> None:
    professional = Filters(words={"kind": "professional"})
    of_county = create_user(by=None, now=NOW, username="of-county", grants=((Role.REGISTRAR, county),))

    def asked() -> dict[str, int]:
        here = (Box(119.0, 30.0, 119.5, 30.2),)
        return {
            "a box": steps(lambda: walk(user, here).next_page("", 100)),
            "a box and a kind": steps(lambda: walk(user, here, professional).next_page("", 100)),
            "a box of a county": steps(lambda: walk(of_county, here).next_page("", 100)),
        }

    plant(county, 0, 1_200)
    few = asked()
    plant(county, 1_200, 40_000)
    many = asked()
    # Once more than `FEW` stand in a county it is not sorted any more: that is the greater part of the first count.
    assert all(many[name] < few[name] * 1.5 + OTHER_KEYS for name in few), f"{few}\n{many}"


@pytest.mark.sqlite
@pytest.mark.parametrize("boxes", [(Box(100, 30, 140, 90),), ()], ids=["in a box", "everywhere"])
def test_a_page_behind_many_costs_what_the_first_costs(user: User, county: Organisation, boxes: Sequence[Box]) -> None:
    plant(county, 0, 20_000)
    first = steps(lambda: walk(user, boxes).next_page("", 20))
    cursor: str | None = ""
    for _ in range(15):
        assert cursor is not None
        cursor = walk(user, boxes).next_page(cursor, 1_000).next_cursor
    assert cursor is not None
    last = steps(lambda: walk(user, boxes).next_page(str(cursor), 20))
    assert last < first * 1.5 + OTHER_KEYS, f"{first} for the first page, {last} for one behind 15,000 teams"
