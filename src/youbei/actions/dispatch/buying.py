"""Market offers and production lines in the problem of a dispatch, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from youbei.engine.dispatch.problem import Agreement, Leg, Lot, Owner
from youbei.engine.text import Text
from youbei.records.reports.dispatch.market import Bought

# What a line makes is offered in so many consignments of equal size, each ready when its last piece is made.
CONSIGNMENTS = 8
CENTS = 100


def supplies_of(bought: Iterable[Bought], wanted: Mapping[str, int]) -> Iterator[Lot]:
    """Yield an offer as it is, and a line in consignments, `line:<pk>/<number>`, up to what is wanted."""
    for one in bought:
        if one.kind == "offer":
            yield lot_of(one, one.key, one.free, one.ready_s(one.free) or 0)
            continue
        limit, made = min(one.free, wanted.get(one.item, 0)), 0
        for number in range(1, CONSIGNMENTS + 1):
            until = limit * number // CONSIGNMENTS
            ready = one.ready_s(until)
            if until > made and ready is not None:
                yield lot_of(one, f"{one.key}/{number}", until - made, ready)
                made = until


def lot_of(one: Bought, name: str, quantity: int, ready_s: int) -> Lot:
    return Lot(
        id=name,
        item=one.item,
        place=one.key,
        quantity=quantity,
        ready_s=ready_s,
        owner=one.key,
        label=one.supplier,
    )


def suppliers_of(bought: Iterable[Bought]) -> Iterator[Owner]:
    for one in bought:
        yield Owner(one.key, one.supplier, agreement=Agreement(price_per_piece=one.price))


def legs_of_delivery(bought: Iterable[Bought], destinations: Iterable[str]) -> Iterator[Leg]:
    """What is delivered to wherever it is wanted has its way within its time."""
    for one in bought:
        if one.at is None:
            for destination in dict.fromkeys(destinations):
                yield Leg(one.key, destination, 0)


def said_of(one: Bought, quantity: int) -> Text:
    """Say where it comes from, after how long, and for how much."""
    hours = f"{one.start_h.normalize():f}"
    if one.kind == "offer":
        zh, en = f"向市场采购，{hours} 小时交货", f"From the market, in {hours} h"
    else:
        rate = f"{one.rate_per_h:.1f}".removesuffix(".0")
        zh = f"由“{one.supplier.zh}”的生产线供应：启动 {hours} 小时后每小时 {rate}"
        en = f"From the line of {one.supplier.en or one.supplier.zh}: {rate} per hour after a start of {hours} h"
    if one.price:
        cost = f"{one.price * quantity / CENTS:,.2f}".removesuffix(".00")
        zh, en = f"{zh}，{cost} 元", f"{en}, for {cost} CNY"
    return Text(f"{zh}。", f"{en}.")
