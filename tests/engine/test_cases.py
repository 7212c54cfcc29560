from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.cases import Traits, likeness, most_alike

TRAITS = st.builds(
    Traits,
    kind=st.sampled_from(["leak", "fire", ""]),
    category=st.sampled_from(["accident", "natural"]),
    facts=st.dictionaries(st.sampled_from(["injured", "leak", "wind"]), st.integers(0, 3) | st.booleans()),
    tags=st.frozensets(st.sampled_from(["夜间", "学校"])),
)


@given(TRAITS, TRAITS)
def test_likeness_goes_both_ways_and_from_nought_to_one(one: Traits, other: Traits) -> None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert 0 <= found.score <= 1
    assert (found.score > 0) == bool(found.grounds)


@given(TRAITS, TRAITS)
def test_nothing_resembles_one_more_than_itself(one: Traits, other: Traits) -> None:
    assert likeness(one, one).score >= likeness(one, other).score


def test_the_same_kind_comes_before_the_same_facts_and_strangers_do_not_come() -> None:
    wanted = Traits("leak", "accident", {"injured": 2, "wind": 1})
    cases = [
        (1, Traits("fire", "accident", {"injured": 5, "wind": 2})),
        (2, Traits("leak", "accident", {"injured": 0})),
        (3, Traits("flood", "natural", {})),
        (4, Traits("leak", "accident", {"injured": 7, "wind": 3})),
    ]
    assert [number for number, _ in most_alike(wanted, cases)] == [4, 2, 1]
    assert [number for number, _ in most_alike(wanted, cases, most=1)] == [4]
