"""Claims about help asked of other organisations, from both sides, and about counting heads on the scene."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import access, call_offs, resources, runs, scene
from youbei.actions.aid import AidRefused, request_aid, take_aid_step
from youbei.actions.registers.save import save_record
from youbei.content import registers
from youbei.engine.access import Role
from youbei.engine.aid import StepIncomplete, WrongStep
from youbei.engine.errors import NotAllowed, NotFound
from youbei.records.log import verify_log
from youbei.records.models import (
    Agreement,
    AidRequest,
    Assignment,
    Entry,
    Incident,
    LogEntry,
    Message,
    Run,
    RunNeed,
    User,
)
from youbei.records.reports.compensation import incidents_to_settle, uses_of
from youbei.records.reports.dispatch.aid import aid_seen, waiting_among
from youbei.records.reports.dispatch.scene import scene as scene_of

SOON = timedelta(hours=1)


@built_once
def helper(town: Town) -> User:
    """The duty officer of the plant, who sees nothing of the town's incidents."""
    return access.create_user(by=None, now=NOW, username="helper", grants=((Role.DUTY_OFFICER, town.plant),))


def ask(town: Town, incident: Incident, now: datetime, **more: Any) -> AidRequest:
    asked: dict[str, Any] = {"partner": town.plant, "quantity": 3, "capability": "hazmat_response"}
    return request_aid(by=town.users["officer"], now=now, incident=incident, **(asked | more))


def test_both_sides_see_a_request_and_nobody_else(town: Town, leak: Incident, helper: User, now: datetime) -> None:
    row = ask(town, leak, now, words="堵漏")
    assert list(aid_seen(helper)) == [row] == list(aid_seen(town.users["observer"]))
    other = access.create_user(by=None, now=now, username="other", grants=((Role.ADMINISTRATOR, town.fire),))
    assert not aid_seen(other).exists()
    with pytest.raises(NotFound):
        take_aid_step(by=other, now=now, aid=row, step="refuse", reason="x")
    assert not Incident.objects.visible_to(helper).exists()


def test_each_side_takes_its_own_steps_and_all_of_it_is_logged(
    town: Town, leak: Incident, helper: User, now: datetime
) -> None:
    row, officer = ask(town, leak, now), town.users["officer"]
    with pytest.raises(StepIncomplete):
        take_aid_step(by=helper, now=now, aid=row, step="commit", quantity=4, at=now + SOON)
    with pytest.raises(StepIncomplete):
        take_aid_step(by=helper, now=now, aid=row, step="commit", quantity=2, at=now - SOON)
    take_aid_step(by=helper, now=now, aid=row, step="offer", quantity=3, at=now + SOON)
    row = take_aid_step(by=helper, now=now, aid=row, step="commit", quantity=2, at=now + SOON)
    assert (row.state, row.promised, row.arrives_at) == ("committed", 2, now + SOON)
    with pytest.raises(NotAllowed):
        take_aid_step(by=helper, now=now, aid=row, step="release")
    take_aid_step(by=helper, now=now, aid=row, step="depart")
    take_aid_step(by=officer, now=now, aid=row, step="arrive")
    row = take_aid_step(by=officer, now=now, aid=row, step="extend", at=now + 5 * SOON)
    assert (row.state, row.until) == ("arrived", now + 5 * SOON)
    with pytest.raises(WrongStep, match="release"):
        take_aid_step(by=helper, now=now, aid=row, step="return")
    take_aid_step(by=officer, now=now, aid=row, step="release")
    take_aid_step(by=helper, now=now, aid=row, step="return")
    kinds = LogEntry.objects.filter(stream=leak.stream, kind__startswith="aid.").order_by("position")
    assert [row.kind.removeprefix("aid.") for row in kinds] == [
        "requested", "offered", "committed", "departed", "arrived", "extended", "released", "returned",
    ]  # fmt: skip


def test_a_refusal_gives_its_reason_and_ends_it(town: Town, leak: Incident, helper: User, now: datetime) -> None:
    row = ask(town, leak, now)
    with pytest.raises(StepIncomplete):
        take_aid_step(by=helper, now=now, aid=row, step="refuse")
    row = take_aid_step(by=helper, now=now, aid=row, step="refuse", reason="全员在外")
    assert (row.state, row.why_not) == ("refused", "全员在外")
    with pytest.raises(WrongStep):
        take_aid_step(by=helper, now=now, aid=row, step="commit", quantity=1, at=now + SOON)


