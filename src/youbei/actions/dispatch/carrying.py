"""Vehicles in the problem of a dispatch: what a lot weighs, who could fetch it, and from where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from youbei.engine.dispatch.problem import Leg, Status, Unit
from youbei.engine.places import Point
from youbei.engine.reach import Journeys
from youbei.records.reports.dispatch.supplies import Lot
from youbei.records.reports.dispatch.vehicles import Carrier, Carriers

# Assumption: vehicles are looked for round so many of the stores that something may be fetched from, the nearest first.
STORES_LOOKED_ROUND = 10


def store_name(lot: Lot) -> str:
    """Name the place where a lot lies; what lies at one place can be fetched on one trip."""
    return f"site:{lot.site}"


def vehicle_name(carrier: Carrier) -> str:
    return f"vehicle:{carrier.pk}"


def places_to_look_round(lots: Iterable[Lot], wanted: Iterable[Point]) -> list[Point]:
    """Return where vehicles are looked for: where items are needed, and at the stores they lie in."""
    stores = list(dict.fromkeys(lot.at for lot in lots if lot.grams_each))
    return [*dict.fromkeys(wanted), *stores[:STORES_LOOKED_ROUND]]


def weight_of(lot: Lot, carriers: Carriers) -> int:
    """Return the grams of a piece that a vehicle has to carry; 0 where that cannot be planned."""
    return (lot.grams_each or 0) if carriers.is_kept else 0


def board_of(lot: Lot, carriers: Carriers) -> str:
    """Return the vehicle on which a lot lies, empty where it lies in a store."""
    if not weight_of(lot, carriers):
        return ""
    return next((vehicle_name(one) for one in carriers.vehicles if one.site == lot.site), "")


def units_of(
    carriers: Carriers, teams: Iterable[int], owner: Callable[[Carrier], str], *, limit_s: int | None
) -> Iterator[Unit]:
    """Yield the vehicles as units that can do nothing but carry; `teams` are those that the problem knows as well."""
    known = set(teams)
    for one in carriers.vehicles:
        yield Unit(
            id=vehicle_name(one),
            place=vehicle_name(one),
            turn_out_s=one.turn_out_s,
            status=status_of(one),
            owner=owner(one),
            is_staffed=one.is_staffed,
            worked_s=one.worked_s,
            limit_s=limit_s if one.worked_s else None,
            payload_kg=one.payload_kg,
            payload_l=one.payload_l,
            label=one.name,
            crew=f"team:{one.team}" if one.team in known else "",
        )


def status_of(one: Carrier) -> Status:
    if one.is_out_of_service:
        return Status.OUT_OF_SERVICE
    return Status.ASSIGNED if one.is_out else Status.AVAILABLE


def legs_to_load(carriers: Carriers, stores: Mapping[str, Point], ways: Journeys) -> Iterator[Leg]:
    """Yield the journeys of vehicles to the stores; who stands there already has none."""
    for store, end in stores.items():
        for one in carriers.vehicles:
            if one.at == end:
                yield Leg(vehicle_name(one), store, 0)
            elif ways.is_beside_road(end):
                travel, is_by_road = ways(one.at, end)
                if is_by_road:
                    yield Leg(vehicle_name(one), store, round(travel.total_seconds()))
