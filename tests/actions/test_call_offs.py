"""What an agreement promises is asked for once, answered by a link, climbs when late, and is settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.actions.town import NOW, Town, build_town, report_leak
from tests.built_once import built_once
from youbei import content
from youbei.actions import clock
from youbei.actions.agreements import draft_compensation
from youbei.actions.call_off_goods import left_under
from youbei.actions.call_off_messages import CallOffLinkRefused, call_off_behind, link_word, mandate_of
from youbei.actions.call_offs import Wanted, accept, ask, climb_late, move_on, refuse
from youbei.actions.registers.save import save_record
from youbei.actions.stock.verbs import reverse
from youbei.engine.agreements import Use
from youbei.engine.call_offs import EDXL_RM, NEXT, CallOffRefused, CallOffState
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.stock.ledger import CannotReverse
from youbei.engine.text import Text
from youbei.records.models import Agreement, CallOff, Item, LogEntry, Message, StockLot, StockMovement
from youbei.records.reports.call_offs import uses_called_off, visible_call_off
from youbei.records.reports.compensation import counted_once, incidents_to_settle

pytestmark = pytest.mark.django_db
S = CallOffState
TEAMS = Wanted(Decimal(2), what="危化处置队")


@built_once
def town() -> Town:
    return build_town()


def save(name: str, values: dict[str, Any], **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, **more)


def agreement(town: Town, **more: Any) -> Agreement:
    """The fire brigade helps the bureau and answers within a quarter of an hour."""
    values = {"code": "aid", "name_zh": "救援服务", "organisation": town.bureau.code, "partner": town.fire.code}
    row = save("agreement", {**values, "kind": "rescue_service", "response_min": Decimal(15), **more})
    rate = {"agreement": "aid", "code": "hour", "name_zh": "队时", "basis": "team_hour", "amount": Decimal(300)}
    save("agreement_rate", rate)
    assert isinstance(row, Agreement)
    return row


def asked(town: Town, aid: Agreement, wanted: Wanted = TEAMS, **more: Any) -> CallOff:
    more = {"once": "form-0001", "by": town.users["keeper"], "now": NOW, **more}
    return ask(agreement=aid, wanted=wanted, **more)


def test_a_request_is_made_once_told_by_a_link_and_has_a_clock(town: Town) -> None:
    aid, leak = agreement(town), report_leak(town)
    row = asked(town, aid, incident=leak)
    assert asked(town, aid, incident=leak).pk == row.pk
    assert CallOff.objects.count() == 1
    assert row.due_at == NOW + timedelta(minutes=15)
    message = Message.objects.get(key=f"call_off:{row.pk}:asked")
    assert message.address == "duty@town-fire.example"
    assert link_word(row) in message.body_zh
    assert LogEntry.objects.filter(stream=leak.stream, kind="call_off.asked").count() == 1


def test_it_goes_from_asked_to_settled_and_into_the_statement(town: Town) -> None:
    aid, leak, keeper = agreement(town), report_leak(town), town.users["keeper"]
    row = asked(town, aid, incident=leak)
    by = mandate_of(row)
    accept(call_off=row, quantity=Decimal(1), arrives_at=NOW + timedelta(hours=1), people=6, by=by, now=NOW)
    move_on(call_off=row, to=S.EN_ROUTE, by=by, now=NOW + timedelta(minutes=5))
    move_on(call_off=row, to=S.DELIVERED, by=by, now=NOW + timedelta(minutes=35))
    again = move_on(call_off=row, to=S.DELIVERED, by=by, now=NOW + timedelta(minutes=50))
    assert again.delivered_at == NOW + timedelta(minutes=35)
    move_on(call_off=row, to=S.RETURNED, by=by, now=NOW + timedelta(minutes=125))
    with pytest.raises(CallOffRefused, match="unit that asked"):
        move_on(call_off=row, to=S.SETTLED, by=by, now=NOW)
    statement = draft_compensation(agreement=aid, incident=leak, by=keeper, now=NOW + timedelta(hours=3))
    assert statement.total == Decimal(600)
    done = move_on(call_off=row, to=S.SETTLED, by=keeper, now=NOW + timedelta(hours=4))
    assert done.state == "settled"
    kinds = LogEntry.objects.filter(stream=leak.stream, kind__startswith="call_off.").order_by("seq")
    said = ["asked", "accepted", "sent", "delivered", "returned", "settled"]
    assert [one.kind.partition(".")[2] for one in kinds] == said


def test_a_refusal_needs_a_reason_and_ends_it(town: Town) -> None:
    row = asked(town, agreement(town))
    with pytest.raises(CallOffRefused, match="why"):
        refuse(call_off=row, reason=" ", by=mandate_of(row), now=NOW)
    refuse(call_off=row, reason="全队在外", by=mandate_of(row), now=NOW)
    with pytest.raises(CallOffRefused):
        accept(call_off=row, quantity=Decimal(1), arrives_at=NOW, by=mandate_of(row), now=NOW)
    assert Message.objects.filter(key=f"call_off:{row.pk}:answer").exists()


def test_an_unanswered_request_climbs_once_each_time_and_an_answer_stops_it(town: Town) -> None:
    row = asked(town, agreement(town))
    climb_late(NOW + timedelta(minutes=14))
    assert not Message.objects.filter(key__startswith=f"call_off:{row.pk}:late").exists()
    for _ in range(3):
        climb_late(NOW + timedelta(minutes=16))
    told = Message.objects.filter(key__startswith=f"call_off:{row.pk}:late").values_list("recipient", flat=True)
    assert sorted(told) == ["agency:town", "agency:town-emb"]
    row.refresh_from_db()
    assert row.climbed == 1
    accept(
        call_off=row, quantity=Decimal(1), arrives_at=NOW + timedelta(hours=2), by=None, now=NOW + timedelta(hours=1)
    )
    row.refresh_from_db()
    assert row.next_climb_at is None


def test_an_agreement_that_ended_or_has_not_begun_is_refused_with_a_sentence(town: Town) -> None:
    aid = agreement(town, valid_until=date(2026, 11, 1))
    with pytest.raises(CallOffRefused, match="has ended"):
        asked(town, aid)
    save("agreement", {"valid_until": None, "valid_from": date(2027, 1, 1)}, pk=aid.pk)
    with pytest.raises(CallOffRefused, match="not in force yet"):
        asked(town, aid)
    assert CallOff.objects.count() == 0


def test_what_is_promised_already_is_not_promised_again(town: Town) -> None:
    aid, suits = agreement(town), Item.objects.get(code="gas_tight_suit")
    StockLot.objects.filter(pk=town.lots[0].pk).update(agreement=aid)
    assert left_under(aid, suits) == Decimal(10)
    asked(town, aid, Wanted(Decimal(7), suits))
    with pytest.raises(CallOffRefused, match="Only 3"):
        asked(town, aid, Wanted(Decimal(4), suits), once="form-0002")
    asked(town, aid, Wanted(Decimal(3), suits), once="form-0003")


def test_in_an_exercise_the_request_goes_to_nobody_outside(town: Town) -> None:
    drill = report_leak(town, by=town.users["trainer"], mode="exercise")
    row = asked(town, agreement(town), incident=drill, by=None)
    assert row.mode == "exercise"
    assert Message.objects.get(key=f"call_off:{row.pk}:asked").status != Message.Status.QUEUED


def test_both_sides_see_it_and_strangers_nothing(town: Town) -> None:
    row = asked(town, agreement(town))
    assert visible_call_off(row.pk, town.users["observer"]) == row
    assert visible_call_off(row.pk, town.users["stranger"]) is None
    with pytest.raises((NotAllowed, NotFound)):
        accept(call_off=row, quantity=Decimal(1), arrives_at=NOW, by=town.users["stranger"], now=NOW)


def test_a_wrong_or_old_link_opens_nothing(town: Town) -> None:
    row = asked(town, agreement(town))
    assert call_off_behind(link_word(row), NOW) == row
    for word in (f"{row.pk}-{'0' * 32}", "x", f"{row.pk + 1}-{link_word(row).partition('-')[2]}", "9" * 40 + "-a"):
        with pytest.raises(CallOffLinkRefused):
            call_off_behind(word, NOW)
    with pytest.raises(CallOffLinkRefused):
        call_off_behind(link_word(row), NOW + timedelta(days=31))


def test_the_link_page_answers_without_an_account(town: Town) -> None:
    row = asked(town, agreement(town), now=clock.now())
    client, address = Client(), f"/a/{link_word(row)}/"
    page = client.get(address)
    assert page.status_code == 200
    answer = client.post(address, {"step": "accepted", "quantity": "2", "minutes": "20", "people": "12"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.accepted, row.people) == ("accepted", Decimal(2), 12)
    for step in ("en_route", "delivered", "returned"):
        client.post(address, {"step": step})
    row.refresh_from_db()
    assert row.state == "returned"
    assert client.post(address, {"step": "settled"}).status_code == 404
    assert Client().get("/a/1-abc/").status_code == 404


def test_every_state_has_a_name_a_word_and_an_end(town: Town) -> None:
    assert set(NEXT) == set(EDXL_RM) == set(CallOffState)
    assert {state.value for state in CallOffState} == set(CallOff.State.values)
    assert [state for state in CallOffState if not NEXT[state]] == [S.REFUSED, S.SETTLED, S.WITHDRAWN]


def held_by_fire(town: Town, aid: Agreement) -> tuple[Item, StockLot]:
    """The first lot of suits is held under the agreement."""
    StockLot.objects.filter(pk=town.lots[0].pk).update(agreement=aid)
    return Item.objects.get(code="gas_tight_suit"), StockLot.objects.get(pk=town.lots[0].pk)


def test_goods_that_arrive_leave_the_store_and_what_comes_back_is_not_charged(town: Town) -> None:
    aid, leak = agreement(town), report_leak(town)
    suits, lot = held_by_fire(town, aid)
    save("agreement_rate", {"agreement": "aid", "code": "suit", "name_zh": "套", "basis": "quantity", "amount": 100})
    row = asked(town, aid, Wanted(Decimal(7), suits), incident=leak)
    by = mandate_of(row)
    accept(call_off=row, quantity=Decimal(7), arrives_at=NOW, by=by, now=NOW)
    move_on(call_off=row, to=S.DELIVERED, quantity=Decimal(6), by=by, now=NOW)
    lot.refresh_from_db()
    assert (lot.quantity, left_under(aid, suits)) == (Decimal(4), Decimal(4))
    with pytest.raises(CallOffRefused, match="between 0 and the 6"):
        move_on(call_off=row, to=S.RETURNED, quantity=Decimal(7), by=by, now=NOW)
    move_on(call_off=row, to=S.RETURNED, quantity=Decimal(4), by=by, now=NOW)
    lot.refresh_from_db()
    assert lot.quantity == Decimal(8)
    statement = draft_compensation(agreement=aid, incident=leak, by=town.users["keeper"], now=NOW)
    assert statement.total == Decimal(200)
    verbs = StockMovement.objects.filter(source=f"call_off:{row.pk}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["issue", "receive"]
    movement = StockMovement.objects.get(source=f"call_off:{row.pk}", verb="issue")
    with pytest.raises(CannotReverse, match="request under an agreement"):
        reverse(by=town.users["keeper"], now=NOW, movement=movement.pk, reason="?")


def test_goods_that_turned_back_on_the_way_are_not_charged(town: Town) -> None:
    aid, leak = agreement(town), report_leak(town)
    suits, lot = held_by_fire(town, aid)
    row = asked(town, aid, Wanted(Decimal(2), suits), incident=leak)
    accept(call_off=row, quantity=Decimal(2), arrives_at=NOW, by=None, now=NOW)
    move_on(call_off=row, to=S.EN_ROUTE, by=None, now=NOW)
    move_on(call_off=row, to=S.RETURNED, by=None, now=NOW)
    lot.refresh_from_db()
    assert lot.quantity == Decimal(10)
    assert uses_called_off(aid, leak) == []


def test_a_team_that_was_called_off_and_then_assigned_is_charged_once() -> None:
    team, suits = Use(Text("队", "team"), NOW, NOW), Use(Text("服", "suit"), NOW, NOW, item="suit", quantity=Decimal(7))
    fewer = replace(suits, quantity=Decimal(5))
    assert counted_once([team, team, suits], [team, fewer]) == [team, replace(suits, quantity=Decimal(2))]
    assert counted_once([team, suits], [team, suits, team]) == []
    assert counted_once([team, suits], []) == [team, suits]


def test_an_agreement_with_a_partner_outside_the_registers_is_settled_too(town: Town) -> None:
    keeper, leak = town.users["keeper"], report_leak(town)
    aid = agreement(town, partner=None, partner_name="安顺救援公司")
    row = asked(town, aid, incident=leak)
    accept(call_off=row, quantity=Decimal(1), arrives_at=NOW, by=keeper, now=NOW)
    move_on(call_off=row, to=S.DELIVERED, by=keeper, now=NOW)
    move_on(call_off=row, to=S.RETURNED, by=keeper, now=NOW + timedelta(hours=2))
    assert list(incidents_to_settle(aid, keeper)) == [leak]
    statement = draft_compensation(agreement=aid, incident=leak, by=keeper, now=NOW + timedelta(hours=3))
    assert statement.total == Decimal(600)
    client = Client()
    client.force_login(keeper)
    assert "安顺救援公司" in client.get(f"/compensations/{statement.pk}/").content.decode()


def test_a_wrong_answer_by_the_link_is_kept_and_explained(town: Town) -> None:
    row = asked(town, agreement(town), now=clock.now())
    answer = Client().post(f"/a/{link_word(row)}/", {"step": "accepted", "quantity": "", "minutes": "77"})
    assert answer.status_code == 422
    assert 'value="77"' in answer.content.decode()
    more = Client().post(f"/a/{link_word(row)}/", {"step": "accepted", "quantity": "9", "minutes": "77"})
    assert more.status_code == 422
    assert "What is promised" in more.content.decode() or "同意的数量" in more.content.decode()
    row.refresh_from_db()
    assert row.state == "asked"
