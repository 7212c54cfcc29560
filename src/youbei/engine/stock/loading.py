"""What a vehicle can carry: no more weight and no more volume than it is made for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from youbei.engine.errors import Refused
from youbei.engine.stock.requirement import plain

NOTHING = Decimal(0)


class Overloaded(Refused):
    """Refuse to load more onto a vehicle than it may carry."""


@dataclass(frozen=True, slots=True)
class Load:
    """So much of an item with what one of it weighs and takes up; None where that is not known."""

    quantity: Decimal
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What all of it comes to. `unknown` counts the loads of which the weight is not known: they weigh nothing here."""

    weight_kg: Decimal
    volume_m3: Decimal
    unknown: int


def loaded(loads: Iterable[Load]) -> Loaded:
    kept = [load for load in loads if load.quantity > 0]
    return Loaded(
        weight_kg=sum((load.quantity * (load.weight_kg or NOTHING) for load in kept), NOTHING),
        volume_m3=sum((load.quantity * (load.volume_m3 or NOTHING) for load in kept), NOTHING),
        unknown=sum(load.weight_kg is None for load in kept),
    )


def refuse_overload(
    loads: Iterable[Load], *, payload_kg: Decimal | None, volume_m3: Decimal | None, zh: str, en: str
) -> None:
    """Raise Overloaded where the loads come to more than the vehicle of that name may carry; None: no limit known."""
    found = loaded(loads)
    if payload_kg is not None and found.weight_kg > payload_kg:
        raise Overloaded(
            zh=f"{zh}载重 {plain(payload_kg)} 千克，装上后共约 {plain(found.weight_kg)} 千克，超载。"
            "请减少数量或另派车辆。",
            en=f"{en} carries {plain(payload_kg)} kg; with this it would be about {plain(found.weight_kg)} kg. Load "
            "less, or take another vehicle.",
        )
    if volume_m3 is not None and found.volume_m3 > volume_m3:
        raise Overloaded(
            zh=f"{zh}容积 {plain(volume_m3)} 立方米，装上后共约 {plain(found.volume_m3)} 立方米，装不下。"
            "请减少数量或另派车辆。",
            en=f"{en} holds {plain(volume_m3)} m³; with this it would be about {plain(found.volume_m3)} m³. Load less, "
            "or take another vehicle.",
        )
