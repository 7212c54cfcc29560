"""Claims about ensembles: they find what the reference finds, whatever works on them, and say it in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, DurationShape, Need, Plan, Scenario, Start
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation import ensemble
from youbei.engine.simulation.compare import compare_setups
from youbei.engine.simulation.ensemble import Setup, run_part, set_up, share_away, simulate_many
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.promises import broken_promises
from youbei.engine.simulation.service import tenths
from youbei.engine.simulation.simulate import BadSimulation, simulate
from youbei.engine.simulation.world_file import BadWorld, read_world
from youbei.testing import minutes, small_plan, small_step, words

QUIET = Scenario("quiet", words("quiet"))
HERE = Point(30.0, 120.0)


def triangle(low: float, likely: float, high: float) -> Duration:
    return Duration(DurationShape.TRIANGULAR, minutes(likely), minutes(low), minutes(high))


def tight_plan() -> Plan:
    """Two steps that want the same two teams, the second under a deadline, and one with a work time that varies."""
    crew = Need("crew", capability="fire", count=2)
    return small_plan(
        small_step("hold", takes=triangle(5, 10, 30), needs=(crew,)),
        small_step("rescue", takes=triangle(2, 4, 8), needs=(crew,), within=Deadline(minutes(25))),
        small_step("report", takes=triangle(2, 6, 20), within=Deadline(minutes(10)), start=Start(after=("hold",))),
        small_step("foam", takes=minutes_fixed(1), needs=(Need("foam", item="foam", quantity=5.0),)),
    )


def minutes_fixed(number: float) -> Duration:
    return Duration(likely=minutes(number))


def tight_world() -> World:
    return World(
        teams=tuple(
            Team(f"team-{number}", f"Team {number}", frozenset({"fire"}), HERE, minutes(number)) for number in (1, 2)
        ),
        stock=(Stock("lot", "foam", 3.0, HERE),),
        sites={"incident": Point(30.02, 120.0)},
    )


def tight(seed: int = 1, world: World | None = None) -> Setup:
    return set_up(tight_plan(), world or tight_world(), QUIET, seed=seed)


def test_an_ensemble_finds_what_the_reference_finds() -> None:
    found = simulate_many(tight(), runs=300)
    assert found.report == simulate(tight_plan(), tight_world(), QUIET, runs=300, seed=1)
    assert found.is_compiled is IS_COMPILED


def test_without_a_kernel_it_finds_the_same() -> None:
    setup = tight()
    compiled, plain = simulate_many(setup, runs=60), simulate_many(replace(setup, program=None), runs=60)
    assert plain.busy
    assert replace(plain, is_compiled=compiled.is_compiled) == compiled


def test_threads_and_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate_many(tight(), runs=130)
    monkeypatch.setattr(ensemble, "BLOCK", 7)
    with ThreadPoolExecutor(3) as pool:
        assert simulate_many(tight(), runs=130, spread=pool.map) == whole


def test_what_a_late_step_waits_for_is_named() -> None:
    found = simulate_many(tight(), runs=400)
    causes = {step: next(iter(dict(counts))) for step, counts in found.causes}
    assert causes == {"rescue": "need:crew", "report": "work"}
    said = {promise.subject: promise.text for promise in broken_promises(found)}
    assert set(said) == {"rescue", "report", "rescue/crew", "foam/foam"}
    assert "mostly it waits for 2 × fire" in said["rescue"].en
    assert "25 min" in said["rescue"].en
    assert "多因等待 2 支“fire”队伍" in said["rescue"].zh
    assert "100%" in said["foam/foam"].en


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_how_long_teams_were_away_is_squared_run_by_run() -> None:
    setup, runs = tight(), 40
    whole, alone = run_part(setup, range(runs)), [run_part(setup, range(run, run + 1)) for run in range(runs)]
    for team in ("team-1", "team-2"):
        away = [tenths(one.away[team]) for one in alone]
        assert whole.away[team] == sum(one.away[team] for one in alone) > 0
        assert whole.away_squares[team] == sum(one * one for one in away)
        ended = [tenths(one.tally.ended.total * 1000) for one in alone]
        assert whole.away_by_length[team] == sum(one * length for one, length in zip(away, ended, strict=True))


def test_intervals_of_shares_of_time_cover() -> None:
    """Runs differ in length, and a team is away the longer the longer they take: true share 0.4."""
    hits = 0
    for trial in range(400):
        chance = Random(trial)
        lengths = [chance.choice((100, 400, 900)) for _ in range(40)]
        away = [length * chance.uniform(0.1, 0.7) for length in lengths]
        share, low, high = share_away(
            40,
            sum(away),
            sum(one * one for one in away),
            sum(lengths),
            sum(one * one for one in lengths),
            sum(one * length for one, length in zip(away, lengths, strict=True)),
        )
        assert low < share < high
        hits += low <= 0.4 <= high
    assert 0.91 * 400 <= hits <= 0.985 * 400


@pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")
def test_teams_are_away_from_their_call_to_their_release() -> None:
    """One team, one step of fixed length, nothing else: away for turn-out, road and work; the rest is none."""
    plan = small_plan(small_step("only", takes=minutes_fixed(20), needs=(Need("crew", capability="fire", count=1),)))
    world = World(teams=(Team("t", "T", frozenset({"fire"}), HERE, minutes(5)),), sites={"incident": HERE})
    found = simulate_many(set_up(plan, world, QUIET, seed=1), runs=10)
    assert [(one.team, round(one.share, 9)) for one in found.busy] == [("t", 1.0)]
    assert all(one.low <= one.share <= one.high for one in found.busy)
    assert found.first_arrival.mean == found.full_strength.mean == 300.0
    assert found.contained.mean == found.report.ended_at.mean == 1500.0


def test_a_step_network_agrees_with_exact_convolution() -> None:
    """Two parallel rows of two steps: the end is the later of two sums; its distribution is convolved on a grid."""
    plan = small_plan(
        small_step("a", takes=triangle(1, 2, 6)),
        small_step("b", takes=triangle(2, 3, 7), start=Start(after=("a",))),
        small_step("c", takes=triangle(1, 4, 8)),
        small_step("d", takes=triangle(1, 1, 5), start=Start(after=("c",))),
    )
    found = simulate_many(set_up(plan, World(), QUIET, seed=5), runs=3000 if IS_COMPILED else 400)
    grid = 0.02
    upper = convolved(cells(1, 2, 6, grid), cells(2, 3, 7, grid))
    lower = convolved(cells(1, 4, 8, grid), cells(1, 1, 5, grid))
    mean = 60 * later_of(upper, lower, grid)
    half = found.report.ended_at.high - found.report.ended_at.mean
    assert abs(found.report.ended_at.mean - mean) < 2 * half + 1


def cells(low: float, mode: float, high: float, grid: float) -> list[float]:
    """Return the probability of each cell from 0 to 20 minutes."""

    def below(x: float) -> float:
        if x <= low:
            return 0.0
        if x >= high:
            return 1.0
        if x < mode:
            return (x - low) ** 2 / (high - low) / (mode - low)
        return 1 - (high - x) ** 2 / (high - low) / (high - mode)

    return [below((place + 1) * grid) - below(place * grid) for place in range(round(20 / grid))]


def convolved(one: list[float], other: list[float]) -> list[float]:
    result = [0.0] * len(one)
    for place, weight in enumerate(one):
        if weight:
            for shift in range(len(other) - place):
                result[place + shift] += weight * other[shift]
    return result


def later_of(one: list[float], other: list[float], grid: float) -> float:
    """Return the mean of the later of two independent sums, each known by its cells."""
    mean, below_one, below_other = 0.0, 0.0, 0.0
    for place in range(len(one)):
        before = below_one * below_other
        below_one, below_other = below_one + one[place], below_other + other[place]
        # The middle of a cell of a sum of two cells lies at its upper end.
        mean += (below_one * below_other - before) * (place + 1) * grid
    return mean


def test_it_stops_once_it_is_precise_enough() -> None:
    found = simulate_many(tight(), runs=100_000, precision=0.05)
    assert 250 <= found.report.runs < 2_000
    late = next(step.late for step in found.report.steps if step.step == "report")
    assert late is not None
    assert (late.high - late.low) / 2 <= 0.05


def test_it_can_be_stopped_and_says_so() -> None:
    found = simulate_many(tight(), runs=10_000, go_on=lambda done: False)
    assert found.report.is_cancelled
    assert found.report.runs == 250


@pytest.mark.parametrize(
    "how",
    [{"runs": 0}, {"runs": -1}, {"runs": 10**12}, {"runs": 9, "precision": 0.0}, {"runs": 9, "precision": math.nan}],
)
def test_absurd_numbers_are_refused(how: dict) -> None:
    with pytest.raises(BadSimulation):
        simulate_many(tight(), **how)


def test_a_plan_without_steps_is_refused() -> None:
    with pytest.raises(BadSimulation):
        set_up(small_plan(), World(), QUIET, seed=1)


# --- comparing -------------------------------------------------------------------------------------------------------


def test_a_plan_does_not_differ_from_itself() -> None:
    found = compare_setups(tight(), tight(), runs=50)
    assert all(one.difference == one.low == one.high == 0 and not one.is_plain for one in found.differences)


def test_common_luck_shows_a_small_difference() -> None:
    """Half a minute more of turn-out is lost in the spread of the runs, and plain in pairs."""
    slower = replace(
        tight_world(),
        teams=tuple(replace(team, turn_out=team.turn_out + timedelta(seconds=30)) for team in tight_world().teams),
    )
    found = compare_setups(tight(), tight(world=slower), runs=200)
    ended = next(one for one in found.differences if one.measure == "hold/finished")
    assert abs(ended.difference - 30) < 1e-9
    assert ended.is_plain
    assert ended.gain is None or ended.gain > 40


def test_comparing_in_parts_gives_the_same() -> None:
    other = tight(world=replace(tight_world(), teams=tight_world().teams[:1]))
    whole = compare_setups(tight(), other, runs=600)
    with ThreadPoolExecutor(2) as pool:
        assert compare_setups(tight(), other, runs=600, spread=pool.map) == whole


# --- the world from a file -------------------------------------------------------------------------------------------


def test_a_world_is_read_from_a_file() -> None:
    world = read_world(
        b'{"teams": [{"id": "t", "capabilities": ["fire"], "lat": 30, "lon": 120, "turn_out": "PT5M"}],'
        b'"stock": [{"id": "s", "item": "foam", "quantity": 2, "lat": 30, "lon": 120}],'
        b'"sites": {"incident": {"lat": 30.1, "lon": 120}}, "travel": {"speed_m_s": 20}}'
    )
    assert world.teams == (Team("t", "t", frozenset({"fire"}), HERE, minutes(5)),)
    assert world.stock == (Stock("s", "foam", 2.0, HERE, label="s"),)
    assert world.sites == {"incident": Point(30.1, 120.0)}
    assert world.travel(HERE, Point(30.1, 120.0)) == timedelta(seconds=778)


def bad_worlds() -> Iterator[tuple[bytes, str]]:
    team = b'{"id": "t", "capabilities": ["fire"], "lat": 30, "lon": 120%s}'
    yield b"", "not JSON"
    yield b"[]", "object"
    yield b'{"team": []}', "unknown field 'team'"
    yield b'{"teams": {}}', "list"
    yield b'{"teams": [1]}', "teams[0]"
    yield b'{"teams": [{"id": "t", "lat": 1, "lon": 2}]}', "capabilities"
    yield b'{"teams": [' + team % b', "turn_out": "5 min"' + b"]}", "PT5M"
    yield b'{"teams": [' + team % b', "is_available": 1' + b"]}", "is_available"
    yield b'{"teams": [' + team % b"" + b"," + team % b"" + b"]}", "twice"
    yield b'{"teams": [{"id": "t", "capabilities": [], "lat": 91, "lon": 2}]}', "lat"
    yield b'{"teams": [{"id": "t", "capabilities": [], "lat": NaN, "lon": 2}]}', "lat"
    yield b'{"stock": [{"id": "s", "item": "", "quantity": 1, "lat": 1, "lon": 2}]}', "item"
    yield b'{"stock": [{"id": "s", "item": "foam", "quantity": -1, "lat": 1, "lon": 2}]}', "quantity"
    yield b'{"sites": {"incident": [1, 2]}}', "sites.incident"
    yield b'{"travel": {"speed_m_s": 0}}', "speed_m_s"


@pytest.mark.parametrize(("content", "says"), list(bad_worlds()))
def test_a_file_that_is_no_world_is_refused_with_its_place(content: bytes, says: str) -> None:
    with pytest.raises(BadWorld) as refused:
        read_world(content)
    assert says in refused.value.text.en
    assert refused.value.text.zh.endswith("。")
