"""What lies on a vehicle, held against what it may carry."""

from __future__ import annotations

from collections.abc import Iterable

from youbei.engine.stock.loading import Load, Loaded, loaded, refuse_overload
from youbei.records.models import StockLot, Vehicle


def loads_at(site: int, instead: Iterable[StockLot] = ()) -> list[Load]:
    """Return what lies at a place, with rows `instead` of the stored ones of the same key, and besides them."""
    rows = {lot.pk or -number: lot for number, lot in enumerate(instead, start=1)}
    for lot in StockLot.objects.filter(site_id=site, retired_at=None, quantity__gt=0).select_related("item"):
        rows.setdefault(lot.pk, lot)
    return [Load(lot.quantity, lot.item.weight_kg, lot.item.volume_m3) for lot in rows.values() if lot.site_id == site]


def on_board(vehicle: Vehicle) -> Loaded:
    return loaded(loads_at(vehicle.site_id)) if vehicle.site_id is not None else loaded([])


def demand_carries(lots: Iterable[StockLot]) -> None:
    """Raise Overloaded where one of these lots lies on a vehicle that cannot carry what would be on it with them."""
    changed = list(lots)
    sites = {lot.site_id for lot in changed if lot.site.kind == lot.site.Kind.VEHICLE}
    for vehicle in Vehicle.objects.filter(site__in=sites).order_by("pk"):
        refuse_overload(
            loads_at(vehicle.site_id or 0, [lot for lot in changed if lot.site_id == vehicle.site_id]),
            payload_kg=vehicle.payload_kg,
            volume_m3=vehicle.volume_m3,
            zh=vehicle.name_zh,
            en=vehicle.name_en or vehicle.name_zh,
        )
