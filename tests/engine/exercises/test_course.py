"""A model worked out for a page agrees with the model, and its injects fit into a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.exercises.story import CALL, exercise

from youbei.engine.exercises.course import Into, building, flood, inject_tables, outbreak, release
from youbei.engine.exercises.edit import put_injects
from youbei.engine.models.egress import Element, Group, Part, egress
from youbei.engine.models.flood import Catchment, Channel
from youbei.engine.models.plume import Release
from youbei.engine.models.seir import Disease, Measures
from youbei.engine.models.validity import OutsideValidity

INTO = Into("cases", "operations", begins=timedelta(minutes=5), day_lasts=timedelta(minutes=10))


def test_a_day_of_an_outbreak_lasts_as_long_as_is_wished():
    found = outbreak(Disease(2.5, 4, 6), Measures(), population=2000, infected=2, days=60, every=5, into=INTO)
    assert all((one.at.delay - INTO.begins) % timedelta(minutes=50) == timedelta(0) for one in found.injects)
    assert found.injects[-1].at.delay <= timedelta(minutes=5 + 600)
    ill = [one.content.total for one in found.injects]  # type: ignore[attr-defined]
    assert ill == sorted(ill)


def test_the_injects_of_a_model_fit_into_a_script_twice():
    found = outbreak(Disease(2.5, 4, 6), Measures(), population=2000, infected=2, days=60, every=5, into=INTO)
    script, names = put_injects(exercise(CALL), inject_tables(found))
    again, others = put_injects(script, inject_tables(found))
    assert len(again.injects) == 1 + 2 * len(found.injects)
    assert not set(names) & set(others)


def test_a_cloud_that_does_not_reach_the_boundary_brings_nothing():
    source = Release(0.5, 3.0, "D")
    near = release(source, threshold_ppm=150, molar_mass_g=17.03, boundary_m=200, into=INTO)
    far = release(source, threshold_ppm=150, molar_mass_g=17.03, boundary_m=9_000, into=INTO)
    assert len(near.injects) == 1
    assert near.injects[0].at.delay > INTO.begins
    assert far.injects == ()


def test_the_people_of_the_curve_are_those_of_the_building():
    elements = [Element("stair", Part.STAIR, 1.6, 18), Element("door", Part.DOOR, 1.8)]
    groups = [Group("a", 45, ("stair", "door")), Group("b", 30, ("door",))]
    found = building(elements, groups, into=INTO)
    assert found.curves[0].points[-1] == (egress(elements, groups).last_s, 75)
    assert [one.content.facts[0].value for one in found.injects][-1] == 75  # type: ignore[attr-defined]


def test_a_flood_names_when_each_mark_is_reached_and_those_that_are_not():
    found = flood(
        Catchment(40, 78, 3), Channel(12, 1.5, 0.002, 0.035), rain_mm=120, duration=timedelta(hours=6),
        base_flow_m3_s=2, marks=(1.0, 40.0), into=INTO,
    )  # fmt: skip
    assert len(found.injects) == 1
    assert found.figures[-1][1] == "–"


def test_what_the_models_refuse_is_refused_here():
    with pytest.raises(OutsideValidity, match="calm"):
        release(Release(0.5, 0.3), threshold_ppm=150, molar_mass_g=17.03, boundary_m=300, into=INTO)
    with pytest.raises(OutsideValidity, match="chance decides"):
        outbreak(Disease(2.5, 4, 6), Measures(), population=20, infected=2, days=60, every=5, into=INTO)
