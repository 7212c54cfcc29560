"""What was used of an agreement is settled once, at its rates, and not agreed to by whoever drafted it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.actions.town import NOW, Town, build_town, report_leak, store_plan
from tests.built_once import built_once
from youbei import content
from youbei.actions.access import create_user
from youbei.actions.activation import activate_plan
from youbei.actions.agreements import CompensationRefused, draft_compensation, move_compensation
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import merge_unit
from youbei.actions.resources import assign_resource, release_resource
from youbei.actions.runs import finish_step
from youbei.engine.access import Role
from youbei.engine.agreements import Stage, WrongStage
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed
from youbei.records.models import Agreement, Assignment, Incident, LogEntry, Run
from youbei.records.reports.compensation import incidents_to_settle, visible_statement

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NEED = "isolate/team"


@built_once
def town() -> Town:
    return build_town()


def save(name: str, values: dict[str, Any], **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, **more)


def agreement(town: Town, **more: Any) -> Agreement:
    """The fire brigade helps the bureau, for money."""
    values = {"code": "aid", "name_zh": "救援服务", "organisation": town.bureau.code, "partner": town.fire.code}
    row = save("agreement", {**values, "kind": "rescue_service", "compensation": "按价目", **more})
    rate = {"agreement": "aid", "code": "hour", "name_zh": "队时", "basis": "team_hour", "amount": Decimal(300)}
    save("agreement_rate", rate)
    assert isinstance(row, Agreement)
    return row


def second_agreement(town: Town) -> Agreement:
    """Another one between the same two, that pays for call-outs."""
    values = {"code": "aid-2", "name_zh": "另一份协议", "organisation": town.bureau.code, "partner": town.fire.code}
    row = save("agreement", {**values, "kind": "rescue_service"})
    rate = {"agreement": "aid-2", "code": "call", "name_zh": "出动", "basis": "call_out", "amount": Decimal(9)}
    save("agreement_rate", rate)
    assert isinstance(row, Agreement)
    return row


def send(town: Town) -> tuple[Incident, Run, Assignment]:
    version, leak, by = store_plan(town), report_leak(town), town.users["officer"]
    run = activate_plan(by=by, now=NOW, incident=leak, plan_version=version)
    finish_step(by=by, now=NOW, run=run, step="alarm")
    sent = assign_resource(by=by, now=NOW, run=run, need=NEED, resource=f"team:{town.teams[0].pk}")
    return leak, run, sent


def release(town: Town, run: Run, sent: Assignment) -> None:
    release_resource(by=town.users["officer"], now=NOW + timedelta(minutes=90), run=run, assignment=sent.code)


def test_a_statement_is_drafted_sent_agreed_by_another_and_paid(town: Town) -> None:
    aid = agreement(town)
    leak, run, sent = send(town)
    keeper = town.users["keeper"]
    with pytest.raises(CompensationRefused, match="still out"):
        draft_compensation(agreement=aid, incident=leak, by=keeper, now=NOW)
    release(town, run, sent)
    assert incidents_to_settle(aid, keeper) == [leak]
    row = draft_compensation(agreement=aid, incident=leak, by=keeper, now=NOW)
    assert (row.total, row.terms, len(row.lines["lines"])) == (Decimal(450), "按价目", 1)
    assert incidents_to_settle(aid, keeper) == []
    with pytest.raises(CompensationRefused, match="already"):
        draft_compensation(agreement=aid, incident=leak, by=keeper, now=NOW)
    move_compensation(statement=row, to=Stage.SENT, by=keeper, now=NOW)
    with pytest.raises(SamePerson):
        move_compensation(statement=row, to=Stage.AGREED, by=keeper, now=NOW)
    other = create_user(by=None, now=NOW, username="second", grants=((Role.RESOURCE_KEEPER, town.city),))
    move_compensation(statement=row, to=Stage.AGREED, by=other, now=NOW)
    row = move_compensation(statement=row, to=Stage.PAID, by=keeper, now=NOW, remark="凭证 12")
    assert (row.stage, row.paid_note) == ("paid", "凭证 12")
    with pytest.raises(WrongStage):
        move_compensation(statement=row, to=Stage.SENT, by=keeper, now=NOW)
    stages = LogEntry.objects.filter(stream=leak.stream, kind__startswith="compensation.")
    assert [one.kind.partition(".")[2] for one in stages] == ["drafted", "sent", "agreed", "paid"]


def test_a_later_change_of_the_rates_does_not_change_a_statement(town: Town) -> None:
    aid = agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    row = draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)
    save("agreement_rate", {"amount": Decimal(1)}, pk=aid.rates.get().pk)
    row.refresh_from_db()
    assert row.total == Decimal(450)


def test_an_agreement_that_had_ended_settles_nothing(town: Town) -> None:
    aid = agreement(town, valid_until=TODAY - timedelta(days=1))
    leak, run, sent = send(town)
    release(town, run, sent)
    assert incidents_to_settle(aid, town.users["keeper"]) == []
    with pytest.raises(CompensationRefused, match="not in force"):
        draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)


def test_what_belongs_to_the_helped_side_is_not_settled(town: Town) -> None:
    aid = agreement(town, partner=town.park.code)
    leak, run, sent = send(town)
    release(town, run, sent)
    with pytest.raises(CompensationRefused, match="nothing to settle"):
        draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)


def test_both_sides_see_a_statement_and_nobody_else(town: Town) -> None:
    aid = agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    row = draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)
    helper = create_user(by=None, now=NOW, username="fire", grants=((Role.OBSERVER, town.fire),))
    assert visible_statement(row.pk, helper) == row
    assert visible_statement(row.pk, town.users["observer"]) == row
    assert visible_statement(row.pk, town.users["stranger"]) is None
    with pytest.raises(NotAllowed):
        move_compensation(statement=row, to=Stage.SENT, by=town.users["observer"], now=NOW)


def test_two_agreements_do_not_charge_the_same_help_twice(town: Town) -> None:
    first = agreement(town)
    second = second_agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    draft_compensation(agreement=first, incident=leak, by=None, now=NOW)
    assert incidents_to_settle(second, town.users["keeper"]) == []
    with pytest.raises(CompensationRefused, match="under agreement aid already") as refused:
        draft_compensation(agreement=second, incident=leak, by=None, now=NOW)
    assert "不重复结算" in refused.value.text.zh


def test_what_the_first_agreement_has_no_rate_for_the_second_may_charge(town: Town) -> None:
    first = agreement(town)
    save("agreement_rate", {"basis": "quantity"}, pk=first.rates.get().pk)
    second = second_agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    assert len(draft_compensation(agreement=first, incident=leak, by=None, now=NOW).lines["unpriced"]) == 1
    assert draft_compensation(agreement=second, incident=leak, by=None, now=NOW).total == Decimal(9)


def test_an_agreement_that_ends_midway_settles_what_was_sent_before(town: Town) -> None:
    """One team goes out on the last day and stays for three days; another goes out the day after and is not charged."""
    aid = agreement(town, valid_until=TODAY)
    leak, run, sent = send(town)
    officer, later = town.users["officer"], NOW + timedelta(days=1)
    other = assign_resource(by=officer, now=later, run=run, need=NEED, resource=f"team:{town.teams[1].pk}")
    back = NOW + timedelta(hours=72, minutes=20)
    for one in (sent, other):
        release_resource(by=officer, now=back, run=run, assignment=one.code)
    row = draft_compensation(agreement=aid, incident=leak, by=None, now=back)
    assert [line["amount"] for line in row.lines["lines"]] == ["72.33"]
    assert row.total == Decimal("21699.00")
    assert [one["zh"] for one in row.lines["outside"]] == [town.teams[1].name_zh]


def test_times_that_run_backwards_and_sums_beyond_all_measure_are_refused_in_words(town: Town) -> None:
    aid = agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    Assignment.objects.filter(pk=sent.pk).update(released_at=NOW - timedelta(hours=1))
    with pytest.raises(CompensationRefused, match="released before it was sent") as refused:
        draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)
    assert "请先更正时间" in refused.value.text.zh
    Assignment.objects.filter(pk=sent.pk).update(released_at=NOW + timedelta(days=300))
    save("agreement_rate", {"amount": Decimal(1_000_000_000)}, pk=aid.rates.get().pk)
    with pytest.raises(CompensationRefused, match="more than the"):
        draft_compensation(agreement=aid, incident=leak, by=None, now=NOW)
    assert not aid.compensations.exists()


def test_parties_that_were_merged_owe_each_other_nothing(town: Town) -> None:
    aid = agreement(town)
    leak, run, sent = send(town)
    release(town, run, sent)
    merge_unit(unit=town.fire, into=town.bureau, document="1", by=None, now=NOW + timedelta(hours=4))
    aid.refresh_from_db()
    assert incidents_to_settle(aid, town.users["keeper"]) == []
    with pytest.raises(CompensationRefused, match="nothing to settle"):
        draft_compensation(agreement=aid, incident=leak, by=None, now=NOW + timedelta(hours=5))
