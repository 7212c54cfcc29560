"""Quantities in other words than the unit of an item: packs (箱/box=24), and “3 箱” or “3 boxes” read exactly.

An item is counted in one unit. What it comes in is written down once, with how many of that unit each holds; whoever
enters a quantity may then use either. Everything is reckoned in `Decimal`: what does not come out even is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from youbei.engine.errors import Refused
from youbei.engine.text import Text, unit_of

MOST_PACKS = 12
LONGEST_NAME = 20
# What one pack holds: a bag of 25 kg of an item that is counted in tonnes holds 0.025.
LEAST, MOST, PLACES = Decimal("0.000001"), Decimal(10**6), Decimal("0.000001")
THOUSANDTH = Decimal("0.001")
NUMBER = r"[0-9][0-9,，]*(?:\.[0-9]+)?"
WORD = r"[^\d\s.,，+=;；/、\-][^\d.,，+=;；/、\-]*"
PART = re.compile(rf"\s*({NUMBER})\s*({WORD})")
NAME = re.compile(WORD)
# Marks as they are typed in full width; letters and digits are plain already where a cell has been read.
WIDE = str.maketrans("；＝／．：", ";=/.:")
GROUPED = re.compile(r"\d{1,3}([,，]\d{3})+(\.\d+)?")


class PacksRefused(Refused):
    """Refuse a list of packs that cannot be read or that says one name twice."""

    status = 422


class UnitUnknown(Refused):
    """Refuse a quantity in a unit that its item is neither counted nor packed in, naming those that it is."""

    status = 422


class NotEven(Refused):
    """Refuse packs that come to a quantity with more than three decimal places."""

    status = 422


@dataclass(frozen=True, slots=True)
class Pack:
    """What an item comes in: its names in whichever language, and how many units of the item one holds."""

    names: tuple[str, ...]
    holds: Decimal


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity as it was written, in parts of (number, unit); str() gives the words back."""

    parts: tuple[tuple[Decimal, str], ...]

    def __str__(self) -> str:
        return " ".join(f"{number:f} {word}" for number, word in self.parts)


@dataclass(frozen=True, slots=True)
class Units:
    """What quantities of one item may be written in: its own unit, and its packs."""

    unit: Text
    packs: tuple[Pack, ...] = ()

    def holds(self, word: str) -> Decimal | None:
        """Return how many units of the item one of these is, None for a word that is not known."""
        if any(is_same(word, name) for name in (self.unit.zh, self.unit.en) if name):
            return Decimal(1)
        return next((pack.holds for pack in self.packs if any(is_same(word, name) for name in pack.names)), None)

    def known(self) -> Text:
        """Return the units that may be written, as a list for a sentence."""
        own = "/".join(dict.fromkeys(name for name in (self.unit.zh, self.unit.en) if name))
        said = [own, *(f"{'/'.join(pack.names)} (= {pack.holds.normalize():f})" for pack in self.packs)]
        return Text("、".join(said), ", ".join(said))


def folded(text: str) -> str:
    """Return a word so that full-width letters, capitals and spaces around it make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_same(word: str, name: str) -> bool:
    """Say whether a word is a unit's name, in English as one or as many: units are registered as many, packs as one."""
    said, known = folded(word), folded(name)
    return said == known or (known.isascii() and (said in many(known) or known in many(said)))


def many(word: str) -> frozenset[str]:
    return frozenset({f"{word}s", f"{word}es", *((f"{word[:-1]}ies",) if word.endswith("y") else ())})


def read_measured(text: str) -> Measured | None:
    """Return a quantity that is written with its unit, None for text that is none; signs and sums are none."""
    parts: list[tuple[Decimal, str]] = []
    at, said = 0, text.translate(WIDE).strip()
    while at < len(said):
        found = PART.match(said, at)
        if found is None or len(parts) == MOST_PACKS:
            return None
        number = found[1]
        if re.search("[,，]", number) and not GROUPED.fullmatch(number):
            return None
        parts.append((Decimal(number.replace(",", "").replace("，", "")), found[2].strip()))
        at = found.end()
    return Measured(tuple(parts)) if parts else None