def test_the_partner_is_told_and_in_an_exercise_is_not(town: Town, leak: Incident, now: datetime) -> None:
    ask(town, leak, now)
    told = Message.objects.get(key__startswith="aid:")
    assert (told.address, told.status) == ("duty@town-plant.example", "queued")
    drill = report_leak(town, now, by=town.users["trainer"], mode="exercise")
    request_aid(
        by=town.users["trainer"], now=now, incident=drill, partner=town.plant, quantity=1, item="gas_tight_suit"
    )
    assert Message.objects.filter(mode="exercise", key__startswith="aid:").get().status == "refused"
    assert LogEntry.objects.filter(kind="aid.requested").latest("position").mode == "exercise"


@pytest.mark.parametrize(
    "wrong", [{"capability": ""}, {"item": "gas_tight_suit"}, {"capability": "flying"}, {"quantity": 0}]
)
def test_what_asks_for_nothing_is_refused(town: Town, leak: Incident, now: datetime, wrong: dict[str, Any]) -> None:
    with pytest.raises(AidRefused):
        ask(town, leak, now, **wrong)
    with pytest.raises(AidRefused):
        ask(town, leak, now, partner=town.bureau)
    with pytest.raises(NotAllowed):
        request_aid(
            by=town.users["observer"], now=now, incident=leak, partner=town.plant, quantity=1, capability="rescue"
        )


def test_heads_are_counted_in_heard_of_and_out(town: Town, run: Run, now: datetime) -> None:
    officer = town.users["officer"]
    entry = scene.enter(by=officer, now=now, run=run, people=4, minutes=15, label="搜救组", zone="2 号库")
    assert scene_of(run, now).count.inside == 4
    later = now + timedelta(minutes=16)
    assert scene_of(run, later).count.overdue == 4
    scene.hear(by=officer, now=later, run=run, entry=entry.pk, minutes=10)
    assert scene_of(run, later).count.overdue == 0
    scene.leave(by=officer, now=later, run=run, entry=entry.pk, people=3)
    assert scene_of(run, later).count.inside == 1
    with pytest.raises(scene.EntryRefused, match="1 are inside"):
        scene.leave(by=officer, now=later, run=run, entry=entry.pk, people=2)
    scene.leave(by=officer, now=later, run=run, entry=entry.pk)
    scene.leave(by=officer, now=later, run=run, entry=entry.pk)
    assert scene_of(run, later).count.inside == 0
    assert LogEntry.objects.filter(kind__startswith="scene.").count() == 4


def test_who_goes_in_is_named_by_a_team_of_the_response_or_in_words(town: Town, run: Run, now: datetime) -> None:
    officer = town.users["officer"]
    with pytest.raises(scene.EntryRefused):
        scene.enter(by=officer, now=now, run=run, people=2, minutes=10)
    with pytest.raises(scene.EntryRefused):
        scene.enter(by=officer, now=now, run=run, people=2, minutes=10, team="a99", label="x")
    with pytest.raises(NotFound):
        scene.enter(by=town.users["stranger"], now=now, run=run, people=2, minutes=10, label="x")
    with pytest.raises(scene.NoSuchEntry):
        scene.hear(by=officer, now=now, run=run, entry=999_999)
    assert not Entry.objects.exists()


def test_demobilisation_is_complete_when_all_is_released(town: Town, run: Run, now: datetime) -> None:
    from youbei.actions import resources

    officer = town.users["officer"]
    runs.finish_step(by=officer, now=now, run=run, step="alarm")
    team = f"team:{town.teams[0].pk}"
    sent = resources.assign_resource(by=officer, now=now, run=run, need="isolate/team", resource=team)
    resources.arrive_resource(by=officer, now=now, run=run, assignment=sent.code)
    shown = scene_of(run, now)
    assert (shown.on_scene, shown.still_out) == (6, 1)
    resources.release_resource(by=officer, now=now, run=run, assignment=sent.code)
    assert scene_of(run, now).still_out == 0


@built_once
def isolating(town: Town, run: Run) -> Run:
    """A run whose step that needs two teams and four suits is open."""
    return runs.finish_step(by=town.users["officer"], now=NOW, run=run, step="alarm")


def committed(town: Town, run: Run, helper: User, now: datetime, **more: Any) -> AidRequest:
    row = ask(town, run.incident, now, **more)
    return take_aid_step(by=helper, now=now, aid=row, step="commit", quantity=2, at=now + SOON)


def test_what_is_committed_is_assigned_in_the_response_and_moves_with_it(
    town: Town, isolating: Run, helper: User, now: datetime
) -> None:
    row, officer = committed(town, isolating, helper, now), town.users["officer"]
    held = Assignment.objects.get(aid=row)
    assert (held.need, held.quantity, held.expected_at) == ("isolate/team", 2, now + SOON)
    assert held.label == town.plant.name_zh
    assert RunNeed.objects.get(run=isolating, need="isolate/team").assigned == 2
    take_aid_step(by=helper, now=now, aid=row, step="depart")
    take_aid_step(by=officer, now=now + SOON, aid=row, step="arrive")
    held.refresh_from_db()
    assert (held.departed_at, held.arrived_at) == (now, now + SOON)
    take_aid_step(by=officer, now=now + 2 * SOON, aid=row, step="release")
    held.refresh_from_db()
    assert held.released_at == now + 2 * SOON
    assert not list(verify_log())


