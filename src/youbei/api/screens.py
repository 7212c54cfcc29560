"""What the first screens show at a glance: the duty home and the map."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from youbei.actions import clock
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.engine.access import Permission
from youbei.engine.boxes import read_boxes
from youbei.records.registers.boxes import EARTH
from youbei.records.reports.city_map import LAYER_NAMES, CityMap, Ground, city_map, ground
from youbei.records.reports.home import DutyHome, duty_home

router = Router(tags=["screens"])


@router.get("/home", response=DutyHome, **may(Permission.SEE))
def get_home(request: HttpRequest) -> DutyHome:
    """Tell what is running, what is late, who is on duty, and what you must do now."""
    return duty_home(caller(request), clock.now())


@router.get("/map", response=CityMap, **may(Permission.SEE))
def get_map(request: HttpRequest, bbox: str = "", layers: str = ",".join(LAYER_NAMES)) -> CityMap:
    """Tell where incidents, resources and what is on its way are, and which roads are closed.

    `bbox` is `west,south,east,north` in degrees; without it the whole earth. Of a layer with more than some hundred in
    the box the units are told with how many each has (`heaps`); `crowded` names layers of which only some are told.
    """
    asked = [name for name in LAYER_NAMES if name in layers.split(",")]
    return city_map(caller(request), clock.now(), boxes=read_boxes(bbox) if bbox else EARTH, layers=asked)


@router.get("/map/ground", response=Ground, **may(Permission.SEE))
def get_ground(request: HttpRequest) -> Ground:
    """Return the areas and roads of the deployment's own map; 404 while there are none."""
    found = ground()
    if found is None:
        raise not_found()
    return found