def in_units(said: Measured, units: Units) -> Decimal:
    """Return what was written in units of the item, exactly; raise UnitUnknown or NotEven."""
    total = Decimal(0)
    for number, word in said.parts:
        holds = units.holds(word)
        if holds is None:
            known = units.known()
            raise UnitUnknown(
                zh=f"不认识计量单位“{word}”。可用：{known.zh}。请改用其中之一，或先在物资目录中登记包装换算。",
                en=f"“{word}” is no unit of this item. It knows: {known.en}. Use one of these, or enter the pack with "
                "the item first.",
            )
        total += number * holds
    if total % THOUSANDTH:
        raise NotEven(
            zh=f"“{said}”合 {total.normalize():f} {units.unit.zh}，超过三位小数。请直接填写{units.unit.zh}数。",
            en=f"“{said}” comes to {total.normalize():f}, with more than three decimal places. Write the quantity in "
            f"{units.unit.en or units.unit.zh} instead.",
        )
    return total


def in_words(said: Measured, quantity: Decimal, units: Units) -> str:
    """Return what is kept beside the quantity: “3 箱 = 72 瓶”; empty where it was written in the item's own unit."""
    own = (units.unit.zh, units.unit.en)
    if all(any(is_same(word, name) for name in own if name) for _, word in said.parts):
        return ""
    own_unit = unit_of(quantity, units.unit)
    unit = own_unit.zh if not str(said).isascii() else own_unit.en or own_unit.zh
    return f"{said} = {quantity.normalize():f} {unit}"


def read_packs(text: str) -> tuple[Pack, ...]:
    """Read `箱/box=24; 托/pallet=480`; raise PacksRefused with what is wrong."""
    packs: list[Pack] = []
    for part in re.split(r"[;\n]+", text.translate(WIDE)):
        if part.strip():
            packs.append(read_pack(part))
    names = [folded(name) for pack in packs for name in pack.names]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PacksRefused(
            zh=f"包装“{twice}”出现了两次。请只保留一个。", en=f"The pack “{twice}” is there twice. Keep one of them."
        )
    if len(packs) > MOST_PACKS:
        raise PacksRefused(
            zh=f"最多 {MOST_PACKS} 种包装，现有 {len(packs)} 种。请删去不用的。",
            en=f"An item has {MOST_PACKS} packs at most, and these are {len(packs)}. Leave out those not used.",
        )
    return tuple(packs)


def read_pack(part: str) -> Pack:
    names, equals, holds = part.partition("=")
    said = tuple(" ".join(name.split()) for name in re.split(r"[/、]", names) if name.strip())
    try:
        number = Decimal(holds.strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    fits = number.is_finite() and LEAST <= number <= MOST and number == number.quantize(PLACES)
    if not equals or not said or not fits or any(len(one) > LONGEST_NAME or not NAME.fullmatch(one) for one in said):
        raise PacksRefused(
            zh=f"包装“{part.strip()[:40]}”看不懂。请写成“箱/box=24”：名称（可写两种语言）、等号、每件合多少计量单位；"
            "多种包装用分号隔开。",
            en=f"The pack “{part.strip()[:40]}” cannot be read. Write box=24: a name (or two, separated by a "
            "slash), an equals sign, and how many units one holds; several are separated by semicolons.",
        )
    return Pack(said, number)


def write_packs(packs: Iterable[Pack]) -> str:
    """Write packs so that `read_packs` gives them back."""
    return "; ".join(f"{'/'.join(pack.names)}={pack.holds.normalize():f}" for pack in packs)


def demand_packs(packs: Iterable[Pack], unit: Text) -> None:
    """Raise PacksRefused where a pack is called like the unit of its item."""
    own = Units(unit)
    for name in (name for pack in packs for name in pack.names):
        if own.holds(name) is not None:
            raise PacksRefused(
                zh=f"包装“{name}”与计量单位同名。请换一个名称。",
                en=f"The pack “{name}” is called like the unit itself. Call it something else.",
            )
