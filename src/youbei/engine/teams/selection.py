"""Put people into roles so that as many places as possible are filled, and by the most qualified.

The sets of people that can all be placed at once form a matroid (a transversal matroid). So people are taken in the
order of their merit, each of them if the others can make room: the places filled are then the most that can be, and no
other choice has a better first, second, ... person. Source: J. Edmonds and D. R. Fulkerson, Transversals and Matroid
Partition, J. Res. NBS 69B (1965).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from youbei.engine.teams.competence import Candidate, Fit, Role, matrix


@dataclass(frozen=True, slots=True)
class Gap:
    """Places of a role that stay empty.

    `nearly` are persons who bring something and lack one thing; `elsewhere` those who fit but fill another role.
    """

    role: Role
    short: int
    nearly: tuple[Fit, ...] = ()
    elsewhere: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Who fills which role, by person; the fit of all to all; and what stays empty and why."""

    places: Mapping[int, str]
    fits: Mapping[tuple[str, int], Fit]
    gaps: tuple[Gap, ...]

    @property
    def short(self) -> int:
        return sum(gap.short for gap in self.gaps)


def merit(person: Candidate, asked: frozenset[str], on: date) -> tuple[int, bool, date, int]:
    """Rank a person, the lower the better: asked certificates that count, then members, then who keeps them longest."""
    ends = {one.kind: one.until or date.max for one in person.certificates if one.kind in asked and one.counts(on)}
    first_end = min(ends.values(), default=date.max)
    return (
        -len(ends),
        not person.is_member,
        date.fromordinal(date.max.toordinal() - first_end.toordinal() + 1),
        person.id,
    )


def select(roles: Sequence[Role], people: Sequence[Candidate], on: date) -> Selection:
    """Choose from `people` for the roles; nobody fills two roles, and nobody a role whose demands they do not meet."""
    fits = matrix(roles, people, on)
    asked = frozenset(kind for role in roles for kind in role.certificates)
    able = {
        person.id: [role.code for role in strictest_first(roles) if fits[role.code, person.id].is_met]
        for person in people
    }
    places: dict[int, str] = {}
    room = {role.code: role.needed for role in roles}
    for person in sorted(people, key=lambda one: merit(one, asked, on)):
        place(person.id, able, room, places, set())
    return Selection(places, fits, gaps(roles, people, fits, places))


def strictest_first(roles: Sequence[Role]) -> list[Role]:
    """Return the roles, first those that ask most: whoever can do more is not spent on less without need."""
    return sorted(roles, key=lambda role: (-len(role.certificates) - bool(role.vetting), role.code))


def place(
    person: int, able: Mapping[int, list[str]], room: dict[str, int], places: dict[int, str], seen: set[str]
) -> bool:
    """Give a person a place, moving others to other roles where that makes room; say whether it was possible."""
    for role in able[person]:
        if role in seen:
            continue
        seen.add(role)
        taken = [one for one, where in places.items() if where == role]
        if len(taken) < room[role] or any(place(one, able, room, places, seen) for one in taken):
            places[person] = role
            return True
    return False


def gaps(
    roles: Sequence[Role],
    people: Sequence[Candidate],
    fits: Mapping[tuple[str, int], Fit],
    places: Mapping[int, str],
) -> tuple[Gap, ...]:
    """Say of every role that is short who nearly fits, and who fits but is needed elsewhere."""
    filled = Counter(places.values())
    found = []
    for role in roles:
        short = role.needed - filled[role.code]
        if short <= 0:
            continue
        of_role = [fits[role.code, person.id] for person in people if places.get(person.id) != role.code]
        found.append(
            Gap(
                role,
                short,
                nearly=tuple(one for one in of_role if one.person not in places and is_near(one)),
                elsewhere=tuple(one.person for one in of_role if one.is_met and one.person in places),
            )
        )
    return tuple(found)


def is_near(one: Fit) -> bool:
    """Say whether a person lacks one thing only, and brings, or brought, something that is asked."""
    lacking = len(one.missing) + len(one.ended) + one.lacks_vetting + len(one.conflicts)
    return lacking == 1 and bool(one.held or one.ended)


def present_selection(roles: Sequence[Role], members: Sequence[Candidate], on: date) -> Selection:
    """Judge a team as it stands: members in the roles they are entered for count where they meet what is asked."""
    fits = matrix(roles, members, on)
    places: dict[int, str] = {}
    for role in roles:
        fitting = [one.id for one in members if one.role == role.code and fits[role.code, one.id].is_met]
        places.update(dict.fromkeys(fitting[: role.needed], role.code))
    return Selection(places, fits, gaps(roles, members, fits, places))