def test_what_is_said_on_the_board_is_said_of_the_request(
    town: Town, isolating: Run, helper: User, now: datetime
) -> None:
    row, officer = committed(town, isolating, helper, now), town.users["officer"]
    held = Assignment.objects.get(aid=row)
    resources.arrive_resource(by=officer, now=now + SOON, run=isolating, assignment=held.code)
    resources.release_resource(by=officer, now=now + SOON, run=isolating, assignment=held.code)
    row.refresh_from_db()
    assert row.state == "released"
    kinds = LogEntry.objects.filter(stream=isolating.incident.stream, kind__startswith="aid.").order_by("position")
    assert [one.kind for one in kinds][-2:] == ["aid.arrived", "aid.released"]


def test_help_that_no_response_needs_is_assigned_nowhere(
    town: Town, isolating: Run, helper: User, now: datetime
) -> None:
    row = committed(town, isolating, helper, now, capability="leak_stopping")
    assert row.state == "committed"
    assert not Assignment.objects.filter(aid=row).exists()


def test_what_was_promised_before_a_need_opened_waits_and_is_assigned_when_it_opens(
    town: Town, run: Run, helper: User, now: datetime
) -> None:
    row, officer = committed(town, run, helper, now), town.users["officer"]
    assert waiting_among([row]) == {row.pk}
    assert not Assignment.objects.filter(aid=row).exists()
    runs.finish_step(by=officer, now=now, run=run, step="alarm")
    held = Assignment.objects.get(aid=row)
    assert (held.need, held.quantity, held.expected_at) == ("isolate/team", 2, now + SOON)
    assert not waiting_among([row])
    take_aid_step(by=officer, now=now + SOON, aid=row, step="arrive")
    held.refresh_from_db()
    assert held.arrived_at == now + SOON
    assert not list(verify_log())


def test_what_has_arrived_before_a_need_opened_has_arrived_in_the_response(
    town: Town, run: Run, helper: User, now: datetime
) -> None:
    row, officer = committed(town, run, helper, now), town.users["officer"]
    take_aid_step(by=helper, now=now, aid=row, step="depart")
    take_aid_step(by=officer, now=now + SOON, aid=row, step="arrive")
    runs.finish_step(by=officer, now=now + 2 * SOON, run=run, step="alarm")
    assert Assignment.objects.get(aid=row).arrived_at == now + 2 * SOON
    assert RunNeed.objects.get(run=run, need="isolate/team").arrived == 2


def test_what_was_released_before_a_need_opened_is_not_assigned(
    town: Town, run: Run, helper: User, now: datetime
) -> None:
    row, officer = committed(town, run, helper, now), town.users["officer"]
    take_aid_step(by=officer, now=now + SOON, aid=row, step="release")
    runs.finish_step(by=officer, now=now + 2 * SOON, run=run, step="alarm")
    assert not Assignment.objects.filter(aid=row).exists()


def test_the_call_off_goes_with_the_help_and_the_statement_counts_it_once(
    town: Town, isolating: Run, helper: User, now: datetime
) -> None:
    agreement = save_record(
        register=registers()["agreement"],
        by=None,
        now=now - 48 * SOON,
        values={
            "code": "mutual",
            "name_zh": "互助协议",
            "organisation": town.bureau.code,
            "kind": "mutual_aid",
            "partner": town.plant.code,
        },
    )
    assert isinstance(agreement, Agreement)
    called = call_offs.ask(
        agreement=agreement,
        wanted=call_offs.Wanted(Decimal(2), what="危化队伍"),
        once="form-1",
        by=None,
        now=now,
        incident=isolating.incident,
    )
    row, officer = committed(town, isolating, helper, now), town.users["officer"]
    called.refresh_from_db()
    assert (row.agreement, called.state, called.accepted) == (agreement, "accepted", 2)
    take_aid_step(by=helper, now=now, aid=row, step="depart")
    take_aid_step(by=officer, now=now + SOON, aid=row, step="arrive")
    take_aid_step(by=officer, now=now + 3 * SOON, aid=row, step="release")
    take_aid_step(by=helper, now=now + 4 * SOON, aid=row, step="return")
    called.refresh_from_db()
    assert called.state == "returned"
    uses = uses_of(agreement, isolating.incident)
    assert [(use.is_team, use.hours) for use in uses] == [(True, Decimal("3.00"))] * 2
    assert isolating.incident in incidents_to_settle(agreement, officer)
