"""The models against numbers that others have published, against theory, and at the edges where they must refuse."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youbei import content
from youbei.engine.models import erg
from youbei.engine.models.egress import Element, Group, Part, egress
from youbei.engine.models.flood import Catchment, Channel, first_above, peak, runoff_mm, stages
from youbei.engine.models.guidebook import Spill, look_up
from youbei.engine.models.plume import (
    Night,
    Release,
    Sun,
    concentration,
    footprint,
    from_ppm,
    stability,
)
from youbei.engine.models.seir import Disease, Measures, controlled_reproduction, course, final_share
from youbei.engine.models.validity import OutsideValidity
from youbei.engine.places import Point

HAZMAT = Path(__file__).parents[4] / "shared" / "data" / "hazmat"


# --- outbreak --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reproduction", "share"), [(1.0, 0.0), (1.5, 0.5828), (2.0, 0.7968), (3.0, 0.9405)])
def test_the_final_size_is_the_root_of_the_equation_of_kermack_and_mckendrick(reproduction, share):
    assert final_share(reproduction) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize("reproduction", [1.4, 2.0, 3.5])
def test_an_outbreak_left_alone_reaches_the_final_size_of_theory(reproduction):
    last = course(Disease(reproduction, 3, 5), population=1_000_000, infected=10, days=600)[-1]
    assert last.ill / 1_000_000 == pytest.approx(final_share(reproduction), abs=2e-3)


@pytest.mark.parametrize("traced", [0.0, 0.3])
def test_under_tracing_and_isolation_the_final_size_follows_from_the_integral_of_the_equations(traced):
    disease, measures = Disease(3.0, 4, 6), Measures(traced, isolation_days=6)
    last = course(disease, population=100_000, infected=50, days=900, measures=measures)[-1]
    left, infected = last.susceptible / 100_000, 50 / 100_000
    at_large = (1 - traced) * (1 - infected - left) + infected
    expected = (1 - infected) * math.exp(-disease.contact_rate / (1 / 6 + 1 / 6) * at_large)
    assert left == pytest.approx(expected, rel=2e-3)


def test_measures_that_bring_a_case_below_one_other_end_the_outbreak():
    disease, measures = Disease(2.5, 3, 5), Measures(0.5, isolation_days=2)
    assert controlled_reproduction(disease, measures) < 1
    last = course(disease, population=50_000, infected=20, days=365, measures=measures)[-1]
    assert last.ill < 200


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 8), st.floats(0, 1), st.floats(0.5, 10), st.integers(1, 90))
def test_nobody_is_lost_and_nobody_recovers_from_being_well(reproduction, traced, isolation, days):
    found = course(
        Disease(reproduction, 3, 5), population=5_000, infected=7, days=days, measures=Measures(traced, isolation)
    )
    for one in found:
        parts = (one.susceptible, one.exposed, one.quarantined, one.infectious, one.beds, one.recovered)
        assert sum(parts) == pytest.approx(5_000)
        assert min(parts) >= -1e-6
    assert all(later.susceptible <= earlier.susceptible + 1e-9 for earlier, later in pairwise(found))


def test_a_handful_of_people_is_no_case_for_means():
    with pytest.raises(OutsideValidity, match="chance decides"):
        course(Disease(2, 3, 5), population=40, infected=1, days=10)


# --- toxic cloud -----------------------------------------------------------------------------------------------------


def test_a_stack_of_sulphur_dioxide_gives_the_numbers_of_crowl_and_louvar():
    # Source: Crowl, Louvar: Chemical Process Safety, 3rd edition, 2011, example 5-1: 1.45e-4 and 6.37e-5 g/m3.
    release = Release(0.080, wind_m_s=6, stability="D", height_m=60)
    assert concentration(release, 500) * 1000 == pytest.approx(1.45e-4, rel=0.02)
    assert concentration(release, 500, 50) * 1000 == pytest.approx(6.37e-5, rel=0.02)


def test_the_flux_of_a_plume_through_every_section_is_what_was_released():
    release = Release(2.0, wind_m_s=4, stability="C")
    for x in (200, 1000, 5000):
        across, up = release.spreads(x)
        steps = [(i - 60) / 12 for i in range(121)]
        total = sum(
            concentration(release, x, y * across, z * up) * across * up / 144 * 4 for y in steps for z in steps[60:]
        )
        assert total == pytest.approx(2.0, rel=0.06)


def test_pasquills_classes_follow_wind_and_sky():
    assert stability(1.5, Sun.STRONG) == "A"
    assert stability(4, Sun.SLIGHT) == "C"
    assert stability(7, Night.CLEAR) == "D"
    assert stability(2.5, Night.CLEAR) == "F"
    assert stability(2.5, Sun.STRONG, is_overcast=True) == "D"


def test_a_footprint_ends_where_the_threshold_is_met_and_lies_downwind():
    release, threshold = Release(0.5, wind_m_s=3, stability="D"), from_ppm(150, 17.03)
    found = footprint(release, threshold)
    assert concentration(release, found.reach_m) == pytest.approx(threshold, rel=1e-3)
    assert found.covers(found.reach_m / 2, 0)
    assert not found.covers(found.reach_m / 2, found.width_m)
    source = Point(30.0, 120.0)
    assert all(point.lat < source.lat for point in found.outline(source, wind_from_deg=0))
    assert footprint(Release(0.001, wind_m_s=10), threshold).reach_m == 0


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 2), st.floats(1, 12), st.sampled_from("ABCDEF"))
def test_more_gas_never_reaches_less_far(rate, wind, cls):
    threshold = from_ppm(3000, 17.03)
    less = footprint(Release(rate, wind, cls), threshold)
    more = footprint(Release(rate * 1.5, wind, cls), threshold)
    assert more.reach_m >= less.reach_m


def test_calm_air_heavy_gas_and_long_ways_are_refused_with_the_reason():
    with pytest.raises(OutsideValidity, match="calm"):
        Release(1.0, wind_m_s=0.4)
    with pytest.raises(OutsideValidity, match="heavier than air"):
        Release(10.0, wind_m_s=2, gas_density_kg_m3=3.2)
    with pytest.raises(OutsideValidity, match="beyond 10 km"):
        footprint(Release(500.0, wind_m_s=2, stability="F"), from_ppm(1, 17.03))
    for x in (20, 20_000):
        with pytest.raises(OutsideValidity, match="distance downwind"):
            concentration(Release(1.0, wind_m_s=3), x)
    assert Release(0.01, wind_m_s=8, gas_density_kg_m3=1.6).stability == "D"


# --- guidebook -------------------------------------------------------------------------------------------------------

guidebook = pytest.mark.skipif(not HAZMAT.exists(), reason="the guidebook's tables are not here")


@guidebook
def test_the_guidebook_gives_the_distances_it_prints():
    table = erg.read_table((HAZMAT / "erg_table1.json").read_bytes())
    for un, isolate, day, night in ((1005, 30, 100, 200), (1017, 60, 300, 1500), (1079, 100, 600, 2600)):
        by_day = erg.table_1(table, un, is_large=False, is_night=False)
        at_night = erg.table_1(table, un, is_large=False, is_night=True)
        assert (by_day.isolate_m, by_day.protect_m, at_night.protect_m) == (isolate, day, night)


@guidebook
def test_large_spills_of_the_six_gases_are_looked_up_by_container_and_wind():
    table = erg.read_table((HAZMAT / "green_table_3.json").read_bytes())
    found = erg.table_3(table, 1005, container="rail tank", wind_m_s=2, is_night=True)
    assert (found.isolate_m, found.protect_m) == (300, 4100)
    assert erg.table_3(table, 1005, container="rail tank", wind_m_s=8, is_night=False).protect_m == 1000
    first = erg.read_table((HAZMAT / "erg_table1.json").read_bytes())
    with pytest.raises(OutsideValidity, match="Table 3"):
        erg.table_1(first, 1005, is_large=True, is_night=False)


@guidebook
def test_every_row_of_the_guidebook_can_be_read():
    table = erg.read_table((HAZMAT / "erg_table1.json").read_bytes())
    for un in table:
        for is_night in (False, True):
            assert erg.table_1(table, int(un), is_large=False, is_night=is_night).protect_m > 0


def test_where_a_number_has_several_substances_the_farthest_distance_stands_unless_one_is_named():
    small = [
        {"isolate": f"{m} m", "protect_day": f"{km} km", "protect_night": f"{km}+ km"}
        for m, km in ((30, 0.2), (60, 1.1))
    ]
    rows = [
        {"names": [name], "small": part, "large": part} for name, part in zip(("mild", "fierce"), small, strict=True)
    ]
    found = erg.table_1({"9999": rows}, 9999, is_large=False, is_night=True)
    assert (found.name, found.isolate_m, found.protect_m, found.is_more) == ("fierce", 60, 1100, True)
    assert erg.table_1({"9999": rows}, 9999, is_large=False, is_night=False, name="mild").protect_m == 200


def test_what_is_no_table_or_not_in_it_is_refused():
    with pytest.raises(OutsideValidity, match="no table"):
        erg.read_table(b"%PDF")
    with pytest.raises(OutsideValidity, match="UN 1203"):
        erg.table_1({"1005": []}, 1203, is_large=False, is_night=False)


# --- egress ----------------------------------------------------------------------------------------------------------


def test_rimea_1_a_person_walks_forty_metres_in_26_to_34_seconds():
    # Source: RiMEA Guideline for Microscopic Evacuation Analysis 4.0.0, 2022, annex 1, test 1.
    found = egress([Element("corridor", Part.CORRIDOR, 2, 40)], [Group("one", 1, ("corridor",), speed_m_s=1.33)])
    assert 26 <= found.last_s <= 34


def test_a_hundred_people_leave_by_a_metre_of_door_no_faster_than_the_test_of_imo_allows():
    # Source: IMO MSC.1/Circ.1533, 2016, annex 3, test 4: at most 1.33 persons per second and metre.
    found = egress([Element("door", Part.DOOR, 1)], [Group("room", 100, ("door",))])
    assert 100 / found.last_s <= 1.33
    assert found.bottleneck == "door"


def test_stairs_are_slower_than_the_level_in_the_proportion_of_the_handbook():
    level = egress([Element("way", Part.CORRIDOR, 2, 20)], [Group("one", 1, ("way",))]).last_s
    stair = egress([Element("way", Part.STAIR, 2, 20)], [Group("one", 1, ("way",))]).last_s
    assert stair / level == pytest.approx(1.40 / 1.08)


def test_classes_that_share_a_stair_wait_for_one_another():
    ways = [Element("stair", Part.STAIR, 1.5, 12), Element("exit", Part.DOOR, 2)]
    one = egress(ways, [Group("1a", 40, ("stair", "exit"))])
    both = egress(ways, [Group("1a", 40, ("stair", "exit")), Group("1b", 40, ("stair", "exit"))])
    assert both.last_s > 1.7 * one.last_s
    assert both.bottleneck == "stair"
    assert sum(group.people for group in both.groups) == 80


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 120), st.floats(0.8, 3), st.floats(0, 60))
def test_a_wider_door_never_makes_it_slower_and_everyone_gets_out(people, width, sets_off):
    def last(door):
        return egress([Element("door", Part.DOOR, door)], [Group("room", people, ("door",), sets_off)]).groups[0]

    assert last(width).people == people
    assert last(width + 0.5).last_s <= last(width).last_s
    assert last(width).first_s >= sets_off


def test_a_way_that_leads_nowhere_is_refused():
    with pytest.raises(OutsideValidity, match="not defined: gate"):
        egress([Element("door", Part.DOOR, 1)], [Group("room", 3, ("gate",))])


# --- flood -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inches", "curve", "runoff"), [(5.0, 80, 2.89), (3.0, 80, 1.25), (6.0, 80, 3.78), (1.0, 80, 0.08)]
)
def test_runoff_is_that_of_the_table_of_tr_55(inches, curve, runoff):
    # Source: USDA SCS, TR-55, 1986, table 2-1, in inches.
    assert runoff_mm(inches * 25.4, curve) / 25.4 == pytest.approx(runoff, abs=0.006)


def test_the_depth_of_uniform_flow_is_that_of_chows_example():
    # Source: Chow, Open-Channel Hydraulics, 1959, example 6-2: 400 ft3/s in a bed of 20 ft stand 3.36 ft deep.
    channel = Channel(width_m=20 * 0.3048, side=2, slope=0.0016, roughness=0.025)
    assert channel.depth_m(400 * 0.0283168) / 0.3048 == pytest.approx(3.36, abs=0.02)


def test_a_storm_raises_the_water_and_all_of_the_runoff_passes():
    valley, bed = Catchment(12, 78, 1.5), Channel(8, 1.5, 0.002, 0.035)
    found = stages(valley, bed, rain_mm=120, duration=timedelta(hours=3), every=timedelta(minutes=1))
    _, highest = peak(valley, 120, timedelta(hours=3))
    assert max(stage.flow_m3_s for stage in found) == pytest.approx(highest, rel=0.01)
    volume = sum(stage.flow_m3_s for stage in found) * 60
    assert volume == pytest.approx(runoff_mm(120, 78) / 1000 * 12e6, rel=0.02)
    top = max(stage.depth_m for stage in found)
    assert first_above(found, top / 2) is not None
    assert first_above(found, top + 1) is None


def test_a_valley_too_large_and_a_bed_too_steep_are_refused():
    with pytest.raises(OutsideValidity, match="area"):
        Catchment(900, 75, 5)
    with pytest.raises(OutsideValidity, match="not uniform"):
        Channel(5, 1, 0.3, 0.03)


# --- the distances that ship -----------------------------------------------------------------------------------------


def test_the_distances_that_ship_are_those_of_the_guidebook():
    ammonia = content.guidebook()[1005]
    found = look_up(ammonia, Spill.SMALL, wind_m_s=2, is_night=True)
    assert (found.isolate_m, found.protect_m, found.is_more) == (30, 200, False)
    by_rail = look_up(ammonia, Spill.RAIL_TANK, wind_m_s=2, is_night=True)
    assert (by_rail.isolate_m, by_rail.protect_m) == (300, 4100)
    assert look_up(ammonia, Spill.RAIL_TANK, wind_m_s=8, is_night=False).protect_m == 1000
    assert look_up(content.guidebook()[2480], Spill.LARGE, wind_m_s=0, is_night=False).is_more
    with pytest.raises(OutsideValidity, match="rail tank car"):
        look_up(ammonia, Spill.LARGE, wind_m_s=2, is_night=False)


@guidebook
def test_every_distance_that_ships_stands_so_in_the_tables():
    first = erg.read_table((HAZMAT / "erg_table1.json").read_bytes())
    third = erg.read_table((HAZMAT / "green_table_3.json").read_bytes())
    printed = {
        Spill.RAIL_TANK: "rail tank",
        Spill.ROAD_TANK: "highway tank",
        Spill.FARM_TANK: "agricultural",
        Spill.TON_CYLINDERS: "multiple ton",
        Spill.CYLINDERS: "multiple small",
    }
    compared = 0
    for un, substance in content.guidebook().items():
        for spill, is_night, wind in product(substance.rows, (False, True), (1.0, 4.0, 9.0)):
            ours = look_up(substance, spill, wind_m_s=wind, is_night=is_night)
            if spill in printed:
                theirs = erg.table_3(third, un, container=printed[spill], wind_m_s=wind, is_night=is_night)
            else:
                name = substance.name.en
                is_large = spill is Spill.LARGE
                theirs = erg.table_1(first, un, is_large=is_large, is_night=is_night, name=name)
            assert (ours.isolate_m, ours.protect_m) == (theirs.isolate_m, theirs.protect_m), (un, spill)
            compared += 1
    assert compared > 200
