"""Claims about the world of a stress test: it holds what can be bought and made, and the incidents of every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.built_once import built_once
from tests.records.conftest import Town, incident
from tests.records.small_plan import NOW, small_plan
from youbei.engine.places import Point
from youbei.engine.plans.model import Need, Plan, Scenario
from youbei.engine.simulation.ensemble import set_up, simulate_many
from youbei.engine.text import Text
from youbei.records import models as rows
from youbei.records.stress_duty import share_unmanned
from youbei.records.stress_world import LEAST, stress_world

NEAR = Point(30.0, 120.0)


@pytest.fixture
def plan() -> Plan:
    plan = small_plan()
    needs = (Need("suits", item="suit", quantity=12.0), Need("crew", capability="rescue", count=1))
    return replace(plan, steps=(replace(plan.steps[0], needs=needs), *plan.steps[1:]))


@built_once
def rescuers(town: Town) -> None:
    capability = rows.Capability.objects.create(code="rescue", name_zh="抢险")
    rows.TeamCapability.objects.create(team=town.team, capability=capability, lat=30.0, lon=120.0)


def past(town: Town, count: int) -> None:
    """Let incidents have happened at noon, one each third day, at two places."""
    for number in range(count):
        at = (NOW - timedelta(days=3 * number + 1)).replace(hour=4)
        lat = 30.0 if number % 4 else 30.1
        incident(town.city, number, category="accident", lat=lat, lon=120.0, known_at=at, reported_at=at)


def test_offers_and_lines_are_stock_that_comes_later_and_may_fail(town: Town, plan: Plan, rescuers: None) -> None:
    common = {"organisation": town.city, "org_path": town.city.path, "item": town.lot.item}
    offer = rows.MarketOffer.objects.create(
        code="o", quantity=Decimal(30), delay_h=Decimal(20), supplier_name="厂", **common
    )
    line = rows.CapacityLine.objects.create(
        code="l", name_zh="线", switch_over_h=6, first_rate=24, ramp_up_h=0, full_rate=24, **common
    )
    world = stress_world(plan, NEAR, now=NOW, paths=[town.city.path])
    lots = {lot.id: lot for lot in world.stock}
    assert (lots[f"offer:{offer.pk}"].quantity, lots[f"offer:{offer.pk}"].lead) == (30.0, timedelta(hours=20))
    assert (lots[f"line:{line.pk}#2"].quantity, lots[f"line:{line.pk}#2"].lead) == (6.0, timedelta(hours=12))
    assert f"line:{line.pk}#1" not in lots
    failures = {one.id: one for one in world.troubles.failures}
    assert failures[f"offer:{offer.pk}"].resources == {f"offer:{offer.pk}"}
    assert f"line:{line.pk}#12" in failures[f"line:{line.pk}"].resources
    assert world.troubles.off_road > 0
    assert stress_world(plan, NEAR, now=NOW, paths=[town.neighbour.path]).troubles.failures == ()


def test_past_incidents_become_those_of_every_day(town: Town, plan: Plan, rescuers: None) -> None:
    past(town, 80)
    demand = stress_world(plan, NEAR, now=NOW, paths=[]).demand
    assert {(one.point, one.capability) for one in demand.streams} == {
        (Point(30.0, 120.0), "rescue"),
        (Point(30.1, 120.0), "rescue"),
    }
    assert abs(demand.per_day - 1 / 3) < 0.01
    hours = demand.streams[0].hours
    assert max(hours) == hours[12]
    assert sum(hours) == pytest.approx(24)


def test_places_are_called_by_the_site_nearest_to_their_middle(town: Town, plan: Plan, rescuers: None) -> None:
    past(town, 80)
    for number, (lat, name) in enumerate(((30.09, "学校"), (30.101, "医院"))):
        rows.Site.objects.create(
            code=f"s{number}", kind="school", organisation=town.city, org_path=town.city.path, lat=lat, lon=120.0,
            name_zh=name, name_en="Clinic" if number else "",
        )  # fmt: skip
    named = {one.point.lat: one.place for one in stress_world(plan, NEAR, now=NOW, paths=[]).demand.streams}
    assert named == {30.0: "30.00, 120.00", 30.1: "医院 / Clinic (30.10, 120.00)"}


def test_few_far_and_practised_incidents_tell_nothing(town: Town, plan: Plan, rescuers: None) -> None:
    past(town, LEAST - 1)
    for number, changes in enumerate(
        ({"lat": 35.0, "lon": 120.0}, {"lat": 30.0, "lon": 120.0, "mode": "exercise"}, {})
    ):
        incident(town.city, 1_000 + number, **{"reported_at": NOW - timedelta(days=1), **changes})
    assert stress_world(plan, NEAR, now=NOW, paths=[]).demand.streams == ()
    assert stress_world(plan, None, now=NOW, paths=[]).demand.streams == ()


def test_a_post_with_gaps_in_its_roster_is_out_of_reach_as_often(town: Town, plan: Plan) -> None:
    """Ten hours manned, ten not, ten manned: a third of the time that is spoken for nobody is there."""
    usual = {one.post: one.probability for one in stress_world(plan, NEAR, now=NOW, paths=[]).troubles.unreachable}
    assert usual == {"commander": 0.05, "ops": 0.05}
    shift = rows.DutyShift.objects.get()
    later = NOW + timedelta(hours=19)
    rows.DutyShift.objects.create(
        post=shift.post, org_path=shift.org_path, person=town.li, starts_at=later, ends_at=later + timedelta(hours=10)
    )
    gaps = {one.post: one.probability for one in stress_world(plan, NEAR, now=NOW, paths=[]).troubles.unreachable}
    assert gaps["commander"] == 0.05
    assert gaps["ops"] == pytest.approx(1 / 3 + 2 / 3 * 0.05)


def test_roads_that_were_closed_may_be_closed_again(town: Town, plan: Plan) -> None:
    flood = incident(town.city, 1, lat=30.0, lon=120.0)
    area = [[30.0, 120.0], [30.02, 120.0]]
    day = timedelta(days=1)

    def closed(area: list[list[float]], since: int, until: int | None, on: rows.Incident = flood) -> int:
        opened_at = None if until is None else NOW - until * day
        row = rows.RoadClosure.objects.create(
            incident=on, area=area, factor=2.0, reason="积水", closed_at=NOW - since * day, opened_at=opened_at
        )
        return int(row.pk)

    kept = closed(area, 83, 10)
    closed(area, 2, None)
    closed(area, 800, 700)
    closed(area, 20, 10, incident(town.city, 2, lat=35.0, lon=120.0))
    closed(area, 20, 10, incident(town.city, 3, lat=30.0, lon=120.0, mode="exercise"))
    (one,) = stress_world(plan, NEAR, now=NOW, paths=[]).troubles.closures
    assert (one.id, one.label, one.factor) == (f"closed-{kept}", "积水", 2.0)
    assert (one.centre.lat, one.centre.lon) == pytest.approx((30.01, 120.0))
    assert one.probability == pytest.approx(73 / 365)
    assert one.radius_m == pytest.approx(1112, abs=2)
    assert stress_world(plan, None, now=NOW, paths=[]).troubles.closures == ()


@pytest.mark.parametrize(
    ("spans", "share"),
    [
        ([], 0.0),
        ([(-100, None)], 0.0),
        ([(-4, 4), (2, 6)], 0.0),
        ([(0, 6), (0, 24), (8, 12)], 0.0),
        ([(-2000, -24), (0, 24)], 24 / (7 * 24 + 24)),
        ([(24, 2000)], 0.0),
    ],
)
def test_what_is_not_drawn_up_yet_is_no_gap(spans: list[tuple[int, int | None]], share: float) -> None:
    written = [(NOW + timedelta(hours=a), None if b is None else NOW + timedelta(hours=b)) for a, b in spans]
    assert share_unmanned(written, NOW) == pytest.approx(share)


def test_such_a_world_can_be_simulated(town: Town, plan: Plan, rescuers: None) -> None:
    past(town, 80)
    world = stress_world(plan, NEAR, now=NOW, paths=[town.city.path])
    found = simulate_many(set_up(plan, world, Scenario("", Text(), place=NEAR), seed=1), runs=6)
    assert found.report.runs == 6
    assert found.service is not None
