"""What surrounds a site or a hazard: whom it endangers, which plans rest on it, what is going on nearby."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from youbei import content
from youbei.engine.places import Point
from youbei.engine.registers.register import Register
from youbei.records.models import HazardPoint, Site
from youbei.records.models.scope import Registered
from youbei.records.reports.sites import (
    RUNNING_WITHIN_M,
    endangered_by,
    incidents_near,
    plans_naming,
)
from youbei.web.access import user_of

# A scenario is drawn up for a point on the map; it means this place if it lies this near. Assumption.
SAME_PLACE_M = 300


def hazard_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find whom a hazard endangers, by the sites that lie within its reach."""
    if not isinstance(row, HazardPoint):
        return None
    found = endangered_by(row, user_of(request))
    kinds = content.registers()["site"].field("kind")
    return {
        "hazard": row,
        "within": found,
        "nearest": [(one, kinds.choice_title(one.site.kind)) for one in found.nearest],
    }


def named_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find the plans that rest on a place, and the incidents that are open near it."""
    if not isinstance(row, Site | HazardPoint):
        return None
    user = user_of(request)
    here = None if row.lat is None or row.lon is None else Point(row.lat, row.lon)
    if isinstance(row, HazardPoint):
        codes, around = [row.site.code] if row.site else [], max(row.reach_m or 0, RUNNING_WITHIN_M)
    else:
        codes, around = [row.code], RUNNING_WITHIN_M
    plans = plans_naming(codes, here, SAME_PLACE_M, user)
    incidents = incidents_near(here, around, user)
    return {"plans": plans, "incidents": incidents, "around_m": around}
