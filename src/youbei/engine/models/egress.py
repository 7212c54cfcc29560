"""Evacuation of a building: people walk from rooms along doors, corridors and stairs, and queue where it is narrow.

Everybody walks at the speed of the group on the level, slower on stairs, and passes a door or stair one after another
at its capacity; who comes first goes first. Nobody overtakes, turns back or is missing: the times are the least that a
well-led evacuation takes, before the time to react is added.

Source of the capacities: Gwynne, Rosenbaum: Employing the hydraulic model in assessing emergency movement, SFPE
Handbook of Fire Protection Engineering, 5th edition, 2016, chapter 59: most specific flow 1.3 persons/s per metre of
effective width in corridors and doors, 1.01 on stairs (riser 178 mm, tread 279 mm); speeds there in the proportion of
the factors k = 1.40 and 1.08; effective width is the clear width less 0.15 m each side.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.models.validity import OutsideValidity, need_range
from youbei.engine.text import Text

FLOW_PER_M_S = {"door": 1.3, "corridor": 1.3, "stair": 1.01}
STAIR_SPEED = 1.08 / 1.40
EDGE_M = 0.15
LEAST_WIDTH_M = 0.6
# Source: Weidmann: Transporttechnik der Fussgaenger, ETH Zurich, 1993: mean free speed on the level.
USUAL_SPEED_M_S = 1.34
MOST_PEOPLE = 50_000


class Part(StrEnum):
    DOOR = "door"
    CORRIDOR = "corridor"
    STAIR = "stair"


@dataclass(frozen=True, slots=True)
class Element:
    """One part of the way: how long it is to walk, and how wide; a door has no length."""

    id: str
    part: Part
    width_m: float
    length_m: float = 0.0

    def __post_init__(self) -> None:
        need_range(self.width_m, LEAST_WIDTH_M, 30, Text(f"“{self.id}”的净宽", f"The clear width of {self.id!r}"), "m")
        need_range(self.length_m, 0, 2000, Text(f"“{self.id}”的长度", f"The length of {self.id!r}"), "m")

    @property
    def persons_per_s(self) -> float:
        return FLOW_PER_M_S[self.part] * (self.width_m - 2 * EDGE_M)


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a room full of people: how many, their way out, when they set off, and how fast they walk.

    `first_m` is the way from the farthest seat to the first element.
    """

    id: str
    people: int
    way: tuple[str, ...]
    sets_off_s: float = 0.0
    speed_m_s: float = USUAL_SPEED_M_S
    first_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Evacuated:
    """When the first and the last of a group are out, and how long its people stood in queues, in all."""

    group: str
    people: int
    first_s: float
    last_s: float
    waited_s: float


@dataclass(frozen=True, slots=True)
class Egress:
    """Result: each group, and where people waited longest (element -> seconds waited in all)."""

    groups: tuple[Evacuated, ...]
    queues: Mapping[str, float]

    @property
    def last_s(self) -> float:
        return max((group.last_s for group in self.groups), default=0.0)

    @property
    def bottleneck(self) -> str:
        """Return the element at which most time is lost; empty where nobody waits."""
        worst = max(self.queues.items(), key=lambda item: item[1], default=("", 0.0))
        return worst[0] if worst[1] > 0 else ""


def egress(elements: Sequence[Element], groups: Sequence[Group]) -> Egress:
    """Let everybody walk out, person by person; refuse a way that leads through what is not there."""
    known = {element.id: element for element in elements}
    check(known, groups)
    free_at = dict.fromkeys(known, 0.0)
    queues = dict.fromkeys(known, 0.0)
    out: dict[str, list[float]] = {group.id: [] for group in groups}
    waited = dict.fromkeys(out, 0.0)
    # (when they reach an element, group, person, which element of their way)
    waiting = [
        (group.sets_off_s + group.first_m / group.speed_m_s, order, person, 0)
        for order, group in enumerate(groups)
        for person in range(group.people)
    ]
    heapq.heapify(waiting)
    while waiting:
        at, order, person, position = heapq.heappop(waiting)
        group = groups[order]
        if position == len(group.way):
            out[group.id].append(at)
            continue
        element = known[group.way[position]]
        enters = max(at, free_at[element.id])
        free_at[element.id] = enters + 1 / element.persons_per_s
        queues[element.id] += enters - at
        waited[group.id] += enters - at
        heapq.heappush(waiting, (enters + walking_s(element, group), order, person, position + 1))
    found = tuple(
        Evacuated(group.id, group.people, min(out[group.id]), max(out[group.id]), waited[group.id])
        for group in groups
        if group.people
    )
    return Egress(found, queues)


def walking_s(element: Element, group: Group) -> float:
    speed = group.speed_m_s * (STAIR_SPEED if element.part is Part.STAIR else 1.0)
    return element.length_m / speed


def check(known: Mapping[str, Element], groups: Sequence[Group]) -> None:
    need_range(sum(group.people for group in groups), 1, MOST_PEOPLE, Text("总人数", "The number of people"), "")
    for group in groups:
        need_range(group.people, 0, MOST_PEOPLE, Text(f"“{group.id}”的人数", f"The people of {group.id!r}"), "")
        need_range(group.speed_m_s, 0.2, 3, Text(f"“{group.id}”的步速", f"The speed of {group.id!r}"), "m/s")
        missing = [one for one in group.way if one not in known]
        if missing or not group.way:
            what = "、".join(missing) or "-"
            raise OutsideValidity(
                zh=f"“{group.id}”的路线经过没有定义的部位：{what}。请补全路线。",
                en=f"The way of {group.id!r} leads through what is not defined: {what}. Complete it.",
            )
