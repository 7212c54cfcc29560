"""Who may fill which role of a team, and what is missing: the competence matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Role:
    """A role in a team: how many people it needs, and what each of them must hold.

    `vetting` is the purpose for which they must have been vetted, empty for none; who has declared a conflict of
    interest keeps away from such a role while it holds.
    """

    code: str
    name: Text
    needed: int = 1
    certificates: frozenset[str] = frozenset()
    vetting: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that somebody holds; it counts until `until`, that day included, or without end."""

    kind: str
    until: date | None = None

    def counts(self, on: date) -> bool:
        return self.until is None or self.until >= on


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person as far as roles ask. `vetted` are the purposes passed today, None where the reader may not know.

    `conflicts` are the kinds of conflicts of interest that hold today, none where the reader may not know.
    """

    id: int
    name: Text
    certificates: tuple[Certificate, ...] = ()
    vetted: frozenset[str] | None = frozenset()
    conflicts: tuple[str, ...] = ()
    is_member: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a person fits a role.

    `held` are the certificates asked for that count, with the latest end of each; `ended` those that no longer do.
    `until` is the day on which the first of them runs out.
    """

    role: str
    person: int
    held: Mapping[str, date | None]
    ended: Mapping[str, date]
    missing: frozenset[str]
    lacks_vetting: bool = False
    is_vetting_hidden: bool = False
    conflicts: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        return not self.missing and not self.ended and not self.lacks_vetting and not self.conflicts

    @property
    def until(self) -> date | None:
        return min((day for day in self.held.values() if day is not None), default=None)


def fit(role: Role, person: Candidate, on: date) -> Fit:
    """Compare what a role asks with what a person holds on a day."""
    best = latest(person.certificates)
    held = {kind: best[kind] for kind in sorted(role.certificates) if kind in best and counts(best[kind], on)}
    ended = {
        kind: day for kind in sorted(role.certificates) if kind in best and (day := best[kind]) is not None and day < on
    }
    is_hidden = bool(role.vetting) and person.vetted is None
    return Fit(
        role=role.code,
        person=person.id,
        held=held,
        ended=ended,
        missing=role.certificates - held.keys() - ended.keys(),
        lacks_vetting=bool(role.vetting) and person.vetted is not None and role.vetting not in person.vetted,
        is_vetting_hidden=is_hidden,
        conflicts=person.conflicts if role.vetting else (),
    )


def counts(until: date | None, on: date) -> bool:
    return until is None or until >= on


def latest(certificates: Iterable[Certificate]) -> dict[str, date | None]:
    """Return for each kind the end of the certificate that counts longest."""
    best: dict[str, date | None] = {}
    for one in certificates:
        present = best.get(one.kind, date.min)
        best[one.kind] = None if one.until is None or present is None else max(one.until, present)
    return best


def matrix(roles: Sequence[Role], people: Sequence[Candidate], on: date) -> dict[tuple[str, int], Fit]:
    """Return the fit of every person to every role, by (role, person)."""
    return {(role.code, person.id): fit(role, person, on) for role in roles for person in people}
