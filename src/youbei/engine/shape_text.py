"""Read a shape from what people have: points line by line, GeoJSON, KML, or WKT."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from youbei.engine.shapes import KINDS, ShapeRefused, check_shape

PAIR = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[,，;；\s]\s*([+-]?\d+(?:\.\d+)?)\s*[;；]?\s*")
LINE_WORDS = frozenset({"line", "线", "linestring"})
AREA_WORDS = frozenset({"area", "面", "polygon"})
KML_PART = re.compile(r"<(Point|LineString|Polygon)\b[^>]*>(.*?)</\1>", re.DOTALL)
KML_RING = re.compile(r"<coordinates>(.*?)</coordinates>", re.DOTALL)
WKT_KINDS = {kind.upper(): kind for kind in sorted(KINDS)}
WKT = re.compile(
    rf"\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*({'|'.join(WKT_KINDS)})\s*(?:ZM|Z|M)?\s*(\(.*\)|EMPTY)\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
WKT_POSITION = re.compile(r"[^(),]+")
# Degrees on WGS 84, and on CGCS2000, which differs from it by less than any outline is exact.
WKT_SYSTEMS = frozenset({"4326", "4490"})


def read_shape(cell: Any) -> dict[str, Any]:
    """Return a GeoJSON geometry that holds, from a text or from parsed GeoJSON; or raise ShapeRefused."""
    shape = read_text(cell.strip()) if isinstance(cell, str) else geometry_in(cell)
    check_shape(shape)
    return shape


def read_text(text: str) -> dict[str, Any]:
    if text.startswith("<"):
        return read_kml(text)
    if text.startswith(("{", "[")):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            raise unreadable() from None
        return geometry_in(parsed)
    if (found := WKT.fullmatch(text)) is not None:
        return read_wkt(found)
    return read_points(text)


def unreadable() -> ShapeRefused:
    return ShapeRefused(
        zh="看不懂这个范围。请每行写一个点“纬度, 经度”，如 34.6012, 119.2200；"
        "或填 GeoJSON（RFC 7946）、WKT（两者均经度在前）或 KML。",
        en="This outline cannot be read. Write one point a line, “lat, lon”, such as 34.6012, 119.2200; or GeoJSON "
        "(RFC 7946) or WKT, both longitude first; or KML.",
    )


def geometry_in(found: Any) -> dict[str, Any]:
    """Return the geometry of a GeoJSON object; features are unpacked, several areas become one of many parts."""
    try:
        if found["type"] == "FeatureCollection":
            return together([geometry_in(one) for one in found["features"]])
        if found["type"] == "Feature":
            return geometry_in(found["geometry"])
        if found["type"] in KINDS and depth(found["coordinates"]) == DEPTHS[found["type"]]:
            return {"type": found["type"], "coordinates": found["coordinates"]}
    except (TypeError, KeyError, RecursionError, ValueError):
        pass
    raise unreadable()


DEPTHS = {"Point": 1, "LineString": 2, "MultiPoint": 2, "Polygon": 3, "MultiLineString": 3, "MultiPolygon": 4}


def depth(part: Any) -> int:
    """Return how deep coordinates are nested; raise ValueError where they are uneven or end in no position on Earth."""
    if not isinstance(part, (list, tuple)) or not part:
        raise ValueError
    if all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in part):
        if len(part) not in (2, 3) or not (-180 <= part[0] <= 180 and -90 <= part[1] <= 90):
            raise ValueError
        return 1
    depths = {depth(inner) for inner in part}
    if len(depths) != 1:
        raise ValueError
    return depths.pop() + 1


def together(shapes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put shapes of one kind into one; refuse a mixture."""
    if len(shapes) == 1:
        return dict(shapes[0])
    kinds = {str(shape["type"]).removeprefix("Multi") for shape in shapes}
    if len(kinds) != 1:
        raise ShapeRefused(
            zh="点、线、面混在一起，不能作为一个范围。请只留一种。",
            en="Points, lines and areas are mixed and cannot be one outline. Keep one kind.",
        )
    parts: list[Any] = []
    for shape in shapes:
        parts += shape["coordinates"] if str(shape["type"]).startswith("Multi") else [shape["coordinates"]]
    return {"type": f"Multi{kinds.pop()}", "coordinates": parts}


