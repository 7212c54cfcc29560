"""What holds in an area for a time: who states it, and which interlocks know it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town, report_leak, store_plan
from tests.built_once import built_once
from youbei.actions.exercises import keeping, leading
from youbei.actions.exercises.circumstances import lift_circumstance, state_circumstance
from youbei.actions.exercises.interlocks import held_by, standings, unstated
from youbei.engine.conditions import Compare, Op, Value
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exercises.model import Interlock
from youbei.engine.exercises.read import read_exercise
from youbei.engine.text import Text
from youbei.records.log import read_stream
from youbei.records.models import Circumstance, Exercise, Organisation

WHEN = Compare("warning_colour", Op.IN, ("orange", "red"))
STORM = Interlock("storm", Text("暴雨橙色以上预警", "Orange or red warning"), WHEN)
TOMORROW = NOW + timedelta(days=1)


@built_once
def planned(town: Town) -> Exercise:
    store_plan(town)
    script = replace(read_exercise(SCRIPT), interlocks=(STORM,))
    return keeping.plan_exercise(by=None, now=NOW, script=script, organisation=town.plant)


def warn(town: Town, where: Organisation, value: Value = "orange", name: str = "officer") -> Circumstance:
    return state_circumstance(
        by=town.users[name], now=NOW, organisation=where, key="warning_colour", value=value, source="市气象台",
        ends_at=TOMORROW,
    )  # fmt: skip


class TestWhoStates:
    def test_the_duty_desk_states_it_of_its_area_and_it_stands_in_the_log(self, town: Town) -> None:
        row = warn(town, town.city)
        entry = read_stream(f"circumstance:{row.pk}")[0]
        assert (entry.kind, entry.data["value"], entry.data["source"]) == ("circumstance.stated", "orange", "市气象台")

    def test_who_reports_nothing_there_states_nothing(self, town: Town) -> None:
        with pytest.raises(NotAllowed):
            warn(town, town.city, name="observer")
        with pytest.raises(NotFound):
            warn(town, town.city, name="stranger")

    def test_a_value_that_the_fact_does_not_have_is_refused(self, town: Town) -> None:
        with pytest.raises(Refused):
            warn(town, town.city, value="mauve")

    def test_without_who_published_it_or_until_when_it_is_refused(self, town: Town) -> None:
        said = {"by": None, "now": NOW, "organisation": town.city, "key": "warning_colour", "value": "red"}
        with pytest.raises(Refused, match="published"):
            state_circumstance(**said, source=" ", ends_at=TOMORROW)  # type: ignore[arg-type]
        for ends_at in (NOW, NOW + timedelta(days=400)):
            with pytest.raises(Refused, match="ends"):
                state_circumstance(**said, source="市气象台", ends_at=ends_at)  # type: ignore[arg-type]


class TestWhatInterlocksKnow:
    def test_a_warning_for_the_city_holds_back_an_exercise_in_it(self, town: Town, planned: Exercise) -> None:
        warn(town, town.city)
        assert held_by(planned, NOW) == "storm"

    def test_one_for_another_unit_does_not(self, town: Town, planned: Exercise) -> None:
        warn(town, town.fire)
        assert held_by(planned, NOW) == ""

    def test_a_lesser_warning_does_not_and_is_known(self, town: Town, planned: Exercise) -> None:
        warn(town, town.city, "blue")
        (one,) = standings(planned, NOW)
        assert (one.is_holding, one.unknown) == (False, ())
        assert (one.known[0].value, one.known[0].source) == ("blue", "市气象台")

    def test_it_ends_by_itself_and_when_it_is_lifted(self, town: Town, planned: Exercise) -> None:
        row = warn(town, town.city)
        assert held_by(planned, TOMORROW) == ""
        lift_circumstance(by=town.users["officer"], now=NOW + timedelta(hours=1), circumstance=row)
        assert held_by(planned, NOW + timedelta(hours=2)) == ""

    def test_what_is_stated_anew_takes_the_place_of_what_was(self, town: Town, planned: Exercise) -> None:
        warn(town, town.city)
        state_circumstance(
            by=None, now=NOW + timedelta(hours=1), organisation=town.city, key="warning_colour", value="blue",
            source="市气象台", ends_at=TOMORROW,
        )  # fmt: skip
        assert held_by(planned, NOW + timedelta(hours=2)) == ""
        assert Circumstance.objects.filter(ends_at__gt=NOW + timedelta(hours=2)).count() == 1

    def test_what_nobody_has_stated_is_named_and_taken_as_not_so(self, planned: Exercise) -> None:
        assert unstated(planned, NOW) == ["warning_colour"]
        assert held_by(planned, NOW) == ""

    def test_an_open_incident_below_the_unit_is_known_too(self, town: Town, planned: Exercise) -> None:
        Exercise.objects.filter(pk=planned.pk).update(organisation=town.park, org_path=town.park.path)
        planned.refresh_from_db()
        report_leak(town, NOW, organisation=town.plant, facts={"warning_colour": "red"})
        assert held_by(planned, NOW) == "storm"


class TestBegunByHand:
    def test_it_waits_for_its_interlocks_and_says_what_holds_it_and_since_when(
        self, town: Town, planned: Exercise
    ) -> None:
        warn(town, town.city)
        with pytest.raises(leading.Interlocked) as refused:
            leading.start_exercise(by=town.users["trainer"], now=NOW + timedelta(hours=2), exercise=planned)
        since = f"{timezone.localtime(NOW):%Y-%m-%d %H:%M}"
        assert all(part in refused.value.text.zh for part in ("暴雨橙色以上预警", "市气象台", since))
        assert all(part in refused.value.text.en for part in ("Orange or red warning", "市气象台", since))
        planned.refresh_from_db()
        assert (planned.status, planned.run_id) == ("planned", None)

    def test_a_real_incident_of_the_unit_holds_it_also_without_a_script(self, town: Town) -> None:
        drill = keeping.plan_drill(by=None, now=NOW, organisation=town.plant, title=Text("疏散", "Evacuation"))
        real = report_leak(town, NOW, organisation=town.plant)
        with pytest.raises(leading.Interlocked, match=real.number):
            leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=drill)

    def test_who_leads_it_cannot_override_by_a_reason_alone(self, town: Town, planned: Exercise) -> None:
        warn(town, town.city)
        with pytest.raises(leading.Interlocked):
            leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=planned, override="It is indoors")

    def test_who_manages_incidents_there_overrides_with_a_reason_that_is_logged(
        self, town: Town, planned: Exercise
    ) -> None:
        warn(town, town.city)
        by = town.users["admin"]
        assert by.may(leading.OVERRIDES, planned.org_path)
        with pytest.raises(leading.Interlocked):
            leading.start_exercise(by=by, now=NOW, exercise=planned, override="  ")
        row = leading.start_exercise(by=by, now=NOW, exercise=planned, override="It is held indoors")
        said = [one for one in read_stream(row.stream) if one.kind == "exercise.overridden"]
        assert row.status == "running"
        assert [(one.data["interlocks"], one.data["reason"]) for one in said] == [(["storm"], "It is held indoors")]

    def test_it_begins_once_nothing_holds_it_and_nothing_is_said(self, town: Town, planned: Exercise) -> None:
        lift_circumstance(by=None, now=NOW, circumstance=warn(town, town.city))
        row = leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=planned)
        assert row.status == "running"
        assert "exercise.overridden" not in [one.kind for one in read_stream(row.stream)]
