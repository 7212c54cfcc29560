"""A no-notice exercise: nobody chooses its time, and anybody can check that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from tests.actions.test_exercises import planned, told
from tests.actions.town import NOW, Town, report_leak
from youbei.actions.exercises import coverage, enrolling, keeping, leading, sealing
from youbei.actions.exercises.regimes import set_regimes
from youbei.engine.errors import NotAllowed, Refused
from youbei.engine.exercises.seal import Window, opening_from_data
from youbei.records.models import Exercise, ExerciseSeal, HeadCount, Organisation
from youbei.records.reports.programme import programmes

__all__ = ["planned"]
pytestmark = pytest.mark.usefixtures("stored")
WINDOW = Window(NOW + timedelta(hours=1), NOW + timedelta(hours=3))


@pytest.fixture
def sealed(town: Town, planned: Exercise) -> Exercise:
    return sealing.seal_exercise(by=town.users["trainer"], now=NOW, exercise=planned, windows=[WINDOW])


def starts_at(row: Exercise) -> datetime:
    return sealing.secret_of(ExerciseSeal.objects.get(exercise=row)).starts_at


class TestSealed:
    def test_the_time_lies_in_the_window_and_stands_nowhere(self, sealed: Exercise) -> None:
        seal = ExerciseSeal.objects.get(exercise=sealed)
        when = starts_at(sealed)
        assert WINDOW.starts_at <= when < WINDOW.ends_at
        assert sealed.status == "sealed"
        assert when.isoformat()[:16] not in seal.secret
        assert "starts_at" not in str(told(sealed.stream, "exercise.sealed")[0].data["commitment"])

    def test_nobody_starts_or_changes_it_by_hand(self, town: Town, sealed: Exercise) -> None:
        with pytest.raises(Refused):
            leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=sealed)
        with pytest.raises(Refused, match="sealed"):
            keeping.set_time(by=town.users["trainer"], now=NOW, exercise=sealed, planned_at=NOW)

    def test_it_begins_by_itself_at_its_time_and_the_proof_holds(self, sealed: Exercise) -> None:
        when = starts_at(sealed)
        assert sealing.begin_sealed(when - timedelta(seconds=1)) == 0
        assert sealing.begin_sealed(when) == 1
        sealed.refresh_from_db()
        seal = ExerciseSeal.objects.get(exercise=sealed)
        assert sealed.status == "running"
        assert sealing.faults_of(seal) == ()
        assert told(sealed.stream, "exercise.revealed")[0].data["commitment"] == seal.commitment

    def test_a_proof_that_was_tampered_with_does_not_hold(self, sealed: Exercise) -> None:
        sealing.begin_sealed(starts_at(sealed))
        seal = ExerciseSeal.objects.get(exercise=sealed)
        assert seal.opening is not None
        seal.opening["starts_at"] = WINDOW.starts_at.isoformat()
        assert sealing.faults_of(seal) or opening_from_data(seal.opening).starts_at == starts_at(sealed)

    def test_who_looks_is_on_the_list_of_who_knew(self, town: Town, sealed: Exercise) -> None:
        by = town.users["trainer"]
        with pytest.raises(Refused, match="why"):
            sealing.look_into(by=by, now=NOW, exercise=sealed, why=" ")
        when = sealing.look_into(by=by, now=NOW, exercise=sealed, why="ambulance must stand by")
        sealing.begin_sealed(when)
        seal = ExerciseSeal.objects.get(exercise=sealed)
        assert seal.opening is not None
        assert [one["why"] for one in seal.opening["knew"]] == ["ambulance must stand by"]
        assert sealing.faults_of(seal) == ()

    def test_a_real_incident_of_the_unit_holds_it_back(self, town: Town, sealed: Exercise) -> None:
        report_leak(town, NOW)
        when = starts_at(sealed)
        assert sealing.begin_sealed(when) == 0
        sealed.refresh_from_db()
        assert told(sealed.stream, "exercise.passed_over")[0].data["interlock"] == "real-incident"
        if sealed.status == "sealed":
            assert starts_at(sealed) > when

    def test_the_page_of_the_proof_says_nothing_before_and_everything_after(self, sealed: Exercise) -> None:
        nobody = Client(headers={"accept-language": "en"})
        seal = ExerciseSeal.objects.get(exercise=sealed)
        page = nobody.get(f"/proof/{sealed.pk}/").content.decode()
        assert seal.commitment in page
        assert "Town leak" not in page
        assert nobody.get(f"/proof/{sealed.pk}/opening.json").status_code == 404
        sealing.begin_sealed(starts_at(sealed))
        page = nobody.get(f"/proof/{sealed.pk}/").content.decode()
        assert "The time is the one that was sealed" in page
        assert nobody.get(f"/proof/{sealed.pk}/opening.json").json()["number"] == 0


class TestEnrolledByPost:
    def test_whoever_fills_a_post_is_listed_at_it(self, town: Town, planned: Exercise) -> None:
        enrolling.enrol(by=None, now=NOW, exercise=planned, participants=[])
        row = coverage.enrol_by_post(by=town.users["trainer"], now=NOW, exercise=planned)
        listed = {(one.ref, one.post) for one in row.participants.all()}
        assert ("person:wu", "commander") in listed
        assert ("person:zhou", "desk") in listed

    def test_the_cover_of_posts_and_roster_is_told(self, town: Town, planned: Exercise) -> None:
        enrolling.enrol(by=None, now=NOW, exercise=planned, participants=[("person:wu", "player", "commander")])
        found = coverage.coverage_of(planned, NOW)
        assert (found.roster, found.enrolled) == (2, 1)
        assert (found.managers, found.managers_enrolled) == (1, 1)
        missing = [one.post for one in found.posts if not one.is_enrolled and not one.is_played]
        assert missing == ["ops", "desk"]


class TestProgramme:
    def test_regimes_stand_side_by_side(self, town: Town) -> None:
        by = town.users["trainer"]
        set_regimes(by=by, now=NOW, organisation=town.plant, regimes=["production", "fire-key"])
        found = programmes([town.plant], by, 2026, NOW)[0]
        assert [row.regime.id for row in found.regimes] == ["fire-key", "production"]
        assert "major-hazard" in [one.id for one in found.proposed]

    def test_a_head_count_is_this_months_evacuation_and_no_plan_test(self, town: Town) -> None:
        school = Organisation.objects.create(code="s", kind="school", name_zh="学校", path="/", parent=town.city)
        Organisation.objects.filter(pk=school.pk).update(path=f"{town.city.path}{school.pk}/")
        school.refresh_from_db()
        set_regimes(by=None, now=NOW, organisation=school, regimes=["school", "production"])
        HeadCount.objects.create(
            organisation=school, org_path=school.path, title="x", alarm_at=NOW, created_at=NOW, created_by="x"
        )
        found = programmes([school], town.users["trainer"], 2026, NOW)[0]
        evacuation = next(row for row in found.regimes if row.regime.id == "school")
        assert [one.state for one in evacuation.requirements[0].periods] == ["done", "upcoming"]
        production = next(row for row in found.regimes if row.regime.id == "production")
        assert "done" not in [one.state for part in production.requirements for one in part.periods]

    def test_a_planned_exercise_without_notice_shows_to_those_alone_who_lead_it(
        self, town: Town, planned: Exercise
    ) -> None:
        unit = planned.organisation
        set_regimes(by=None, now=NOW, organisation=unit, regimes=["production"])
        Exercise.objects.filter(pk=planned.pk).update(
            is_announced=False, status="planned", planned_at=NOW + timedelta(days=3)
        )
        shown = {name: programmes([unit], town.users[name], 2026, NOW)[0].planned for name in ("trainer", "observer")}
        assert shown["trainer"] > shown["observer"] == 0

    def test_only_who_leads_exercises_says_what_applies(self, town: Town) -> None:
        with pytest.raises(NotAllowed):
            set_regimes(by=town.users["observer"], now=NOW, organisation=town.plant, regimes=["production"])
        with pytest.raises(Refused, match="regime"):
            set_regimes(by=None, now=NOW, organisation=town.plant, regimes=["weekly"])
