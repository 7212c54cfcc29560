"""Conditions: three values, unknown is not zero, and time brings changes at known instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.conditions import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Count,
    Elapsed,
    Not,
    Op,
    Quantity,
    Value,
    compare,
    evaluate,
    next_change,
    unknown_facts,
)
from youbei.engine.reasons import explain, grounds
from youbei.engine.text import Text
from youbei.testing import CONDITIONS, START, VALUES, minutes

YES, NO, OPEN = Compare("yes", Op.EQ, True), Compare("no", Op.EQ, True), Compare("unknown", Op.EQ, True)
TRUTHS = {True: YES, False: NO, None: OPEN}


@dataclass
class Sight:
    """Show what a test says is known."""

    facts: dict[str, Value] = field(default_factory=lambda: {"yes": True, "no": False})
    moments: dict[str, datetime] = field(default_factory=dict)
    counted: int = 0
    now: datetime = START

    def fact(self, key: str) -> Value | None:
        return self.facts.get(key)

    def moment(self, name: str) -> datetime | None:
        return self.moments.get(name)

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        return self.counted


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_all_and_any_follow_kleenes_tables(a, b, both, either):
    assert evaluate(AllOf((TRUTHS[a], TRUTHS[b])), Sight()) is both
    assert evaluate(AnyOf((TRUTHS[a], TRUTHS[b])), Sight()) is either


@pytest.mark.parametrize(("truth", "opposite"), [(True, False), (False, True), (None, None)])
def test_not_turns_truth_round_and_leaves_unknown_unknown(truth, opposite):
    assert evaluate(Not(TRUTHS[truth]), Sight()) is opposite


def test_all_of_nothing_holds_and_any_of_nothing_does_not():
    assert evaluate(AllOf(()), Sight()) is True
    assert evaluate(AnyOf(()), Sight()) is False
    assert evaluate(Always(), Sight()) is True


@pytest.mark.parametrize(
    ("known", "op", "value", "truth"),
    [
        (3, Op.GTE, 3, True),
        (2.9, Op.GTE, 3, False),
        (3, Op.GT, 3, False),
        (2, Op.LT, 3, True),
        (3, Op.LTE, 3, True),
        (3, Op.EQ, 3.0, True),
        (3, Op.NE, 3, False),
        ("ammonia", Op.EQ, "ammonia", True),
        ("ammonia", Op.IN, ("chlorine", "ammonia"), True),
        ("water", Op.IN, ("chlorine", "ammonia"), False),
        (None, Op.EQ, 0, None),
        (None, Op.NE, 0, None),
        (None, Op.IN, (0,), None),
        ("many", Op.GTE, 3, None),
        (True, Op.GTE, 0, None),
        (True, Op.EQ, 1, False),
        (0, Op.NE, False, True),
    ],
)
def test_a_fact_is_compared_with_a_value_of_its_own_kind(known, op, value, truth):
    assert compare(known, op, value) is truth


def test_elapsed_is_unknown_before_its_moment_false_before_its_time_and_true_from_then_on():
    half_hour = Elapsed("known", minutes(30))
    assert evaluate(half_hour, Sight()) is None
    sight = Sight(moments={"known": START - minutes(29)})
    assert evaluate(half_hour, sight) is False
    sight.now += minutes(1)
    assert evaluate(half_hour, sight) is True


def test_counts_are_always_known():
    late = Count(Quantity.STEPS_LATE, Op.GTE, 2)
    assert evaluate(late, Sight(counted=1)) is False
    assert evaluate(late, Sight(counted=2)) is True


def test_the_next_change_is_the_first_threshold_ahead():
    condition = AnyOf(
        (Elapsed("known", minutes(10)), AllOf((Elapsed("known", minutes(30)), Elapsed("ended", minutes(1)))))
    )
    sight = Sight(moments={"known": START})
    assert next_change(condition, sight) == START + minutes(10)
    sight.now = START + minutes(10)
    assert next_change(condition, sight) == START + minutes(30)
    sight.now = START + minutes(30)
    assert next_change(condition, sight) is None


@given(CONDITIONS, st.dictionaries(st.sampled_from(["injured", "missing", "leaking"]), VALUES), st.integers(0, 15))
def test_time_alone_changes_nothing_before_the_next_change(condition, facts, passed):
    sight = Sight(facts, {"activation": START, "known": START - minutes(3)}, now=START + minutes(passed))
    before, change = evaluate(condition, sight), next_change(condition, sight)
    sight.now = START + timedelta(days=400) if change is None else change - timedelta(microseconds=1)
    assert evaluate(condition, sight) is before


@given(CONDITIONS, st.dictionaries(st.sampled_from(["injured", "missing", "leaking"]), VALUES), VALUES)
def test_what_is_true_or_false_stays_so_when_more_becomes_known(condition, facts, value):
    sight = Sight(facts, {"activation": START - minutes(2)})
    truth = evaluate(condition, sight)
    asked = unknown_facts(condition, sight)
    fuller = Sight({**dict.fromkeys(asked, value), **facts}, sight.moments)
    if truth is not None:
        assert evaluate(condition, fuller) is truth


def test_unknown_facts_are_named_once_in_order():
    condition = AllOf((Compare("b", Op.GT, 1), Not(Compare("a", Op.GT, 1)), Compare("b", Op.LT, 9), YES))
    assert unknown_facts(condition, Sight()) == ("b", "a")


def test_an_explanation_says_what_is_asked_what_is_known_and_whether_it_counts():
    condition = AllOf(
        (
            Compare("injured", Op.GTE, 3),
            Not(Compare("leaking", Op.EQ, True)),
            Compare("substance", Op.IN, ("ammonia", "chlorine")),
            Elapsed("known", timedelta(hours=1, minutes=30)),
            Elapsed("step:alarm:finished", minutes(5)),
            Count(Quantity.STEPS_FINISHED, Op.GTE, 2),
        )
    )
    sight = Sight({"injured": 4, "leaking": True}, {"known": START - minutes(12)}, counted=1)
    lines = explain(condition, sight, names={"injured": Text("受伤人数", "Injured")})
    assert [(line.text.en, line.truth) for line in lines] == [
        ("Injured ≥ 3 (now 4)", True),
        ("not: leaking = yes (now yes)", False),
        ("substance is one of ammonia, chlorine (not known)", None),
        ("1 h 30 min since it became known (so far 12 min)", False),
        ("5 min since step alarm was finished (has not happened)", None),
        ("steps finished ≥ 2 (now 1)", False),
    ]
    assert [line.text.zh for line in lines][:4] == [
        "受伤人数 ≥ 3（现为 4）",
        "并非：leaking = 是（现为 是）",
        "substance 属于 ammonia、chlorine（尚不明）",
        "自接报起满 1 小时 30 分钟（已过 12 分钟）",
    ]


def test_what_a_condition_rests_on_leaves_out_what_it_could_do_without():
    sight = Sight(facts={"deaths": 4, "injured": 12, "trapped": 0})
    either = AnyOf(
        (
            Compare("deaths", Op.GTE, 3),
            AllOf((Compare("injured", Op.GTE, 10), Compare("trapped", Op.GTE, 1))),
            Compare("missing", Op.GTE, 1),
        )
    )
    assert [text.en for text in grounds(either, sight)] == ["deaths ≥ 3 (now 4)"]
    both = AllOf((Compare("deaths", Op.GTE, 3), Not(Compare("trapped", Op.GTE, 1))))
    assert [text.en for text in grounds(both, sight)] == ["deaths ≥ 3 (now 4)", "not: trapped ≥ 1 (now 0)"]
