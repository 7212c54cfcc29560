"""The claim that makes a speed comparison worth reading: both programs do the same thing."""

from __future__ import annotations

from random import Random

import pytest
from benchmarks.reference_engine import assert_same, generated_plan, generated_world, with_engine, with_simpy


@pytest.mark.parametrize(("steps", "teams"), [(10, 40), (40, 40), (120, 50)])
@pytest.mark.parametrize("seed", range(5))
def test_the_engine_and_a_simpy_model_finish_every_step_at_the_same_instant(steps: int, teams: int, seed: int) -> None:
    chance = Random(seed)
    plan, world = generated_plan(steps, chance), generated_world(teams, chance)
    assert assert_same(with_engine(plan, world, 3), with_simpy(plan, world, 3)) > 0
