"""The needs of a plan, and who could serve them in a world, as flat tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from youbei.engine.plans.model import Need
from youbei.engine.resources import Candidate, World, ranked
from youbei.engine.run.index import Index
from youbei.engine.simulation import plan_memory as at
from youbei.engine.simulation.luck import Asked
from youbei.engine.simulation.plan_layout import Memory, whole

# A need that is served out of more lots than this, or again and again, is left to the reference.
MOST_LOTS = 1_000


@dataclass(frozen=True, slots=True)
class NeedOf:
    """A need with its step's position, its own in the step, and who could serve it, first to arrive first."""

    name: str
    step: int
    place: int
    need: Need
    asked: Asked
    candidates: tuple[Candidate, ...]

    @property
    def is_team(self) -> bool:
        return bool(self.need.capability)

    @property
    def room(self) -> int:
        """Return how often something may be sent; teams come back only when the need is closed."""
        if self.is_team:
            return max(0, min(self.need.count, len(self.candidates)))
        return min(2 * len(self.candidates) + 2, MOST_LOTS)


def needs_of(index: Index, world: World) -> Iterator[NeedOf]:
    for name, (step, place, need) in index.needs.items():
        what, code = ("capability", need.capability) if need.capability else ("item", need.item)
        asked = (what, code, world.sites.get(need.place))
        yield NeedOf(name, step, place, need, asked, ranked(world, *asked).candidates)


def resource_ids(world: World) -> Iterator[str]:
    yield from dict.fromkeys((*(team.id for team in world.teams), *(lot.id for lot in world.stock)))


@dataclass(slots=True)
class Lists:
    """Collect lists of candidates, each once, end to end. starts: where each begins, and where the last ends."""

    world: World
    places: dict[Asked, tuple[int, int]] = field(default_factory=dict)
    listed: list[Candidate] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])

    def place(self, asked: Asked) -> tuple[int, int]:
        """Return where the list of who could serve something begins and ends."""
        if asked not in self.places:
            first = len(self.listed)
            self.listed.extend(ranked(self.world, *asked).candidates)
            self.places[asked] = first, len(self.listed)
            self.starts.append(len(self.listed))
        return self.places[asked]


def lay_needs(memory: Memory, needs: Sequence[NeedOf], lists: Lists) -> None:
    places = [lists.place(need.asked) for need in needs]
    memory.table(at.NEED_STEP, (need.step for need in needs))
    memory.table(at.NEED_PLACE, (need.place for need in needs))
    memory.table(at.IS_TEAM, (need.is_team for need in needs))
    memory.table(at.CANDIDATE_FIRST, (first for first, _ in places))
    memory.table(at.CANDIDATE_LAST, (last for _, last in places))
    memory.floats(at.ASKED, (float(need.need.count) if need.is_team else need.need.quantity for need in needs))


def lay_candidates(memory: Memory, lists: Lists, resources: Mapping[str, int]) -> None:
    """Lay out all lists of candidates as they stand on a day like any other."""
    listed = lists.listed
    memory.table(at.CANDIDATE, (resources[candidate.resource] for candidate in listed))
    memory.table(at.TURN_OUT, (whole(candidate.turn_out) for candidate in listed))
    memory.floats(at.TRAVEL, (candidate.travel.total_seconds() for candidate in listed))
    memory.floats(at.QUANTITY, (candidate.quantity for candidate in listed))
