"""The demo city as it stands after its first start."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.test import TestCase

from youbei.actions.access import create_user
from youbei.actions.activation import activate_plan
from youbei.actions.advance import due_runs
from youbei.actions.incidents import add_facts, close_incident, propose_plans, report_incident
from youbei.actions.registers.people import create_organisation
from youbei.actions.resources import assign_resource, propose_resources
from youbei.actions.runs import assess_run, end_response, finish_step
from youbei.demo import DemoCast, build_demo
from youbei.demo.build import DemoRefused
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.findings.life import State as FindingState
from youbei.engine.places import Point
from youbei.engine.plans.check import Severity, check
from youbei.engine.plans.model import LevelNumber
from youbei.records.checking import known_by_registers
from youbei.records.load import load_plan
from youbei.records.log import verify_log
from youbei.records.models import (
    Assignment,
    Case,
    Consultation,
    DutyShift,
    Exercise,
    Extent,
    Finding,
    HazardPoint,
    HeadCount,
    Incident,
    LogEntry,
    Message,
    Organisation,
    Person,
    PlanVersion,
    RoadNetwork,
    Run,
    RunNeed,
    RunPost,
    RunStep,
    StatedQuantity,
    StockLot,
    Team,
    User,
)

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


class TheDemoCity(TestCase):
    cast: ClassVar[DemoCast]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_demo(now=NOW)

    def test_a_second_start_changes_nothing_and_names_the_same_accounts(self) -> None:
        entries = LogEntry.objects.count()
        again = build_demo(now=NOW + timedelta(days=1))
        assert self.cast.is_new
        assert not again.is_new
        assert again.users == self.cast.users
        assert LogEntry.objects.count() == entries

    def test_every_account_can_sign_in_with_the_password_that_is_printed(self) -> None:
        assert {user.username for user in self.cast.users} >= {
            "duty", "commander", "park", "school", "exam", "port", "inspector", "observer", "admin",
        }  # fmt: skip
        one = self.cast.users[0]
        assert User.objects.get(username=one.username).check_password(one.password)
        assert len({user.password for user in self.cast.users}) == len(self.cast.users)

    def test_a_hazard_has_an_outline_and_an_incident_the_advice_that_was_given_in_it(self) -> None:
        assert (HazardPoint.objects.get(code="chenguang-petrol").geometry or {})["type"] == "Polygon"
        assert Extent.objects.filter(model="hazardpoint").count() == 1
        advice = Consultation.objects.get(code="haizhou-c001")
        assert advice.incident is not None
        assert advice.incident.mode == "real"
        assert advice.asked_at is not None
        assert advice.incident.reported_at < advice.asked_at
        entry = LogEntry.objects.get(stream=advice.incident.stream, kind="expert.attached")
        assert f'"{advice.code}"' in entry.data

    def test_the_city_has_the_size_that_was_promised(self) -> None:
        assert Organisation.objects.count() >= 60
        assert Person.objects.count() >= 150
        assert Team.objects.count() >= 45
        assert Organisation.objects.filter(kind="school").count() >= 12
        assert StockLot.objects.filter(expires_on__lt=NOW.date()).exists()
        assert RoadNetwork.objects.get(code="haizhou").data["areas"]["features"]

    def test_somebody_is_on_duty_now_and_for_a_week_to_come(self) -> None:
        for ahead in (timedelta(0), timedelta(days=3), timedelta(days=6, hours=20)):
            at = NOW + ahead
            on_duty = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at)
            assert on_duty.values("post").distinct().count() == 20
            assert on_duty.filter(post__code="haizhou-emb/duty-officer").count() == 1

    def test_the_duty_officer_who_signs_in_is_the_one_on_duty(self) -> None:
        duty = User.objects.get(username="duty")
        shift = DutyShift.objects.get(post__code="haizhou-emb/duty-officer", starts_at__lte=NOW, ends_at__gt=NOW)
        assert shift.person_id == duty.person_id

    def test_some_plans_fail_their_check_for_reasons_that_the_city_gives(self) -> None:
        found = {}
        for version in PlanVersion.objects.all():
            plan = load_plan(version)
            findings = check(plan, known_by_registers(plan, NOW))
            found[plan.id] = {(one.code, one.place) for one in findings if one.severity is not Severity.INFO}
        assert found["park-ammonia"] >= {
            ("E504", "steps.turn-out.needs.foam"),
            ("E505", "steps.suits.needs.gas-tight"),
            ("W403", "posts.environment.holder"),
        }
        assert ("E504", "steps.evacuate.needs.buses") in found["city-ammonia"]
        assert ("W403", "posts.terminal.holder") in found["border-port"]
        for plan_id in ("lanwan-ammonia-onsite", "personnel-exam", "binhai-primary-evacuation"):
            assert found[plan_id] == set(), plan_id

    def test_the_past_is_closed_and_assessed(self) -> None:
        past = Incident.objects.filter(reported_at__lt=NOW - timedelta(days=2))
        assert past.count() >= 12
        assert not past.filter(status=Incident.Status.OPEN).exists()
        runs = Run.objects.filter(incident__in=past)
        assert Counter(runs.values_list("phase", flat=True)) == {"assessed": runs.count()}
        assert runs.count() >= 8
        assert RunStep.objects.filter(run__in=runs, late_at__isnull=False).count() >= 5

    def test_the_past_has_used_up_nothing_and_keeps_nobody(self) -> None:
        past = Run.objects.exclude(phase=Run.Phase.ACTIVE)
        assert not Assignment.objects.filter(run__in=past, released_at__isnull=True).exists()
        assert not Team.objects.filter(status=Team.Status.ASSIGNED).exists()
        assert not StockLot.objects.filter(reserved__gt=0).exists()

    def test_stated_quantities_wait_for_a_person_who_may_count_and_the_lots_keep_their_ledger(self) -> None:
        waiting = StatedQuantity.objects.filter(state=StatedQuantity.State.WAITING)
        assert waiting.count() == 2
        inspector = User.objects.get(username="inspector")
        for one in waiting.select_related("lot"):
            assert (one.lot.quantity, one.stated < one.stood, bool(one.reason)) == (one.stood, True, True)
            assert inspector.may(Permission.COUNT_STOCK, one.lot.org_path)

    def test_nothing_of_the_past_is_still_waiting_to_be_sent_or_done(self) -> None:
        assert not Message.objects.filter(status=Message.Status.QUEUED).exists()
        assert due_runs(NOW) == []

    def test_an_exercise_is_running_with_something_on_every_part_of_its_board(self) -> None:
        incident = Incident.objects.get(mode="exercise", status="open")
        assert set(incident.runs.values_list("plan_version__plan__code", flat=True)) == {
            "lanwan-ammonia-onsite",
            "park-ammonia",
            "city-ammonia",
        }
        steps = RunStep.objects.filter(run__incident=incident)
        assert {"waiting", "started", "finished"} <= set(steps.values_list("status", flat=True))
        assert steps.filter(late_at__isnull=False, status="started").exists()
        duty = User.objects.get(username="duty")
        assert RunPost.objects.filter(run__incident=incident, person=duty.person).exists()
        assert Assignment.objects.filter(run__incident=incident, arrived_at__isnull=False).exists()
        assert Message.objects.filter(run__incident=incident).exists()

    def test_expired_suits_are_not_sent_so_the_park_is_short_of_them(self) -> None:
        incident = Incident.objects.get(mode="exercise", status="open")
        sent = Assignment.objects.filter(run__incident=incident, lot__isnull=False)
        assert sent.exists()
        assert not sent.filter(lot__expires_on__lt=NOW.date()).exists()
        assert RunNeed.objects.filter(run__incident=incident, need="suits/gas-tight", is_met=False).exists()

    def test_the_tutorial_can_be_followed_from_the_report_to_the_verified_log(self) -> None:
        """Walk docs/tutorial/first-incident.md with its accounts, facts and times."""
        duty, commander = (User.objects.get(username=name) for name in ("duty", "commander"))
        at = NOW
        incident = report_incident(
            by=duty,
            now=at,
            organisation=Organisation.objects.get(code="haizhou-lanwan"),
            category="accident",
            kind="ammonia_leak",
            title="装卸站氨泄漏 / ammonia at the loading station",
            place="装卸站 / loading station",
            point=Point(33.5478, 122.88),
            facts={"leak_continues": True, "gas_alarm": True},
        )
        onsite, park, city = propose_plans(incident, now=at, by=duty)
        assert (onsite.plan.id, onsite.level, onsite.is_lower_bound) == ("lanwan-ammonia-onsite", LevelNumber.IV, True)
        assert {park.plan.id, city.plan.id} == {"park-ammonia", "city-ammonia"}
        run = activate_plan(by=duty, now=at, incident=incident, plan_version=onsite.plan_version)

        at += timedelta(minutes=1)
        finish_step(by=duty, now=at, run=run, step="alarm")
        opened = set(RunStep.objects.filter(run=run, status="open").values_list("step", flat=True))
        assert opened == {"shut-off", "spray", "withdraw", "take-command", "close-gate", "report"}
        assert RunStep.objects.get(run=run, step="report").due_at == NOW + timedelta(hours=1)

        at += timedelta(minutes=3)
        add_facts(by=duty, now=at, incident=incident, facts={"missing": 1, "minor_injured": 2}, source="scene")
        run.refresh_from_db()
        assert run.level == LevelNumber.II
        linked = {one.plan.id for one in propose_plans(incident, now=at, by=duty) if one.is_linked}
        assert "park-ammonia" in linked
        second = activate_plan(by=duty, now=at, incident=incident, plan_version=park.plan_version)
        finish_step(by=duty, now=at + timedelta(minutes=2), run=second, step="receive")
        assert propose_resources(second, "turn-out/foam", now=at) == ()
        nearest = propose_resources(second, "turn-out/hazmat", now=at)
        assert len(nearest) == 2
        sent = assign_resource(by=duty, now=at + timedelta(minutes=3), run=second, need="turn-out/hazmat",
                               resource=nearest[0].resource)  # fmt: skip
        assert sent.expected_at > sent.assigned_at

        at += timedelta(minutes=30)
        over = {"leak_continues": False, "missing": 0, "trapped": 0, "ammonia_boundary_ppm": 8}
        add_facts(by=duty, now=at, incident=incident, facts=over, source="scene")
        for one in (run, second):
            one.refresh_from_db()
            assert one.is_end_proposed
            with pytest.raises(Refused):
                end_response(by=duty, now=at, run=one, reason="measured clear")
            end_response(by=commander, now=at, run=one, reason="measured clear")
            assess_run(by=commander, now=at, run=one, rating="S", text="The foam team was missing.")
        close_incident(by=commander, now=at, incident=incident, reason="over")
        assert list(verify_log()) == []

    def test_the_plan_of_another_school_is_not_proposed(self) -> None:
        def proposed(code: str) -> set[str]:
            incident = report_incident(
                by=None,
                now=NOW,
                organisation=Organisation.objects.get(code=code),
                category="accident",
                kind="school_evacuation",
                title="烟雾 / smoke",
            )
            return {proposal.plan.id for proposal in propose_plans(incident, now=NOW)}

        assert "binhai-primary-evacuation" in proposed("haizhou-school-binhai-primary")
        assert "binhai-primary-evacuation" not in proposed("haizhou-school-1")

    def test_the_log_was_written_in_the_order_of_time(self) -> None:
        recorded = list(LogEntry.objects.order_by("position").values_list("recorded_at", flat=True))
        assert recorded == sorted(recorded)

    def test_the_agencies_of_the_state_are_not_under_the_city(self) -> None:
        city = Organisation.objects.get(code="haizhou")
        for code in ("haizhou-customs", "haizhou-immigration", "haizhou-maritime"):
            assert not Organisation.objects.get(code=code).path.startswith(city.path)

    def test_each_account_may_do_what_its_part_asks_for(self) -> None:
        park = Organisation.objects.get(code="haizhou-park")
        city = Organisation.objects.get(code="haizhou")
        may = {user.username: user for user in User.objects.all()}
        assert may["park"].may(Permission.COMMAND_RUN, park.path)
        assert not may["park"].may(Permission.SEE, city.path)
        assert may["duty"].may(Permission.REPORT_INCIDENT, park.path)
        assert may["observer"].may(Permission.SEE, city.path)
        assert not may["observer"].may(Permission.REPORT_INCIDENT, city.path)


@pytest.mark.django_db
def test_the_demo_is_not_mixed_with_a_real_register() -> None:
    create_organisation(by=None, now=NOW, code="elsewhere", kind="government", name_zh="他市")
    with pytest.raises(DemoRefused, match="empty"):
        build_demo(now=NOW)
    assert create_user(by=None, now=NOW, username="somebody").pk
    assert Organisation.objects.count() == 1

    def test_findings_stand_in_every_state_and_cases_are_told_of_both_kinds(self) -> None:
        assert set(Finding.objects.values_list("state", flat=True)) == {state.value for state in FindingState}
        assert set(Case.objects.values_list("incident__mode", flat=True)) == {"real", "exercise"}
        assert not Case.objects.filter(validated_at=None).exists()

    def test_exercises_of_the_library_were_held_and_are_to_come_one_of_them_with_others(self) -> None:
        held = Exercise.objects.get(status="closed")
        assert (held.code, held.run is not None) == ("exam-leak", True)
        coming = Exercise.objects.filter(status="planned", planned_at__gt=NOW)
        assert set(coming.values_list("code", flat=True)) == {"port-both", "binhai-kitchen-fire"}
        together = coming.get(code="port-both")
        assert Counter(together.units.values_list("state", flat=True)) == {"accepted": 2, "asked": 1}
        assert together.participants.filter(unit__organisation__code="haizhou-customs").exists()

    def test_a_school_was_evacuated_twice_and_did_better(self) -> None:
        first, second = HeadCount.objects.order_by("alarm_at")
        assert first.organisation == second.organisation
        assert first.took_s > second.took_s
        assert second.took_s is not None
        assert second.took_s <= (second.target_s or 0) + 30
