"""Claims about incidents: what a fact may be, and what is known after many reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.incidents import (
    BadFact,
    Category,
    FactKind,
    FactReport,
    FactType,
    IncidentKind,
    check_fact,
    current,
    hazards_of,
    values,
)
from youbei.engine.text import Text

T0 = datetime(2026, 11, 22, 8, tzinfo=UTC)
DEATHS = FactKind("deaths", Text("死亡人数", "Deaths"), FactType.INTEGER, unit=Text("人", "people"))
LOSS = FactKind("loss_cny", Text("直接经济损失", "Direct loss"), FactType.NUMBER, unit=Text("元", "CNY"))
LEAK = FactKind("leak_continues", Text("仍在泄漏", "The leak continues"), FactType.BOOLEAN)
SUBSTANCE = FactKind(
    "substance", Text("涉事物质", "Substance"), FactType.CODE, choices={"ammonia": Text("氨", "Ammonia")}
)


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        (DEATHS, 3, 3),
        (DEATHS, "3", 3),
        (DEATHS, "３", 3),
        (DEATHS, " 1,200 ", 1200),
        (DEATHS, 3.0, 3),
        (LOSS, "1.5", 1.5),
        (LOSS, "1e6", 1e6),
        (LEAK, True, True),
        (LEAK, "是", True),
        (LEAK, "No", False),
        (SUBSTANCE, "ammonia", "ammonia"),
        (SUBSTANCE, "氨", "ammonia"),
        (SUBSTANCE, "AMMONIA", "ammonia"),
    ],
)
def test_a_value_is_read_as_its_kind_means_it(kind: FactKind, typed: object, meant: object) -> None:
    found = check_fact(kind, typed)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (DEATHS, -1, '"Deaths" lies between 0 and 1e+12, not -1.'),
        (DEATHS, 2.5, '"Deaths" is a whole number, not 2.5.'),
        (DEATHS, True, '"Deaths" is a number, not "True".'),
        (DEATHS, "three", '"Deaths" is a number, not "three".'),
        (DEATHS, None, '"Deaths" is a number, not "None".'),
        (DEATHS, [1], '"Deaths" is a number, not "[1]".'),
        (LOSS, float("nan"), '"Direct loss" is a number, not "nan".'),
        (LOSS, "9" * 400, f'"Direct loss" is a number, not "{"9" * 40}…".'),
        (LEAK, 1, '"The leak continues" is either yes or no, not "1".'),
        (SUBSTANCE, "water", '"Substance" has no choice "water". Choose one of: ammonia.'),
    ],
)
def test_a_value_it_cannot_have_is_refused_with_a_sentence(kind: FactKind, typed: object, sentence: str) -> None:
    with pytest.raises(BadFact) as refused:
        check_fact(kind, typed)
    assert refused.value.text.en == sentence
    assert kind.name.zh in refused.value.text.zh


@given(typed=st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.lists(st.integers())))
def test_whatever_is_typed_is_read_or_refused(typed: object) -> None:
    for kind in (DEATHS, LOSS, LEAK, SUBSTANCE):
        try:
            found = check_fact(kind, typed)
        except BadFact:
            continue
        assert check_fact(kind, found) == found


def report(key: str, value: int | None, minutes: int, order: int) -> FactReport:
    return FactReport(key, value, "phone", T0 + timedelta(minutes=minutes), order)


def test_the_report_known_last_counts_not_the_one_typed_last() -> None:
    history = [report("deaths", 2, 10, 1), report("deaths", 1, 5, 2)]
    assert values(history) == {"deaths": 2}


def test_of_two_reports_known_at_once_the_later_one_counts() -> None:
    assert values([report("deaths", 2, 5, 1), report("deaths", 1, 5, 2)]) == {"deaths": 1}


def test_a_withdrawn_fact_is_unknown_until_it_is_reported_again() -> None:
    history = [report("deaths", 2, 5, 1), report("deaths", None, 6, 2)]
    assert current(history) == {}
    assert values([*history, report("deaths", 3, 7, 3)]) == {"deaths": 3}


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 5)), max_size=20
    ),
    seed=st.integers(0, 10),
)
def test_what_is_known_does_not_depend_on_the_order_of_reading(
    rows: list[tuple[str, int | None, int]], seed: int
) -> None:
    history = [report(key, value, minutes, order) for order, (key, value, minutes) in enumerate(rows)]
    shuffled = list(history)
    Random(seed).shuffle(shuffled)
    assert current(shuffled) == current(history)
    for key, found in current(history).items():
        later = [one for one in history if one.key == key and one.known_at > found.known_at]
        assert later == []


def test_a_plan_for_a_broader_hazard_serves_the_narrower_incident() -> None:
    kinds = {
        code: IncidentKind(code, Text(code, code), Category.ACCIDENT, broader=broader)
        for code, broader in [("ammonia_leak", "chemical_leak"), ("chemical_leak", "work_accident"), ("loop", "loop")]
    }
    assert hazards_of("ammonia_leak", kinds) == ("ammonia_leak", "chemical_leak", "work_accident")
    assert hazards_of("loop", kinds) == ("loop",)
    assert hazards_of("", kinds) == ()


def test_a_value_is_described_with_its_unit_and_in_words() -> None:
    assert DEATHS.describe(1200) == Text("1,200 人", "1,200 people")
    assert LEAK.describe(True) == Text("是", "yes")
    assert SUBSTANCE.describe("ammonia") == Text("氨", "Ammonia")
