"""Subtrees, scopes and who must have a second factor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.access import Permission, Role, Scope, must_have_factor, within

paths = st.lists(st.sampled_from("123"), max_size=4).map(lambda parts: "/" + "".join(f"{part}/" for part in parts))


@given(st.lists(paths, max_size=4), paths, paths)
def test_what_two_subtrees_share_lies_in_both_and_nothing_is_lost(held: list[str], limit: str, place: str) -> None:
    shared = any(place.startswith(path) for path in within(held, limit))
    assert shared == (place.startswith(limit) and any(place.startswith(path) for path in held))


def test_a_scope_of_nothing_said_limits_nothing() -> None:
    assert not Scope().is_limited
    assert all(Scope().allows(permission) for permission in Permission)
    assert not Scope(frozenset()).allows(Permission.SEE)


def test_a_rule_binds_its_role_on_its_organisation_and_below_and_never_above() -> None:
    rules = [(Role.ADMINISTRATOR, "/1/5/")]
    assert must_have_factor([(Role.ADMINISTRATOR, "/1/5/9/")], rules)
    assert not must_have_factor([(Role.OBSERVER, "/1/5/9/")], rules)
    assert not must_have_factor([(Role.ADMINISTRATOR, "/1/")], rules)
    assert must_have_factor([(Role.OBSERVER, "/1/5/")], [(None, "/1/5/")])
    assert not must_have_factor([], [(None, "/")])
