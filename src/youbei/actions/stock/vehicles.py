"""Say where a vehicle is: what it carries is there too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.models import User, Vehicle
from youbei.records.registers.follow import move_along


class OlderReport(Refused):
    """Refuse a report of a place that is older than the last one."""


@transaction.atomic
def report_place(*, by: User | None, now: datetime, vehicle: Vehicle, point: Point) -> Vehicle:
    """Put a vehicle, and what is on board, where it was last reported to be."""
    row = Vehicle.objects.select_for_update(of=("self",), no_key=True).filter(pk=vehicle.pk).first()
    if row is None:
        raise not_found()
    if by is None or not by.may(Permission.WORK_STEP, row.org_path):
        require(by, Permission.EDIT_RESOURCE, row.org_path)
    if row.placed_at is not None and row.placed_at > now:
        raise OlderReport(
            zh="已有更晚的位置报告，本次不改变。", en="There is a later report of where it is; nothing is changed."
        )
    row.lat, row.lon, row.placed_at = point.lat, point.lon, now
    row.save(update_fields=["lat", "lon", "placed_at"])
    move_along([row])
    data = {"vehicle": row.code, "lat": round(point.lat, 6), "lon": round(point.lon, 6)}
    record(
        f"register:vehicle:{row.pk}", [("vehicle.placed", data)], by=actor_for(by, now), now=now, org_path=row.org_path
    )
    return row
