"""A CAP alert that comes in: a real one holds where it was imported for, one of an exercise is played there alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.test_circumstances import STORM, planned, warn
from tests.actions.town import NOW, Town
from tests.cap import cap, reference
from youbei.actions.exercises import alliance, leading
from youbei.actions.exercises.circumstances import lift_circumstance
from youbei.actions.exercises.interlocks import held_by, holds_of
from youbei.actions.exercises.warnings import TakenIn, import_alert, play_alert
from youbei.engine.alerts.cap import AlertRefused
from youbei.engine.errors import NotAllowed, NotFound
from youbei.records.log import read_stream
from youbei.records.models import Circumstance, Exercise, Fact, Organisation, ReceivedAlert

__all__ = ["planned"]
LATER = NOW + timedelta(hours=1)


def taken_in(town: Town, message: str, where: Organisation | None = None, at: datetime = NOW) -> TakenIn:
    return import_alert(by=town.users["officer"], now=at, organisation=where or town.city, message=message)


class TestReal:
    def test_it_holds_back_what_its_colour_holds_back_and_says_who_published_it(
        self, town: Town, planned: Exercise
    ) -> None:
        done = taken_in(town, cap(NOW))
        assert done.stated is not None
        assert (done.stated.value, held_by(planned, NOW)) == ("orange", STORM.id)
        (hold,) = holds_of(planned, NOW)
        assert "市气象台: 暴雨预警" in hold.sentence.zh
        with pytest.raises(leading.Interlocked):
            leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=planned)
        said = read_stream(f"alert:{ReceivedAlert.objects.get().pk}")[0]
        assert (said.kind, said.data["identifier"], said.data["lifted"]) == ("alert.received", "rain-1", 0)

    def test_it_ends_when_it_expires(self, town: Town, planned: Exercise) -> None:
        taken_in(town, cap(NOW, hours=2))
        assert held_by(planned, NOW + timedelta(hours=2)) == ""

    def test_an_update_takes_its_place_and_a_cancellation_ends_it(self, town: Town, planned: Exercise) -> None:
        taken_in(town, cap(NOW))
        lower = cap(LATER, identifier="rain-2", msg_type="Update", severity="Minor", references=reference(NOW))
        assert taken_in(town, lower, at=LATER).lifted == 1
        assert held_by(planned, LATER) == ""
        graver = cap(LATER, identifier="rain-3", msg_type="Update", severity="Extreme",
                     references=reference(LATER, "rain-2"))  # fmt: skip
        taken_in(town, graver, at=LATER)
        assert held_by(planned, LATER) == STORM.id
        over = cap(LATER, identifier="rain-4", msg_type="Cancel", references=reference(LATER, "rain-3"))
        done = taken_in(town, over, at=LATER)
        assert (done.stated, done.lifted, held_by(planned, LATER)) == (None, 1, "")
        assert not Circumstance.objects.filter(ends_at__gt=LATER).exists()

    def test_an_update_that_says_it_has_passed_ends_it_too(self, town: Town, planned: Exercise) -> None:
        taken_in(town, cap(NOW))
        past = cap(LATER, identifier="rain-2", msg_type="Update", urgency="Past", references=reference(NOW))
        assert taken_in(town, past, at=LATER).stated is None
        assert held_by(planned, LATER) == ""

    def test_the_same_message_again_does_nothing(self, town: Town) -> None:
        first = taken_in(town, cap(NOW))
        again = taken_in(town, cap(NOW), at=LATER)
        assert (again.is_again, again.stated) == (True, first.stated)
        assert Circumstance.objects.count() == ReceivedAlert.objects.count() == 1

    def test_one_that_was_cancelled_before_it_came_does_not_count(self, town: Town, planned: Exercise) -> None:
        taken_in(town, cap(LATER, identifier="rain-2", msg_type="Cancel", references=reference(NOW)), at=LATER)
        with pytest.raises(AlertRefused, match="cancelled by the later message rain-2"):
            taken_in(town, cap(NOW), at=LATER)
        assert held_by(planned, LATER) == ""

    def test_of_several_the_gravest_counts_whichever_came_last(self, town: Town, planned: Exercise) -> None:
        taken_in(town, cap(NOW))
        taken_in(town, cap(NOW, identifier="wind-1", severity="Minor", headline="大风预警"))
        warn(town, town.city, "blue")
        assert held_by(planned, NOW) == STORM.id
        assert Circumstance.objects.filter(ends_at__gt=NOW).count() == 3

    def test_the_duty_desk_lifts_it_by_hand(self, town: Town, planned: Exercise) -> None:
        done = taken_in(town, cap(NOW))
        assert done.stated is not None
        lift_circumstance(by=town.users["officer"], now=LATER, circumstance=done.stated)
        assert held_by(planned, LATER) == ""

    def test_a_warning_where_another_unit_is_that_holds_it_too_holds_it_back(
        self, town: Town, planned: Exercise
    ) -> None:
        taken_in(town, cap(NOW), where=town.fire)
        assert held_by(planned, NOW) == ""
        unit = alliance.ask_unit(by=None, now=NOW, exercise=planned, organisation=town.fire)
        alliance.answer_unit(by=None, now=NOW, unit=unit, accepts=True)
        assert held_by(planned, NOW) == STORM.id

    def test_nobody_ends_by_a_cancellation_what_holds_above_the_unit_he_may_speak_for(
        self, town: Town, planned: Exercise
    ) -> None:
        taken_in(town, cap(NOW))
        over = cap(LATER, identifier="rain-2", msg_type="Cancel", references=reference(NOW))
        done = import_alert(by=town.users["stranger"], now=LATER, organisation=town.plant, message=over)
        assert (done.lifted, held_by(planned, LATER)) == (0, STORM.id)

    def test_who_reports_nothing_there_imports_nothing(self, town: Town) -> None:
        for name, error in (("observer", NotAllowed), ("stranger", NotFound)):
            with pytest.raises(error):
                import_alert(by=town.users[name], now=NOW, organisation=town.city, message=cap(NOW))

    @pytest.mark.parametrize("status", ["Exercise", "Test", "Draft", "System"])
    def test_what_is_not_real_never_holds(self, town: Town, planned: Exercise, status: str) -> None:
        with pytest.raises(AlertRefused, match=status):
            taken_in(town, cap(NOW, status=status))
        assert (held_by(planned, NOW), ReceivedAlert.objects.count()) == ("", 0)


class TestOfAnExercise:
    @pytest.fixture
    def begun(self, town: Town, planned: Exercise) -> Exercise:
        return leading.start_exercise(by=None, now=NOW, exercise=planned)

    def test_it_is_known_in_the_exercise_and_holds_for_nothing_real(self, town: Town, begun: Exercise) -> None:
        play_alert(by=town.users["trainer"], now=LATER, exercise=begun, message=cap(NOW, status="Exercise", hours=0.1))
        assert Fact.objects.get(incident=begun.incident, key="warning_colour").value == "orange"
        assert not Circumstance.objects.exists()

    def test_a_real_one_is_never_played(self, town: Town, begun: Exercise) -> None:
        for status in ("Actual", "Test", "Draft", "System"):
            with pytest.raises(AlertRefused, match=status):
                play_alert(by=town.users["trainer"], now=NOW, exercise=begun, message=cap(NOW, status=status))

    def test_who_has_no_part_in_it_plays_nothing(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(NotAllowed):
            play_alert(by=town.users["observer"], now=NOW, exercise=begun, message=cap(NOW, status="Exercise"))
