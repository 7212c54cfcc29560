"""What the pages of lots, sites, vehicles and production lines show beyond their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.models import CapacityLine, Run, Site, StockLot, Vehicle
from youbei.records.models.scope import Registered
from youbei.records.registers.loads import on_board
from youbei.records.reports.dispatch.vehicles import under_way
from youbei.records.reports.stated import waiting_of
from youbei.records.reports.stock_due import is_counted, ledger_of, lots_at, owed
from youbei.records.reports.stock_for_sale import curve_from
from youbei.web.access import user_of
from youbei.web.stock.drawing import draw
from youbei.web.stock.stated import deciding

Shown = Mapping[str, Any] | None
HOURS = (24, 48, 72, 168)


def lot_panel(request: HttpRequest, register: Register, row: Registered) -> Shown:
    """Show the ledger of a lot with the running balance, and what can be done with it."""
    if not isinstance(row, StockLot):
        return None
    user, is_used = user_of(request), row.retired_at is None
    asked = deciding(user)
    return {
        "lot": row,
        "free": row.quantity - row.reserved,
        "owed": owed(row),
        "is_counted": is_counted(row),
        "entries": ledger_of(row),
        "waiting": waiting_of(row.pk),
        "may_count_paths": asked["may_count"],
        "own_ids": asked["own_ids"],
        "may_edit": is_used and user.may(Permission.EDIT_RESOURCE, row.org_path),
        "may_count": is_used and user.may(Permission.COUNT_STOCK, row.org_path),
    }


def site_panel(request: HttpRequest, register: Register, row: Registered) -> Shown:
    """Show what lies at a place."""
    if not isinstance(row, Site):
        return None
    lots = lots_at(row.pk)
    return {"lots": lots} if lots or row.kind == Site.Kind.STORE else None


def vehicle_panel(request: HttpRequest, register: Register, row: Registered) -> Shown:
    """Show what is on board of a vehicle."""
    if not isinstance(row, Vehicle):
        return None
    lots = lots_at(row.site_id) if row.site_id is not None else []
    user = user_of(request)
    return {
        "lots": lots,
        "vehicle": row,
        "load": on_board(row),
        "fetching": under_way(None)
        .filter(vehicle=row, run__in=Run.objects.visible_to(user))
        .select_related("run__incident", "lot__item")
        .order_by("pk"),
        "may_report": user.may(Permission.WORK_STEP, row.org_path) or user.may(Permission.EDIT_RESOURCE, row.org_path),
    }


def line_panel(request: HttpRequest, register: Register, row: Registered) -> Shown:
    """Show how much a production line has made by when."""
    if not isinstance(row, CapacityLine):
        return None
    curve = curve_from(row)
    return {"drawn": draw(curve), "figures": [(hours, float(curve.at(hours))) for hours in HOURS], "item": row.item}
