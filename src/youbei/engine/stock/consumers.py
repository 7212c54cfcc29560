"""Who can use up what must be rotated: the nearest that need such a thing daily, each as much as they use in time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from youbei.engine.text import Text

NOTHING = Decimal(0)
# Assumption: nobody takes in more at once than they use in two months.
LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Use:
    """Which kinds of organisations use which items, how much a head a day, and why we think so."""

    items: frozenset[str]
    kinds: frozenset[str]
    daily: Decimal
    why: Text


@dataclass(frozen=True, slots=True)
class Consumer:
    """An organisation with its heads: staff, and pupils where it is a school."""

    code: str
    name: Text
    kind: str
    people: int
    distance_m: float = math.inf


@dataclass(frozen=True, slots=True)
class Share:
    """So much for one consumer, and in how many days it is used up."""

    consumer: Consumer
    quantity: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class SharedOut:
    """What goes to whom, what nobody near can use in time, and on what the figures rest."""

    shares: tuple[Share, ...]
    left: Decimal
    why: Text


def use_from_data(data: Mapping[str, Any]) -> Use:
    why = Text.from_data(data["why"])
    return Use(frozenset(data["items"]), frozenset(data["kinds"]), Decimal(data["daily"]), why)


def use_of(item: str, uses: Iterable[Use]) -> Use | None:
    return next((use for use in uses if item in use.items), None)


def share_out(
    quantity: Decimal, *, use: Use | None, consumers: Iterable[Consumer], usable: timedelta, step: Decimal = Decimal(1)
) -> SharedOut:
    """Give a quantity to consumers, the nearest first, each no more than it uses up while the thing keeps.

    `step` is the least that is handed over; what is left over is nobody's.
    """
    rest, shares = quantity, []
    if use is None or usable <= timedelta(0):
        return SharedOut((), rest, Text())
    days = min(usable, LONGEST).days
    fitting = (one for one in consumers if one.kind in use.kinds and one.people > 0)
    for consumer in sorted(fitting, key=lambda one: (one.distance_m, one.code)):
        most = (consumer.people * use.daily * days / step).to_integral_value(ROUND_FLOOR) * step
        taken = min(rest, most)
        if taken <= 0:
            continue
        shares.append(Share(consumer, taken, math.ceil(taken / (consumer.people * use.daily))))
        rest -= taken
        if rest <= 0:
            break
    return SharedOut(tuple(shares), rest, use.why)
