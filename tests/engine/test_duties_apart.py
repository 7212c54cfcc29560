"""Who keeps does not count, who rectifies does not review: on one object, in either order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.access import Role
from youbei.engine.duties_apart import DUTY_NAMES, PAIRS, Duty, SamePerson, refuse_same, roles_in_conflict

persons = st.sampled_from(["user:1", "user:2", "user:3"])
histories = st.lists(st.tuples(st.sampled_from(Duty), persons), max_size=6)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.one}-{pair.other}")
def test_a_pair_is_refused_in_either_order(pair: object) -> None:
    for one, other in ((pair.one, pair.other), (pair.other, pair.one)):  # type: ignore[attr-defined]
        with pytest.raises(SamePerson):
            refuse_same(one, [(other, "user:1")], "user:1")
        refuse_same(one, [(other, "user:1")], "user:2")


def test_the_keeper_of_a_store_may_not_count_it_but_may_keep_and_issue() -> None:
    done = [(Duty.KEEP, "user:1"), (Duty.MOVE, "user:2")]
    for person in ("user:1", "user:2"):
        with pytest.raises(SamePerson) as refused:
            refuse_same(Duty.COUNT, done, person)
        assert "盘点" in refused.value.text.zh
        assert "somebody else count" in refused.value.text.en
    refuse_same(Duty.COUNT, done, "user:3")
    refuse_same(Duty.MOVE, done, "user:1")


def test_who_stands_in_for_the_keeper_may_not_count_either() -> None:
    with pytest.raises(SamePerson):
        refuse_same(Duty.COUNT, [(Duty.KEEP, "user:1")], "user:2", acting_for=["user:1"])


@given(st.sampled_from(Duty), histories, persons)
def test_only_what_the_person_did_themselves_counts(duty: Duty, done: list[tuple[Duty, str]], person: str) -> None:
    own = [(one, who) for one, who in done if who == person]
    assert is_refused(duty, done, person) == is_refused(duty, own, person)


@given(st.sampled_from(Duty), histories, persons)
def test_more_history_never_allows_what_was_refused(duty: Duty, done: list[tuple[Duty, str]], person: str) -> None:
    if is_refused(duty, done[:-1], person):
        assert is_refused(duty, done, person)
        assert is_refused(duty, done[::-1], person)


def is_refused(duty: Duty, done: list[tuple[Duty, str]], person: str) -> bool:
    try:
        refuse_same(duty, done, person)
    except SamePerson:
        return True
    return False


def test_every_duty_is_named_and_stands_in_a_pair() -> None:
    assert DUTY_NAMES.keys() == set(Duty)
    assert {duty for pair in PAIRS for duty in (pair.one, pair.other)} == set(Duty)


@pytest.mark.parametrize("one", Role)
@pytest.mark.parametrize("other", Role)
def test_roles_conflict_both_ways_or_not_at_all(one: Role, other: Role) -> None:
    assert bool(roles_in_conflict([one], other)) == bool(roles_in_conflict([other], one))


def test_a_keeper_given_the_inspectors_role_is_a_conflict_and_a_duty_officer_who_reports_is_none() -> None:
    assert [role for role, _ in roles_in_conflict([Role.OBSERVER, Role.RESOURCE_KEEPER], Role.INSPECTOR)] == [
        Role.RESOURCE_KEEPER
    ]
    assert roles_in_conflict([Role.DUTY_OFFICER], Role.RESPONDER) == []
