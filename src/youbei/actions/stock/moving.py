"""Move stock between places, of which vehicles are some."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei.actions.permit import not_found, require
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.actions.stock.verbs import MoveRefused, allow
from youbei.engine.access import Permission
from youbei.engine.stock import ledger
from youbei.records.models import Site, StockLot, StockMovement, User, Vehicle

SAME = ("item_id", "organisation_id", "reserve", "agreement_id", "batch_no", "produced_on", "expires_on", "condition")
TAKEN_ALONG = (*SAME, "org_path", "received_on", "unit_value", "next_test_on")


@transaction.atomic
def move(
    *, by: User | None, now: datetime, lot: int, to: Site, quantity: Decimal, note: Note | None = None
) -> StockMovement:
    """Bring a quantity of a lot to another place; there it joins the lot of the same batch, or makes one."""
    ledger.demand_positive(quantity)
    source = StockLot.objects.filter(pk=lot).first()
    if source is None:
        raise not_found()
    require(by, Permission.EDIT_RESOURCE, source.org_path)
    require(by, Permission.EDIT_RESOURCE, to.org_path)
    if source.site_id == to.pk:
        raise MoveRefused(zh="物资已在该地点。请选择另一个地点。", en="It lies there already. Choose another place.")
    if to.retired_at is not None:
        raise MoveRefused(
            zh=f"“{to.name_zh}”已停用，不能存放物资。请选择另一个地点。",
            en=f"{to.name_en or to.name_zh} is out of use and takes no stock. Choose another place.",
        )
    # Not locked yet: both are locked together below in the order of their keys, or two moves would wait for another.
    target = lot_at(source, to)
    lots = lock_lots([lot, target.pk])
    allow(by, lots)
    return post(
        lots,
        lambda balances: ledger.move("", lot=str(lot), to_lot=str(target.pk), quantity=quantity),
        by=by,
        now=now,
        note=note,
    )


def lot_at(source: StockLot, to: Site) -> StockLot:
    """Return the lot of the same batch at a place, or a new one that is still empty."""
    same = {name: getattr(source, name) for name in SAME}
    there = StockLot.objects.filter(site=to, retired_at__isnull=True, **same).order_by("pk")
    found = there.first()
    if found is not None:
        return found
    # Two who bring the first of a batch there at once would make a lot each.
    list(Site.objects.select_for_update(of=("self",), no_key=True).filter(pk=to.pk).values_list("pk"))
    found = there.first()
    if found is not None:
        return found
    taken = {name: getattr(source, name) for name in TAKEN_ALONG}
    return StockLot.objects.create(site=to, quantity=Decimal(0), lat=to.lat, lon=to.lon, **taken)


@transaction.atomic
def board_of(*, by: User | None, vehicle: Vehicle) -> Site:
    """Return the place that is the inside of a vehicle; it is made when something is first loaded."""
    row = Vehicle.objects.select_for_update(of=("self",), no_key=True).get(pk=vehicle.pk)
    require(by, Permission.EDIT_RESOURCE, row.org_path)
    if row.site is not None:
        return row.site
    row.site = Site.objects.create(
        code=f"on-{row.code}"[:80],
        kind=Site.Kind.VEHICLE,
        name_zh=row.name_zh,
        name_en=row.name_en,
        organisation=row.organisation,
        org_path=row.org_path,
        lat=row.lat,
        lon=row.lon,
    )
    row.save(update_fields=["site"])
    return row.site
