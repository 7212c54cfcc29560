"""Reports of incidents, what is known of them, and their grade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.town import Town, report_leak
from youbei.actions import incidents
from youbei.actions.facts import UnknownFact, current_facts
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.incidents import BadFact
from youbei.engine.places import Point
from youbei.records.log import export_lines, read_stream
from youbei.records.models import Fact, Incident


def test_the_duty_officer_enters_what_someone_at_the_scene_phones_in(town: Town, now: datetime) -> None:
    known_at = now - timedelta(minutes=12)
    leak = report_leak(
        town,
        known_at=known_at,
        occurred_at=now - timedelta(minutes=20),
        facts={"serious_injured": 2, "leak_continues": True},
    )
    assert leak.number == "2026-000001"
    assert (leak.known_at, leak.reported_at) == (known_at, now)
    assert leak.entered_by == f"user:{town.users['officer'].pk}"
    kinds = [event.kind for event in read_stream(leak.stream)]
    assert kinds == ["incident.reported", "fact.added", "fact.added", "incident.graded"]


def test_who_phoned_stays_out_of_the_log(town: Town) -> None:
    leak = report_leak(town)
    assert leak.reporter == "李四"
    text = str(list(export_lines()))
    assert "李四" not in text
    assert "13500000000" not in text


def test_numbers_count_through_the_year_and_exercises_apart(town: Town, now: datetime) -> None:
    first, second = report_leak(town), report_leak(town)
    exercise = report_leak(town, by=town.users["trainer"], mode="exercise", enrolled=["agency:town-fire"])
    assert (first.number, second.number, exercise.number) == ("2026-000001", "2026-000002", "E2026-000001")
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert report_leak(town, now=new_year).number == "2027-000001"


def test_a_refused_report_leaves_no_gap_in_the_numbers(town: Town) -> None:
    with pytest.raises(BadFact):
        report_leak(town, facts={"serious_injured": -3})
    assert report_leak(town).number == "2026-000001"


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        ({"known_at": timedelta(minutes=1)}, "has not come yet"),
        ({"occurred_at": timedelta(minutes=1)}, "has not come yet"),
        ({"occurred_at": timedelta(days=-700_000)}, "hundred years"),
        ({"known_at": timedelta(hours=-1), "occurred_at": timedelta(minutes=-30)}, "before it happened"),
    ],
)
def test_times_that_cannot_be_are_refused(
    town: Town, now: datetime, times: dict[str, timedelta], sentence: str
) -> None:
    with pytest.raises(incidents.IncidentRefused, match=sentence):
        report_leak(town, **{name: now + span for name, span in times.items()})


def test_unknown_kinds_facts_and_places_are_refused_with_a_sentence(town: Town) -> None:
    with pytest.raises(incidents.IncidentRefused, match="no kind of incident"):
        report_leak(town, kind="dragon")
    with pytest.raises(incidents.IncidentRefused, match="does not belong"):
        report_leak(town, category="health")
    with pytest.raises(UnknownFact, match="no fact called"):
        report_leak(town, facts={"dragons": 1})
    with pytest.raises(incidents.IncidentRefused, match="no title"):
        report_leak(town, title=" \x00 ")
    with pytest.raises(Exception, match="not on Earth"):
        report_leak(town, point=Point(121, 200))
    assert not Incident.objects.exists()


def test_an_observer_may_not_report_and_a_stranger_sees_nothing(town: Town) -> None:
    with pytest.raises(NotAllowed):
        report_leak(town, by=town.users["observer"])
    with pytest.raises(NotFound):
        report_leak(town, by=town.users["stranger"])
    with pytest.raises(NotAllowed):
        report_leak(town, mode="exercise")


def test_a_grade_from_incomplete_facts_is_a_lower_bound(town: Town, now: datetime) -> None:
    leak = report_leak(town, facts={"serious_injured": 12})
    assert leak.grade
    assert leak.is_grade_lower_bound
    was = leak.grade
    leak = incidents.add_facts(
        by=town.users["officer"],
        now=now + timedelta(minutes=5),
        incident=leak,
        facts={"deaths": 12, "serious_injured": 60, "loss_cny": 0},
        source="医院",
    )
    assert leak.grade != was
    graded = [event for event in read_stream(leak.stream) if event.kind == "incident.graded"]
    assert [event.data["grade"] for event in graded] == [was, leak.grade]
    assert graded[0].data["unknown"]


def test_facts_are_added_corrected_and_withdrawn_with_source_and_time(town: Town, now: datetime) -> None:
    leak = report_leak(town, facts={"serious_injured": 2})
    later, known_at = now + timedelta(minutes=9), now + timedelta(minutes=3)
    officer = town.users["officer"]

    def state(value: int | None) -> None:
        incidents.add_facts(
            by=officer, now=later, incident=leak, facts={"serious_injured": value}, source="120", known_at=known_at
        )

    state(4)
    assert current_facts(leak) == {"serious_injured": 4}
    state(None)
    assert current_facts(leak) == {}
    with pytest.raises(UnknownFact, match="nothing to withdraw"):
        state(None)
    changes = list(Fact.objects.filter(incident=leak).values_list("change", "value", "source", "known_at"))
    assert changes == [
        ("added", 2, "phone", now),
        ("corrected", 4, "120", known_at),
        ("withdrawn", None, "120", known_at),
    ]


def test_a_closed_incident_takes_no_more_facts(town: Town, now: datetime) -> None:
    leak = report_leak(town)
    commander = town.users["director"]
    closed = incidents.close_incident(by=commander, now=now, incident=leak, reason="误报")
    assert closed.closed_at == now
    incidents.close_incident(by=commander, now=now + timedelta(hours=1), incident=leak, reason="again")
    assert [event.kind for event in read_stream(leak.stream)].count("incident.closed") == 1
    with pytest.raises(incidents.IncidentRefused, match="is closed"):
        incidents.add_facts(by=commander, now=now, incident=leak, facts={"deaths": 1}, source="x")


def test_who_takes_part_in_an_exercise_must_be_in_the_registers(town: Town) -> None:
    trainer = town.users["trainer"]
    drill = report_leak(town, by=trainer, mode="exercise", enrolled=["town-fire", "person:wu", "agency:town-fire"])
    assert set(drill.enrolments.values_list("ref", flat=True)) == {"agency:town-fire", "person:wu"}
    with pytest.raises(incidents.IncidentRefused, match="participants"):
        report_leak(town, by=trainer, mode="exercise", enrolled=["agency:ghost"])
