"""Draw the map as SVG, for paper, for screens without JavaScript, and until the island has loaded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from youbei.engine.shapes import lines_of, positions_of
from youbei.engine.text import Text
from youbei.records.reports.city_map import LAYERS, CityMap, Ground, Mark, Outline
from youbei.records.reports.map_heaps import Heap

WIDTH_PX = 1000.0
MARGIN = 0.03
# About two kilometres, and a part of what is shown: so that one sees where it lies.
LEAST_DEGREES = 0.02
AROUND = 0.15
HEAP_PX = 9.0
ROADS_SHOWN = ("residential", "secondary", "primary", "trunk")
Spot = tuple[float, float]
REGISTERS = {layer.name: layer.register for layer in LAYERS}


@dataclass(frozen=True, slots=True)
class DrawnArea:
    kind: str
    path: str
    name: Text
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DrawnMark:
    mark: Mark
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DrawnHeap:
    """A heap as a disc: its area grows with the number of digits, for numbers of any size lie side by side."""

    heap: Heap
    address: str
    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class DrawnOutline:
    """How far a record reaches: `kind` is its layer; lines are drawn without a filling."""

    kind: str
    is_area: bool
    path: str
    name: Text
    address: str


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """All lengths in px of a drawing `width` by `height`."""

    width: float
    height: float
    areas: tuple[DrawnArea, ...]
    roads: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, bool], ...]
    marks: tuple[DrawnMark, ...]
    heaps: tuple[DrawnHeap, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    outlines: tuple[DrawnOutline, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Put degrees on paper: a plane projection that is true at the middle latitude, fit for a city."""

    west: float
    north: float
    px_per_lon: float
    px_per_lat: float

    def place(self, lat: float, lon: float) -> Spot:
        return round((lon - self.west) * self.px_per_lon, 1), round((self.north - lat) * self.px_per_lat, 1)

    def path(self, line: Iterable[Spot], *, closed: bool = False) -> str:
        spots = [f"{x} {y}" for x, y in (self.place(lat, lon) for lat, lon in line)]
        return "M" + "L".join(spots) + ("Z" if closed else "")


def draw(shown: CityMap, below: Ground | None, *, is_near: bool = False) -> MapDrawing | None:
    """Return the drawing, or None where there is nothing to draw; `is_near` shows no more ground than it must."""
    spots = spots_near(shown) if is_near else spots_of(shown, below)
    if not spots:
        return None
    frame, height = frame_of(spots)
    return MapDrawing(
        width=WIDTH_PX,
        height=height,
        areas=tuple(drawn_areas(below, frame)),
        roads=tuple(drawn_roads(below, frame)),
        ways=tuple((frame.path(way.line), way.has_arrived) for way in shown.ways if len(way.line) > 1),
        marks=tuple(DrawnMark(mark, *frame.place(mark.lat, mark.lon)) for mark in shown.marks),
        heaps=tuple(
            DrawnHeap(heap, heap_address(heap), *frame.place(heap.lat, heap.lon), r=heap_px(heap.number))
            for heap in shown.heaps
        ),
        closed=tuple((frame.path(one.area, closed=True), one.reason) for one in shown.closed),
        outlines=tuple(drawn_outline(one, frame) for one in shown.outlines),
    )


def drawn_outline(one: Outline, frame: Frame) -> DrawnOutline:
    is_area = one.shape["type"].endswith("Polygon")
    lines = (((position[1], position[0]) for position in line) for line in lines_of(one.shape))
    path = "".join(frame.path(line, closed=is_area) for line in lines)
    return DrawnOutline(one.mark.layer, is_area, path, one.mark.name, record_address(one.mark))


def record_address(mark: Mark) -> str:
    return reverse("record", args=[REGISTERS[mark.layer], mark.pk])


def heap_address(heap: Heap) -> str:
    """Return the list of exactly the records that a heap counts."""
    return f"{reverse('register', args=[heap.register])}?{urlencode(heap.query)}"


def heap_px(number: int) -> float:
    return round(HEAP_PX * (1 + math.log10(max(1, number)) / 2), 1)


def spots_of(shown: CityMap, below: Ground | None) -> list[Spot]:
    """Return all that the frame must hold."""
    spots = [(mark.lat, mark.lon) for mark in shown.marks] + [(heap.lat, heap.lon) for heap in shown.heaps]
    spots += [(position[1], position[0]) for one in shown.outlines for position in positions_of(one.shape)]
    if below is not None:
        spots += [spot for kind in below.roads.values() for road in kind for spot in road]
    return spots


def spots_near(shown: CityMap) -> list[Spot]:
    """Return what is shown and all of its ways, with a little around it: the frame stays as somebody moves in it."""
    spots = [*spots_of(shown, None), *(spot for way in shown.ways for spot in way.line)]
    if not spots:
        return []
    lats, lons = [lat for lat, _ in spots], [lon for _, lon in spots]
    around = max(max(lats) - min(lats), max(lons) - min(lons), LEAST_DEGREES) * AROUND
    return [
        *spots,
        (min(lats) - around, min(lons) - around),
        (max(lats) + around, max(lons) + around),
    ]


def frame_of(spots: Sequence[Spot]) -> tuple[Frame, float]:
    south, north = min(lat for lat, _ in spots), max(lat for lat, _ in spots)
    west, east = min(lon for _, lon in spots), max(lon for _, lon in spots)
    tall, wide = max(north - south, 0.01), max(east - west, 0.01)
    north, west = north + tall * MARGIN, west - wide * MARGIN
    tall, wide = tall * (1 + 2 * MARGIN), wide * (1 + 2 * MARGIN)
    px_per_lon = WIDTH_PX / wide
    px_per_lat = px_per_lon / math.cos(math.radians((north + south) / 2))
    return Frame(west, north, px_per_lon, px_per_lat), round(tall * px_per_lat, 1)


def drawn_areas(below: Ground | None, frame: Frame) -> Iterable[DrawnArea]:
    for area in below.areas.get("features", ()) if below is not None else ():
        rings = area["geometry"]["coordinates"]
        outlines = [[(lat, lon) for lon, lat in ring] for ring in rings]
        lats, lons = [lat for lat, _ in outlines[0]], [lon for _, lon in outlines[0]]
        x, y = frame.place(sum(lats) / len(lats), sum(lons) / len(lons))
        kept: dict[str, Any] = area.get("properties", {})
        name = Text.from_data(kept.get("name") or {"zh": kept.get("zh", ""), "en": kept.get("en", "")})
        path = "".join(frame.path(ring, closed=True) for ring in outlines)
        yield DrawnArea(kind=str(kept.get("kind", "")), path=path, name=name, x=x, y=y)


def drawn_roads(below: Ground | None, frame: Frame) -> Iterable[tuple[str, str]]:
    if below is not None:
        for kind in ROADS_SHOWN:
            yield kind, "".join(frame.path(road) for road in below.roads.get(kind, ()))
