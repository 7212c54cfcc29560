"""The facts of a dispatch: what the incidents need, what there is to send, and what must stay.

Times are whole seconds from the moment of decision, quantities whole pieces, prices whole cents. Nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from youbei.engine.text import Text


class Status(StrEnum):
    """What a unit is doing now."""

    AVAILABLE = "available"
    ASSIGNED = "assigned"
    ON_SCENE = "on_scene"
    OUT_OF_SERVICE = "out_of_service"


STATUS_NAMES = {
    Status.AVAILABLE: Text("待命", "available"),
    Status.ASSIGNED: Text("已派出", "assigned"),
    Status.ON_SCENE: Text("在现场", "on scene"),
    Status.OUT_OF_SERVICE: Text("停用", "out of service"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A named point; without coordinates it is reached by the stated legs only."""

    id: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one place to another takes so long; `seconds` None says that it is closed."""

    origin: str
    destination: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class StraightWay:
    """How to estimate a way for which no leg is given: along the great circle, `detour` times longer."""

    speed_m_s: float = 11.0
    detour: float = 1.4


@dataclass(frozen=True, slots=True)
class Agreement:
    """What another organisation promised: sent after `delay_s`, at a price, from `starts_at` until before `ends_at`."""

    delay_s: int = 0
    price_per_unit: int = 0
    price_per_piece: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation; what is not ours is sent under its agreement, and not at all without one."""

    id: str
    label: Text = field(default_factory=Text)
    is_ours: bool = False
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Skill:
    """A capability of a unit: its type, 1 being the most capable, and how many people of the crew have it."""

    capability: str
    type: int = 1
    crew: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that can be sent to one place at a time: a team, a vehicle with its crew.

    An empty `owner` is ourselves. `serving` is the incident it is assigned to. `limit_s` None: no limit of hours.
    `payload_l` is the room it loads into, in litres; 0: nobody knows, and it does not bind.
    `moving_up` is the cover for which it is moving up already. `crew` names the unit whose people drive it, if they are
    not its own: of the two only one is sent.
    """

    id: str
    place: str
    skills: tuple[Skill, ...] = ()
    turn_out_s: int = 0
    status: Status = Status.AVAILABLE
    serving: str = ""
    owner: str = ""
    is_staffed: bool = True
    worked_s: int = 0
    limit_s: int | None = None
    payload_kg: int = 0
    label: Text = field(default_factory=Text)
    moving_up: str = ""
    crew: str = ""
    payload_l: int = 0


@dataclass(frozen=True, slots=True)
class Lot:
    """So many pieces of an item at a place. `grams_each` 0: it is delivered; else a vehicle has to fetch it.

    `aboard` is the vehicle on which it lies; then no other fetches it. `cm3_each` 0: nobody knows how large a piece is.
    """

    id: str
    item: str
    place: str
    quantity: int
    ready_s: int = 0
    expires_at: datetime | None = None
    grams_each: int = 0
    owner: str = ""
    label: Text = field(default_factory=Text)
    aboard: str = ""
    cm3_each: int = 0


@dataclass(frozen=True, slots=True)
class Reserve:
    """A production line: after `switch_over_s` it climbs evenly in `ramp_up_s` to its rate, and makes `limit` at most.

    What it makes is delivered.
    """

    id: str
    item: str
    place: str
    rate_per_h: int
    limit: int
    switch_over_s: int = 0
    ramp_up_s: int = 0
    owner: str = ""
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Units:
    """A need of so many units with a capability of at least a type; each unit fills one of them."""

    capability: str
    count: int
    type: int = 9


@dataclass(frozen=True, slots=True)
class Crew:
    """A need of so many people with a capability; a unit at the incident brings its people to all such needs."""

    capability: str
    people: int


@dataclass(frozen=True, slots=True)
class Items:
    """A need of so many pieces of an item."""

    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class TaskForce:
    """A need of a combination of units that is of use only when it is complete."""

    parts: tuple[Units, ...]


Asked = Units | Crew | Items | TaskForce


@dataclass(frozen=True, slots=True)
class Need:
    """One thing an incident needs.

    What arrives after `due_s` is late; what arrives after `latest_s` is of no use and is not sent. `work_s` is how long
    the people will work there, which counts towards their hours.
    """

    id: str
    asks: Asked
    is_life_safety: bool = False
    due_s: int | None = None
    latest_s: int | None = None
    work_s: int = 0

    @property
    def asked(self) -> int:
        """Return how many pieces are asked for: units, people, pieces of an item; a task force is one."""
        match self.asks:
            case Units(count=count):
                return count
            case Crew(people=people):
                return people
            case Items(quantity=quantity):
                return quantity
        return 1


@dataclass(frozen=True, slots=True)
class Incident:
    """Where something happened and what it needs; `priority` weighs it against the others, more is more urgent."""

    id: str
    place: str
    needs: tuple[Need, ...] = ()
    priority: int = 1
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Cover:
    """So many units with a capability must be able to be at a place within a time, whatever is sent elsewhere.

    `is_strict`: nothing is sent that would break it. Otherwise a lack counts in the score. An area is covered by who
    can be in its middle (`place`) and at each of the places `also` within the time.
    """

    id: str
    place: str
    capability: str
    number: int
    within_s: int
    type: int = 9
    is_strict: bool = False
    also: tuple[str, ...] = ()
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Problem:
    """All facts at one moment."""

    at: datetime
    incidents: tuple[Incident, ...] = ()
    units: tuple[Unit, ...] = ()
    lots: tuple[Lot, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    owners: tuple[Owner, ...] = ()
    cover: tuple[Cover, ...] = ()
    places: tuple[Place, ...] = ()
    legs: tuple[Leg, ...] = ()
    straight_way: StraightWay | None = None
