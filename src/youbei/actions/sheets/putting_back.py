"""Take back what an import wrote, for many records at once: delete those it entered, give the others their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from youbei.actions.registers.history import read_values
from youbei.actions.registers.holdings import HeldAlready, Holdings
from youbei.actions.registers.save import stored
from youbei.actions.sheets.applying import carry_to_their_place, columns_of
from youbei.actions.sheets.standing import Why, undoing_of
from youbei.actions.stock.registered import bring_in_line, withdraw
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.records.insert import delete_rows, insert_rows, update_records
from youbei.records.models import PostHolding, RecordChange, SheetImport, StockLot, User
from youbei.records.models.scope import Registered
from youbei.records.registers.follow import complete, follow
from youbei.records.registers.leaving import forget, settle
from youbei.records.registers.references import References
from youbei.records.registers.tables import model_of, path_column, right_at
from youbei.records.registers.values import Values, as_json, values_of

One = TypeVar("One")
Pair = tuple[Registered, RecordChange]


@dataclass(frozen=True, slots=True)
class Undoing:
    """An undoing that is going on: of which sheet, by whom and when."""

    register: Register
    sheet: SheetImport
    by: User | None
    now: datetime
    label: str
    allowed: dict[str, bool] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return undoing_of(self.sheet.source)

    def may(self, path: str) -> bool:
        """Say whether who undoes may still write there; asked once per unit."""
        if self.by is None:
            return True
        if path not in self.allowed:
            self.allowed[path] = self.by.may(self.register.edit, right_at(self.register, path))
        return self.allowed[path]

    def change(self, row: Registered, pk: int, kind: str, before: Values, after: Values) -> dict[str, Any]:
        return {
            "register": self.register.name,
            "record_id": pk,
            "org_path": getattr(row, path_column(self.register)),
            "at": self.now,
            "by_id": self.by.pk if self.by is not None else None,
            "by_label": self.label,
            "kind": kind,
            "before": as_json(before),
            "after": as_json(after),
            "source": self.source,
        }


def together_or_alone(units: Sequence[One], work: Callable[[Sequence[One]], None]) -> list[One]:
    """Do the work for all at once, or where the database refuses that, one by one; return those that it refused."""
    if not units:
        return []
    try:
        with transaction.atomic():
            work(units)
        return []
    except IntegrityError:
        if len(units) == 1:
            return list(units)
    return [one for one in units if together_or_alone([one], work)]


def remove(undoing: Undoing, rows: Sequence[Registered]) -> dict[int, Why]:
    """Delete records that the import entered and nothing else refers to; return those that could not be, with why."""
    refused = together_or_alone(rows, lambda some: remove_all(undoing, some))
    return {row.pk: Why.REFERRED for row in refused}


def remove_all(undoing: Undoing, rows: Sequence[Registered]) -> None:
    register, pks = undoing.register, [row.pk for row in rows]
    withdraw(rows, by=undoing.by, now=undoing.now, source=undoing.source)
    forget(register, pks)
    delete_rows(model_of(register), pks)
    settle(register, rows)
    if register.is_about_persons:
        # What is no more cannot be erased on request: nothing personal stays behind in its history.
        RecordChange.objects.filter(register=register.name, record_id__in=pks).update(before={}, after={})
    removed = [undoing.change(row, row.pk, RecordChange.Kind.REMOVED.value, {}, {}) for row in rows]
    insert_rows(RecordChange, removed)


def put_back(undoing: Undoing, pairs: Sequence[Pair]) -> dict[int, Why]:
    """Give records the values they had before the import; return those that cannot have them, with why."""
    kept: dict[int, Why] = {}
    references = learned(undoing.register, pairs)
    holdings = Holdings([row.person_id for row, _ in pairs if isinstance(row, PostHolding)])
    ready: list[tuple[Registered, Values]] = []
    for row, change in pairs:
        was = values_of(undoing.register, row)
        try:
            fill(undoing.register, row, change, references)
            if isinstance(row, PostHolding) and row.retired_at is None:
                holdings.put(row)
        except HeldAlready:
            kept[row.pk] = Why.CHANGED
            continue
        except Refused:
            kept[row.pk] = Why.GONE
            continue
        if isinstance(row, StockLot) and row.quantity < row.reserved:
            kept[row.pk] = Why.MOVED
            continue
        ready.append((row, was))
    refused = together_or_alone(ready, lambda some: put_back_all(undoing, some))
    return kept | {row.pk: Why.CHANGED for row, _ in refused}


def learned(register: Register, pairs: Sequence[Pair]) -> References:
    """Look up all that these records referred to, at once."""
    references = References(None)
    for described in register.references:
        words = {str(change.before[described.name]) for _, change in pairs if change.before.get(described.name)}
        references.learn(described.refers_to, words)
    return references


def fill(register: Register, row: Registered, change: RecordChange, references: References) -> None:
    """Put back what a row said, whether it was in use, and whose confirmation it had, unless it has a newer one."""
    for name, value in read_values(register, change.before).items():
        setattr(row, name, stored(register.field(name), value, references))
    if change.before.get("retired_at"):
        row.retired_at = datetime.fromisoformat(change.before["retired_at"])
    if "confirmed_at" in change.before and row.confirmed_at == change.at:
        said = change.before["confirmed_at"]
        row.confirmed_at = datetime.fromisoformat(said) if said else None
        row.confirmed_by = change.before.get("confirmed_by", "")


def put_back_all(undoing: Undoing, pairs: Sequence[tuple[Registered, Values]]) -> None:
    register, rows = undoing.register, [row for row, _ in pairs]
    stood = {row.pk: getattr(row, path_column(register)) for row in rows}
    complete(register, rows)
    model = model_of(register)
    update_records(model, rows, columns_of(register, model))
    follow(register, rows, now=undoing.now)
    carry_to_their_place(register, [row for row in rows if getattr(row, path_column(register)) != stood[row.pk]])
    bring_in_line(rows, by=undoing.by, now=undoing.now, source=undoing.source)
    made = []
    for row, was in pairs:
        says = values_of(register, row)
        names = [name for name in says if was[name] != says[name]]
        before, after = {name: was[name] for name in names}, {name: says[name] for name in names}
        made.append(undoing.change(row, row.pk, RecordChange.Kind.CHANGED.value, before, after))
    insert_rows(RecordChange, made)
