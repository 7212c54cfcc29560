"""The areas of an answer on two maps: what is reached in time as it is, and what would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.text import Text
from youbei.records.reports.city_map import CityMap, Ground, Mark, ground
from youbei.web.mapchart import (
    WIDTH_PX,
    DrawnMark,
    Frame,
    MapDrawing,
    drawn_areas,
    drawn_roads,
    frame_of,
    spots_of,
)


@dataclass(frozen=True, slots=True)
class Shade:
    """An area on the map: what is reached in time (`kind` in) or not (`kind` not)."""

    kind: str
    path: str
    minutes: int


@dataclass(frozen=True, slots=True)
class AreaMap:
    """One of the two maps of an answer, with what is shaded on it."""

    when: str
    drawing: MapDrawing
    shades: tuple[Shade, ...]


def maps_of(answer: dict[str, Any], chosen: tuple[Mark, ...]) -> list[AreaMap]:
    """Draw what is reached in time before and after, in one frame so that they can be compared."""
    areas = answer.get("areas")
    if not areas:
        return []
    corners = [
        Mark("", 0, "", Text(), lat, lon)
        for when in ("before", "after")
        for what in ("reached", "unreached")
        for polygon in areas[when][what]["coordinates"]
        for lon, lat in polygon[0]
    ]
    if not corners:
        return []
    spots = spots_of(CityMap((), (), tuple(corners), ()), None)
    frame, height = frame_of(spots)
    below = ground()
    return [
        AreaMap(
            when,
            drawn_in(frame, height, below, chosen if when == "after" else ()),
            tuple(
                Shade(kind, path_of(areas[when][what], frame), areas["minutes"])
                for what, kind in (("reached", "in"), ("unreached", "not"))
            ),
        )
        for when in ("before", "after")
    ]


def drawn_in(frame: Frame, height: float, below: Ground | None, shown: tuple[Mark, ...]) -> MapDrawing:
    """Draw ground and marks in a frame that is given."""
    return MapDrawing(
        width=WIDTH_PX,
        height=height,
        areas=tuple(drawn_areas(below, frame)),
        roads=tuple(drawn_roads(below, frame)),
        ways=(),
        marks=tuple(DrawnMark(mark, *frame.place(mark.lat, mark.lon)) for mark in shown),
    )


def path_of(geometry: dict[str, Any], frame: Frame) -> str:
    rings = (ring for polygon in geometry["coordinates"] for ring in polygon)
    return "".join(frame.path(((lat, lon) for lon, lat in ring), closed=True) for ring in rings)
