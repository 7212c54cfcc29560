"""What a unit sees of an exercise that it holds with who leads it: the board, and the report once it is over."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.actions.town import Town
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.actions.directory import Directory
from youbei.actions.exercises import alliance, enrolling, leading
from youbei.actions.exercises.classes import enrolled_people
from youbei.actions.outbox import circle_of
from youbei.records.models import Exercise, ExerciseUnit, Message, Person


@built_once(fresh_for=A_MINUTE)
def joined(cast: Town, planned: Exercise) -> ExerciseUnit:
    """Let the cold store hold the exercise with the bureau, which has enrolled the whole park around it."""
    now = clock.now()
    people = [("agency:town-park", "player", ""), ("person:wu", "player", "commander")]
    enrolling.enrol(by=None, now=now, exercise=planned, participants=people)
    unit = alliance.ask_unit(by=None, now=now, exercise=planned, organisation=cast.plant, task="停机 Shut down")
    unit = alliance.answer_unit(by=None, now=now, unit=unit, accepts=True)
    leading.start_exercise(by=None, now=now, exercise=planned)
    unit.exercise.refresh_from_db()
    return unit


@pytest.fixture
def partner(cast: Town) -> Client:
    """Sign in as the administrator of the cold store, who may see nothing of the bureau."""
    return english(cast.users["stranger"])


def test_it_is_told_that_it_is_asked(joined: ExerciseUnit) -> None:
    told = Message.objects.get(key__startswith="unit-asked:")
    assert (told.mode, told.recipient) == ("real", "agency:town-plant")
    assert str(joined.exercise_id) in told.body_en
    assert "停机" in told.body_zh


def test_it_reads_the_board_and_offers_nothing_to_press(joined: ExerciseUnit, partner: Client) -> None:
    run = joined.exercise.run_id
    assert f"/runs/{run}/" in text(partner, f"/exercises/{joined.exercise_id}/")
    page = text(partner, f"/runs/{run}/")
    assert "Town leak exercise" in page
    for further in ("replay", "findings", "deviation", "end"):
        assert f"/runs/{run}/{further}/" not in page
        assert partner.get(f"/runs/{run}/{further}/").status_code in (403, 404)
    assert partner.post(f"/runs/{run}/deviation/", {"subject": "alarm", "text": "x"}).status_code in (403, 404)


def test_it_reads_the_report_once_the_exercise_is_over(joined: ExerciseUnit, partner: Client) -> None:
    report = f"/runs/{joined.exercise.run_id}/report/"
    text(partner, report, 404)
    leading.end_exercise(by=None, now=clock.now(), exercise=joined.exercise, reason="done")
    assert report in text(partner, f"/exercises/{joined.exercise_id}/")
    assert "Town leak exercise" in text(partner, report)


def test_one_that_declined_or_withdrew_reads_nothing(joined: ExerciseUnit, partner: Client) -> None:
    alliance.withdraw_unit(by=None, now=clock.now(), unit=joined, reason="台风")
    text(partner, f"/runs/{joined.exercise.run_id}/", 404)


def test_with_a_unit_its_people_leave_also_where_one_above_it_is_enrolled(cast: Town, joined: ExerciseUnit) -> None:
    keeper = Person.objects.create(code="keeper", name_zh="库管", organisation=cast.plant, org_path=cast.plant.path)
    run = joined.exercise.run
    assert run is not None

    def is_in() -> tuple[bool, bool]:
        (contact,) = Directory(["person:keeper"], clock.now()).contacts("person:keeper")
        counted = Person.objects.filter(enrolled_people(joined.exercise)).filter(pk=keeper.pk).exists()
        return circle_of(run).holds(contact), counted

    assert is_in() == (True, True)
    alliance.withdraw_unit(by=None, now=clock.now(), unit=joined, reason="台风")
    assert is_in() == (False, False)
