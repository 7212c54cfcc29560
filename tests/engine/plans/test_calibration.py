from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.plans.calibration.compare import Agreement, StepRun, agreement, compare, samples_of
from youbei.engine.plans.calibration.measured import Origin, Sample, measured, median_interval, proposal
from youbei.engine.plans.model import DurationShape, DurationSource, Plan
from youbei.engine.plans.read import read_plan

SECONDS = st.lists(st.integers(1, 7200), min_size=1, max_size=30)


def samples(seconds: list[int], origin: Origin = Origin.EXERCISE) -> list[Sample]:
    return [Sample("x", timedelta(seconds=one), origin) for one in seconds]


@given(SECONDS)
def test_the_interval_holds_the_median_and_stays_within_what_was_measured(seconds: list[int]) -> None:
    found = measured("x", samples(seconds))
    assert found is not None
    assert found.shortest <= found.low <= found.median <= found.high <= found.longest
    assert found.spread >= 1.0


@given(SECONDS, st.randoms())
def test_the_order_of_measurements_says_nothing(seconds: list[int], chance: object) -> None:
    shuffled = list(seconds)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = measured("x", samples(seconds)), measured("x", samples(shuffled))
    assert one is not None
    assert other is not None
    assert (one.median, one.low, one.high, one.count) == (other.median, other.low, other.high, other.count)


@pytest.mark.parametrize(("count", "expected"), [(6, (0, 5)), (8, (0, 7)), (9, (1, 7)), (10, (1, 8)), (20, (5, 14))])
def test_the_order_statistics_are_those_of_the_tables(count: int, expected: tuple[int, int]) -> None:
    # Source: Conover, Practical Nonparametric Statistics, 3rd ed. 1999, table of the sign test, 95 %.
    low, high, confidence = median_interval(count)
    assert (low, high) == expected
    assert confidence >= 0.95


def test_six_times_are_the_fewest_that_hold_a_median_with_95_per_cent() -> None:
    assert [median_interval(count)[2] >= 0.95 for count in (1, 2, 5, 6)] == [False, False, False, True]


def test_few_times_propose_nothing_and_alike_ones_no_spread() -> None:
    few, alike, varied = (
        measured("x", samples([60, 70])),
        measured("x", samples([60] * 4)),
        measured("x", samples([60, 90, 240])),
    )
    assert few is not None
    assert alike is not None
    assert varied is not None
    assert proposal(few) is None
    fixed, spread = proposal(alike), proposal(varied)
    assert fixed is not None
    assert spread is not None
    assert (fixed.shape, fixed.likely) == (DurationShape.FIXED, timedelta(minutes=1))
    assert (spread.shape, spread.likely, spread.source) == (
        DurationShape.LOGNORMAL, timedelta(seconds=90), DurationSource.DRILL,
    )  # fmt: skip
    assert "3 次实测" in spread.note.zh


def test_incidents_weigh_as_their_own_source() -> None:
    real = measured("x", [*samples([60, 61], Origin.INCIDENT), *samples([62])])
    assert real is not None
    made = proposal(real)
    assert made is not None
    assert made.source is DurationSource.INCIDENT


def test_an_assumption_outside_what_was_measured_is_named() -> None:
    known = measured("x", samples([60, 70, 80, 90, 100, 110]))
    assert agreement(timedelta(seconds=10), known) is Agreement.TOO_SHORT
    assert agreement(timedelta(seconds=75), known) is Agreement.INSIDE
    assert agreement(timedelta(seconds=500), known) is Agreement.TOO_LONG
    assert agreement(timedelta(seconds=10), measured("x", samples([60] * 5))) is Agreement.TOO_FEW
    assert agreement(timedelta(seconds=10), None) is Agreement.NOT_MEASURED


def test_every_step_of_a_plan_is_compared_and_skipped_ones_are_not_measured() -> None:
    plan: Plan = read_plan((Path(__file__).parents[2] / "actions" / "plan.toml").read_text(encoding="utf-8"))
    step = plan.steps[0].id
    runs = [StepRun(step, n, Origin.EXERCISE, 0.0, 600.0 + n) for n in range(6)]
    runs.append(StepRun(step, 9, Origin.EXERCISE, 0.0, 9e9, is_skipped=True))
    found = compare(plan, samples_of(runs))
    assert [one.step.id for one in found] == [one.id for one in plan.steps]
    assert found[0].measured is not None
    assert found[0].measured.count == 6
    assert {one.agreement for one in found[1:]} == {Agreement.NOT_MEASURED}
