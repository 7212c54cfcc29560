"""A list shows exactly the records that fit, in order, however it is narrowed, sorted and paged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.engine.access import Role
from youbei.engine.registers.register import Freshness
from youbei.records.models import Capability, Item, Organisation, Site, StockLot, Team, TeamCapability, User
from youbei.records.registers import walk
from youbei.records.registers.conditions import begins_index
from youbei.records.registers.filters import Filters, narrowed
from youbei.records.registers.indexing import index_records
from youbei.records.registers.tables import visible
from youbei.records.registers.walk import Walk, order_fields

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
TODAY = NOW.date()
TEAM, LOT = content.registers()["team"], content.registers()["lot"]
KINDS = ("professional", "enterprise", "volunteer", "grass_roots")
NAMES = ("海州水库抢险队", "海州危化救援队", "云港医疗队")
words = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from([*KINDS, "none"]),
        "status": st.sampled_from(["available", "out_of_service"]),
        "grade": st.sampled_from(["first", "none", "-"]),
        "grade_until": st.just("-"),
        "leader": st.just("-"),
        "employment": st.sampled_from(["full_time", "part_time"]),
        "capabilities": st.sampled_from(["rescue", "unheard", "-"]),
        "organisation": st.sampled_from(["city", "north", "south", "nowhere"]),
    },
)
spans = st.sampled_from([(None, TODAY), (TODAY, None), (TODAY - timedelta(9), TODAY + timedelta(9))])
filters_of_teams = st.builds(
    Filters,
    words=words,
    days=st.fixed_dictionaries({}, optional={"grade_until": spans, "insured_until": spans}),
    unit=st.sampled_from(["", "", "city", "north", "nowhere"]),
    is_unit_only=st.booleans(),
    freshness=st.sampled_from([None, None, *Freshness]),
    is_retired=st.sampled_from([False, False, False, True]),
    order=st.sampled_from(["", "", "new", "grade_until", "confirmed_at", "unheard"]),
)


def unit(code: str, parent: Organisation | None = None) -> Organisation:
    made = Organisation.objects.create(code=code, kind="government", name_zh=code, parent=parent)
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def account(name: str, *units: Organisation) -> User:
    user = create_user(by=None, now=NOW, username=name, password="long enough for anybody")
    for one in units:
        give_grant(by=None, now=NOW, user=user, role=Role.OBSERVER, organisation=one)
    return user


def plant_teams(homes: list[Organisation], count: int) -> None:
    rescue = Capability.objects.create(code="rescue", name_zh="救援")
    for n in range(count):
        home = homes[n % 7 % len(homes)]
        team = Team.objects.create(
            code=f"t-{n}",
            name_zh=f"{NAMES[n % 3]}{n}",
            organisation=home,
            org_path=home.path,
            kind=KINDS[n * n % 4],
            employment=("", "full_time", "part_time")[n % 3],
            status=("available", "out_of_service")[n % 5 == 0],
            grade=("first", "", "none")[n % 4 % 3],
            grade_until=TODAY + timedelta(n % 31 - 15) if n % 6 else None,
            insured_until=TODAY + timedelta(n % 17 - 8) if n % 4 else None,
            confirmed_at=NOW - timedelta(days=n * 5) if n % 5 else None,
            retired_at=NOW if n % 9 == 0 else None,
            lat=34,
            lon=119,
            turn_out_s=60,
        )
        if n % 3 == 0:
            TeamCapability.objects.create(team=team, capability=rescue, lat=34, lon=119)
    index_records(TEAM, Team.objects.values_list("pk", flat=True))


@contextmanager
def limits(few: int, steps: int) -> Iterator[None]:
    """Make the lists of a test as large as those of a province are to the real limits."""
    kept = walk.FEW, walk.STEPS
    walk.FEW, walk.STEPS = few, steps
    try:
        yield
    finally:
        walk.FEW, walk.STEPS = kept


def expected(user: User, filters: Filters) -> list[int]:
    rows = narrowed(TEAM, visible(TEAM, user), filters, NOW)
    order = order_fields(TEAM, filters.order)
    if order[0] not in ("org_path", "-id"):
        rows = rows.filter(**{f"{order[0]}__isnull": False})
    return list(rows.order_by(*order).values_list("pk", flat=True))


def walked(user: User, filters: Filters, size: int) -> list[int]:
    """Page through a list to its end, and back again."""
    found: list[int] = []
    cursor, seen = None, 0
    pages = []
    while True:
        page = Walk(TEAM, user, filters, NOW).page(cursor, size)
        pages.append(page)
        assert len(page.rows) <= size
        assert page.is_cut or page.next_cursor is None or len(page.rows) == size
        found += [row.pk for row in page.rows]
        if page.next_cursor is None:
            break
        cursor, seen = page.next_cursor, seen + 1
        assert seen < 500
    back: list[int] = [row.pk for row in pages[-1].rows]
    cursor = pages[-1].previous_cursor
    while cursor is not None:
        page = Walk(TEAM, user, filters, NOW).page(cursor, size)
        back = [row.pk for row in page.rows] + back
        cursor, seen = page.previous_cursor, seen + 1
        assert seen < 1000
    assert back == found
    return found


class WalkingTeams(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        city = unit("city")
        cls.homes = [city, unit("north", city), unit("south", city)]
        plant_teams(cls.homes, 90)
        elsewhere = unit("elsewhere")
        cls.users = [
            account("city", city),
            account("north", cls.homes[1]),
            account("both", cls.homes[1], cls.homes[2]),
            account("stranger", elsewhere),
        ]

    @settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
    @given(
        filters_of_teams,
        st.integers(0, 3),
        st.integers(1, 40),
        st.sampled_from([(1000, 3000), (5, 3000), (5, 7), (0, 1), (0, 20)]),
    )
    def test_pages_together_are_the_list(self, filters: Filters, who: int, size: int, edge: tuple[int, int]) -> None:
        with limits(*edge):
            assert walked(self.users[who], filters, size) == expected(self.users[who], filters)

    def test_a_list_of_a_subtree_sorted_by_anything_has_full_pages(self) -> None:
        by = self.users[1]
        for order in ("new", "confirmed_at", "insured_until", "grade_until"):
            whole = expected(by, Filters(order=order))
            with limits(0, 1):
                page = Walk(TEAM, by, Filters(order=order), NOW).page(None, 10)
                onward = Walk(TEAM, by, Filters(order=order), NOW).page(page.next_cursor, 10)
            assert ([row.pk for row in (*page.rows, *onward.rows)], page.is_cut) == (whole[:20], False), order
            with limits(0, 1), pytest.MonkeyPatch.context() as patch:
                patch.setattr(walk, "MOST_TRIED", 10)
                page = Walk(TEAM, by, Filters(order=order, words={"kind": "professional"}), NOW).page(None, 10)
            assert page.is_cut, "a large subtree is not searched through for conditions"

    def test_one_unit_alone_and_another_named_leave_nothing(self) -> None:
        for unit, other in (("north", "city"), ("city", "north")):
            asked = Filters(words={"organisation": other}, unit=unit, is_unit_only=True)
            assert walked(self.users[0], asked, 10) == expected(self.users[0], asked) == []

    def test_a_text_narrows_a_list_like_any_filter(self) -> None:
        by = self.users[0]
        for text in ("水库", "haizhou", "hzsk", "救援 海州"):
            found = walked(by, Filters(text=text, words={"kind": "professional"}), 10)
            assert found == expected(by, Filters(text=text, words={"kind": "professional"})), text
            assert found

    def test_an_order_that_has_no_index_is_that_of_the_tree(self) -> None:
        assert order_fields(TEAM, "name_zh") == ["org_path", "id"]


@pytest.mark.django_db
def test_the_work_for_a_page_is_bounded_where_nothing_fits() -> None:
    city = unit("city")
    by = account("city", city)
    item = Item.objects.create(code="mask", name_zh="口罩", unit_zh="个")
    site = Site.objects.create(
        code="store", kind="store", name_zh="库", organisation=city, org_path=city.path, lat=34, lon=119
    )
    StockLot.objects.bulk_create(
        StockLot(
            code=f"lot-{n}", item=item, site=site, organisation=city, org_path=city.path, quantity=Decimal(1),
            lat=34, lon=119, expires_on=date(2030, 1, 1 + n % 20), next_test_on=date(2027, 1, 1 + n % 20),
        )
        for n in range(400)
    )  # fmt: skip
    never = Filters(days={"expires_on": (date(2030, 1, 1), date(2030, 1, 5)), "next_test_on": (date(2027, 1, 9), None)})
    with limits(50, 100), CaptureQueriesContext(connection) as asked:
        page = Walk(LOT, by, never, NOW).page(None)
    assert (page.rows, page.is_cut) == ((), True)
    assert len(asked) <= 8
    with limits(50, 100):
        pages, cursor = 1, page.next_cursor
        while cursor is not None:
            page = Walk(LOT, by, never, NOW).page(cursor)
            pages, cursor = pages + 1, page.next_cursor
    assert pages == 4
    assert not page.is_cut


# The plan of PostgreSQL depends on its statistics.
@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "index"),
    [
        ({"kind": "volunteer"}, "team_kind"),
        ({"kind": "volunteer", "status": "available"}, "team_kind_status"),
        ({"grade": "first", "employment": "full_time"}, "team_employment_grade"),
    ],
)
def test_one_choice_and_two_are_walked_along_an_index(words: dict[str, str], index: str) -> None:
    city = unit("city")
    user = account("north", unit("north", city))
    with CaptureQueriesContext(connection) as asked:
        Walk(TEAM, user, Filters(words=words), NOW).page(None)
    [sql] = [one["sql"] for one in asked if 'FROM "records_team"' in one["sql"]]
    assert plan_of(sql) == [f"SEARCH records_team USING INDEX {index}"]


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [str(row[3]).partition(" (")[0] for row in cursor.fetchall()]


def test_large_registers_have_an_index_for_every_filter_but_text() -> None:
    for name in ("organisation", "person", "post", "team", "site", "lot", "vehicle", "qualification", "contact_way"):
        for one in content.registers()[name].filters:
            assert begins_index(content.registers()[name], one.name), (name, one.name)
