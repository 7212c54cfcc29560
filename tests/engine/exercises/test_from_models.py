"""Claims about what models bring to an exercise."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.exercises.story import CALL, exercise

from youbei.engine.exercises.from_models import (
    beds_asked,
    cloud_injects,
    evacuation_injects,
    flood_injects,
    outbreak_injects,
)
from youbei.engine.exercises.read import exercise_from_data
from youbei.engine.exercises.write import exercise_to_data
from youbei.engine.models.egress import Element, Group, Part, egress
from youbei.engine.models.flood import Catchment, Channel, stages
from youbei.engine.models.plume import Release, footprint, from_ppm
from youbei.engine.models.seir import Disease, Measures, course
from youbei.testing import words


def test_an_outbreak_brings_its_cases_and_asks_for_beds():
    found = course(Disease(2.5, 3, 5), population=2_000, infected=5, days=60, measures=Measures(0.2, 2))
    injects = list(outbreak_injects(found, fact="suspected_cases", to="commander", every=2))
    totals = [inject.content.total for inject in injects]
    assert totals == sorted(totals)
    assert len(set(totals)) == len(totals)
    assert 0 < beds_asked(found) <= totals[-1]
    whole = exercise(CALL)
    with_them = type(whole)(**{**{name: getattr(whole, name) for name in whole.__slots__}, "injects": tuple(injects)})
    assert exercise_from_data(exercise_to_data(with_them)) == with_them


def test_a_cloud_brings_its_crossing_if_it_reaches_that_far():
    cloud = footprint(Release(0.5, wind_m_s=3, stability="D"), from_ppm(150, 17.03))
    near = {
        "boundary_m": 120,
        "fact": "plume_off_site",
        "to": "commander",
        "after": timedelta(minutes=5),
        "wind_m_s": 3,
    }
    (inject,) = cloud_injects(cloud, **near)
    assert inject.at.delay == timedelta(minutes=5, seconds=40)
    assert list(cloud_injects(cloud, **{**near, "boundary_m": 9000})) == []


def test_a_flood_brings_a_reading_for_each_mark_it_reaches():
    found = stages(Catchment(12, 78, 1.5), Channel(8, 1.5, 0.002, 0.035), rain_mm=120, duration=timedelta(hours=3))
    injects = list(flood_injects(found, fact="water_level_m", to="duty", marks=(1.0, 0.5, 99.0), sensor=words("gauge")))
    assert [inject.id for inject in injects] == ["stage-1", "stage-2"]
    assert injects[0].at.delay < injects[1].at.delay


def test_an_evacuation_brings_the_number_that_is_out_class_by_class():
    groups = [Group("1a", 30, ("door",)), Group("1b", 20, ("door",), sets_off_s=60)]
    found = list(evacuation_injects(egress([Element("door", Part.DOOR, 1)], groups), fact="evacuated", to="commander"))
    assert [inject.content.facts[0].value for inject in found] == [30, 50]
