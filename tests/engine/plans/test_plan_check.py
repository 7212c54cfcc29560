"""The checker as a whole: it never fails, does not depend on order, and is fast; and what it reasons with is right."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_samples import SAMPLE, conditions
from plan_samples import plans as wild_plans

from youbei import testing
from youbei.engine.conditions import AllOf, Always, AnyOf, Compare, Condition, Not, Op
from youbei.engine.plans.check import check
from youbei.engine.plans.check.examples import EXAMPLES
from youbei.engine.plans.check.ladder import holes
from youbei.engine.plans.check.solve import can_be_true, domains, solve, truth
from youbei.engine.plans.check.sound import KNOWN, SOUND
from youbei.engine.plans.model import Level, LevelNumber, Plan, Start
from youbei.engine.plans.read import read_plan
from youbei.engine.text import Text

slow = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)


@slow
@given(wild_plans | testing.plans())
def test_any_plan_at_all_can_be_checked(plan: Plan) -> None:
    for finding in check(plan, KNOWN):
        assert finding.sentence.zh
        assert finding.sentence.en
        assert finding.cure.zh
        assert finding.cure.en


@slow
@given(testing.plans(), st.randoms(use_true_random=False))
def test_the_order_of_a_file_does_not_matter(plan: Plan, random) -> None:
    def shuffled(parts: tuple) -> tuple:
        return tuple(random.sample(parts, len(parts)))

    other = replace(
        plan, steps=shuffled(plan.steps), levels=shuffled(plan.levels), posts=(plan.posts[0], *shuffled(plan.posts[1:]))
    )
    mine, theirs = check(plan, KNOWN), check(other, KNOWN)
    assert [(f.code, f.place) for f in mine if f.code != "E201"] == [
        (f.code, f.place) for f in theirs if f.code != "E201"
    ]


def test_a_plan_of_five_hundred_steps_is_checked_within_a_second() -> None:
    plan = read_plan(SOUND)
    model = plan.step("close")
    steps = tuple(
        replace(model, id=f"s{n}", start=Start(after=(f"s{n - 1}",) if n % 7 else (), after_any=(f"s{n // 2}",)))
        for n in range(1, 501)
    )
    large = replace(plan, steps=(*plan.steps, replace(model, id="s0"), *steps))
    started = time.process_time()
    check(large, KNOWN)
    assert time.process_time() - started < 1


def test_errors_come_first() -> None:
    findings = check(read_plan(SAMPLE), KNOWN)
    ranks = [("error", "warning", "info").index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert len(findings) > 10


def test_a_cycle_is_shown_as_the_way_round() -> None:
    (finding,) = check(EXAMPLES["E201"].plan(), KNOWN)
    assert finding.sentence == Text(
        zh="步骤互相等待：报警 → 关阀 → 报警。", en="Steps wait for each other: Alarm → Close the valve → Alarm."
    )


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    (finding,) = check(EXAMPLES["E106"].plan(), KNOWN)
    assert finding.place == "steps.close.start.after[0]"
    assert finding.cure.en == 'Did you mean "alarm"?'


def test_a_hole_is_told_with_the_figures_that_show_it() -> None:
    (finding,) = check(EXAMPLES["E304"].plan(), KNOWN)
    assert finding.sentence.en == 'With "injured" at 1 level IV applies, but at 2 no level applies.'


def test_a_deadline_names_the_steps_that_eat_it_up() -> None:
    (finding,) = check(EXAMPLES["E601"].plan(), KNOWN)
    assert finding.sentence.en == '"Close the valve" takes 7 min at best; the limit is 6 min (Alarm → Close the valve).'


GTE_1, GTE_3, LT_3 = Compare("n", Op.GTE, 1), Compare("n", Op.GTE, 3), Compare("n", Op.LT, 3)


@pytest.mark.parametrize(
    ("mild", "severe", "expected"),
    [
        (GTE_1, GTE_3, False),
        (AllOf((GTE_1, LT_3)), GTE_3, False),
        (AllOf((GTE_1, LT_3)), Compare("n", Op.GT, 3), True),
        (AllOf((GTE_1, LT_3)), Compare("m", Op.GTE, 1), True),
        (AnyOf((LT_3, Compare("n", Op.GT, 9))), Compare("m", Op.GTE, 1), False),
        (Not(LT_3), Compare("n", Op.GTE, 5), False),
        (Always(), GTE_3, False),
    ],
)
def test_a_hole_is_where_a_rising_figure_lowers_the_level(mild: Condition, severe: Condition, expected: bool) -> None:
    levels = (Level(LevelNumber.III, severe), Level(LevelNumber.IV, mild))
    assert any(holes(levels)) is expected


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(conditions)
def test_solving_agrees_with_trying_every_state(condition: Condition) -> None:
    within = domains([condition])
    size = 1
    for values in within.values():
        size *= len(values)
    if size > 5_000:
        return
    states = (dict(zip(within, values, strict=True)) for values in itertools.product(*within.values()))
    assert can_be_true(condition) is any(truth(condition, state) is True for state in states)
    found = solve(condition, within)
    assert found is None or truth(condition, found) is True


def test_values_between_and_beyond_thresholds_are_tried() -> None:
    between = AllOf((Compare("kg", Op.GT, 1), Compare("kg", Op.LT, 2)))
    assert can_be_true(between)
    assert not can_be_true(AllOf((Compare("kg", Op.GT, 2), Compare("kg", Op.LT, 2))))
    assert can_be_true(Compare("code", Op.NE, "x"))


def tangled(seed: int) -> Condition:
    """Return a condition over many facts whose parts exclude each other in ways that take long to see."""
    names = [f"f{n}" for n in range(40)]
    return AllOf(
        tuple(
            AnyOf(
                tuple(
                    Compare(names[(n * k + seed) % 40], (Op.GTE, Op.LT)[(n + k + seed) % 2], (n * k) % 5)
                    for k in range(1, 6)
                )
            )
            for n in range(60)
        )
    )


def test_a_plan_made_to_keep_the_checker_busy_does_not() -> None:
    plan = read_plan(SOUND)
    model = plan.step("close")
    levels = tuple(Level(number, tangled(number)) for number in LevelNumber)
    many = tuple(f"s{n}" for n in range(400))
    steps = tuple(
        replace(model, id=name, start=Start(after=many[:n], after_any=many[:n], when=tangled(n % 7)))
        for n, name in enumerate(many)
    )
    started = time.process_time()
    check(replace(plan, levels=levels, steps=(*plan.steps, *steps)), KNOWN)
    assert time.process_time() - started < 30
