"""Claims about simulation: it agrees with theory, and neither order nor split of the work shows."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youbei.engine.conditions import Compare, Op
from youbei.engine.draws import mean_seconds
from youbei.engine.plans.model import (
    Deadline,
    Duration,
    DurationShape,
    End,
    Level,
    LevelNumber,
    Need,
    Phase,
    Plan,
    Scenario,
    ScenarioFact,
    Start,
    Step,
)
from youbei.engine.resources import World
from youbei.engine.simulation.replicate import Replication, replicate
from youbei.engine.simulation.simulate import BadSimulation, SimulationReport, Tally, simulate, simulate_part
from youbei.engine.simulation.statistics import Summary, Times, quantile, student, times_of, wilson
from youbei.testing import minutes, small_plan, small_step, small_world, words

QUIET = Scenario("quiet", words("quiet"))
RUNS = 400


def triangle(low: float, likely: float, high: float) -> Duration:
    return Duration(DurationShape.TRIANGULAR, minutes(likely), minutes(low), minutes(high))


def late_plan() -> Plan:
    """Three steps in a row, of which the second has a deadline that it misses now and then."""
    return small_plan(
        small_step("one", takes=triangle(2, 5, 12)),
        small_step(
            "two", takes=triangle(1, 2, 9), start=Start(after=("one",)), within=Deadline(minutes(6), since="opened")
        ),
        small_step("three", takes=triangle(10, 10, 40), start=Start(after=("two",))),
    )


def run(plan: Plan, world: World | None = None, scenario: Scenario = QUIET, **how: int) -> SimulationReport:
    return simulate(plan, world or World(), scenario, **{"runs": RUNS, "seed": 1, **how})


def agrees(summary: Summary, theory: float) -> bool:
    """Say whether the mean lies within twice the 95 % half-width of theory: wrong once in ten thousand."""
    return abs(summary.mean - theory) <= 2 * (summary.high - summary.mean)


def test_steps_in_a_row_take_the_sum_of_their_means() -> None:
    plan = late_plan()
    report = run(plan)
    theory = 0.0
    for step, found in zip(plan.steps, report.steps, strict=True):
        theory += mean_seconds(step.takes)
        assert agrees(found.finished_at, theory)
        assert agrees(found.work, mean_seconds(step.takes))
    assert report.ended_at == report.steps[-1].finished_at


def test_steps_side_by_side_take_as_long_as_the_longest() -> None:
    low, mode, high, count = 2 * 60, 5 * 60, 12 * 60, 5

    def below(x: float) -> float:
        if x <= mode:
            return (x - low) ** 2 / ((high - low) * (mode - low))
        return 1 - (high - x) ** 2 / ((high - low) * (high - mode))

    # The mean of the longest of n: low plus the integral of 1 - F(x)^n; a sum over a thousand slices is exact enough.
    width = (high - low) / 1000
    theory = low + sum((1 - below(low + (slice_ + 0.5) * width) ** count) * width for slice_ in range(1000))
    names = tuple(f"side-{i}" for i in range(count))
    plan = small_plan(
        *(small_step(name, takes=triangle(2, 5, 12)) for name in names),
        small_step("joint", takes=Duration(), start=Start(after=names)),
    )
    assert agrees(run(plan).steps[-1].finished_at, theory)


def test_a_deadline_is_missed_as_often_as_the_distribution_says() -> None:
    theory = (9 - 6) ** 2 / ((9 - 1) * (9 - 2))
    late = run(late_plan()).steps[1].late
    assert late is not None
    assert late.of == RUNS
    spread = math.sqrt(theory * (1 - theory) / RUNS)
    assert abs(late.share - theory) < 4 * spread
    assert late.low < late.share < late.high
    assert run(late_plan()).any_late.count == late.count


def test_a_step_without_deadline_tells_nothing_of_lateness() -> None:
    assert run(late_plan(), runs=2).steps[0].late is None


@settings(max_examples=20, deadline=None)
@given(runs=st.integers(1, 12), cuts=st.sets(st.integers(1, 11)), backwards=st.booleans())
def test_order_and_split_of_the_work_do_not_show(runs: int, cuts: set[int], backwards: bool) -> None:
    plan, world = needy_plan(), small_world(teams=1)
    edges = [0, *sorted(cut for cut in cuts if cut < runs), runs]
    parts = [range(a, b) for a, b in pairwise(edges)]
    whole = Tally(plan)
    for part in reversed(parts) if backwards else parts:
        whole.merge(simulate_part(plan, world, QUIET, numbers=part, seed=5))
    merged = whole.report(QUIET, seed=5)
    assert merged.as_data() == simulate(plan, world, QUIET, runs=runs, seed=5).as_data()


def test_the_same_seed_gives_the_same_report_and_another_seed_another() -> None:
    plan = late_plan()
    assert run(plan, runs=5) == run(plan, runs=5)
    assert run(plan, runs=5) != run(plan, runs=5, seed=2)


def test_more_runs_keep_the_earlier_ones() -> None:
    first = [replicate(late_plan(), World(), QUIET, seed=1, number=number) for number in range(3)]
    assert first[2] == replicate(late_plan(), World(), QUIET, seed=1, number=2)
    assert len({one.finished for one in first}) == 3


def needy_plan() -> Plan:
    """Two steps that ask for a fire team each, and one that asks for more foam than there is."""
    fire = (Need("engine", capability="fire", count=1),)
    return small_plan(
        small_step("north", needs=fire),
        small_step("south", needs=fire),
        small_step("foam", needs=(Need("foam", item="foam", quantity=9),), within=Deadline(minutes(30))),
    )


def test_needs_that_nobody_can_meet_are_counted_with_what_is_missing() -> None:
    report = run(needy_plan(), small_world(teams=2, foam=5.0), runs=10)
    north, south, foam = report.needs
    assert (north.met.share, south.met.share, foam.met.share) == (1.0, 1.0, 0.0)
    assert (foam.short.share, foam.most_missing) == (1.0, 4.0)
    assert north.short.count == 0
    assert report.steps[2].finished.count == 0
    assert report.steps[2].late is not None
    assert report.steps[2].late.share == 1.0


def test_a_team_that_is_released_serves_the_next_step() -> None:
    report = run(needy_plan(), small_world(teams=1, foam=9.0), runs=10)
    assert report.needs[1].short.share == 1.0
    assert report.needs[1].met.share == 1.0
    assert report.needs[1].met_at.minimum > report.steps[0].finished_at.minimum


def test_teams_arrive_about_as_late_as_turn_out_and_way_say() -> None:
    report = run(needy_plan(), small_world(teams=2), runs=200)
    median = timedelta(minutes=2 + 10).total_seconds()
    assert report.needs[0].met_at.p50 == pytest.approx(median, rel=0.1)


def levelled_plan() -> Plan:
    hurt = Compare("injured", Op.GTE, 3)
    return small_plan(
        small_step("always"),
        small_step("severe", from_level=LevelNumber.II),
        levels=(Level(LevelNumber.II, hurt, is_automatic=True), Level(LevelNumber.III, Compare("injured", Op.GTE, 0))),
    )


def test_facts_of_the_scenario_raise_the_level_when_they_become_known() -> None:
    scenario = Scenario("grows", words("grows"), facts=(ScenarioFact(minutes(20), "injured", 5),))
    report = run(levelled_plan(), scenario=scenario, runs=3)
    assert report.levels == (("II", 3),)
    assert report.steps[1].opened_at.minimum == 20 * 60


def test_the_level_at_the_start_is_the_one_that_the_first_facts_call_for() -> None:
    scenario = Scenario("severe", words("severe"), facts=(ScenarioFact(minutes(0), "injured", 5),))
    report = run(levelled_plan(), scenario=scenario, runs=3)
    assert report.steps[1].opened_at.minimum == 0.0
    quiet = simulate(levelled_plan(), World(), QUIET, runs=2, seed=1)
    assert quiet.levels == (("III", 2),)
    forced = simulate(levelled_plan(), World(), QUIET, runs=2, seed=1, level=LevelNumber.II)
    assert forced.levels == (("II", 2),)


def test_recovery_begins_when_the_response_has_come_to_its_end() -> None:
    plan = small_plan(
        small_step("work", takes=Duration(likely=minutes(30))),
        small_step("clean", phase=Phase.RECOVERY, takes=Duration(likely=minutes(15))),
        end=End(when=Compare("leak_continues", Op.EQ, False)),
    )
    facts = (ScenarioFact(minutes(10), "leak_continues", False),)
    report = run(plan, scenario=Scenario("stops", words("stops"), facts=facts), runs=2)
    assert report.steps[1].opened_at.minimum == 30 * 60
    assert report.steps[1].finished_at.minimum == 45 * 60


def test_a_simulation_can_be_stopped_and_reports_what_was_done() -> None:
    report = simulate(late_plan(), World(), QUIET, runs=50, seed=1, go_on=lambda done: done < 7)
    assert (report.runs, report.is_cancelled) == (7, True)
    whole = simulate(late_plan(), World(), QUIET, runs=7, seed=1, go_on=lambda done: done < 7)
    assert not whole.is_cancelled
    assert replace(report, is_cancelled=False) == whole


@pytest.mark.parametrize("runs", [0, -1, 10**7])
def test_a_senseless_number_of_runs_is_refused(runs: int) -> None:
    with pytest.raises(BadSimulation, match="1 to 1,000,000 runs"):
        simulate(late_plan(), World(), QUIET, runs=runs, seed=1)


def test_a_plan_without_steps_cannot_be_simulated() -> None:
    with pytest.raises(BadSimulation, match="nothing to simulate"):
        simulate(small_plan(), World(), QUIET, runs=1, seed=1)


def test_the_report_is_json() -> None:
    data = run(needy_plan(), small_world(foam=0.0), runs=2).as_data()
    assert json.loads(json.dumps(data, allow_nan=False)) == json.loads(json.dumps(data))
    assert data["steps"][2]["finished_at"]["mean"] is None


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_wilson_interval_has_its_published_values(count: int, of: int, low: float, high: float) -> None:
    # Source: Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17, 1998, table I.
    found = wilson(count, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_wilson_interval_of_nothing_is_everything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert wilson(20, 20).high == 1.0


@pytest.mark.parametrize(("degrees", "quantile_"), [(1, 12.706), (30, 2.042), (40, 2.021), (60, 2.000), (120, 1.980)])
def test_students_quantiles_have_their_published_values(degrees: int, quantile_: float) -> None:
    # Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
    assert student(degrees) == pytest.approx(quantile_, abs=6e-4)


def test_quantiles_lie_between_neighbours() -> None:
    assert quantile([0, 10, 20, 30], 0.5) == 15
    assert quantile([0, 10, 20, 30], 0.9) == pytest.approx(27)
    assert quantile([7], 0.9) == 7


@given(values=st.lists(st.integers(0, 10**10), min_size=2, max_size=30), cut=st.integers(0, 30))
def test_a_summary_is_the_same_however_it_was_collected(values: list[int], cut: int) -> None:
    merged = Times()
    for part in (values[cut:], values[:cut]):
        merged.merge(times_of(reversed(part)))
    assert merged.summary() == times_of(values).summary()


def test_a_replication_is_plain_data() -> None:
    found = replicate(needy_plan(), small_world(), QUIET, seed=1, number=0)
    assert isinstance(found, Replication)
    assert found.met["north/engine"] is not None
    assert found.events > 10
    assert found.ended == max(one for one in found.finished if one is not None)


def test_waiting_steps_stay_without_times() -> None:
    never = small_step("never", start=Start(when=Compare("fire", Op.EQ, True)))
    found = replicate(small_plan(small_step("one"), never), World(), QUIET, seed=1, number=0)
    assert found.opened[1] is None
    assert found.finished[1] is None
    assert isinstance(never, Step)
