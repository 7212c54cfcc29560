"""Decide many stated quantities in one step: each is judged as if it stood alone, and what is refused holds up none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from youbei.actions.permit import not_found
from youbei.actions.stock.posting import lock_lots
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import StatedQuantity, StockLot, User
from youbei.records.reports.stated import Which, waiting_keys

# How many are decided in one transaction: the lots stay locked and the log waits for as long.
AT_ONCE = 100


class Deciding(Protocol):
    def __call__(self, *, by: User | None, now: datetime, statement: int, answer: str = "") -> object: ...


VERBS: Mapping[str, Deciding] = {"confirm": confirm_stated, "reject": reject_stated}


class TooManyAtOnce(Refused):
    """Refuse to decide more statements in one step than one step may take."""

    status = 422


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A statement that stays as it was, the code of its lot (empty where one may not see it), and why."""

    statement: int
    lot: int
    code: str
    why: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step. `before` is where the next one goes on, None where nothing is left to look at."""

    done: tuple[int, ...]
    refused: tuple[NotDecided, ...]
    before: int | None = None


def decide_these(*, by: User | None, now: datetime, verb: str, statements: Sequence[int], answer: str = "") -> Outcome:
    """Confirm or reject these statements, at most `AT_ONCE`, the newest first; raise TooManyAtOnce for more."""
    keys = sorted(set(statements), reverse=True)
    if len(keys) > AT_ONCE:
        raise TooManyAtOnce(
            zh=f"一次最多办理 {AT_ONCE} 项报数，这里有 {len(keys)} 项。请分次办理，或按导入批次、仓库整批办理。",
            en=f"At most {AT_ONCE} quantities are decided in one step, and these are {len(keys)}. Decide them in "
            "several steps, or all of one import or store.",
        )
    return carry_out(by=by, now=now, verb=verb, keys=keys, answer=answer)


def decide_next(*, by: User, now: datetime, verb: str, which: Which, answer: str = "") -> Outcome:
    """Confirm or reject the next `AT_ONCE` of all that wait of one import or one store, from the newest on."""
    keys = waiting_keys(by, which, limit=AT_ONCE + 1)
    has_more = len(keys) > AT_ONCE
    keys = keys[:AT_ONCE]
    made = carry_out(by=by, now=now, verb=verb, keys=keys, answer=answer)
    return Outcome(made.done, made.refused, keys[-1] if has_more else None)


@transaction.atomic
def carry_out(*, by: User | None, now: datetime, verb: str, keys: Sequence[int], answer: str) -> Outcome:
    """Decide each by itself; all their lots are locked first, in one order, before anything is written to the log."""
    rows = dict(StatedQuantity.objects.filter(pk__in=keys).values_list("pk", "lot_id"))
    lots = lock_lots(rows.values())
    done: list[int] = []
    refused: list[NotDecided] = []
    for key in keys:
        lot = lots.get(rows.get(key, 0))
        try:
            if lot is None:
                raise not_found()
            VERBS[verb](by=by, now=now, statement=key, answer=answer)
        except Refused as refusal:
            refused.append(told(key, lot if lot is not None and refusal.status != 404 else None, refusal))
        else:
            done.append(key)
    return Outcome(tuple(done), tuple(refused))


def told(key: int, lot: StockLot | None, refusal: Refused) -> NotDecided:
    return NotDecided(key, lot.pk if lot else 0, lot.code if lot else "", refusal.text)
