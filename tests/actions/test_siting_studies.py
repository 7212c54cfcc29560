"""Claims about where the next reserves should stand, and who cannot be reached, worked out slice by slice."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import stores, ways
from youbei.actions.jobs import one_slice, run_to_the_end
from youbei.actions.siting.areas import features
from youbei.actions.siting.asking import Question, StudyRefused, Terms, ask_siting, stop_siting, study_for
from youbei.actions.warming import WARMING, is_warming_up, warm_up
from youbei.engine.errors import NotFound
from youbei.engine.places import Point
from youbei.records.models import Site, SitingStudy, TeamCapability

pytest.importorskip("highspy")


@built_once
def schools(town: Town) -> None:
    """Five schools in a row from west to east, and three stations that might become a store."""
    for number in range(5):
        site(town, NOW, f"school-{number}", "school", Point(37.50, 121.40 + number / 20))
    for number, lon in enumerate((121.40, 121.50, 121.60)):
        site(town, NOW, f"station-{number}", "station", Point(37.50, lon))


def site(town: Town, now: datetime, code: str, kind: str, point: Point) -> None:
    stores.create_site(
        by=None, now=now, organisation=town.bureau, code=code, kind=kind, name_zh=code, name_en=code, point=point
    )


def answered(town: Town, now: datetime, question: Question, **more: Any) -> dict[str, Any]:
    terms = Terms(question=question, places="school", **({"candidates": "station"} | more))
    study = ask_siting(by=town.users["officer"], now=now, terms=terms)
    assert study.job is not None
    job = run_to_the_end(study.job.pk)
    assert job.status == "done", job.problem_en
    answer: dict[str, Any] = SitingStudy.objects.get(pk=study.pk).answer
    return answer


def names(answer: dict[str, Any]) -> set[str]:
    return {one["zh"] for one in answer["sites"]}


def test_one_reserve_stands_in_the_middle_with_proof(town: Town, schools: None, now: datetime) -> None:
    answer = answered(town, now, Question.MEDIAN)
    assert names(answer) == {"station-1"}
    assert answer["is_proven"]
    assert not answer["is_by_road"]
    assert answer["before"] is None


def test_the_next_reserve_goes_where_the_standing_one_is_not(town: Town, schools: None, now: datetime) -> None:
    answer = answered(town, now, Question.CENTER, standing="store")
    assert names(answer) == {"station-2"}
    assert answer["after"]["longest"] < answer["before"]["longest"]


def test_most_are_covered_within_the_time(town: Town, schools: None, now: datetime) -> None:
    answer = answered(town, now, Question.COVER, p=2, minutes=12)
    assert answer["after"]["share"] == 80
    assert len(answer["late"]) == 1
    assert answer["is_proven"]


def test_who_cannot_be_reached_is_listed_the_farthest_first(town: Town, schools: None, now: datetime) -> None:
    answer = answered(town, now, Question.UNREACHED, candidates="", capability="hazmat_response", minutes=15)
    assert [one["zh"] for one in answer["unreached"]] == ["school-4", "school-3", "school-2"]
    assert answer["unreached"][0]["team"]["en"].startswith("Engine")


def test_nonsense_is_refused_in_words(town: Town, schools: None, now: datetime) -> None:
    officer = town.users["officer"]
    for wrong in (
        Terms(Question.MEDIAN, "nothing", "station"),
        Terms(Question.MEDIAN, "school"),
        Terms(Question.UNREACHED, "school"),
        Terms(Question.COVER, "school", "station", p=0),
    ):
        with pytest.raises(StudyRefused):
            ask_siting(by=officer, now=now, terms=wrong)
    study = ask_siting(by=officer, now=now, terms=Terms(Question.MEDIAN, "school", "station", p=9))
    assert study.job is not None
    assert run_to_the_end(study.job.pk).problem_en.startswith("9 are to be added")


def test_work_is_stopped_before_its_next_slice_and_strangers_see_none(town: Town, schools: None, now: datetime) -> None:
    officer = town.users["officer"]
    study = ask_siting(by=officer, now=now + timedelta(0), terms=Terms(Question.MEDIAN, "school", "station"))
    assert study.job is not None
    assert not one_slice(study.job.pk)
    with pytest.raises(NotFound):
        study_for(town.users["stranger"], study.pk)
    stop_siting(by=officer, study=study)
    assert one_slice(study.job.pk)
    assert SitingStudy.objects.get(pk=study.pk).answer is None


def test_a_question_waits_for_the_compiler_and_says_so(town: Town, schools: None, now: datetime) -> None:
    terms = Terms(question=Question.MEDIAN, places="school", candidates="station")
    study = ask_siting(by=town.users["officer"], now=now, terms=terms)
    assert study.job is not None
    compiled = threading.Event()
    compiler = threading.Thread(target=compiled.wait, daemon=True)
    compiler.start()
    WARMING.append(compiler)
    try:
        assert not one_slice(study.job.pk)
        study.job.refresh_from_db()
        assert (study.job.state, study.job.total) == ({"is_warming_up": True}, 0)
        compiled.set()
        assert run_to_the_end(study.job.pk).status == "done"
    finally:
        compiled.set()
        WARMING.remove(compiler)


def test_warming_up_asks_every_solver_and_ends() -> None:
    warm_up()
    assert not is_warming_up()


def test_the_areas_reached_before_and_after_are_given_with_their_size_and_how_fine_they_are(
    town: Town, schools: None, now: datetime
) -> None:
    site(town, now, "store-west", "store", Point(37.50, 121.40))
    areas = answered(town, now, Question.COVER, standing="store", p=1, minutes=10)["areas"]
    assert areas["before"]["reached_km2"] < areas["after"]["reached_km2"]
    assert areas["before"]["unreached_km2"] > areas["after"]["unreached_km2"]
    assert areas["cell_m"] >= 50
    assert not areas["is_by_road"]
    assert areas["after"]["reached"]["type"] == "MultiPolygon"


def test_who_cannot_be_reached_is_an_area_too_and_grows_when_a_team_is_sent(
    town: Town, schools: None, now: datetime
) -> None:
    asked = {"capability": "hazmat_response", "minutes": 10, "candidates": ""}
    at_home = answered(town, now, Question.UNREACHED, **asked)["areas"]
    assert at_home["before"]["reached_km2"] == at_home["after"]["reached_km2"] > 0
    TeamCapability.objects.exclude(team=town.teams[2]).update(is_available=False)
    sent = answered(town, now, Question.UNREACHED, **asked)["areas"]
    assert sent["before"] == at_home["before"]
    assert sent["after"]["reached_km2"] < at_home["after"]["reached_km2"]
    collection = features({**sent})
    assert {(one["properties"]["when"], one["properties"]["is_reached"]) for one in collection} == {
        ("before", True),
        ("before", False),
        ("after", True),
        ("after", False),
    }


def test_along_roads_only_what_lies_beside_one_is_drawn(town: Town, schools: None, now: datetime) -> None:
    site(town, now, "school-far-from-roads", "school", Point(37.70, 121.50))
    ways.store_roads(
        by=None,
        now=now,
        code="row",
        data={
            "nodes": [[37.5, 121.38 + n / 100] for n in range(30)],
            "edges": [[n, n + 1, 60, "x"] for n in range(29)],
        },
    )
    areas = answered(town, now, Question.UNREACHED, capability="hazmat_response", minutes=10, candidates="")["areas"]
    assert areas["is_by_road"]
    total = areas["after"]["reached_km2"] + areas["after"]["unreached_km2"]
    assert 0 < areas["after"]["reached_km2"] < total
    whole_km2 = 22 * 17
    assert total < whole_km2 / 2


def test_of_very_many_the_largest_are_weighed_and_the_others_are_counted(
    town: Town, schools: None, now: datetime
) -> None:
    rows = [
        Site(
            organisation=town.bureau,
            org_path=town.bureau.path,
            code=f"more-{number}",
            kind="station" if number % 2 else "school",
            name_zh=f"more-{number}",
            lat=37.5,
            lon=121.4 + number / 10_000,
            capacity=number,
        )
        for number in range(1300)
    ]
    Site.objects.bulk_create(rows)
    answer = answered(town, now, Question.COVER, standing="station", candidates="school", minutes=1)
    assert answer["asked"] == 600
    assert answer["is_cut"]
    # 655 schools to be served and as many where the next may stand, 653 stations that serve already.
    assert answer["left_out"] == {"places": 55, "candidates": 505, "standing": 453}


def test_sites_on_one_spot_and_at_the_ends_of_the_earth_are_answered(town: Town, now: datetime) -> None:
    """Two on the same spot, the poles, both sides of the date line; every question ends with an answer."""
    spots = [(37.5, 121.4), (37.5, 121.4), (90, 0), (-90, 0), (0, 180), (0, -180)]
    for number, (lat, lon) in enumerate(spots):
        for kind in ("school", "station"):
            site(town, now, f"{kind}-{number}", kind, Point(lat, lon))
    for question in (Question.MEDIAN, Question.CENTER, Question.COVER):
        answer = answered(town, now, question, p=6)
        assert answer["is_proven"]
        assert (answer["after"]["longest"], answer["after"]["share"], answer["late"]) == (0, 100.0, [])
