"""Agreements with other units: whether they hold, and what is owed for what was used of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.text import Text

# Assumption: two months are what a renewal takes between two administrations.
RENEW_WITHIN = timedelta(days=60)
CENT = Decimal("0.01")
HOUR = Decimal(3600)


class Basis(StrEnum):
    """What a rate is paid for."""

    TEAM_HOUR = "team_hour"
    PERSON_HOUR = "person_hour"
    CALL_OUT = "call_out"
    QUANTITY = "quantity"


BASIS_NAMES: Mapping[Basis, Text] = {
    Basis.TEAM_HOUR: Text("队·小时", "team hours"),
    Basis.PERSON_HOUR: Text("人·小时", "person hours"),
    Basis.CALL_OUT: Text("次", "call-outs"),
    Basis.QUANTITY: Text("数量", "quantity"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a basis costs; `item` names the item for a quantity, empty for any."""

    code: str
    name: Text
    basis: Basis
    amount: Decimal
    item: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What was used of a partner in one response: a team with its people, or a quantity of an item.

    `until` is None where it has not been released yet; such a use has no price. `key` tells one use from another, also
    between statements under several agreements.
    """

    what: Text
    since: datetime
    until: datetime | None
    people: int = 0
    item: str = ""
    quantity: Decimal = Decimal(0)
    key: str = ""

    @property
    def is_team(self) -> bool:
        return not self.item

    @property
    def hours(self) -> Decimal:
        if self.until is None:
            return Decimal(0)
        seconds = max(0, int((self.until - self.since).total_seconds()))
        return (Decimal(seconds) / HOUR).quantize(CENT, ROUND_HALF_UP)

    @property
    def is_backwards(self) -> bool:
        """Say whether it is recorded to have ended before it began."""
        return self.until is not None and self.until < self.since


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: what, how much of it, at which rate, and what that makes."""

    what: Text
    rate: Text
    basis: Basis
    amount: Decimal
    price: Decimal
    total: Decimal
    use: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is owed. `unpriced` was used but no rate covers it; `running` has not been released yet.

    `outside` was sent while the agreement was not in force, `settled` stands in a statement under another agreement,
    `ended` is all that the statement is about.
    """

    lines: tuple[Line, ...]
    unpriced: tuple[Use, ...]
    running: tuple[Use, ...]
    outside: tuple[Use, ...] = ()
    settled: tuple[Use, ...] = ()
    ended: tuple[Use, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))


def statement(rates: Sequence[Rate], uses: Sequence[Use]) -> Statement:
    """Price what was used. Every rate that fits a use is charged: a call-out and hours may stand side by side."""
    lines: list[Line] = []
    unpriced: list[Use] = []
    for use in uses:
        if use.until is None:
            continue
        own = [line for rate in rates if (line := charge(rate, use)) is not None]
        lines += own
        if not own:
            unpriced.append(use)
    ended = tuple(use for use in uses if use.until is not None)
    return Statement(tuple(lines), tuple(unpriced), tuple(use for use in uses if use.until is None), ended=ended)


def charge(rate: Rate, use: Use) -> Line | None:
    """Return the line of one rate for one use, None where the rate is for something else."""
    if use.is_team is (rate.basis is Basis.QUANTITY) or (rate.item and rate.item != use.item):
        return None
    amount = {
        Basis.TEAM_HOUR: use.hours,
        Basis.PERSON_HOUR: use.hours * use.people,
        Basis.CALL_OUT: Decimal(1),
        Basis.QUANTITY: use.quantity,
    }[rate.basis]
    total = (amount * rate.amount).quantize(CENT, ROUND_HALF_UP)
    return Line(use.what, rate.name, rate.basis, amount, rate.amount, total, use.key)


class Validity(StrEnum):
    """How an agreement stands on a day."""

    COMING = "coming"
    VALID = "valid"
    ENDING = "ending"
    ENDED = "ended"


def validity(valid_from: date | None, valid_until: date | None, on: date) -> Validity:
    """Say whether an agreement holds on a day; the last day belongs to it."""
    if valid_from is not None and on < valid_from:
        return Validity.COMING
    if valid_until is None:
        return Validity.VALID
    if valid_until < on:
        return Validity.ENDED
    return Validity.ENDING if valid_until - on <= RENEW_WITHIN else Validity.VALID


class Stage(StrEnum):
    """How far a compensation statement has come."""

    DRAFTED = "drafted"
    SENT = "sent"
    AGREED = "agreed"
    PAID = "paid"


NEXT: Mapping[Stage, Stage] = {Stage.DRAFTED: Stage.SENT, Stage.SENT: Stage.AGREED, Stage.AGREED: Stage.PAID}
STAGE_NAMES: Mapping[Stage, Text] = {
    Stage.DRAFTED: Text("已起草", "drafted"),
    Stage.SENT: Text("已送达", "sent"),
    Stage.AGREED: Text("已确认", "agreed"),
    Stage.PAID: Text("已支付", "paid"),
}


class WrongStage(Refused):
    """Refuse a step that does not follow from where a statement stands."""


def refuse_wrong_stage(present: Stage, wanted: Stage) -> None:
    """Raise `WrongStage` unless `wanted` comes right after `present`."""
    if NEXT.get(present) is not wanted:
        raise WrongStage(
            zh=f"补偿结算单目前“{STAGE_NAMES[present].zh}”，不能改为“{STAGE_NAMES[wanted].zh}”。请按起草、送达、确认、支付的次序办理。",
            en=f"The statement is {STAGE_NAMES[present].en} and cannot become {STAGE_NAMES[wanted].en} now. "
            "It is drafted, sent, agreed and paid, in this order.",
        )
