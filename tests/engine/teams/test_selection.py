"""Selection fills the most places that can be filled, and with the most qualified."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.teams.competence import Candidate, Certificate, Role, fit
from youbei.engine.teams.selection import merit, present_selection, select
from youbei.engine.text import Text

TODAY = date(2026, 11, 25)
KINDS = ("hazmat", "diver", "medic")


def role(code: str, needed: int = 1, *certificates: str, vetting: str = "") -> Role:
    return Role(code, Text(code, code), needed, frozenset(certificates), vetting)


def person(number: int, *certificates: str, until: date | None = None, **more: object) -> Candidate:
    held = tuple(Certificate(kind, until) for kind in certificates)
    return Candidate(number, Text(f"p{number}", f"p{number}"), held, **more)  # type: ignore[arg-type]


roles_drawn = st.lists(
    st.tuples(st.integers(1, 2), st.sets(st.sampled_from(KINDS), max_size=2)), min_size=1, max_size=3
).map(lambda drawn: [role(f"r{n}", needed, *kinds) for n, (needed, kinds) in enumerate(drawn)])
people_drawn = st.lists(
    st.dictionaries(st.sampled_from(KINDS), st.none() | st.integers(-5, 400), max_size=3), max_size=6
).map(
    lambda drawn: [
        Candidate(
            number,
            Text(str(number)),
            tuple(Certificate(kind, None if days is None else TODAY + timedelta(days)) for kind, days in held.items()),
        )
        for number, held in enumerate(drawn)
    ]
)


def placeable(roles: list[Role], group: tuple[Candidate, ...]) -> bool:
    """Try every way of giving each of a group a role."""
    for chosen in product(roles, repeat=len(group)):
        if all(fit(one, who, TODAY).is_met for one, who in zip(chosen, group, strict=True)) and all(
            chosen.count(one) <= one.needed for one in roles
        ):
            return True
    return False


@given(roles=roles_drawn, people=people_drawn)
def test_no_other_choice_fills_more_places_or_takes_better_people(roles: list[Role], people: list[Candidate]) -> None:
    chosen = select(roles, people, TODAY)
    asked = frozenset(kind for one in roles for kind in one.certificates)
    ranked = sorted(people, key=lambda one: merit(one, asked, TODAY))
    rank = {one.id: number for number, one in enumerate(ranked)}
    possible = [
        tuple(sorted(rank[one.id] for one in group))
        for size in range(len(people) + 1)
        for group in combinations(people, size)
        if placeable(roles, group)
    ]
    most = max(len(group) for group in possible)
    assert tuple(sorted(rank[one] for one in chosen.places)) == min(group for group in possible if len(group) == most)


@given(roles=roles_drawn, people=people_drawn)
def test_nobody_stands_where_they_do_not_fit_and_the_gaps_add_up(roles: list[Role], people: list[Candidate]) -> None:
    chosen = select(roles, people, TODAY)
    assert all(chosen.fits[where, who].is_met for who, where in chosen.places.items())
    for one in roles:
        assert sum(where == one.code for where in chosen.places.values()) <= one.needed
    assert sum(one.needed for one in roles) == len(chosen.places) + chosen.short


def test_someone_moves_so_that_both_roles_are_filled() -> None:
    both, only = person(1, "hazmat", "diver"), person(2, "hazmat")
    chosen = select([role("chief", 1, "hazmat"), role("diver", 1, "diver")], [both, only], TODAY)
    assert chosen.places == {1: "diver", 2: "chief"}


def test_a_gap_names_who_lacks_one_thing_and_who_is_needed_elsewhere() -> None:
    roles = [role("chief", 1, "hazmat"), role("deputy", 1, "hazmat"), role("watch", 1, "hazmat", vetting="secrecy")]
    people = [person(1, "hazmat"), person(2, "hazmat", until=TODAY - timedelta(days=1))]
    chosen = select(roles, people, TODAY)
    assert [(gap.role.code, gap.short) for gap in chosen.gaps] == [("deputy", 1), ("watch", 1)]
    deputy = chosen.gaps[0]
    assert [one.person for one in deputy.nearly] == [2]
    assert deputy.elsewhere == (1,)


def test_a_certificate_counts_on_its_last_day_and_not_after() -> None:
    diver = role("diver", 1, "diver")
    assert fit(diver, person(1, "diver", until=TODAY), TODAY).is_met
    ended = fit(diver, person(1, "diver", until=TODAY - timedelta(days=1)), TODAY)
    assert not ended.is_met
    assert ended.ended == {"diver": TODAY - timedelta(days=1)}
    assert ended.missing == frozenset()


def test_vetting_that_may_not_be_seen_is_neither_met_nor_missing_for_the_reader() -> None:
    guard = role("guard", vetting="secrecy")
    assert fit(guard, person(1), TODAY).lacks_vetting
    assert fit(guard, person(1, vetted=frozenset({"secrecy"})), TODAY).is_met
    hidden = fit(guard, person(1, vetted=None), TODAY)
    assert hidden.is_vetting_hidden
    assert not hidden.lacks_vetting


def test_a_conflict_of_interest_keeps_from_roles_that_ask_for_trust_and_from_no_other() -> None:
    torn = replace(person(1, vetted=frozenset({"secrecy"})), conflicts=("relative_candidate",))
    kept_away = fit(role("guard", vetting="secrecy"), torn, TODAY)
    assert (kept_away.is_met, kept_away.conflicts) == (False, ("relative_candidate",))
    assert fit(role("driver"), torn, TODAY).is_met


def test_a_member_counts_only_in_the_role_they_are_entered_for_and_fit() -> None:
    roles = [role("diver", 2, "diver")]
    members = [person(1, "diver", role="diver"), person(2, role="diver"), person(3, "diver", role="")]
    assert present_selection(roles, members, TODAY).places == {1: "diver"}
