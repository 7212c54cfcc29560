"""Vehicles that fetch what is sent out of a store: taken for one trip, and free again once it has arrived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point, TravelTimes
from youbei.engine.text import Text
from youbei.records.models import Assignment, Run, StockLot, Team, User, Vehicle
from youbei.records.reports.dispatch.supplies import CM3_OF_A_M3, GRAMS_OF_A_KG, cm3_of, grams_of
from youbei.records.reports.dispatch.vehicles import TURN_OUT_S, carriers, under_way


class NoSuchVehicle(Refused):
    """Refuse a vehicle that is not in the registers."""

    status = 404


class VehicleTaken(Refused):
    """Refuse a vehicle that is out, or out of service."""


class VehicleOverloaded(Refused):
    """Refuse more than a vehicle can carry."""


class VehicleForNothing(Refused):
    """Refuse a vehicle for what comes by itself: only what lies in a store is fetched."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """A vehicle that is taken, from where it comes, and how long until it has loaded."""

    vehicle: Vehicle
    start: Point
    until_loaded: timedelta

    @property
    def label(self) -> str:
        return f"{self.vehicle.name_zh} {self.vehicle.plate}".strip()


@dataclass(frozen=True, slots=True)
class Errand:
    """A quantity of a lot that is wanted for a need; `places` says where each need of the run wants its resources."""

    run: Run
    lot: int | None
    quantity: float
    need: str
    places: Mapping[str, str]


def take_vehicle(vehicle: str, errand: Errand, *, now: datetime, ways: TravelTimes) -> Fetching | None:
    """Lock a vehicle (`vehicle:<pk>`) and take it for an errand; None where none is named.

    It may load more for the same place at the same store until it has set out.
    """
    if not vehicle:
        return None
    row, lot = errand.run, errand.lot
    if lot is None:
        raise VehicleForNothing(
            zh="只有库存物资才由车辆运送。请去掉车辆，或改选库存。",
            en="Only what lies in a store is fetched by a vehicle. Leave the vehicle out, or choose a lot.",
        )
    kind, _, key = vehicle.partition(":")
    is_named = kind == "vehicle" and key.isascii() and key.isdecimal() and len(key) <= 15
    found = Vehicle.objects.select_for_update(of=("self",), no_key=True).filter(pk=int(key)) if is_named else None
    taken = found.filter(retired_at=None).first() if found is not None else None
    if taken is None:
        raise NoSuchVehicle(
            zh=f"车辆登记中没有“{vehicle}”。请从建议或车辆页面中选择。",
            en=f"There is no vehicle {vehicle!r}. Choose one from the proposal or the pages of vehicles.",
        )
    held = StockLot.objects.select_related("item").get(pk=lot)
    exercise = row.incident_id if row.mode == Run.Mode.EXERCISE else None
    loads = list(under_way(exercise).filter(vehicle=taken).select_related("lot__item").order_by("pk"))
    refuse_if_out(taken, loads, errand, held, now=now)
    refuse_overload(taken, loads, held, errand.quantity)
    refuse_too_large(taken, loads, held, errand.quantity)
    team = Team.objects.filter(pk=taken.team_id or 0).first()
    turn_out = timedelta(seconds=TURN_OUT_S) if team is None else team.planned_turn_out
    start, store = Point(taken.lat, taken.lon), Point(held.lat, held.lon)
    return Fetching(taken, start, turn_out + (timedelta(0) if start == store else ways(start, store)))


def refuse_if_out(vehicle: Vehicle, loads: list[Assignment], errand: Errand, lot: StockLot, *, now: datetime) -> None:
    zh, en = vehicle.name_zh, vehicle.name_en or vehicle.name_zh
    today = timezone.localdate(now)
    if vehicle.inspected_until is not None and vehicle.inspected_until < today:
        raise VehicleTaken(
            zh=f"{zh}不能出车：检验有效期已过（{vehicle.inspected_until}）。请另选车辆。",
            en=f"{en} cannot go: its inspection ran out on {vehicle.inspected_until}. Choose another vehicle.",
        )
    if vehicle.status == "out_of_service" or (vehicle.status == "in_use" and not loads):
        raise VehicleTaken(
            zh=f"{zh}不能出车：登记为停用或已出车。请另选车辆，或先改正登记。",
            en=f"{en} cannot go: the register has it out or out of service. Choose another, or correct the register.",
        )
    is_same = all(
        one.run_id == errand.run.pk
        and one.departed_at is None
        and one.lot is not None
        and one.lot.site_id == lot.site_id
        for one in loads
    )
    goals = {errand.places.get(need) for need in (errand.need, *(one.need for one in loads))}
    if loads and not (is_same and len(goals) == 1):
        raise VehicleTaken(
            zh=f"{zh}不能出车：正在运送别的物资。请另选车辆，或等其到达。",
            en=f"{en} cannot go: it is fetching something else. Choose another, or wait until it has arrived.",
        )
    refuse_if_driven_elsewhere(vehicle, errand.run)


def refuse_if_driven_elsewhere(vehicle: Vehicle, row: Run) -> None:
    """Refuse a vehicle whose team is out without it."""
    if vehicle.team_id is None:
        return
    rows = Assignment.objects.filter(team=vehicle.team_id, released_at=None, run__mode=row.mode)
    if row.mode == Run.Mode.EXERCISE:
        rows = rows.filter(run__incident_id=row.incident_id)
    other = rows.select_related("team").first()
    if other is not None and other.team is not None:
        name = other.team
        raise VehicleTaken(
            zh=f"{vehicle.name_zh}没有人驾驶：{name.name_zh}已派出。请另选车辆。",
            en=f"Nobody is there to drive {vehicle.name_en or vehicle.name_zh}: {name.name_en or name.name_zh} "
            "is sent. Choose another vehicle.",
        )


def refuse_overload(vehicle: Vehicle, loads: list[Assignment], lot: StockLot, quantity: float) -> None:
    """Refuse what would be too heavy; what nobody has weighed is not held against it."""
    each = grams_of(lot.item)
    if each is None or vehicle.payload_kg is None:
        return
    aboard = sum(one.quantity * (grams_of(one.lot.item) or 0) for one in loads if one.lot is not None)
    grams = aboard + quantity * each
    if grams > float(vehicle.payload_kg) * GRAMS_OF_A_KG:
        raise VehicleOverloaded(
            zh=f"{vehicle.name_zh}载重 {vehicle.payload_kg:f} 千克，装不下 {grams / GRAMS_OF_A_KG:.1f} 千克。"
            "请减少数量，或另选车辆。",
            en=f"{vehicle.name_en or vehicle.name_zh} carries {vehicle.payload_kg:f} kg, not "
            f"{grams / GRAMS_OF_A_KG:.1f} kg. Take less, or choose another vehicle.",
        )


def refuse_too_large(vehicle: Vehicle, loads: list[Assignment], lot: StockLot, quantity: float) -> None:
    """Refuse what has no room; what nobody has measured is not held against it."""
    each = cm3_of(lot.item)
    if each is None or not vehicle.volume_m3:
        return
    aboard = sum(one.quantity * (cm3_of(one.lot.item) or 0) for one in loads if one.lot is not None)
    m3 = (aboard + quantity * each) / CM3_OF_A_M3
    if m3 > float(vehicle.volume_m3):
        raise VehicleOverloaded(
            zh=f"{vehicle.name_zh}容积 {vehicle.volume_m3.normalize():f} 立方米，装不下 {m3:.2f} 立方米。"
            "请减少数量，或另选车辆。",
            en=f"{vehicle.name_en or vehicle.name_zh} holds {vehicle.volume_m3.normalize():f} m³, not {m3:.2f} m³. "
            "Take less, or choose another vehicle.",
        )


def refuse_if_driving(team: Team, row: Run) -> None:
    """Refuse a team whose vehicle is on its way with a load."""
    exercise = row.incident_id if row.mode == Run.Mode.EXERCISE else None
    load = under_way(exercise).filter(vehicle__team=team).select_related("vehicle", "run__incident").first()
    if load is not None and load.vehicle is not None:
        raise VehicleTaken(
            zh=f"{team.name_zh}不能调派：正驾驶{load.vehicle.name_zh}运送物资（{load.run.incident.number}）。请另选队伍。",
            en=f"{team.name_en or team.name_zh} cannot be assigned: it is driving "
            f"{load.vehicle.name_en or load.vehicle.name_zh} for incident {load.run.incident.number}. "
            "Choose another team.",
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A vehicle that could fetch something from a store: its key, and in how long it is there to load."""

    key: str
    name: Text
    payload_kg: int
    payload_l: int
    until_there: timedelta


def vehicles_to_fetch(user: User, run: Run, lots: Iterable[int], *, now: datetime) -> tuple[Offer, ...]:
    """Return the vehicles that are free near where these lots lie, the first to be there first."""
    stores = list(StockLot.objects.filter(pk__in=list(lots)).values_list("lat", "lon", "site_id"))
    places = [Point(lat, lon) for lat, lon, _ in stores]
    if not places:
        return ()
    exercise = run.incident_id if run.mode == Run.Mode.EXERCISE else None
    known = carriers(
        places,
        paths=sorted({*user.paths_with(Permission.SEE), run.org_path}),
        today=timezone.localdate(now),
        now=now,
        exercise=exercise,
        boards=[site for *_, site in stores],
    )
    ways = travel_times(with_exercises=exercise is not None)
    found = []
    for one in known.vehicles:
        if one.is_out or one.is_out_of_service or not one.is_staffed:
            continue
        nearest = min(timedelta(0) if one.at == place else ways(one.at, place) for place in places)
        until = timedelta(seconds=one.turn_out_s) + nearest
        found.append(Offer(f"vehicle:{one.pk}", one.name, one.payload_kg, one.payload_l, until))
    return tuple(sorted(found, key=lambda offer: (offer.until_there, offer.key)))
