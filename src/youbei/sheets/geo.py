"""Write what has a place as GeoJSON (RFC 7946) and KML 2.2, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from youbei.engine.outside_xml import xml_text
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.registers.write import write

Values = Mapping[str, Any]


def shape_of(record: Values) -> dict[str, Any] | None:
    """Return the geometry of a record: its outline where it has one, else its point, None where it has neither."""
    if record.get("geometry"):
        return dict(record["geometry"])
    if record.get("lat") is None or record.get("lon") is None:
        return None
    return {"type": "Point", "coordinates": [record["lon"], record["lat"]]}


def said(register: Register, record: Values, language: str, without: frozenset[str]) -> dict[str, str]:
    """Return what a record says, by the titles of its fields; place and empty fields are left out."""
    spoken = {}
    for field in register.fields:
        if field.name in without or field.kind in (FieldKind.LATITUDE, FieldKind.LONGITUDE, FieldKind.GEOMETRY):
            continue
        if text := write(field, record[field.name], language):
            spoken[field.title.in_language(language)] = text
    return spoken


def write_geojson(
    register: Register, records: Iterable[Values], *, language: str, without: frozenset[str] = frozenset()
) -> Iterator[str]:
    yield '{"type":"FeatureCollection","features":['
    comma = ""
    for record in records:
        shape = shape_of(record)
        if shape is None:
            continue
        feature = {"type": "Feature", "geometry": shape, "properties": said(register, record, language, without)}
        if record.get("code"):
            feature["id"] = record["code"]
        yield comma + json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        comma = ",\n"
    yield "]}\n"


def write_kml(
    register: Register, records: Iterable[Values], *, language: str, without: frozenset[str] = frozenset()
) -> Iterator[str]:
    title = xml_text(register.title.in_language(language))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    yield f"<name>{title}</name>\n"
    for record in records:
        shape = shape_of(record)
        if shape is None:
            continue
        data = "".join(
            f'<Data name="{xml_text(name)}"><value>{xml_text(value)}</value></Data>'
            for name, value in said(register, record, language, without).items()
        )
        name = xml_text(register.name_of(dict(record)).in_language(language))
        yield f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{kml_shape(shape)}</Placemark>\n"
    yield "</Document></kml>\n"


def kml_shape(shape: Mapping[str, Any]) -> str:
    """Return a geometry in KML; parts of a multiple one stand side by side."""
    kind, coordinates = shape["type"], shape["coordinates"]
    if kind.startswith("Multi"):
        single = kind.removeprefix("Multi")
        parts = "".join(kml_shape({"type": single, "coordinates": part}) for part in coordinates)
        return f"<MultiGeometry>{parts}</MultiGeometry>"
    if kind == "Polygon":
        outer, *inner = (
            f"<LinearRing><coordinates>{positions(ring)}</coordinates></LinearRing>" for ring in coordinates
        )
        holes = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in inner)
        return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{holes}</Polygon>"
    line = [coordinates] if kind == "Point" else coordinates
    return f"<{kind}><coordinates>{positions(line)}</coordinates></{kind}>"


def positions(line: Iterable[Iterable[float]]) -> str:
    return " ".join(",".join(repr(number) for number in position) for position in line)
