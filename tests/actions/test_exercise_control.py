"""Controllers, evaluators and what is real, while an exercise runs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from tests.actions.test_exercises import begun, injects_fired, kinds, minutes, planned, run_of, told
from tests.actions.town import NOW, Town, report_leak
from youbei.actions.access import create_user
from youbei.actions.advance import advance_run
from youbei.actions.exercises import breaking, control, enrolling, leading
from youbei.actions.registers.people import create_person
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records.models import Exercise, Fact, Message, Observation, User

__all__ = ["begun", "planned"]
pytestmark = pytest.mark.usefixtures("stored")
PHOTO = b"\xff\xd8\xff\xe0" + bytes(200)


@pytest.fixture
def evaluator(town: Town, begun: Exercise) -> User:
    """A person without any grant, enrolled as evaluator."""
    eva = create_person(by=None, now=NOW, organisation=town.fire, code="eva", name_zh="伊娃", email="eva@example.org")
    enrolling.enrol(by=None, now=NOW, exercise=begun, participants=[("person:eva", "evaluator", "")])
    return create_user(by=None, now=NOW, username="eva", person=eva, grants=())


class TestInjectsByHand:
    def test_a_contingency_comes_when_the_controller_fires_it(self, town: Town, begun: Exercise) -> None:
        control.fire_inject(by=town.users["trainer"], now=minutes(1), exercise=begun, inject="rumour")
        assert injects_fired(run_of(begun))[-1] == "rumour"

    def test_one_held_back_waits_beyond_its_time(self, town: Town, begun: Exercise) -> None:
        control.hold_inject(by=town.users["trainer"], now=minutes(1), exercise=begun, inject="hurt")
        advance_run(run_of(begun).pk, minutes(20))
        assert "hurt" not in injects_fired(run_of(begun))
        control.release_inject(by=town.users["trainer"], now=minutes(21), exercise=begun, inject="hurt")
        assert injects_fired(run_of(begun))[-1] == "hurt"

    def test_left_out_is_not_the_same_as_not_received(self, town: Town, begun: Exercise) -> None:
        by = town.users["trainer"]
        control.skip_inject(by=by, now=minutes(1), exercise=begun, inject="hurt", reason="no time")
        control.fail_inject(by=by, now=minutes(1), exercise=begun, inject="smell", reason="line was dead")
        run = run_of(begun)
        assert [event.data["inject"] for event in told(run.stream, "inject.skipped")] == ["hurt"]
        assert [event.data["inject"] for event in told(run.stream, "inject.failed")] == ["smell"]

    def test_leaving_out_needs_a_reason(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(Refused):
            control.skip_inject(by=town.users["trainer"], now=minutes(1), exercise=begun, inject="hurt", reason=" ")

    def test_something_new_reaches_the_players_and_is_known(self, town: Town, begun: Exercise) -> None:
        inject = control.Improvised("风向变化", "commander", "风转西北。", {"serious_injured": 1})
        control.improvise(by=town.users["trainer"], now=minutes(1), exercise=begun, inject=inject)
        assert Message.objects.filter(run=begun.run, body_zh__contains="风转西北").exists()
        assert Fact.objects.get(incident=begun.incident, key="serious_injured").value == 1

    def test_a_changed_inject_leaves_both_in_the_log(self, town: Town, begun: Exercise) -> None:
        instead = control.Improvised("五人受伤", "commander", "五人中毒。")
        control.change_inject(by=town.users["trainer"], now=minutes(1), exercise=begun, inject="hurt", instead=instead)
        assert injects_fired(run_of(begun))[-1] == "improvised-1"
        assert told(run_of(begun).stream, "inject.skipped")[0].data["inject"] == "hurt"

    def test_where_the_new_one_is_refused_the_old_one_stays(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(Refused):
            control.change_inject(
                by=town.users["trainer"],
                now=minutes(1),
                exercise=begun,
                inject="hurt",
                instead=control.Improvised("", "", ""),
            )
        assert "inject.skipped" not in kinds(run_of(begun))

    def test_players_and_onlookers_control_nothing(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(NotAllowed):
            control.fire_inject(by=town.users["observer"], now=NOW, exercise=begun, inject="rumour")
        with pytest.raises(NotFound):
            control.fire_inject(by=town.users["stranger"], now=NOW, exercise=begun, inject="rumour")


class TestEvaluators:
    def test_one_without_any_grant_rates_a_task(self, begun: Exercise, evaluator: User) -> None:
        seen = control.observe(
            by=evaluator, now=minutes(3), exercise=begun, subject="t-alarm", text="Slow.", rating="s", photo=PHOTO
        )
        assert (seen.subject, seen.rating, seen.source) == ("t-alarm", "S", "official")
        assert seen.photos.get().digest == hashlib.sha256(PHOTO).hexdigest()
        assert kinds(run_of(begun))[-1] == "observation.recorded"

    def test_but_fires_no_inject(self, begun: Exercise, evaluator: User) -> None:
        with pytest.raises(NotAllowed):
            control.fire_inject(by=evaluator, now=minutes(3), exercise=begun, inject="rumour")

    def test_a_rating_in_per_cent_is_taken_and_nonsense_is_not(self, begun: Exercise, evaluator: User) -> None:
        control.observe(by=evaluator, now=minutes(3), exercise=begun, subject="raise", rating="85")
        with pytest.raises(Refused, match="rating"):
            control.observe(by=evaluator, now=minutes(3), exercise=begun, subject="raise", rating="7x")
        assert Observation.objects.count() == 1

    def test_what_is_no_photograph_is_refused_and_nothing_is_kept(self, begun: Exercise, evaluator: User) -> None:
        with pytest.raises(Refused, match="photograph"):
            control.observe(by=evaluator, now=minutes(3), exercise=begun, text="x", photo=b"MZ not a picture")
        assert not Observation.objects.exists()

    def test_notes_are_still_taken_after_endex(self, begun: Exercise, evaluator: User) -> None:
        leading.end_exercise(by=None, now=minutes(4), exercise=begun, reason="")
        control.observe(by=evaluator, now=minutes(30), exercise=begun, text="Afterwards.")
        assert Observation.objects.get().text == "Afterwards."

    def test_players_judge_themselves_apart(self, town: Town, begun: Exercise) -> None:
        enrolling.enrol(by=None, now=NOW, exercise=begun, participants=[("person:wu", "player", "commander")])
        by = town.users["director"]
        control.observe(by=by, now=minutes(3), exercise=begun, subject="raise", rating="P", is_own=True)
        with pytest.raises(NotAllowed):
            control.observe(by=by, now=minutes(3), exercise=begun, subject="raise", rating="P")
        assert Observation.objects.get().source == "own"


class TestWhatIsRealBreaksIn:
    def test_the_exercise_ends_and_its_players_are_told_for_real(self, town: Town, begun: Exercise) -> None:
        leak = report_leak(town, minutes(3))
        assert breaking.real_since(begun, town.users["trainer"]) == [leak]
        row = breaking.break_off(by=town.users["officer"], now=minutes(4), exercise=begun, incident=leak)
        assert (row.status, row.broken_off_for) == ("ended", leak)
        sent = Message.objects.filter(key__startswith="broken-off:")
        assert sent
        assert {one.mode for one in sent} == {"real"}
        assert "EXERCISE" not in sent[0].subject_en
        assert told(row.stream, "exercise.broken_off")[0].data["number"] == leak.number

    def test_messages_of_the_exercise_that_wait_are_stopped(self, town: Town, begun: Exercise) -> None:
        assert Message.objects.filter(run=begun.run, status="queued").exists()
        breaking.break_off(by=None, now=minutes(4), exercise=begun, incident=report_leak(town, minutes(3)))
        assert not Message.objects.filter(run=begun.run, status="queued").exists()

    def test_another_exercise_does_not_break_it_off(self, town: Town, begun: Exercise) -> None:
        assert begun.incident is not None
        with pytest.raises(Refused, match="real"):
            breaking.break_off(by=town.users["trainer"], now=minutes(4), exercise=begun, incident=begun.incident)

    def test_who_only_looks_breaks_nothing_off(self, town: Town, begun: Exercise) -> None:
        leak = report_leak(town, minutes(3))
        with pytest.raises(NotAllowed):
            breaking.break_off(by=town.users["observer"], now=minutes(4), exercise=begun, incident=leak)

    def test_an_older_incident_is_none_of_its_business(self, town: Town, planned: Exercise) -> None:
        report_leak(town, NOW)
        row = leading.start_exercise(by=None, now=NOW + timedelta(minutes=1), exercise=planned, override="older")
        assert breaking.real_since(row, town.users["trainer"]) == []
