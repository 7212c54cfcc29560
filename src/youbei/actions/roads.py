"""Store a large road network; close roads because of an incident, and open them again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.registers.people import SLUG, RegisterRefused, check_code, created
from youbei.engine.access import Permission
from youbei.engine.closures import Closure, closure
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.models import Incident, RoadArray, RoadClosure, RoadNetwork, User

ARRAYS = "arrays"


class AlreadyOpen(Refused):
    """Refuse to open roads that are open."""


@transaction.atomic
def store_network(
    *,
    by: User | None,
    now: datetime,
    code: str,
    arrays: Mapping[str, tuple[str, bytes]],
    facts: Mapping[str, Any],
) -> RoadNetwork:
    """Store the arrays of a network (`engine.travel.network.packed`); one of the same code is replaced as a whole."""
    require(by, Permission.EDIT_RESOURCE, "/")
    if not SLUG.fullmatch(code) or len(code) > 40:
        check_code(RoadNetwork, code)
        raise RegisterRefused(zh=f"代码“{code}”超过 40 个字符。", en=f"The code {code!r} is longer than 40 characters.")
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name][1])
    data = {**facts, "form": ARRAYS, "sum": digest.hexdigest()}
    before = RoadNetwork.objects.filter(code=code).delete()[0]
    network = RoadNetwork.objects.create(code=code, data=data)
    for name, (kind, content) in arrays.items():
        RoadArray.objects.create(network=network, name=name, kind=kind, content=zlib.compress(content, 1))
    logged = {"code": code, "nodes": facts.get("nodes"), "edges": facts.get("arcs"), "replaced": bool(before)}
    created("roads", network, logged, by=by, now=now, org_path="/")
    return network


def arrays_of(network: RoadNetwork) -> dict[str, tuple[str, bytes]]:
    """Return the stored arrays of a network, as they were given."""
    rows = RoadArray.objects.filter(network=network).values_list("name", "kind", "content")
    return {name: (kind, zlib.decompress(bytes(content))) for name, kind, content in rows}


@transaction.atomic
def close_roads(
    *,
    by: User | None,
    now: datetime,
    incident: Incident,
    area: list[Point],
    reason: str,
    factor: float | None = None,
) -> RoadClosure:
    """Close the roads in an area, or make them slower by a factor; every journey asked for from now on knows it."""
    require(by, Permission.MANAGE_INCIDENT, incident.org_path)
    checked = closure(area, factor)
    if not reason.strip() or len(reason) > 200:
        raise RegisterRefused(
            zh="请写明封路原因，不超过 200 字。", en="Say why the roads are closed, in at most 200 characters."
        )
    corners = [[corner.lat, corner.lon] for corner in checked.area]
    closed = RoadClosure.objects.create(
        incident=incident, area=corners, factor=factor, reason=reason.strip(), closed_at=now
    )
    data = {"incident": incident.pk, "factor": factor, "corners": len(corners)}
    created("closures", closed, data, by=by, now=now, org_path=incident.org_path)
    return closed


@transaction.atomic
def open_roads(*, by: User | None, now: datetime, closed: RoadClosure) -> RoadClosure:
    """Open the roads of a closure again."""
    held = RoadClosure.objects.select_for_update().select_related("incident").get(pk=closed.pk)
    require(by, Permission.MANAGE_INCIDENT, held.incident.org_path)
    if held.opened_at is not None:
        raise AlreadyOpen(
            zh=f"封路 {held.pk} 已经解除。", en=f"The roads of closure {held.pk} have been opened already."
        )
    held.opened_at = now
    held.save(update_fields=["opened_at"])
    record(
        f"register:closures:{held.pk}",
        [("record.changed", {"fields": ["opened_at"]})],
        by=actor_for(by, now),
        now=now,
        org_path=held.incident.org_path,
    )
    return held


def closures_now(*, with_exercises: bool = False) -> dict[int, Closure]:
    """Return the closures in force of open incidents, by number. What an exercise closes, only exercises see."""
    rows = RoadClosure.objects.filter(opened_at=None, incident__status=Incident.Status.OPEN)
    if not with_exercises:
        rows = rows.filter(incident__mode=Incident.Mode.REAL)
    found = rows.order_by("id").values_list("id", "area", "factor")
    return {pk: Closure(tuple(Point(*corner) for corner in area), factor) for pk, area, factor in found}
