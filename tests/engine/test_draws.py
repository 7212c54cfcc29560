"""Claims about chance: named draws, and durations that follow their distributions."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.draws import (
    GOLDEN_GAMMA,
    MASK,
    Draws,
    Purpose,
    duration,
    mean_seconds,
    mix,
    travel_time,
    triangular,
    whole_milliseconds,
)
from youbei.engine.plans.model import Duration, DurationShape

MINUTE = timedelta(minutes=1)
TRIANGULAR = Duration(shape=DurationShape.TRIANGULAR, low=2 * MINUTE, likely=5 * MINUTE, high=12 * MINUTE)
LOGNORMAL = Duration(shape=DurationShape.LOGNORMAL, likely=10 * MINUTE, spread=1.5)
words = st.integers(-(2**70), 2**70)


def test_mix_gives_the_published_outputs_of_splitmix64() -> None:
    # Source: reference splitmix64.c (Vigna), first outputs for seed 1234567, as listed by Rosetta Code.
    outputs = [mix((1234567 + i * GOLDEN_GAMMA) & MASK) for i in range(5)]
    assert outputs == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(seed=words, replication=words, purpose=st.sampled_from(Purpose), indices=st.lists(words, max_size=4))
def test_a_draw_depends_on_its_name_alone_and_lies_strictly_between_0_and_1(
    seed: int, replication: int, purpose: Purpose, indices: list[int]
) -> None:
    u = Draws(seed, replication).uniform(purpose, *indices)
    assert 0.0 < u < 1.0
    assert u == Draws(seed, replication).uniform(purpose, *indices)


def test_draws_are_frozen_so_that_results_stay_comparable_over_versions() -> None:
    assert Draws(1, 0).uniform(Purpose.STEP_DURATION, 0) == 0.5698115281575161
    assert Draws(1, 0).uniform(Purpose.TRAVEL, 3, 1) == 0.533884499689521


def test_draws_are_even_and_do_not_follow_one_another() -> None:
    values = [Draws(7, replication).uniform(1, index) for replication in range(100) for index in range(100)]
    assert abs(fmean(values) - 0.5) < 4 / math.sqrt(12 * len(values))
    buckets = [0] * 20
    for value in values:
        buckets[int(value * 20)] += 1
    chi_square = sum((count - 500) ** 2 / 500 for count in buckets)
    assert chi_square < 43.8  # 0.999 quantile with 19 degrees of freedom
    pairs = fmean((a - 0.5) * (b - 0.5) for a, b in pairwise(values)) * 12
    assert abs(pairs) < 4 / math.sqrt(len(values))


@given(u=st.floats(1e-12, 1 - 1e-12))
def test_the_triangular_draw_inverts_its_distribution_function(u: float) -> None:
    low, mode, high = 2.0, 5.0, 12.0
    x = triangular(low, mode, high, u)
    assert low <= x <= high
    if x <= mode:
        back = (x - low) ** 2 / ((high - low) * (mode - low))
    else:
        back = 1 - (high - x) ** 2 / ((high - low) * (high - mode))
    assert back == pytest.approx(u, abs=1e-9)


@pytest.mark.parametrize("takes", [TRIANGULAR, LOGNORMAL])
def test_the_mean_of_many_draws_is_the_mean_of_the_distribution(takes: Duration) -> None:
    values = [duration(takes, Draws(3, i).uniform(1)).total_seconds() for i in range(20_000)]
    assert abs(fmean(values) - mean_seconds(takes)) < 4 * pstdev(values) / math.sqrt(len(values))


def test_the_median_of_a_lognormal_duration_is_its_likely_value() -> None:
    assert duration(LOGNORMAL, 0.5) == 10 * MINUTE
    assert travel_time(7 * MINUTE, 0.5) == 7 * MINUTE


def test_a_fixed_duration_takes_what_it_says_whatever_chance_says() -> None:
    assert duration(Duration(likely=3 * MINUTE), 0.001) == 3 * MINUTE
    assert duration(Duration(), 0.9) == timedelta(0)


def test_simulated_time_is_whole_milliseconds_with_halves_going_up() -> None:
    assert whole_milliseconds(0.0004) == timedelta(0)
    assert whole_milliseconds(0.0625 / 100 + 0.001) == timedelta(milliseconds=2)
    assert whole_milliseconds(1.0005) in (timedelta(milliseconds=1000), timedelta(milliseconds=1001))
    assert whole_milliseconds(0.5) == timedelta(milliseconds=500)


def test_a_triangle_without_width_is_its_mode() -> None:
    assert triangular(4.0, 4.0, 4.0, 0.3) == 4.0
