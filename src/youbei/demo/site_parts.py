"""Enter what belongs to the sites of the demo city: beds, exam rooms, classes, other hours, hazards and outlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from youbei import content
from youbei.demo.city import point
from youbei.demo.forces import save
from youbei.records.models import Site
from youbei.records.registers.tables import model_of


def enter_site_parts(founded: datetime, now: datetime) -> None:
    """Enter all of it as it was known when the city was founded; days and hours count from now."""
    table = content.demo_table("site_parts")
    for row in table["beds"]:
        at = now - timedelta(hours=row["hours_ago"])
        values = {name: row.get(name) for name in ("site", "kind", "beds", "free", "surge")}
        save("bed_capacity", {**values, "free_at": at}, founded)
    for number, row in enumerate(table["rooms"]):
        enter_rooms(number, row, founded)
    for row in table["exceptions"]:
        enter_exception(row, founded, now)
    for row in table["classes"]:
        enter_class(row, founded)
    for row in table["hazards"]:
        enter_hazard(row, founded)
    for row in table["outlines"]:
        enter_outline(row, founded)


def enter_rooms(group: int, row: dict[str, Any], now: datetime) -> None:
    for floor in range(1, row["floors"] + 1):
        for number in range(1, row["each"] + 1):
            room = f"{floor}{number:02d}"
            where = {"site": row["site"], "building": row["building"], "floor": floor, "room": room}
            seen = {"has_camera": True, "has_shield": row["use"] in ("standard", "computer")}
            said = {"code": f"{group + 1}-{room}", "use": row["use"], "seats": row["seats"]}
            save("exam_room", {**where, **seen, **said}, now)


def enter_exception(row: dict[str, Any], founded: datetime, now: datetime) -> None:
    first = now.date() + timedelta(days=row["in_days"])
    values = {"site": row["site"], "reason": row["reason"], "hours": row.get("hours", "")}
    days = {"first_on": first, "last_on": first + timedelta(days=row["days"] - 1)}
    save("opening_exception", {**values, **days, "is_yearly": row.get("yearly", False)}, founded)


def enter_class(row: dict[str, Any], now: datetime) -> None:
    named = {"site": row["site"], "code": row["code"], "name_zh": row["zh"], "name_en": row["en"]}
    unit = Site.objects.select_related("organisation").get(code=row["site"]).organisation
    named["organisation"] = unit.code
    save("school_class", {**named, **{name: row[name] for name in ("grade", "pupils", "room")}}, now)


def enter_hazard(row: dict[str, Any], now: datetime) -> None:
    named = {"code": row["code"], "name_zh": row["zh"], "name_en": row["en"], "organisation": row["unit"]}
    said = {name: row[name] for name in ("site", "substance", "dangers", "grade", "endangered", "basis", "quantity")}
    amount = {"un_number": row["un"], "erg_guide": row["erg"], "quantity_unit": row["unit_of"]}
    reach = {"reach_m": row["reach"], "endangered_who": row["who"]}
    save("hazard_point", {**named, **said, **amount, **reach}, now)


def enter_outline(row: dict[str, Any], now: datetime) -> None:
    corners = [point(*corner) for corner in [*row["ring"], row["ring"][0]]]
    shape = {"type": "Polygon", "coordinates": [[[one.lon, one.lat] for one in corners]]}
    model: Any = model_of(content.registers()[row["register"]])
    save(row["register"], {"geometry": shape}, now, pk=model._default_manager.get(code=row["code"]).pk)
