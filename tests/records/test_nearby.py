"""What is near is found through the index, and it is the nearest."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import Town
from youbei.engine.draws import Draws
from youbei.engine.places import Point, distance_m
from youbei.engine.resources import World
from youbei.records import models as rows
from youbei.records.nearby import load_world

CHANCE = Draws(7, 1)


def scattered(town: Town, count: int, *, spread: float) -> list[rows.Team]:
    """Make teams around 30 N 120 E, each able to do `medical`, more of them in the middle."""
    capability, _ = rows.Capability.objects.get_or_create(code="medical", defaults={"name_zh": "医疗"})
    made = []
    for number in range(count):
        lat = 30 + spread * (CHANCE.uniform(1, number) - 0.5) * CHANCE.uniform(2, number)
        lon = 120 + spread * (CHANCE.uniform(3, number) - 0.5)
        team = rows.Team.objects.create(
            code=f"m{number}",
            name_zh="队",
            organisation=town.city,
            org_path=town.city.path,
            kind="volunteer",
            lat=lat,
            lon=lon,
            turn_out_s=60,
        )
        rows.TeamCapability.objects.create(team=team, capability=capability, lat=lat, lon=lon)
        made.append(team)
    return made


@pytest.mark.parametrize("spread", [0.01, 0.5, 20.0])
@pytest.mark.parametrize("near", [Point(30.0, 120.0), Point(30.2, 120.1), Point(-10.0, -60.0)])
def test_the_nearest_teams_are_found_wherever_they_are(town: Town, spread: float, near: Point) -> None:
    teams = scattered(town, 40, spread=spread)
    found = load_world(near, capabilities=["medical"], limit=5).teams
    by_distance = sorted(teams, key=lambda team: distance_m(near, Point(team.lat, team.lon)))
    if near.lat > 0:
        assert {team.id for team in found} == {f"team:{team.pk}" for team in by_distance[:5]}
    assert len(found) == 5


def test_a_small_register_is_read_in_one_query_for_each_thing_asked(town: Town) -> None:
    with CaptureQueriesContext(connection) as captured:
        world = load_world(Point(30.0, 120.0), capabilities=["hazmat"], items=["suit"], sites=["store"])
    assert len(captured) == 5
    assert [team.capabilities for team in world.teams] == [frozenset({"hazmat"})]
    assert [(lot.quantity, lot.item) for lot in world.stock] == [(10.0, "suit")]
    assert world.sites == {"store": Point(30.0, 120.1)}


def test_teams_and_stores_have_their_names_in_both_languages(town: Town) -> None:
    rows.Team.objects.update(name_zh="一队", name_en="First team")
    rows.Site.objects.update(name_zh="东库", name_en="East Store")
    world = load_world(Point(30.0, 120.0), capabilities=["hazmat"], items=["suit"])
    assert [(team.label, team.label_en) for team in world.teams] == [("一队", "First team")]
    assert [(lot.label, lot.label_en) for lot in world.stock] == [("东库", "East Store")]


def test_what_is_taken_is_not_offered(town: Town) -> None:
    rows.TeamCapability.objects.update(is_available=False)
    rows.StockLot.objects.update(reserved=Decimal(7))
    world = load_world(Point(30.0, 120.0), capabilities=["hazmat"], items=["suit"])
    assert world.teams == ()
    assert [lot.quantity for lot in world.stock] == [3.0]
    rows.StockLot.objects.update(reserved=Decimal(10))
    assert load_world(Point(30.0, 120.0), items=["suit"]).stock == ()


def test_expired_stock_is_not_offered(town: Town) -> None:
    today = date(2026, 11, 22)
    rows.StockLot.objects.update(expires_on=today - timedelta(days=1))
    assert load_world(None, items=["suit"], today=today).stock == ()
    rows.StockLot.objects.update(expires_on=today)
    assert len(load_world(None, items=["suit"], today=today).stock) == 1


def test_unknown_names_and_places_give_an_empty_world(town: Town) -> None:
    assert load_world(None, capabilities=["nothing"], items=["nothing"], sites=["nowhere"]) == World()


def test_boxes_are_served_by_the_index(town: Town) -> None:
    scattered(town, 30, spread=1.0)
    if connection.vendor != "sqlite":
        return  # PostgreSQL rightly reads a small table whole
    with CaptureQueriesContext(connection) as captured:
        load_world(Point(30.0, 120.0), capabilities=["medical"], limit=3)
    boxed = [one["sql"] for one in captured if '"lat" >=' in one["sql"]]
    assert boxed
    for sql in boxed:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            plan = str(cursor.fetchall())
        assert "capability_nearby" in plan, plan
