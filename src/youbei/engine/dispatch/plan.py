"""The decisions of a dispatch: which unit goes to which incident, and how much of which lot goes to which need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Send:
    """Send a unit to an incident.

    With a `need` it fills one place of it (`part` numbers the part of a task force); without, it brings its people to
    all needs of crew there.
    """

    unit: str
    incident: str
    need: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Draw:
    """Take a quantity of a supply for a need; `vehicle` fetches it where the supply is not delivered."""

    supply: str
    incident: str
    need: str
    quantity: int
    vehicle: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is proposed. Both parts are kept in order, so that equal plans are equal."""

    sends: tuple[Send, ...] = ()
    draws: tuple[Draw, ...] = ()

    def ordered(self) -> Plan:
        return Plan(tuple(sorted(self.sends)), tuple(sorted(self.draws)))

    def as_data(self) -> dict[str, Any]:
        return {
            "sends": [
                {"unit": one.unit, "incident": one.incident, "need": one.need, "part": one.part} for one in self.sends
            ],
            "draws": [
                {
                    "supply": one.supply,
                    "incident": one.incident,
                    "need": one.need,
                    "quantity": one.quantity,
                    "vehicle": one.vehicle,
                }
                for one in self.draws
            ],
        }
