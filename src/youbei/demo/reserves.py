"""Fill the four reserves of the demo city: stores, agreements, market and production; vehicles, tests, requirements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from youbei import content
from youbei.actions.registers.save import save_record
from youbei.actions.stock.moving import board_of, move
from youbei.actions.stores import create_lot
from youbei.demo import forces
from youbei.demo.city import point
from youbei.demo.history import Happening
from youbei.records.models import Agreement, Item, Organisation, Site, StockLot, User, Vehicle

CITY = "haizhou-emb"
OWN = frozenset({"enterprise", "port", "park", "school"})


def enter_stock(founded: datetime, now: datetime, sites: dict[str, Site]) -> None:
    """Enter what lies in the stores: of the government, or a unit's own."""
    items = {item.code: item for item in Item.objects.all()}
    for item, site, quantity, days in content.demo_table("sites")["stock"]:
        place = sites[site]
        reserve = "own" if place.organisation.kind in OWN else "government"
        enter_lot(founded, now, items[item], place, quantity, days, reserve=reserve)


def enter_lot(
    founded: datetime, now: datetime, item: Item, site: Site, quantity: float, days: int, **more: Any
) -> StockLot:
    expires_on = (now + timedelta(days=days)).date() if days else None
    life = item.shelf_life_days
    made_on = expires_on - timedelta(days=life) if expires_on and life else None
    agreement: Agreement | None = more.pop("agreement", None)
    return create_lot(
        by=None,
        now=founded,
        item=item,
        site=site,
        quantity=Decimal(quantity),
        expires_on=expires_on,
        more={"produced_on": made_on, "agreement": agreement, "received_on": founded.date() - timedelta(days=60)},
        **more,
    )


def enter_reserves(founded: datetime, now: datetime, sites: dict[str, Site]) -> None:
    """Enter agreements and what is held under them, market offers, production lines and requirements."""
    table = content.demo_table("reserves")
    valid = (now + timedelta(days=400)).date()
    owner = {"organisation": CITY, "valid_until": valid}
    for code, partner, zh, en, minutes in table["agreements"]:
        terms = {"kind": "call_off", "partner_name": partner, "response_min": Decimal(minutes)}
        save(founded, "agreement", [{"code": code, "name_zh": zh, "name_en": en, **terms, **owner}])
    for agreement, item, site, quantity, days in table["held"]:
        row = Agreement.objects.get(code=agreement)
        kept = {"reserve": "agreement", "agreement": row, "organisation": Organisation.objects.get(code=CITY)}
        enter_lot(founded, now, Item.objects.get(code=item), sites[site], quantity, days, **kept)
    save(founded, "market_offer", (offer(one) | owner for one in table["offers"]))
    save(founded, "capacity_line", (line(one) | owner for one in table["lines"]))
    save(founded, "requirement", (requirement(one) | owner for one in table["required"]))
    enter_vehicles(founded, sites)
    enter_tests(founded, now, sites)


def stating(now: datetime, users: Mapping[str, User]) -> Iterator[Happening]:
    """Yield what keepers state of their lots; it waits for somebody else who may count, such as the inspector."""
    for item, site, share, who, hours, reason in content.demo_table("reserves")["stated"]:
        at = now - timedelta(hours=hours)
        yield at, partial(state, item, site, Decimal(str(share)), users[who], reason, at)


def state(item: str, site: str, share: Decimal, by: User, reason: str, now: datetime) -> None:
    lot = StockLot.objects.filter(item__code=item, site__code=site).order_by("pk")[0]
    values = {"quantity": (lot.quantity * share).quantize(Decimal(1))}
    register = content.registers()["lot"]
    save_record(register=register, values=values, by=by, now=now, pk=lot.pk, reason=reason)


def save(now: datetime, register: str, records: Iterable[dict[str, Any]]) -> None:
    for values in records:
        forces.save(register, values, now)


def offer(row: list[Any]) -> dict[str, Any]:
    code, item, supplier, quantity, delay, price = row
    return {
        "code": code,
        "item": item,
        "supplier_name": supplier,
        "quantity": Decimal(quantity),
        "delay_h": Decimal(delay),
        "unit_price": Decimal(str(price)),
    }


def line(row: list[Any]) -> dict[str, Any]:
    code, item, zh, en, *figures = row
    names = ("switch_over_h", "first_rate", "ramp_up_h", "full_rate", "raw_material", "resupply_rate", "share")
    values = {name: Decimal(figure) for name, figure in zip(names, figures, strict=True)}
    return {"code": code, "item": item, "name_zh": zh, "name_en": en, **values}


def requirement(row: list[Any]) -> dict[str, Any]:
    code, item, quantity, within, basis, text = row
    figures = {"quantity": Decimal(quantity), "within_h": Decimal(within)}
    return {"code": code, "item": item, "basis": basis, "basis_text": text, **figures}


def enter_vehicles(founded: datetime, sites: dict[str, Site]) -> None:
    table = content.demo_table("reserves")
    for code, kind, unit, zh, en, payload, seats, plate, x, y in table["vehicles"]:
        spot = point(x, y)
        values = {"code": code, "kind": kind, "name_zh": zh, "name_en": en, "organisation": unit, "plate": plate}
        figures = {"payload_kg": Decimal(payload), "seats": seats, "lat": Decimal(str(spot.lat))}
        save(founded, "vehicle", [{**values, **figures, "lon": Decimal(str(spot.lon))}])
    for vehicle, item, site, quantity in table["on_board"]:
        board = board_of(by=None, vehicle=Vehicle.objects.get(code=vehicle))
        lot = StockLot.objects.filter(item__code=item, site=sites[site], reserve="government").order_by("pk")[0]
        move(by=None, now=founded, lot=lot.pk, to=board, quantity=Decimal(quantity))


def enter_tests(founded: datetime, now: datetime, sites: dict[str, Site]) -> None:
    for item, site, days, result in content.demo_table("reserves")["tests"]:
        lot = StockLot.objects.filter(item__code=item, site=sites[site]).order_by("pk")[0]
        values = {
            "lot": lot.code,
            "tested_on": (now - timedelta(days=days)).date(),
            "kind": "function",
            "tested_by": "海州市计量检测所",
            "result": result,
        }
        save(founded, "equipment_test", [values])