def read_points(text: str) -> dict[str, Any]:
    """Read points line by line, latitude first. Three and more make an area, unless the first line says `line`."""
    lines = [line for line in text.replace("；", "\n").replace(";", "\n").splitlines() if line.strip()]
    word = lines[0].strip().lower().rstrip(":：") if lines else ""
    if word in LINE_WORDS | AREA_WORDS:
        lines = lines[1:]
    points = [point_of(line, number) for number, line in enumerate(lines, start=1)]
    if not points:
        raise unreadable()
    if word not in AREA_WORDS and len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    if word in LINE_WORDS or (len(points) == 2 and word not in AREA_WORDS):
        return {"type": "LineString", "coordinates": points}
    return {"type": "Polygon", "coordinates": [points if points[0] == points[-1] else [*points, points[0]]]}


def point_of(line: str, number: int) -> list[float]:
    found = PAIR.fullmatch(line)
    if found is None:
        if number == 1:
            raise unreadable()
        shown = line.strip()[:40]
        raise ShapeRefused(
            zh=f"第 {number} 个点“{shown}”不是“纬度, 经度”。请写成 34.6012, 119.2200。",
            en=f"Point {number}, “{shown}”, is no “lat, lon”. Write it like 34.6012, 119.2200.",
        )
    lat, lon = float(found[1]), float(found[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise ShapeRefused(
            zh=f"第 {number} 个点“{line.strip()[:40]}”不在地球上：纬度在前，-90 至 90；经度在后，-180 至 180。"
            "是否写反了？",
            en=f"Point {number}, “{line.strip()[:40]}”, is not on Earth: latitude comes first, -90 to 90, then "
            "longitude, -180 to 180. Are they the wrong way round?",
        )
    return [lon, lat]


def read_kml(text: str) -> dict[str, Any]:
    """Read the shapes of a KML document or of a part of one; anything else in it is passed over."""
    shapes: list[dict[str, Any]] = []
    for kind, inside in KML_PART.findall(text):
        rings = [kml_positions(ring) for ring in KML_RING.findall(inside)]
        if not rings or not all(rings):
            raise unreadable()
        coordinates: Any = {"Point": rings[0][0], "LineString": rings[0], "Polygon": rings}[kind]
        shapes.append({"type": kind, "coordinates": coordinates})
    if not shapes:
        raise unreadable()
    found = together(shapes)
    return geometry_in(found)


def read_wkt(found: re.Match[str]) -> dict[str, Any]:
    """Read well-known text (OGC 06-103r4, section 7), also with the SRID that PostGIS writes; longitude comes first."""
    system, kind, body = found[1], WKT_KINDS[found[2].upper()], found[3]
    if system is not None and system not in WKT_SYSTEMS:
        raise ShapeRefused(
            zh=f"坐标系 SRID={system} 不是经纬度。请先转换为 WGS 84（4326）或 CGCS2000（4490）经纬度。",
            en=f"SRID={system} does not hold degrees. Transform it to WGS 84 (4326) or CGCS2000 (4490) first.",
        )
    text = WKT_POSITION.sub(lambda one: wkt_position(one[0]), body).replace("(", "[").replace(")", "]")
    try:
        coordinates = json.loads(text)
    except (ValueError, RecursionError):
        raise unreadable() from None
    if kind == "Point" and len(coordinates) == 1:
        coordinates = coordinates[0]
    if kind == "MultiPoint":  # each point may stand in brackets of its own, or not
        coordinates = [one[0] if isinstance(one[0], list) else one for one in coordinates if one]
    return geometry_in({"type": kind, "coordinates": coordinates})


def wkt_position(text: str) -> str:
    """Return the first two of two to four numbers as JSON has them; what lies between brackets is empty."""
    if not text.strip():
        return ""
    try:
        numbers = [float(one) for one in text.split()]
    except ValueError:
        raise unreadable() from None
    if not 2 <= len(numbers) <= 4 or not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90):
        raise ShapeRefused(
            zh=f"“{text.strip()[:40]}”不是“经度 纬度”。WKT 中经度在前，如 119.2200 34.6012。",
            en=f"“{text.strip()[:40]}” is no “lon lat”. In WKT longitude comes first, such as 119.2200 34.6012.",
        )
    return json.dumps(numbers[:2])


def kml_positions(text: str) -> list[list[float]]:
    try:
        return [[float(number) for number in one.split(",")[:2]] for one in text.split()]
    except ValueError:
        raise unreadable() from None


def write_points(shape: Mapping[str, Any]) -> str:
    """Return a shape as `read_points` reads it, as GeoJSON where it has several parts or holes."""
    kind, parts = shape["type"], shape["coordinates"]
    if kind == "Polygon" and len(parts) == 1:
        return "\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat, *_ in parts[0][:-1])
    if kind in ("LineString", "Point"):
        points = [parts] if kind == "Point" else parts
        head = "line\n" if len(points) > 2 else ""
        return head + "\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat, *_ in points)
    return json.dumps(shape, separators=(",", ":"))
