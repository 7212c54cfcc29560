"""Claims about what is done in one tap in a store, what a vehicle takes, and codes of items."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei import content
from youbei.actions.registers.people import create_organisation
from youbei.actions.registers.save import save_record
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.vehicles import OlderReport, report_place
from youbei.actions.stock.verifying import confirm_stated
from youbei.actions.stock_codes import give_codes
from youbei.actions.stock_due import RotationRefused, TestRefused, passed_today, rotate_out
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.places import Point, StraightLine
from youbei.engine.reach import journeys
from youbei.engine.stock.loading import Overloaded
from youbei.records.models import (
    EquipmentTest,
    Item,
    ItemCode,
    Organisation,
    StatedQuantity,
    StockLot,
    StockMovement,
    Vehicle,
)
from youbei.records.reports.reach import stock_within
from youbei.records.reports.stock_due import rotations
from youbei.records.reports.stock_rotation import with_consumers


def save(name: str, now: datetime, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=now)


@built_once
def school(town: Town) -> Organisation:
    made = create_organisation(
        by=None, now=NOW, code="primary", kind="school", name_zh="小学", name_en="Primary school", parent=town.city
    )
    Organisation.objects.filter(pk=made.pk).update(employees=100, lat=37.5, lon=121.4)
    return made


@built_once
def water(town: Town) -> StockLot:
    save("item", NOW, code="drinking_water", name_zh="饮用水", unit_zh="升", shelf_life_days=365)
    return save(  # type: ignore[no-any-return]
        "lot",
        NOW,
        code="water",
        item="drinking_water",
        site=town.lots[0].site.code,
        organisation=town.lots[0].organisation.code,
        quantity=500,
        expires_on=NOW.date() + timedelta(days=10),
    )


def test_what_expires_goes_to_those_who_use_it_in_one_tap(
    town: Town, school: Organisation, water: StockLot, now: datetime
) -> None:
    today, keeper = now.date(), town.users["keeper"]
    rows = [row for row in rotations(["/"], today=today) if row.lot.pk == water.pk]
    [proposal] = with_consumers(["/"], rows, today=today)
    assert proposal.shared is not None
    shares = {share.consumer.code: share.quantity for share in proposal.shared.shares}
    assert shares == {"primary": 500}
    rotate_out(by=keeper, now=now, today=today, lot=water.pk, shares=shares)
    water.refresh_from_db()
    assert water.quantity == 0
    assert StockMovement.objects.filter(verb="rotate", reason="primary").count() == 1
    assert list(disagreements()) == []


def test_what_has_expired_or_is_gone_is_not_handed_out(
    town: Town, school: Organisation, water: StockLot, now: datetime
) -> None:
    later = now.date() + timedelta(days=11)
    with pytest.raises(RotationRefused, match="expired"):
        rotate_out(by=None, now=now, today=later, lot=water.pk, shares={"primary": Decimal(1)})
    verbs.issue(by=None, now=now, lot=water.pk, quantity=Decimal(450), consumer="x")
    with pytest.raises(RotationRefused, match="quicker"):
        rotate_out(by=None, now=now, today=now.date(), lot=water.pk, shares={"primary": Decimal(500)})
    with pytest.raises((NotAllowed, NotFound)):
        rotate_out(by=town.users["observer"], now=now, today=now.date(), lot=water.pk, shares={"primary": Decimal(1)})


def test_a_keepers_test_is_one_tap_and_an_inspection_needs_its_paper(town: Town, now: datetime) -> None:
    lot, keeper = town.lots[0], town.users["keeper"]
    Item.objects.filter(pk=lot.item_id).update(test_interval_days=90)
    passed_today(by=keeper, now=now, today=now.date(), lot=lot.pk)
    passed_today(by=keeper, now=now, today=now.date(), lot=lot.pk)
    assert EquipmentTest.objects.get().result == "passed"
    lot.refresh_from_db()
    assert lot.next_test_on == now.date() + timedelta(days=90)
    Item.objects.filter(pk=lot.item_id).update(test_interval_days=1095)
    with pytest.raises(TestRefused):
        passed_today(by=keeper, now=now, today=now.date(), lot=lot.pk)


@built_once
def truck(town: Town) -> Vehicle:
    made: Vehicle = save(
        "vehicle", NOW, code="truck", kind="truck", name_zh="车", name_en="Truck", organisation=town.fire.code,
        payload_kg=Decimal(100), lat=Decimal("37.4"), lon=Decimal("121.3"),
    )  # fmt: skip
    return made


def test_a_vehicle_takes_no_more_than_it_carries_by_any_way(town: Town, truck: Vehicle, now: datetime) -> None:
    lot, keeper = town.lots[0], town.users["keeper"]
    Item.objects.filter(pk=lot.item_id).update(weight_kg=30)
    board = moving.board_of(by=keeper, vehicle=truck)
    moving.move(by=keeper, now=now, lot=lot.pk, to=board, quantity=Decimal(3))
    aboard = StockLot.objects.get(site=board)
    with pytest.raises(Overloaded, match="120 kg"):
        moving.move(by=keeper, now=now, lot=lot.pk, to=board, quantity=Decimal(1))
    with pytest.raises(Overloaded):
        verbs.receive(by=keeper, now=now, lot=aboard.pk, quantity=Decimal(1))
    register = content.registers()["lot"]
    save_record(register=register, values={"quantity": 4}, by=keeper, now=now, pk=aboard.pk)
    with pytest.raises(Overloaded):
        confirm_stated(by=town.users["admin"], now=now, statement=StatedQuantity.objects.get().pk)
    assert StockLot.objects.get(pk=aboard.pk).quantity == 3
    new = {"code": "more", "item": lot.item.code, "site": board.code, "organisation": town.fire.code, "quantity": 1}
    with pytest.raises(Overloaded):
        save_record(register=register, values=new, by=None, now=now)
    with pytest.raises(Overloaded):
        save_record(register=content.registers()["vehicle"], values={"payload_kg": 80}, by=keeper, now=now, pk=truck.pk)
    verbs.issue(by=keeper, now=now, lot=aboard.pk, quantity=Decimal(1), consumer="x")
    assert StockLot.objects.get(pk=aboard.pk).quantity == 2


def test_what_is_on_board_is_found_where_the_vehicle_last_was(town: Town, truck: Vehicle, now: datetime) -> None:
    lot, keeper = town.lots[0], town.users["keeper"]
    board = moving.board_of(by=keeper, vehicle=truck)
    moving.move(by=keeper, now=now, lot=lot.pk, to=board, quantity=Decimal(3))
    here = Point(39.0, 117.0)

    def found() -> list[str]:
        reach = stock_within(
            keeper, here, item=lot.item.code, within=timedelta(minutes=10), journeys=journeys(StraightLine()),
            today=now.date(),
        )  # fmt: skip
        return [one.name.zh for one in reach.found]

    assert found() == []
    report_place(by=keeper, now=now, vehicle=truck, point=here)
    assert found() == ["车"]
    with pytest.raises(OlderReport):
        report_place(by=keeper, now=now - timedelta(minutes=1), vehicle=truck, point=Point(37, 121))
    with pytest.raises((NotAllowed, NotFound)):
        report_place(by=town.users["observer"], now=now, vehicle=truck, point=here)


def test_codes_come_from_the_list_that_was_loaded(town: Town, now: datetime) -> None:
    item = town.lots[0].item
    with pytest.raises(Refused, match="seven digits"):
        save_record(register=content.registers()["item"], values={"gb_code": "99"}, by=None, now=now, pk=item.pk)
    save("item_code", now, code="2010100", name_zh="防护服")
    assert ItemCode.objects.get().parent == "2010000"
    with pytest.raises(Refused, match="no 2010200"):
        give_codes(by=None, now=now, codes={item.code: "2010200"})
    assert give_codes(by=None, now=now, codes={item.code: "2010100"}) == 1
    item.refresh_from_db()
    assert item.gb_code == "2010100"
    with pytest.raises(Refused):
        save("item_code", now, code="2010300", name_zh="x", parent="1000000")
