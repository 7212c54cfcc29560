"""Claims about orders on the stores: all or nothing, in turn or with a reason, and the ledger says the same."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import stock_orders as orders
from youbei.actions import stores
from youbei.actions.stock import verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock_orders import OrderRefused, ReasonNeeded, TakenMeanwhile, Wanted
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.places import Point
from youbei.engine.stock.ledger import CannotReverse
from youbei.engine.stock.proposal import Terms
from youbei.records.models import LogEntry, MarketOffer, Site, StockLot, StockMovement, StockOrder
from youbei.records.reports.stock_orders import picking_list, visible_order


@built_once
def early(town: Town) -> StockLot:
    """A lot of the same item in a store near by that expires earlier."""
    lot = town.lots[0]
    shed = stores.create_site(
        by=None,
        now=NOW,
        organisation=town.fire,
        code="shed",
        kind="store",
        name_zh="车库",
        point=Point(lot.lat + 0.01, lot.lon),
    )
    return stores.create_lot(
        by=None,
        now=NOW,
        item=lot.item,
        site=shed,
        quantity=Decimal(4),
        expires_on=NOW.date() + timedelta(days=60),
        code="early",
    )


@built_once
def wanted(town: Town, early: StockLot) -> Wanted:
    lot = town.lots[0]
    StockLot.objects.filter(pk=lot.pk).update(expires_on=NOW.date() + timedelta(days=600))
    return Wanted(lot.item, Terms(Decimal(6), NOW.date()), site=Site.objects.get(pk=lot.site_id))


def test_the_proposal_is_reserved_in_one_tap_and_handed_out_later(town: Town, wanted: Wanted, now: datetime) -> None:
    keeper = town.users["keeper"]
    proposal, _ = orders.proposal_for(keeper, wanted)
    early = StockLot.objects.get(code="early")
    assert proposal.as_chosen() == {f"lot:{early.pk}": 4, f"lot:{town.lots[0].pk}": 2}
    order = orders.take(by=keeper, now=now, wanted=wanted, chosen=proposal.as_chosen(), is_issued=False)
    early.refresh_from_db()
    assert (early.quantity, early.reserved) == (4, 4)
    orders.issue_order(by=keeper, now=now, order=order)
    early.refresh_from_db()
    assert (early.quantity, early.reserved) == (0, 0)
    assert StockOrder.objects.get().state == "issued"
    assert list(disagreements()) == []
    with pytest.raises(OrderRefused):
        orders.cancel_order(by=keeper, now=now, order=order, reason="x")


def test_an_order_taken_back_frees_what_it_held(town: Town, wanted: Wanted, now: datetime) -> None:
    keeper = town.users["keeper"]
    proposal, _ = orders.proposal_for(keeper, wanted)
    order = orders.take(by=keeper, now=now, wanted=wanted, chosen=proposal.as_chosen(), is_issued=False)
    with pytest.raises(CannotReverse):
        verbs.reverse(by=keeper, now=now, movement=StockMovement.objects.latest("pk").pk, reason="x")
    orders.cancel_order(by=keeper, now=now, order=order, reason="不用了")
    assert not StockLot.objects.filter(reserved__gt=0).exists()
    assert list(disagreements()) == []


def test_another_was_quicker_and_nothing_of_the_order_is_taken(town: Town, wanted: Wanted, now: datetime) -> None:
    keeper, early = town.users["keeper"], StockLot.objects.get(code="early")
    proposal, _ = orders.proposal_for(keeper, wanted)
    verbs.issue(by=keeper, now=now, lot=early.pk, quantity=Decimal(1), consumer="小学")
    before = StockMovement.objects.count()
    with pytest.raises(TakenMeanwhile, match="early"):
        orders.take(by=keeper, now=now, wanted=wanted, chosen=proposal.as_chosen(), is_issued=True)
    assert StockMovement.objects.count() == before
    assert not StockOrder.objects.exists()


def test_out_of_turn_needs_a_reason_that_stands_in_the_log(town: Town, wanted: Wanted, now: datetime) -> None:
    keeper, late = town.users["keeper"], town.lots[0]
    chosen = {f"lot:{late.pk}": Decimal(2)}
    with pytest.raises(ReasonNeeded, match="early"):
        orders.take(by=keeper, now=now, wanted=wanted, chosen=chosen, is_issued=True)
    order = orders.take(by=keeper, now=now, wanted=wanted, chosen=chosen, is_issued=True, reason="早到期的已装车")
    said = json.loads(LogEntry.objects.get(kind="stock.ordered").data)
    assert (said["reason"], said["out_of_turn"]) == ("早到期的已装车", True)
    assert order.reason == "早到期的已装车"


def test_what_is_for_sale_is_not_promised_twice(town: Town, wanted: Wanted, now: datetime) -> None:
    keeper = town.users["keeper"]
    offer = MarketOffer.objects.create(
        code="o",
        item=wanted.item,
        organisation=town.city,
        org_path=town.fire.path,
        quantity=5,
        delay_h=10,
        unit_price=3,
        supplier_name="供应商",
    )
    more = Wanted(wanted.item, Terms(Decimal(17), now.date()), site=wanted.site)
    proposal, _ = orders.proposal_for(keeper, more)
    assert proposal.as_chosen()[f"offer:{offer.pk}"] == 3
    assert proposal.cost == 9
    order = orders.take(by=keeper, now=now, wanted=more, chosen=proposal.as_chosen(), is_issued=False)
    assert [line.code for line in picking_list(order).bought] == ["o"]
    with pytest.raises(TakenMeanwhile):
        orders.take(
            by=keeper, now=now, wanted=more, chosen={f"offer:{offer.pk}": Decimal(3)}, is_issued=False, reason="x"
        )


def test_the_picking_list_goes_by_store_and_shelf(town: Town, wanted: Wanted, now: datetime) -> None:
    lot = town.lots[0]
    for code, shelf in (("b", "B-1"), ("a", "A-2")):
        row = stores.create_lot(by=None, now=now, item=lot.item, site=lot.site, quantity=Decimal(1), code=code)
        StockLot.objects.filter(pk=row.pk).update(shelf=shelf)
    keeper = town.users["keeper"]
    all_of_it = Wanted(wanted.item, Terms(Decimal(16), now.date()), site=wanted.site)
    proposal, _ = orders.proposal_for(keeper, all_of_it)
    order = orders.take(by=keeper, now=now, wanted=all_of_it, chosen=proposal.as_chosen(), is_issued=False)
    seen = visible_order(keeper, order.pk)
    assert seen is not None
    places = [(line.place.zh, line.shelf) for line in picking_list(seen).stored]
    assert places == sorted(places)
    assert len(places) == 4


def test_an_exercise_and_those_without_a_grant_take_nothing(town: Town, wanted: Wanted, now: datetime) -> None:
    incident = report_leak(town, now, mode="exercise", by=town.users["trainer"])
    chosen = {f"lot:{town.lots[0].pk}": Decimal(1)}
    with pytest.raises(OrderRefused):
        orders.take(
            by=town.users["keeper"],
            now=now,
            wanted=Wanted(wanted.item, wanted.terms, incident=incident),
            chosen=chosen,
            is_issued=False,
            reason="x",
        )
    with pytest.raises((NotAllowed, NotFound)):
        orders.take(by=town.users["observer"], now=now, wanted=wanted, chosen=chosen, is_issued=True, reason="x")
