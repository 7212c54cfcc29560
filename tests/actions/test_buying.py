"""Claims about market offers and production lines in a dispatch: weighed, explained, ordered, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import activation, runs
from youbei.actions.bought import SupplyGone
from youbei.actions.dispatch.deciding import decide
from youbei.actions.dispatch.proposing import Proposal, Proposed, proposed_now
from youbei.actions.dispatch.supposing import NOTHING
from youbei.actions.registers.guards import GuardRefused
from youbei.actions.registers.save import save_record
from youbei.actions.resources import arrive_resource, assign_resource, release_resource
from youbei.content import registers
from youbei.records.log import verify_log
from youbei.records.models import Assignment, CapacityLine, MarketOffer, PlanVersion, Run, StockLot, StockOrder

pytest.importorskip("highspy")


@built_once
def isolating(town: Town, run: Run) -> Run:
    """A run that needs four suits, of which one is in store."""
    StockLot.objects.update(quantity=1)
    return runs.finish_step(by=town.users["officer"], now=NOW + timedelta(minutes=2), run=run, step="alarm")


def offered(town: Town, at: datetime, **more: object) -> MarketOffer:
    values: dict[str, object] = {
        "code": "offer-1",
        "item": "gas_tight_suit",
        "organisation": town.city.code,
        "supplier_name": "东方劳保",
        "quantity": Decimal(20),
        "delay_h": Decimal(2),
        "unit_price": Decimal("350.5"),
    }
    row = save_record(register=registers()["market_offer"], by=None, now=at, values=values | more)
    assert isinstance(row, MarketOffer)
    return row


def made(town: Town, at: datetime, **more: object) -> CapacityLine:
    values: dict[str, object] = {
        "code": "line-1",
        "name_zh": "一号线",
        "name_en": "Line one",
        "item": "gas_tight_suit",
        "organisation": town.city.code,
        "switch_over_h": Decimal(3),
        "first_rate": Decimal(48),
        "ramp_up_h": Decimal(0),
        "full_rate": Decimal(48),
        "producer": town.plant.code,
    }
    row = save_record(register=registers()["capacity_line"], by=None, now=at, values=values | more)
    assert isinstance(row, CapacityLine)
    return row


def test_a_line_that_begins_faster_than_its_full_rate_is_refused(town: Town) -> None:
    with pytest.raises(GuardRefused, match="wrong way round"):
        made(town, NOW, first_rate=Decimal(49))
    made(town, NOW, first_rate=Decimal(0), full_rate=Decimal(0), raw_material=Decimal(0))


def asked(town: Town, at: datetime, exercise: int | None = None) -> Proposal:
    return proposed_now(town.users["officer"], now=at, exercise=exercise, suppose=NOTHING)


def suits(proposal: Proposal) -> list[Proposed]:
    return [pick for pick in proposal.picks if pick.need.item]


def test_what_the_store_lacks_comes_from_the_market_with_hours_and_price(
    town: Town, isolating: Run, at: datetime
) -> None:
    offered(town, at)
    store, market = suits(asked(town, at))
    assert (store.quantity, market.quantity, market.arrival_s) == (1, 3, 2 * 3600)
    assert market.name.zh == "东方劳保"
    assert market.price == 3 * 35050
    assert market.reason.en.startswith("From the market, in 2 h, for 1,051.50 CNY.")
    assert "向市场采购，2 小时交货" in market.reason.zh
    assert not market.is_estimated


def test_a_line_comes_in_consignments_as_it_makes_them(town: Town, isolating: Run, at: datetime) -> None:
    made(town, at)
    lines = [pick for pick in suits(asked(town, at)) if pick.resource.startswith("line:")]
    assert sum(pick.quantity for pick in lines) == 3
    assert [pick.arrival_s for pick in lines] == [(3 * 60 + 30 * piece) * 60 for piece in (1, 2, 3)]
    assert "2 per hour after a start of 3 h" in lines[0].reason.en
    assert "启动 3 小时后每小时 2" in lines[0].reason.zh


def test_the_sooner_of_market_and_line_is_taken(town: Town, isolating: Run, at: datetime) -> None:
    offered(town, at, delay_h=Decimal(48))
    made(town, at)
    assert {pick.resource.partition(":")[0] for pick in suits(asked(town, at))} == {"lot", "line"}


def test_what_is_accepted_is_ordered_and_not_offered_again(town: Town, isolating: Run, at: datetime) -> None:
    offer = offered(town, at, quantity=Decimal(3))
    picks = suits(asked(town, at))
    decide(by=town.users["officer"], now=at, chosen={pick.key: pick.resource for pick in picks})
    held = Assignment.objects.get(resource=f"offer:{offer.pk}")
    assert held.order is not None
    assert (held.quantity, held.order.state, held.order.quantity) == (3, "reserved", 3)
    assert held.expected_at == at + timedelta(hours=2)
    with pytest.raises(SupplyGone, match="0 more"):
        assign_resource(
            by=town.users["officer"], now=at, run=isolating, need="isolate/suits", resource=held.resource, quantity=1
        )
    assert not list(verify_log())


def test_consignments_of_one_line_are_ordered_one_after_the_other(town: Town, isolating: Run, at: datetime) -> None:
    line = made(town, at)
    picks = suits(asked(town, at))
    decide(by=town.users["officer"], now=at, chosen={pick.key: pick.resource for pick in picks})
    held = Assignment.objects.filter(resource=f"line:{line.pk}").order_by("expected_at")
    assert [one.expected_at - at for one in held] == [timedelta(minutes=180 + 30 * piece) for piece in (1, 2, 3)]


def test_what_is_let_go_before_it_came_is_taken_back_and_what_came_is_used(
    town: Town, isolating: Run, at: datetime
) -> None:
    offer, officer = offered(town, at), town.users["officer"]
    for has_come, state in ((False, "cancelled"), (True, "issued")):
        sent = assign_resource(
            by=officer, now=at, run=isolating, need="isolate/suits", resource=f"offer:{offer.pk}", quantity=2
        )
        if has_come:
            arrive_resource(by=officer, now=at, run=isolating, assignment=sent.code)
        release_resource(by=officer, now=at, run=isolating, assignment=sent.code)
        assert sent.order_id is not None
        assert StockOrder.objects.get(pk=sent.order_id).state == state


def test_what_has_ended_or_is_another_item_is_not_offered(town: Town, isolating: Run, at: datetime) -> None:
    offer = offered(town, at, valid_until=at.date() - timedelta(days=2))
    assert len(suits(asked(town, at))) == 1
    with pytest.raises(SupplyGone, match="has ended"):
        assign_resource(
            by=town.users["officer"], now=at, run=isolating, need="isolate/suits", resource=f"offer:{offer.pk}"
        )


def test_an_exercise_orders_nothing_and_counts_what_it_holds(
    town: Town, stored: PlanVersion, now: datetime, at: datetime
) -> None:
    trainer = town.users["trainer"]
    leak = report_leak(town, now, by=trainer, mode="exercise", facts={"leak_continues": True, "serious_injured": 1})
    run = activation.activate_plan(by=trainer, now=now, incident=leak, plan_version=stored)
    run = runs.finish_step(by=trainer, now=at, run=run, step="alarm")
    StockLot.objects.update(quantity=1)
    offer = offered(town, at, quantity=Decimal(2))
    assign_resource(by=trainer, now=at, run=run, need="isolate/suits", resource=f"offer:{offer.pk}", quantity=2)
    assert not StockOrder.objects.exists()
    found = proposed_now(trainer, now=at, exercise=leak.pk, suppose=NOTHING)
    assert {pick.resource.partition(":")[0] for pick in suits(found)} == {"lot"}
