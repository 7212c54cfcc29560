"""Resources as the engine sees them: teams and stock of today, and who is chosen for a need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from youbei.engine.places import Point, StraightLine, TravelTimes


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can be sent: what it can do, where it stands, and how long it takes to turn out."""

    id: str
    label: str
    capabilities: frozenset[str]
    base: Point
    turn_out: timedelta
    is_available: bool = True


@dataclass(frozen=True, slots=True)
class Stock:
    """A quantity of an item in a store, in the item's unit; `lead` is the time until it can leave."""

    id: str
    item: str
    quantity: float
    base: Point
    lead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class World:
    """Hold what a run may draw on, frozen at one moment."""

    teams: tuple[Team, ...] = ()
    stock: tuple[Stock, ...] = ()
    sites: Mapping[str, Point] = field(default_factory=dict)
    travel: TravelTimes = StraightLine()


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen resource for a need: a team, or a quantity out of a store, and when it can be there."""

    resource: str
    label: str
    quantity: float
    turn_out: timedelta
    travel: timedelta
    reason_zh: str
    reason_en: str

    @property
    def arrives_in(self) -> timedelta:
        return self.turn_out + self.travel
