"""Quantities that were written in packs: what they come to in the unit of the item that a record is about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.packs import Measured, Units, in_units, in_words, read_packs
from youbei.engine.registers.parse import CellRefused, exact, parse
from youbei.engine.text import Text
from youbei.records.models import Item, StockLot
from youbei.records.models.scope import Registered

# How much is received, issued or counted of a lot.
AMOUNT = Field(
    "quantity",
    Text("数量", "Quantity"),
    FieldKind.DECIMAL,
    is_required=True,
    least=Decimal("0.001"),
    most=Decimal(10**9),
    in_units_of="item",
)
COUNTED = replace(AMOUNT, title=Text("盘点数", "Counted"), least=Decimal(0))


class Measures:
    """Know what the items of one sheet or form come in; each item is asked for once."""

    def __init__(self) -> None:
        self.known: dict[int, Units] = {}

    def settle(self, field: Field, value: Any, row: Registered) -> tuple[Any, str]:
        """Return a value as the column holds it, and the words it was written in where these were others.

        The item of the row is set before; raise CellRefused, UnitUnknown or NotEven.
        """
        if not isinstance(value, Measured):
            return value, ""
        item = getattr(row, f"{field.in_units_of}_id", None)
        if item is None:
            raise CellRefused(
                zh=f"“{field.title.zh}”写的是“{value}”，但没有填写物资，无法换算。请先填写物资。",
                en=f"{field.title.en} says “{value}”, but not of which item, so it cannot be reckoned. Enter the item.",
            )
        if item not in self.known:
            self.known[item] = units_of(Item.objects.get(pk=item))
        return measured(field, value, self.known[item])


def units_of(item: Item) -> Units:
    return Units(Text(item.unit_zh, item.unit_en), read_packs(item.packs))


def measured(field: Field, said: Measured, units: Units) -> tuple[Decimal, str]:
    quantity = exact(field, in_units(said, units))
    return quantity, in_words(said, quantity, units)


def amount_of(lot: StockLot, said: Any, field: Field = AMOUNT, *, reason: str = "") -> tuple[Decimal, str]:
    """Return how much of a lot is meant, and the reason with the words before it where it was written in packs."""
    quantity, words = Measures().settle(field, parse(field, said), lot)
    return quantity, " · ".join(part for part in (words, reason) if part)


def words_of(row: Registered) -> str:
    """Return the words in which the quantity of a lot was just written, empty where these are its own unit."""
    return str(row.__dict__.get("_in_words", "")) if isinstance(row, StockLot) else ""


def keep_words(row: Registered, words: str) -> None:
    """Keep the words beside the row until its movement or statement is written."""
    if words:
        row.__dict__["_in_words"] = words
