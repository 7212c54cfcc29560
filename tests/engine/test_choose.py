"""Claims about who is chosen for a need."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.places import Point
from youbei.engine.plans.model import Need
from youbei.engine.resources import Stock, Team, World, choose, shortfall

HERE = Point(30.0, 120.0)
MINUTE = timedelta(minutes=1)


def team(name: str, km: float, turn_out: float = 1, *capabilities: str, is_available: bool = True) -> Team:
    return Team(
        id=name,
        label=name.upper(),
        capabilities=frozenset(capabilities or ("fire_fighting",)),
        base=Point(30.0 + km / 111.2, 120.0),
        turn_out=turn_out * MINUTE,
        is_available=is_available,
    )


def lot(name: str, km: float, quantity: float, item: str = "foam") -> Stock:
    return Stock(id=name, item=item, quantity=quantity, base=Point(30.0 + km / 111.2, 120.0), label=name.upper())


FIRE = Need(id="fire", capability="fire_fighting", count=2)
FOAM = Need(id="foam", item="foam", quantity=10)


def test_the_teams_that_arrive_first_are_chosen_not_the_nearest() -> None:
    world = World(teams=(team("slow", 1, 30), team("near", 2), team("far", 4)))
    assert [choice.resource for choice in choose(world, FIRE, HERE, taken={})] == ["near", "far"]


def test_a_team_that_is_taken_unavailable_or_unsuitable_is_passed_over() -> None:
    world = World(
        teams=(team("busy", 1), team("off", 1, is_available=False), team("medics", 1, 1, "medical"), team("free", 9))
    )
    choices = choose(world, FIRE, HERE, taken={"busy": 1.0})
    assert [choice.resource for choice in choices] == ["free"]
    assert shortfall(FIRE, choices) == 1


def test_lots_add_up_and_the_last_one_gives_only_what_is_missing() -> None:
    world = World(stock=(lot("far", 9, 100), lot("near", 1, 6), lot("middle", 3, 3), lot("other", 0, 99, "water")))
    choices = choose(world, FOAM, HERE, taken={"near": 2.0})
    assert [(choice.resource, choice.quantity) for choice in choices] == [("near", 4), ("middle", 3), ("far", 3)]
    assert shortfall(FOAM, choices) == 0


def test_what_is_short_is_said_in_the_reason() -> None:
    (choice,) = choose(World(stock=(lot("near", 1, 6),)), FOAM, HERE, taken={})
    assert "尚缺 4" in choice.reason_zh
    assert "4 still missing" in choice.reason_en


def test_the_reason_gives_place_in_the_order_distance_and_time() -> None:
    choice = choose(World(teams=(team("a", 3, 2), team("b", 6))), FIRE, HERE, taken={})[0]
    assert choice.reason_en.startswith("Number 1 to arrive of 2 suitable teams that are free: 3.0 km")
    assert "turn-out 2 min" in choice.reason_en
    assert choice.reason_zh.startswith("2 支可用的合格队伍中第 1 个能到场的：直线 3.0 公里")


def test_where_the_place_is_unknown_only_the_turn_out_counts() -> None:
    choice = choose(World(teams=(team("far", 50, 1), team("near", 1, 5))), FIRE, None, taken={})[0]
    assert choice.resource == "far"
    assert choice.arrives_in == MINUTE
    assert "place unknown" in choice.reason_en


def test_an_empty_world_chooses_nothing() -> None:
    assert choose(World(), FIRE, HERE, taken={}) == ()
    assert shortfall(FOAM, ()) == 10


@given(
    quantities=st.lists(st.integers(0, 20), max_size=8),
    used=st.lists(st.integers(0, 20), max_size=8),
    asked=st.integers(1, 60),
)
def test_no_lot_gives_more_than_it_has_and_the_sum_is_what_is_asked_or_all_there_is(
    quantities: list[int], used: list[int], asked: int
) -> None:
    lots = tuple(lot(f"lot-{i}", i, quantity) for i, quantity in enumerate(quantities))
    taken = {f"lot-{i}": float(quantity) for i, quantity in enumerate(used)}
    free = {one.id: max(0.0, one.quantity - taken.get(one.id, 0.0)) for one in lots}
    choices = choose(World(stock=lots), Need(id="n", item="foam", quantity=asked), HERE, taken=taken)
    assert all(0 < choice.quantity <= free[choice.resource] for choice in choices)
    assert sum(choice.quantity for choice in choices) == min(asked, sum(free.values()))
