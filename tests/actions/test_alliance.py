"""Units without a common superior hold an exercise together, each with its own people and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town, store_plan
from tests.built_once import built_once
from youbei import content
from youbei.actions import access, clock
from youbei.actions.exercises import alliance, breaking, classes, control, coverage, enrolling, keeping, leading
from youbei.actions.exercises.regimes import set_regimes
from youbei.actions.exercises.sealing import held_by
from youbei.actions.incidents import report_incident
from youbei.actions.registers import people as registers
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exercises.programme import State
from youbei.engine.exercises.read import read_exercise
from youbei.records.log import read_stream
from youbei.records.models import Enrolment, Exercise, ExerciseUnit, Message, Organisation, Person, SchoolClass, User
from youbei.records.reports.alliance import asked_of, own_participants, units_of
from youbei.records.reports.capabilities import capabilities_of
from youbei.records.reports.exercises import knows_script, part_of, visible_exercise, visible_exercises
from youbei.records.reports.programme import programmes


class Port:
    """A harbour beside the town, under no superior that the town has, with two people and one who leads exercises."""

    def __init__(self) -> None:
        make = registers.create_organisation
        self.unit = make(by=None, now=NOW, code="harbour", kind="port", name_zh="海港", name_en="Harbour", parent=None)
        self.pilot, self.guard = (self.person(code, zh) for code, zh in (("pilot", "引航员"), ("guard", "守卫")))
        self.leader = self.user("harbour-trainer", Role.EXERCISE_DIRECTOR)
        self.onlooker = self.user("harbour-observer", Role.OBSERVER)

    def person(self, code: str, zh: str) -> Person:
        return registers.create_person(
            by=None, now=NOW, organisation=self.unit, code=code, name_zh=zh, email=f"{code}@harbour.example"
        )

    def user(self, name: str, role: Role) -> User:
        return access.create_user(by=None, now=NOW, username=name, person=None, grants=((role, self.unit),))


@built_once
def port() -> Port:
    return Port()


@built_once
def planned(town: Town) -> Exercise:
    store_plan(town)
    row = keeping.plan_exercise(
        by=town.users["trainer"], now=NOW, script=read_exercise(SCRIPT), planned_at=NOW + timedelta(days=3)
    )
    return enrolling.enrol(
        by=town.users["trainer"], now=NOW, exercise=row, participants=[("person:wu", "player", "commander")]
    )


@built_once
def asked(town: Town, port: Port, planned: Exercise) -> ExerciseUnit:
    return alliance.ask_unit(
        by=town.users["trainer"], now=NOW, exercise=planned, organisation=port.unit, task="引航与警戒"
    )


@built_once
def joined(port: Port, asked: ExerciseUnit) -> ExerciseUnit:
    return alliance.answer_unit(by=port.leader, now=NOW, unit=asked, accepts=True)


def own(port: Port, unit: ExerciseUnit, *lines: tuple[str, str, str]) -> Exercise:
    return enrolling.enrol(by=port.leader, now=NOW, exercise=unit.exercise, participants=lines, unit=unit)


def anew(user: User) -> User:
    return User.objects.get(pk=user.pk)


class TestAsking:
    def test_a_unit_that_is_not_asked_sees_nothing(self, port: Port, planned: Exercise) -> None:
        assert not visible_exercises(port.leader).exists()
        assert not asked_of(port.leader)

    def test_who_leads_there_sees_that_it_is_asked_its_other_people_do_not(
        self, port: Port, asked: ExerciseUnit
    ) -> None:
        assert [one.unit for one in asked_of(port.leader)] == [asked.pk]
        assert part_of(visible_exercise(asked.exercise_id, port.leader), port.leader) == "partner"
        assert not knows_script("partner")
        assert not visible_exercises(port.onlooker).exists()

    def test_only_who_leads_the_exercise_asks_and_only_who_leads_the_unit_answers(
        self, town: Town, port: Port, asked: ExerciseUnit
    ) -> None:
        with pytest.raises(NotFound):
            alliance.ask_unit(by=port.leader, now=NOW, exercise=asked.exercise, organisation=town.plant)
        with pytest.raises(NotFound):
            alliance.answer_unit(by=town.users["trainer"], now=NOW, unit=asked, accepts=True)
        with pytest.raises(NotAllowed):
            alliance.answer_unit(by=port.onlooker, now=NOW, unit=asked, accepts=True)

    def test_one_that_declined_sees_it_no_more_and_may_be_asked_again(
        self, town: Town, port: Port, asked: ExerciseUnit
    ) -> None:
        alliance.answer_unit(by=port.leader, now=NOW, unit=asked, accepts=False, reason="台风")
        assert not visible_exercises(port.leader).exists()
        alliance.ask_unit(by=town.users["trainer"], now=NOW, exercise=asked.exercise, organisation=port.unit)
        assert visible_exercises(port.leader).exists()

    def test_neither_oneself_nor_one_twice(self, town: Town, port: Port, asked: ExerciseUnit) -> None:
        for unit in (asked.exercise.organisation, port.unit):
            with pytest.raises(Refused):
                alliance.ask_unit(by=None, now=NOW, exercise=asked.exercise, organisation=unit)

    def test_each_step_stands_in_the_log(self, joined: ExerciseUnit) -> None:
        told = [(one.kind, one.data.get("answer")) for one in read_stream(joined.exercise.stream)]
        assert ("exercise.unit_asked", None) in told
        assert ("exercise.unit_answered", "accepted") in told


class TestItsOwnPeople:
    def test_a_unit_lists_its_own_people_and_no_others(self, port: Port, joined: ExerciseUnit) -> None:
        row = own(port, joined, ("person:pilot", "player", "ops"), ("person:guard", "observer", ""))
        assert {one.ref for one in row.participants.all()} == {"person:wu", "person:pilot", "person:guard"}
        for stranger in ("person:zhou", "town-fire"):
            with pytest.raises(Refused, match="own people"):
                own(port, joined, (stranger, "player", ""))

    def test_it_names_nobody_who_controls_or_judges(self, port: Port, joined: ExerciseUnit) -> None:
        for part in ("controller", "evaluator"):
            with pytest.raises(Refused, match="unit that leads"):
                own(port, joined, ("person:pilot", part, ""))

    def test_who_leads_neither_lists_nor_strikes_the_people_of_another(
        self, town: Town, port: Port, joined: ExerciseUnit
    ) -> None:
        own(port, joined, ("person:pilot", "player", ""))
        with pytest.raises(Refused, match="lists its own people"):
            enrolling.enrol(
                by=town.users["trainer"],
                now=NOW,
                exercise=joined.exercise,
                participants=[("person:guard", "player", "")],
            )
        enrolling.enrol(by=town.users["trainer"], now=NOW, exercise=joined.exercise, participants=[])
        assert [one.ref for one in joined.exercise.participants.all()] == ["person:pilot"]

    def test_who_leads_may_name_an_evaluator_from_any_unit(self, town: Town, joined: ExerciseUnit) -> None:
        row = enrolling.enrol(
            by=town.users["trainer"],
            now=NOW,
            exercise=joined.exercise,
            participants=[("person:guard", "evaluator", "")],
        )
        assert row.participants.get().unit is None

    def test_people_listed_before_it_accepted_become_its_own(self, town: Town, port: Port, asked: ExerciseUnit) -> None:
        listed = [("person:wu", "player", ""), ("person:pilot", "player", "")]
        enrolling.enrol(by=town.users["trainer"], now=NOW, exercise=asked.exercise, participants=listed)
        unit = alliance.answer_unit(by=port.leader, now=NOW, unit=asked, accepts=True)
        assert [one.ref for one in unit.participants.all()] == ["person:pilot"]

    def test_nobody_lists_for_a_unit_but_who_leads_there(self, town: Town, port: Port, joined: ExerciseUnit) -> None:
        for by in (town.users["trainer"], town.users["stranger"]):
            with pytest.raises((NotFound, NotAllowed)):
                enrolling.enrol(by=by, now=NOW, exercise=joined.exercise, participants=[], unit=joined)

    def test_each_sees_its_own_people_and_how_many_the_others_are(
        self, town: Town, port: Port, joined: ExerciseUnit
    ) -> None:
        row = own(port, joined, ("person:pilot", "player", ""))
        assert [one.ref for one in own_participants(row, port.leader)] == ["person:pilot"]
        assert [(one.code, one.people) for one in units_of(row, port.leader)] == [("town-emb", 1), ("harbour", 1)]

    def test_it_leads_nothing_of_the_exercise(self, port: Port, joined: ExerciseUnit) -> None:
        begun = leading.start_exercise(by=None, now=NOW, exercise=joined.exercise)
        acts = (
            lambda: leading.end_exercise(by=port.leader, now=NOW, exercise=begun, reason="x"),
            lambda: control.fire_inject(by=port.leader, now=NOW, exercise=begun, inject="hurt"),
            lambda: keeping.set_time(by=port.leader, now=NOW, exercise=begun, planned_at=NOW),
            lambda: control.observe(by=port.leader, now=NOW, exercise=begun, text="x"),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act()


class TestWhileItRuns:
    def test_its_people_hear_of_it_and_no_more_once_it_withdraws(self, port: Port, joined: ExerciseUnit) -> None:
        row = own(port, joined, ("person:pilot", "player", ""))
        begun = leading.start_exercise(by=None, now=NOW, exercise=row)
        heard = Enrolment.objects.filter(incident_id=begun.incident_id)
        assert set(heard.values_list("ref", flat=True)) == {"person:wu", "person:pilot"}
        alliance.withdraw_unit(by=port.leader, now=NOW, unit=joined, reason="真实险情")
        assert set(heard.values_list("ref", flat=True)) == {"person:wu"}
        released = Message.objects.get(key__startswith="unit-withdrawn:")
        assert released.recipient == f"person:{port.pilot.pk}"
        assert "[EXERCISE]" in released.subject_en
        assert Exercise.objects.get(pk=begun.pk).status == "running"

    def test_a_unit_that_has_not_answered_stays_out(self, port: Port, asked: ExerciseUnit) -> None:
        leading.start_exercise(by=None, now=NOW, exercise=asked.exercise)
        with pytest.raises(Refused):
            alliance.answer_unit(by=port.leader, now=NOW, unit=asked, accepts=True)

    def test_a_real_incident_of_any_of_them_holds_a_sealed_time_back(
        self, town: Town, port: Port, joined: ExerciseUnit
    ) -> None:
        assert held_by(joined.exercise, NOW) == ""
        report_incident(
            by=None, now=NOW, organisation=port.unit, category="accident", kind="other", title="碰撞", mode="real"
        )
        assert held_by(joined.exercise, NOW) == "real-incident"

    def test_who_may_break_it_off_is_as_before(self, town: Town, port: Port, joined: ExerciseUnit) -> None:
        begun = leading.start_exercise(by=None, now=NOW, exercise=joined.exercise)
        real = report_incident(
            by=None, now=NOW, organisation=port.unit, category="accident", kind="other", title="碰撞", mode="real"
        )
        with pytest.raises(NotFound):
            breaking.break_off(by=port.leader, now=NOW, exercise=begun, incident=real)


class TestCounting:
    def counted(self, unit: Organisation, user: User) -> dict[State, int]:
        [programme] = programmes([unit], anew(user), NOW.year, NOW + timedelta(days=1))
        return {state: programme.count(state) for state in (State.DONE, State.PLANNED)}

    def test_it_counts_in_the_programme_of_each(self, town: Town, port: Port, joined: ExerciseUnit) -> None:
        regime = next(
            one.id
            for one in content.drill_regimes().values()
            if any(not part.plan_kinds or "special" in part.plan_kinds for part in one.requirements)
        )
        for unit in (port.unit, joined.exercise.organisation):
            set_regimes(by=None, now=NOW - timedelta(days=400), organisation=unit, regimes=[regime])
        before = self.counted(port.unit, port.leader)
        assert before == self.counted(joined.exercise.organisation, town.users["trainer"])
        assert before[State.PLANNED] >= 1
        leading.start_exercise(by=None, now=NOW, exercise=joined.exercise)
        leading.end_exercise(by=None, now=NOW + timedelta(hours=1), exercise=joined.exercise, reason="")
        after = self.counted(port.unit, port.leader)
        assert after[State.DONE] > before[State.DONE]
        assert after == self.counted(joined.exercise.organisation, town.users["trainer"])

    def test_its_capabilities_are_tested_in_each(self, port: Port, joined: ExerciseUnit) -> None:
        assert capabilities_of(port.unit, port.leader, NOW).lines

    def test_one_that_withdrew_is_not_counted(self, port: Port, joined: ExerciseUnit) -> None:
        alliance.withdraw_unit(by=port.leader, now=NOW, unit=joined, reason="x")
        assert not capabilities_of(port.unit, port.leader, NOW).lines


class TestCover:
    def test_a_post_of_an_agency_is_covered_once_the_agency_lists_players(
        self, town: Town, port: Port, planned: Exercise
    ) -> None:
        unit = alliance.ask_unit(by=town.users["trainer"], now=NOW, exercise=planned, organisation=town.fire)
        unit = alliance.answer_unit(by=None, now=NOW, unit=unit, accepts=True)
        home = town.fire
        registers.create_person(by=None, now=NOW, organisation=home, code="crew", name_zh="战斗员", email="c@f.example")

        def ops() -> bool:
            return next(one.is_enrolled for one in coverage.coverage_of(planned, NOW).posts if one.post == "ops")

        assert not ops()
        enrolling.enrol(by=None, now=NOW, exercise=planned, participants=[("person:crew", "player", "")], unit=unit)
        assert ops()


class TestClasses:
    def test_managers_and_staff_are_enrolled_by_class_and_covered(self, town: Town, planned: Exercise) -> None:
        shares = {one.key: (one.enrolled, one.people) for one in classes.classes_of(planned, NOW)}
        assert shares["managers"] == (1, 1)
        assert shares["staff"][0] == 0
        row = classes.enrol_by_class(by=town.users["trainer"], now=NOW, exercise=planned, classes=["staff"])
        covered = coverage.coverage_of(row, NOW)
        assert covered.enrolled == covered.roster
        assert {one.key: one.enrolled == one.people for one in covered.classes}["staff"]
        assert row.participants.get(ref="person:wu").post == "commander"

    def test_a_school_class_is_listed_with_its_teacher(self, town: Town, planned: Exercise) -> None:
        SchoolClass.objects.create(
            organisation=town.bureau,
            org_path=town.bureau.path,
            code="c1",
            name_zh="一班",
            pupils=40,
            teacher=town.officer,
        )
        row = classes.enrol_by_class(by=town.users["trainer"], now=NOW, exercise=planned, classes=["class:c1"])
        assert {"class:c1", "person:zhou"} <= {one.ref for one in row.participants.all()}
        shares = {one.key: (one.enrolled, one.people) for one in classes.classes_of(row, NOW)}
        assert shares["class:c1"] == (40, 40)
        begun = leading.start_exercise(by=None, now=NOW, exercise=row)
        assert not Enrolment.objects.filter(incident_id=begun.incident_id, ref__startswith="class:").exists()

    def test_a_unit_enrols_classes_of_its_own_people_alone(self, port: Port, joined: ExerciseUnit) -> None:
        row = classes.enrol_by_class(
            by=port.leader, now=NOW, exercise=joined.exercise, classes=["everybody"], unit=joined
        )
        assert {one.ref for one in row.participants.filter(unit=joined)} == {"person:pilot", "person:guard"}

    def test_a_class_of_nobody_is_refused(self, planned: Exercise) -> None:
        for key in ("title:nobody", "section:nowhere", "class:none", "nonsense"):
            with pytest.raises(Refused):
                classes.enrol_by_class(by=None, now=clock.now(), exercise=planned, classes=[key])
