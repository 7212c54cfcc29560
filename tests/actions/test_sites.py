"""What is at a site: rooms, beds, other hours, hazards; what rests on it; and its outline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.actions.town import NOW, PLAN, Town, build_town, report_leak, store_plan
from tests.built_once import built_once
from youbei import content
from youbei.actions.plans import check_stored_plan, import_plan
from youbei.actions.registers.guards import GuardRefused
from youbei.actions.registers.save import save_record
from youbei.engine.opening import HoursRefused
from youbei.engine.places import Point
from youbei.engine.registers.parse import CellRefused
from youbei.records.models import HazardPoint, Site
from youbei.records.reports.sites import (
    area_around,
    classes_of,
    endangered_by,
    incidents_near,
    plans_naming,
    rooms_of,
    standings,
)

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SQUARE = "37.50, 121.40\n37.50, 121.42\n37.52, 121.42\n37.52, 121.40"


@built_once
def town() -> Town:
    return build_town()


def save(name: str, values: dict[str, Any], **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, **more)


def site(town: Town, code: str, kind: str, at: Point, **more: Any) -> Site:
    values = {"code": code, "name_zh": code, "kind": kind, "organisation": town.city.code, "lat": at.lat, "lon": at.lon}
    row = save("site", {**values, **more})
    assert isinstance(row, Site)
    return row


HERE = Point(37.51, 121.41)


def test_an_exam_site_adds_up_its_rooms_without_the_spare_ones(town: Town) -> None:
    exam = site(town, "exam", "exam_site", HERE)
    for code, use, seats in (("1", "standard", 30), ("2", "standard", 30), ("3", "spare", 30), ("4", "isolation", 10)):
        save("exam_room", {"site": "exam", "code": code, "use": use, "seats": seats})
    found = rooms_of(exam)
    assert found is not None
    assert (found.rooms, found.seats, found.spare) == (2, 60, 1)


def test_free_beds_need_a_time_and_cannot_be_more_than_there_are(town: Town) -> None:
    site(town, "clinic", "hospital", HERE)
    burns = {"site": "clinic", "kind": "burns", "beds": 20}
    with pytest.raises(GuardRefused, match="as of when"):
        save("bed_capacity", {**burns, "free": 3})
    with pytest.raises(GuardRefused, match="21 free of 20"):
        save("bed_capacity", {**burns, "free": 21, "free_at": NOW})
    save("bed_capacity", {**burns, "free": 3, "free_at": NOW})


def test_classes_say_how_many_have_nobody_to_count_them(town: Town) -> None:
    school = site(town, "school", "school", HERE)
    one = {"organisation": town.city.code, "site": "school", "grade": "三年级", "pupils": 40}
    save("school_class", {**one, "code": "c1", "name_zh": "1 班", "teacher_post": town.duty_post.code})
    save("school_class", {**one, "code": "c2", "name_zh": "2 班"})
    found = classes_of(school, town.users["observer"])
    assert found is not None
    assert (found["classes"], found["pupils"], found["without_teacher"]) == (2, 80, 1)


def test_a_repair_shuts_a_site_and_says_until_when(town: Town) -> None:
    shelter = site(town, "hall", "shelter", HERE, opening="每天 08:00-20:00")
    at_noon = datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert standings([shelter], at_noon)[shelter.pk].is_open is True
    days = {"site": "hall", "first_on": date(2026, 11, 20), "last_on": date(2026, 12, 3), "reason": "repair"}
    row = save("opening_exception", days)
    found = standings([shelter], at_noon)[shelter.pk]
    assert found.is_open is False
    assert found.changes_at == datetime(2026, 12, 4, 8, tzinfo=SHANGHAI)
    row.retired_at = NOW
    row.save()
    assert standings([shelter], at_noon)[shelter.pk].is_open is True
    with pytest.raises(HoursRefused):
        save("opening_exception", {**days, "first_on": date(2027, 1, 1), "last_on": None, "hours": "mornings"})
    with pytest.raises(GuardRefused, match="before the first"):
        save("opening_exception", {**days, "first_on": date(2027, 1, 1)})


def test_a_hazard_stands_at_its_site_and_finds_whom_it_endangers(town: Town) -> None:
    site(town, "tanks", "hazard", HERE)
    near = site(town, "near", "school", Point(37.512, 121.41), capacity=400)
    site(town, "far", "school", Point(37.60, 121.41), capacity=900)
    values = {"code": "h1", "name_zh": "液氨储罐", "organisation": town.plant.code, "site": "tanks", "reach_m": 600}
    row = save("hazard_point", {**values, "erg_guide": 125, "dangers": ("toxic",)})
    assert isinstance(row, HazardPoint)
    assert (row.lat, row.lon) == (HERE.lat, HERE.lon)
    found = {one.site.pk: one.people for one in endangered_by(row, town.users["observer"]).nearest}
    assert found[near.pk] == 400
    assert "far" not in {one.site.code for one in endangered_by(row, town.users["observer"]).nearest}
    assert endangered_by(row, town.users["stranger"]).number == 0


def test_whom_a_hazard_endangers_is_measured_from_the_edge_of_its_outline(town: Town) -> None:
    site(town, "tanks", "hazard", HERE)
    square = [(HERE.lon - 0.05, HERE.lat), (HERE.lon + 0.05, HERE.lat), (HERE.lon + 0.05, HERE.lat + 0.01)]
    zone = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
    site(town, "edge", "shelter", Point(HERE.lat - 0.004, HERE.lon + 0.045), capacity=70)  # 444 m outside
    site(town, "beyond", "shelter", Point(HERE.lat - 0.007, HERE.lon + 0.045), capacity=900)  # 778 m
    values = {"code": "h1", "name_zh": "行洪区", "organisation": town.plant.code, "site": "tanks", "reach_m": 600}
    row = save("hazard_point", {**values, "geometry": zone})
    assert isinstance(row, HazardPoint)
    found = endangered_by(row, town.users["observer"])
    far = {one.site.code: one.distance_m for one in found.nearest}
    assert "beyond" not in far
    assert far["edge"] == pytest.approx(444, abs=3)


def test_all_whom_a_hazard_endangers_are_counted_not_only_those_listed(town: Town) -> None:
    site(town, "tanks", "hazard", HERE)
    for number in range(30):
        site(town, f"s{number}", "shelter", Point(HERE.lat + 0.0001 * number, HERE.lon), capacity=10)
    school = site(town, "school", "school", HERE)
    for name, pupils in (("1-1", 40), ("1-2", 42)):
        given = {"code": f"school-{name}", "name_zh": name, "site": "school", "grade": "1", "pupils": pupils}
        save("school_class", {**given, "organisation": town.plant.code})
    values = {"code": "h1", "name_zh": "液氨储罐", "organisation": town.plant.code, "site": "tanks", "reach_m": 600}
    row = save("hazard_point", values)
    assert isinstance(row, HazardPoint)
    found = endangered_by(row, town.users["observer"])
    assert (found.number, found.people, found.unknown, found.is_whole) == (
        32,
        382,
        1,
        True,
    )  # with the store of the town
    assert {one.site.pk: one.people for one in found.nearest}[school.pk] == 82


def plan_at(town: Town, code: str) -> Any:
    text = PLAN.replace('capability = "hazmat_response"', f'capability = "hazmat_response", place = "{code}"', 1)
    assert text != PLAN
    return import_plan(by=None, now=NOW, text=text, filename="plan.toml")


def test_a_site_finds_the_plans_that_rest_on_it_and_what_goes_on_nearby(town: Town) -> None:
    place = site(town, "quay", "berth", HERE)
    version = plan_at(town, "quay")
    officer = town.users["officer"]
    (found,) = plans_naming([place.code], None, 0, officer)
    assert found.pk == version.plan_id
    assert [part.level for part in found.parts if part.level]
    assert plans_naming([place.code], None, 0, town.users["stranger"]) == []
    assert plans_naming(["nowhere"], None, 0, officer) == []
    leak = report_leak(town)
    assert leak.lat is not None
    assert leak.lon is not None
    at = Point(leak.lat, leak.lon)
    assert [one.incident for one in incidents_near(at, 100, officer)] == [leak]
    assert incidents_near(Point(at.lat + 1, at.lon), 3000, officer) == []


def test_a_newer_version_that_names_another_place_takes_the_plan_off_the_site(town: Town) -> None:
    site(town, "quay", "berth", HERE)
    version = plan_at(town, "quay")
    newer = PLAN.replace(f'version = "{version.version}"', 'version = "9.9"')
    assert newer != PLAN
    import_plan(by=None, now=NOW, text=newer, filename="plan.toml")
    assert plans_naming(["quay"], None, 0, town.users["officer"]) == []


def test_the_checker_flags_a_plan_that_rests_on_a_closed_site(town: Town) -> None:
    place = site(town, "quay", "berth", HERE, operating="open")
    version = plan_at(town, "quay")

    def codes() -> set[str]:
        return {one.code for one in check_stored_plan(version, now=NOW)}

    assert "E509" not in codes()
    save("site", {"operating": "closed"}, pk=place.pk)
    assert "E509" in codes()
    save("site", {"operating": "open"}, pk=place.pk)
    save(
        "opening_exception",
        {
            "site": "quay",
            "first_on": NOW.date() - timedelta(days=1),
            "last_on": NOW.date() + timedelta(days=1),
            "reason": "repair",
        },
    )
    assert "E509" in codes()


def test_an_outline_is_read_from_lines_and_must_hold(town: Town) -> None:
    place = site(town, "park", "shelter", HERE, geometry=SQUARE)
    assert place.geometry["type"] == "Polygon"
    with pytest.raises(CellRefused, match="crosses itself"):
        save("site", {"geometry": "37.50, 121.40\n37.52, 121.42\n37.50, 121.42\n37.52, 121.40"}, pk=place.pk)


def test_the_area_of_the_nearest_superior_that_has_one_counts(town: Town) -> None:
    save("organisation", {"geometry": SQUARE}, pk=town.city.pk)
    found = area_around(town.plant.path)
    assert found is not None
    assert found.pk == town.city.pk
    assert store_plan(town) is not None
