"""Claims about what may be otherwise on the day: each thing happens as often as stated, and does what is stated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from youbei.engine.demand import Demand, Stream
from youbei.engine.draws import Draws
from youbei.engine.places import Point
from youbei.engine.plans.model import (
    Climb,
    ClimbTo,
    Deadline,
    Duration,
    Holder,
    HolderKind,
    LevelNumber,
    Need,
    Plan,
    ReportUp,
    Scenario,
    Tell,
)
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.everyday import MICROSECOND, Call
from youbei.engine.simulation.luck import luck_of
from youbei.engine.simulation.replicate import Replication, replicate
from youbei.engine.simulation.replicate import carried_out as replicated
from youbei.engine.simulation.world_file import BadWorld, read_world
from youbei.engine.troubles import NO_TROUBLES, Closure, Failure, OffHours, Shift, Troubles, Unreachable, touches
from youbei.testing import minutes, small_plan, small_step, words

QUIET = Scenario("quiet", words("quiet"))
HERE, THERE = Point(30.0, 120.0), Point(30.1, 120.0)
CREW = Need("crew", capability="fire", count=1)


def plan_of_one(*, takes: float = 20) -> Plan:
    return small_plan(small_step("only", takes=Duration(likely=minutes(takes)), needs=(CREW,)))


def plan_of_nothing() -> Plan:
    return small_plan(small_step("only", takes=Duration(likely=minutes(60))))


def crew(name: str = "t", base: Point = HERE, turn_out: float = 5) -> Team:
    return Team(name, name, frozenset({"fire"}), base, minutes(turn_out))


def world_of(troubles: Troubles = NO_TROUBLES, *teams: Team, **more: Any) -> World:
    return World(teams=teams or (crew(),), sites={"incident": HERE}, troubles=troubles, **more)


def carried_out(world: World, *, number: int = 0, plan: Plan | None = None) -> Replication:
    return replicate(plan or plan_of_one(), world, QUIET, seed=1, number=number, level=LevelNumber.IV)


def share_of(troubles: Troubles, condition: str, count: int = 2000) -> float:
    world = world_of(troubles)
    met = (luck_of(world, Draws(7, number)).conditions(troubles) for number in range(count))
    return sum(condition in one for one in met) / count


def test_things_happen_as_often_as_stated() -> None:
    assert abs(share_of(Troubles(), "night") - 1 / 3) < 0.03
    assert abs(share_of(Troubles(holiday_share=0.3), "holiday") - 0.3) < 0.03
    closure = Closure("bridge", "", HERE, 100.0, 0.2)
    assert abs(share_of(Troubles(closures=(closure,)), "closure:bridge") - 0.2) < 0.03
    assert share_of(Troubles(hour=12.0, holiday_share=1.0), "night") == 0
    assert share_of(Troubles(hour=23.0), "night") == 1


def test_a_team_off_the_road_is_not_sent() -> None:
    gone = world_of(Troubles(off_road=1.0))
    assert carried_out(gone).met == {"only/crew": None}
    assert carried_out(gone).short == {"only/crew": 1.0}
    assert carried_out(world_of(Troubles(off_road=1.0, off_road_of={"t": 0.0}))).met == {"only/crew": 300_000}


def test_a_team_more_leaves_the_luck_of_the_others_as_it_was() -> None:
    teams = tuple(crew(f"t{number}") for number in range(30))
    few, many = world_of(Troubles(off_road=0.5), *teams), world_of(Troubles(off_road=0.5), crew("new"), *teams)
    for number in range(20):
        draws = Draws(1, number)
        assert luck_of(many, draws).missing - {"new"} == luck_of(few, draws).missing


def test_at_night_teams_turn_out_slower_and_fewer_are_there() -> None:
    night = Troubles(hour=23.0, night=OffHours(slower=1.5))
    assert carried_out(world_of(night)).met == {"only/crew": 450_000}
    assert carried_out(world_of(replace(night, hour=12.0))).met == {"only/crew": 300_000}
    thin = world_of(Troubles(hour=23.0, night=OffHours(strength=0.6)))
    there = sum(carried_out(thin, number=number).met["only/crew"] is not None for number in range(300))
    assert abs(there / 300 - 0.6) < 0.09


def test_a_closed_road_sends_another_team_and_a_slow_one_costs_time() -> None:
    bridge = Closure("bridge", "", Point(30.05, 120.0), 500.0, 1.0)
    teams = (crew("north", THERE, 1), crew("south", Point(29.8, 120.0), 1))
    free, shut = world_of(Troubles(), *teams), world_of(Troubles(closures=(bridge,)), *teams)
    assert (carried_out(free).met["only/crew"] or 0) < (carried_out(shut).met["only/crew"] or 0)
    only = world_of(Troubles(closures=(bridge,)), teams[0])
    assert carried_out(only).met == {"only/crew": None}
    slow = world_of(Troubles(closures=(replace(bridge, factor=2.0),)), replace(teams[0], turn_out=timedelta(0)))
    fast = world_of(Troubles(), replace(teams[0], turn_out=timedelta(0)))
    twice, once = carried_out(slow).met["only/crew"], carried_out(fast).met["only/crew"]
    assert twice is not None
    assert once is not None
    assert abs(twice - 2 * once) <= 2


@pytest.mark.parametrize(
    ("origin", "destination", "is_touched"),
    [
        (Point(30.0, 119.9), Point(30.0, 120.1), True),
        (Point(30.1, 119.9), Point(30.1, 120.1), False),
        (Point(30.0, 120.0), Point(31.0, 120.0), True),
        (Point(30.1, 120.1), Point(30.1, 120.1), False),
        (Point(30.2, 120.0), Point(30.1, 120.0), False),
    ],
)
def test_a_way_touches_an_area_where_it_passes_through_or_ends(
    origin: Point, destination: Point, is_touched: bool
) -> None:
    assert touches(Closure("", "", HERE, 2_000.0, 1.0), origin, destination) is is_touched


def test_what_a_supplier_promised_fails_together() -> None:
    foam = Need("foam", item="foam", quantity=2.0)
    plan = small_plan(small_step("only", takes=Duration(likely=minutes(1)), needs=(foam,)))
    stock = (Stock("a", "foam", 1.0, HERE), Stock("b", "foam", 1.0, HERE))
    failure = Failure("supplier", "", frozenset({"a", "b"}), 0.3)
    world = world_of(Troubles(failures=(failure,)), stock=stock)
    met = [carried_out(world, number=number, plan=plan).met["only/foam"] for number in range(200)]
    assert abs(sum(one is None for one in met) / 200 - 0.3) < 0.1
    short = {carried_out(world, number=number, plan=plan).short.get("only/foam") for number in range(50)}
    assert short == {None, 2.0}


def test_a_post_out_of_reach_begins_once_somebody_stands_in() -> None:
    post = small_plan().posts[0]
    away = Unreachable(post.id, 1.0, deputy_after=minutes(4), alone_after=minutes(30))
    plan = small_plan(small_step("only", takes=Duration(likely=minutes(10)), owner=post.id))
    assert carried_out(world_of(), plan=plan).started == (0,)
    alone = carried_out(world_of(Troubles(unreachable=(away,))), plan=plan)
    assert (alone.opened, alone.started, alone.finished) == ((0,), (1_800_000,), (2_400_000,))
    deputy = replace(post, deputies=(Holder(HolderKind.OFFICE, "town/deputy"),))
    plan = replace(plan, posts=(deputy, *plan.posts[1:]))
    assert carried_out(world_of(Troubles(unreachable=(away,))), plan=plan).started == (240_000,)


# --- every day --------------------------------------------------------------------------------------------------------


def stream(**changes: Any) -> Stream:
    return replace(Stream("fire", "centre", HERE, "fire", 24.0, minutes(60)), **changes)


def test_a_team_that_is_out_for_every_day_is_not_free_until_it_is_back() -> None:
    """Nearly one call an hour of a whole hour each, and a single team: the plan waits until it is back."""
    world = world_of(Troubles(), demand=Demand((stream(per_day=16.0),)))
    met = [carried_out(world, number=number).met["only/crew"] for number in range(60)]
    waited = [one for one in met if one is not None and one > 300_000]
    assert 20 < len(waited) < 58
    assert all(one is not None for one in met)
    assert max(waited) <= 300_000 + 3_900_000


def test_calls_are_counted_from_the_activation_on_and_come_at_their_rate() -> None:
    demand = Demand((stream(per_day=48.0, on_scene=minutes(1)),), warm_up=timedelta(hours=3))
    found = [carried_out(world_of(Troubles(), demand=demand), number=number).calls for number in range(40)]
    assert all(0 <= call.at <= 24 * 3_600_000_000 for calls in found for call in calls)
    assert abs(sum(map(len, found)) / 40 - 48) < 4
    assert all(call.response is not None and call.wait is not None for calls in found for call in calls)


def test_calls_come_in_their_hours() -> None:
    only = tuple(24.0 if hour == 3 else 0.0 for hour in range(24))
    demand = Demand((stream(hours=only),), warm_up=timedelta(0))
    calls = carried_out(world_of(Troubles(hour=0.0), demand=demand)).calls
    assert len(calls) > 8
    assert all(3 <= call.at / 3_600_000_000 < 4 for call in calls)


def test_calls_come_in_their_season() -> None:
    summer = tuple(12.0 if month == 7 else 0.0 for month in range(1, 13))
    calls = {
        month: carried_out(world_of(Troubles(month=month), demand=Demand((stream(months=summer),)))).calls
        for month in (1, 7)
    }
    assert calls[1] == ()
    assert len(calls[7]) > 8


def test_of_two_incidents_at_once_the_second_waits_for_the_team_of_the_first() -> None:
    """One team, and calls so close together that it never comes home before the next."""
    demand = Demand((stream(per_day=1000.0, on_scene=minutes(30)),), warm_up=timedelta(0), lasts=minutes(10))
    first, second = carried_out(world_of(Troubles(), crew(turn_out=0), demand=demand), plan=plan_of_nothing()).calls[:2]
    assert second.at - first.at < 30 * 60_000_000
    assert (first.wait, first.response) == (0, 0)
    assert second.wait is not None
    assert second.wait == first.at + 30 * 60_000_000 - second.at


def test_a_line_that_ramps_up_delivers_as_much_as_it_has_made() -> None:
    """From 0 to 24 a day within a day: after 12 hours 3 are made, after 18 hours 6.75, fetched every six hours."""
    line = {"id": "line", "item": "foam", "lat": 30, "lon": 120, "first_rate": 0, "ramp_up": "P1D", "full_rate": 24}
    read = read_world(json.dumps({"sites": {"incident": {"lat": 30, "lon": 120}}, "capacity": [line]}).encode())
    for quantity, hours in ((3.0, 12), (6.0, 18), (6.75, 18), (7.0, 24)):
        need = Need("foam", item="foam", quantity=quantity)
        plan = small_plan(small_step("only", takes=Duration(likely=minutes(1)), needs=(need,)))
        assert carried_out(read, plan=plan).met == {"only/foam": hours * 3_600_000}, quantity


def test_the_reporting_chain_runs_as_far_as_its_steps_do() -> None:
    """Who is told is told when a step opens, what is reported up is reported when it is finished, and who is late is
    told on up the chain.
    """
    step = small_step(
        "only",
        takes=Duration(likely=minutes(20)),
        within=Deadline(minutes(10)),
        tells=(Tell("commander", words("told")),),
        reports=(ReportUp("agency:county", words("done")),),
        late=(Climb(minutes(2), ClimbTo.COMMANDER),),
    )
    run, _ = replicated(small_plan(step), world_of(), QUIET, seed=1, number=0, level=LevelNumber.IV)
    sent = [
        (event.at - run.log[0].at, event.kind) for event in run.log if event.kind in ("message.queued", "step.climbed")
    ]
    at = {
        kind: {length // minutes(1) for length, one in sent if one == kind}
        for kind in ("message.queued", "step.climbed")
    }
    assert at["step.climbed"] == {12}
    assert {0, 20} <= at["message.queued"]


def test_who_is_out_for_the_plan_does_not_go_to_a_call() -> None:
    """One team, out for the plan for an hour: calls of that hour wait for it."""
    demand = Demand((stream(per_day=200.0, on_scene=timedelta(0)),), warm_up=timedelta(0), lasts=minutes(60))
    found = carried_out(world_of(Troubles(), crew(turn_out=0), demand=demand), plan=plan_of_one(takes=60))
    released = found.finished[0]
    assert released is not None
    waiting: list[Call] = [call for call in found.calls if call.at < released * 1000]
    assert len(waiting) > 2
    assert all(call.wait == released * 1000 - call.at for call in waiting)


def test_a_call_that_nobody_can_serve_is_said_so() -> None:
    demand = Demand((stream(capability="divers"),))
    assert all(call.response is None for call in carried_out(world_of(Troubles(), demand=demand)).calls)


def test_a_team_is_there_in_its_shift_only() -> None:
    shift = Shift(frozenset({"t"}), 8.0, 18.0)
    before, within = (world_of(Troubles(hour=hour, shifts=(shift,))) for hour in (6.5, 9.0))
    assert carried_out(within).met == {"only/crew": 300_000}
    assert carried_out(before).met == {"only/crew": 5_400_000 + 300_000}


def test_the_time_away_is_counted_while_calls_count() -> None:
    demand = Demand((stream(per_day=4.0, on_scene=minutes(30)),), warm_up=timedelta(hours=6))
    world = world_of(Troubles(), crew(turn_out=0), demand=demand)
    found = [carried_out(world, number=number) for number in range(100)]
    away = sum(one.out.get("t", 0) for one in found) / 100 * MICROSECOND
    assert abs(away - minutes(120)) < minutes(12)


# --- from a file ------------------------------------------------------------------------------------------------------

FULL: dict[str, Any] = {
    "teams": [{"id": "t", "capabilities": ["fire"], "lat": 30, "lon": 120}],
    "stock": [{"id": "s", "item": "foam", "quantity": 1, "lat": 30, "lon": 120}],
    "capacity": [
        {"id": "line", "item": "foam", "lat": 30, "lon": 120, "switch_over": "PT6H", "full_rate": 24, "share": 0.5}
    ],
    "troubles": {
        "hour": 3,
        "month": 7,
        "night": {"from": 21, "until": 5, "slower": 1.5, "strength": 0.8},
        "holiday": {"share": 0.3, "slower": 1.2, "strength": 0.6},
        "off_road": {"probability": 0.05, "teams": {"t": 0.2}},
        "unreachable": [{"post": "commander", "probability": 0.1, "deputy_after": "PT5M", "alone_after": "PT1H"}],
        "closures": [
            {"id": "bridge", "lat": 30, "lon": 120, "radius_m": 500, "probability": 0.01},
            {"id": "centre", "lat": 30, "lon": 120, "radius_m": 900, "probability": 0.1, "factor": 1.5},
        ],
        "failures": [{"id": "maker", "resources": ["line", "s"], "probability": 0.1}],
        "shifts": [{"teams": ["t"], "from": 8, "until": 20}],
    },
    "demand": {
        "handling": "PT2M",
        "streams": [
            {
                "kind": "fire",
                "place": "a",
                "lat": 30,
                "lon": 120,
                "capability": "fire",
                "per_day": 2,
                "on_scene": "PT1H",
            }
        ],
    },
}


def test_all_of_it_is_read_from_a_file() -> None:
    world = read_world(json.dumps(FULL).encode())
    assert [(lot.id, lot.quantity, lot.lead) for lot in world.stock[1:3]] == [
        ("line#2", 3.0, timedelta(hours=12)),
        ("line#3", 3.0, timedelta(hours=18)),
    ]
    troubles = world.troubles
    assert troubles.night == OffHours(1.5, 0.8)
    assert troubles.off_road_by("t") == 0.2
    assert troubles.closures[1].factor == 1.5
    assert troubles.failures[0].resources >= {"s", "line#2", "line#12"}
    assert troubles.conditions == (
        *("night", "holiday", "closure:bridge", "closure:centre", "failure:maker", "unreachable:commander"),
    )
    assert world.demand.streams == (Stream("fire", "a", HERE, "fire", 2.0, minutes(60)),)
    assert world.demand.handling == minutes(2)


def changed(part: str, change: dict[str, Any]) -> bytes:
    return json.dumps({**FULL, part: {**FULL[part], **change}}).encode()


def one_stream(**change: Any) -> dict[str, Any]:
    return {"streams": [{**FULL["demand"]["streams"][0], **change}]}


@pytest.mark.parametrize(
    ("part", "change", "says"),
    [
        ("troubles", {"hour": 25}, "troubles.hour"),
        ("troubles", {"month": 2.5}, "troubles.month"),
        ("troubles", {"night": {"strength": 2}}, "strength"),
        ("troubles", {"night": {"slower": 0}}, "slower"),
        ("troubles", {"off_road": {"teams": {"nobody": 0.1}}}, "nobody"),
        ("troubles", {"off_road": {"teams": []}}, "object"),
        ("troubles", {"unreachable": [{"post": "commander"}]}, "probability"),
        ("troubles", {"closures": [{"id": "a", "lat": 1, "lon": 1, "radius_m": 0, "probability": 0}]}, "radius_m"),
        ("troubles", {"failures": [{"id": "a", "resources": ["no"], "probability": 0}]}, "'no'"),
        ("troubles", {"failures": [{"id": "a", "resources": [], "probability": 0}]}, "at least one"),
        ("troubles", {"closures": [FULL["troubles"]["closures"][0]] * 2}, "twice"),
        ("troubles", {"shifts": [{"teams": ["s"], "from": 1, "until": 2}]}, "'s'"),
        ("troubles", {"weather": {}}, "weather"),
        ("demand", one_stream(per_day=0), "per_day"),
        ("demand", one_stream(count=0), "count"),
        ("demand", one_stream(hours=[1] * 23), "24"),
        ("demand", one_stream(hours=[0] * 24), "zero"),
        ("demand", one_stream(spread=0.5), "spread"),
        ("demand", {"streams": FULL["demand"]["streams"] * 2}, "twice"),
        ("demand", {"lasts": "P30D"}, "seven days"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(part: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadWorld) as refused:
        read_world(changed(part, change))
    assert says in refused.value.text.en
    assert refused.value.text.zh.endswith("。")
