"""Every number of a statistic is a list that holds exactly so many records, and the totals agree."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock
from youbei.actions.registers.keep import retire_record
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.registers.bands import aged, ending
from youbei.records.models import Organisation, SearchEntry, StockLot, Team, User
from youbei.records.registers.filters import read_filters
from youbei.records.registers.pages import register_page
from youbei.records.registers.statistics import Counting, dimensions_of
from youbei.web.registers.statistics import address

REGISTERS = content.registers()
TODAY = date(2026, 11, 25)


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=clock.now())


@given(st.dates(TODAY - timedelta(days=9000), TODAY + timedelta(days=9000)))
def test_every_day_lies_in_one_band(day: date) -> None:
    for bands in (ending(TODAY), aged(TODAY)):
        holding = [
            band.key
            for band in bands
            if (band.first is None or band.first <= day) and (band.last is None or day <= band.last)
        ]
        if day <= TODAY or bands == ending(TODAY):
            assert len(holding) == 1


@built_once
def city(town: Organisation) -> User:
    for code in ("north", "south"):
        save(
            "organisation",
            code=code,
            name_zh=code,
            kind="government",
            parent=town.code,
            lat=34 + len(code) / 10,
            lon=119,
        )
    save("organisation", code="village", name_zh="村", kind="community", parent="north")
    return user_with(Role.REGISTRAR, town, name="counter", language="en")


def listed(user: User, name: str, where: str, measure: str = "count") -> int:
    """Count, or sum, what the list at an address shows, by its own way of reading it."""
    register, query = REGISTERS[name], dict(parse_qsl(urlsplit(where).query))
    page = register_page(register, user, now=clock.now(), filters=read_filters(register, query), size=200)
    assert page.next_cursor is None
    return len(page.rows) if measure == "count" else sum(row.values[measure] or 0 for row in page.rows)


TEAMS = st.lists(
    st.tuples(
        st.sampled_from(["haizhou", "north", "south", "village"]),
        st.sampled_from(["professional", "volunteer"]),
        st.sampled_from(["", "first", "second"]),
        st.sampled_from([None, -400, -1, 0, 30, 31, 400]),
        st.sampled_from([(), ("rescue",), ("rescue", "fire_fighting")]),
    ),
    max_size=14,
)


NARROWINGS = [
    "",
    "kind=volunteer",
    "unit=north",
    "unit=haizhou&only=1",
    "insured_until_from=2026-01-01",
    "retired=1",
    "retired=1&q=队",
    "q=队",
    "q=dui",
    "q=t1&kind=professional",
]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEAMS, st.sampled_from(NARROWINGS), st.data())
def test_every_number_is_the_length_of_its_list(
    city: User, rows: list[tuple[str, str, str, int | None, tuple[str, ...]]], narrowing: str, data: st.DataObject
) -> None:
    Team.objects.all().delete()
    SearchEntry.objects.all().delete()
    today = timezone.localdate()
    for number, (unit, kind, grade, days, able) in enumerate(rows):
        save(
            "team", code=f"t{number}", name_zh="队", organisation=unit, kind=kind, grade=grade or None, turn_out_min=5,
            lat=34, lon=119, strength=number % 3 or None, capabilities=dict.fromkeys(able, 1),
            insured_until=None if days is None else today + timedelta(days=days),
        )  # fmt: skip
    for team in Team.objects.filter(code__in=["t3", "t4"]):
        retire_record(register=REGISTERS["team"], pk=team.pk, by=None, now=clock.now(), reason="closed")
    register = REGISTERS["team"]
    dimensions = dimensions_of(register)
    first = data.draw(st.sampled_from(dimensions))
    second = data.draw(st.sampled_from([None, *(one for one in dimensions if one is not first)]))
    request = RequestFactory().get(f"/?{narrowing}")
    filters = read_filters(register, request.GET)  # type: ignore[arg-type]
    user = User.objects.get(pk=city.pk)
    measure = data.draw(st.sampled_from(["count", "strength"]))
    pivot = Counting(register, user, filters, clock.now()).pivot(first, second, measure)
    for row in pivot.rows:
        assert listed(user, "team", address(request, register, row), measure) == pivot.row_totals[row.key]
        for column in pivot.columns if second else ():
            expected = pivot.cells.get((row.key, column.key), Decimal(0))
            assert listed(user, "team", address(request, register, row, column), measure) == expected, (row, column)
    for column in pivot.columns if second else ():
        assert listed(user, "team", address(request, register, column), measure) == pivot.column_totals[column.key]
    assert listed(user, "team", address(request, register), measure) == pivot.total
    if not first.is_multiple and not (second and second.is_multiple):
        assert sum(pivot.row_totals.values()) == sum(pivot.cells.values()) == pivot.total


@pytest.fixture
def keeper(city: User) -> Client:
    return client_of(city)


def test_quantities_are_summed_and_a_stranger_counts_nothing(keeper: Client, city: User) -> None:
    save("site", code="s1", name_zh="库", organisation="north", kind="store", lat=34, lon=119)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    for number, quantity in enumerate(("2.5", "4")):
        save("lot", code=f"l{number}", item="tent", site="s1", organisation="north", quantity=quantity)
    page = keeper.get("/registers/lot/statistics/?rows=item&columns=reserve&measure=quantity").content.decode()
    assert re.search(r">6\.5<", page)
    neighbour = client_of(
        user_with(Role.REGISTRAR, Organisation.objects.get(code="south"), name="neighbour", language="en")
    )
    text = neighbour.get("/registers/lot/statistics/?rows=item").content.decode()
    assert "There is nothing to count here" in text
    assert StockLot.objects.count() == 2


def test_areas_without_a_record_stand_on_the_map_as_gaps(keeper: Client) -> None:
    save("team", code="t1", name_zh="队", organisation="north", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    page = keeper.get("/registers/team/statistics/").content.decode()
    assert 'class="gap"' in page
    assert "unit=south" in page


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_register_has_its_statistics(town: Organisation, name: str, language: str) -> None:
    browser = client_of(user_with(Role.ADMINISTRATOR, town, name="admin", language=language))
    if not dimensions_of(REGISTERS[name]):
        return
    for dimension in dimensions_of(REGISTERS[name]):
        assert browser.get(f"/registers/{name}/statistics/?rows={dimension.name}").status_code == 200


@pytest.mark.django_db
def test_what_is_out_of_use_is_found_by_a_text_and_counted_alike(keeper: Client, city: User) -> None:
    save("team", code="t1", name_zh="抗洪队", organisation="north", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    team = Team.objects.get()
    retire_record(register=REGISTERS["team"], pk=team.pk, by=None, now=clock.now(), reason="closed")
    assert "抗洪队" in keeper.get("/registers/team/?retired=1&q=抗洪").content.decode()
    assert listed(city, "team", "/?retired=1&q=抗洪&unit=north") == 1
    assert listed(city, "team", "/?q=抗洪") == listed(city, "team", "/?retired=1&q=消防") == 0
    counted = keeper.get("/api/registers/team/statistics?retired=1&q=抗洪").json()
    assert float(counted["total"]["number"]) == 1


def test_certificates_are_counted_by_kind_and_one_kind_is_not_the_beginning_of_another(town: Organisation) -> None:
    for number, kind in enumerate(("first_aid", "first_aid_trainer", "first_aid_trainer", "pilot")):
        save("person", code=f"p{number}", name_zh="甲", organisation=town.code)
        save("qualification", person=f"p{number}", kind=kind)
    keeper = client_of(user_with(Role.REGISTRAR, town, name="counting", language="en"))
    page = keeper.get("/registers/qualification/statistics/?rows=kind").content.decode()
    found = {}
    for link, number in re.findall(r'href="(/registers/qualification/\?[^"]*kind=[^"]+)"[^>]*>([\d,]+)<', page):
        words = dict(parse_qsl(urlsplit(link.replace("&amp;", "&")).query))
        listed = keeper.get(link.replace("&amp;", "&")).content.decode()
        found[words["kind"]] = (int(number), len(set(re.findall(r'"/registers/qualification/(\d+)/"', listed))))
    assert found == {"first_aid": (1, 1), "first_aid_trainer": (2, 2), "pilot": (1, 1)}
