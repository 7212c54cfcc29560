"""Say of rows of a sheet what they would do to a register: add, change, leave as it is, or why they cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone

from youbei.actions.permit import not_allowed
from youbei.actions.registers.guards import guard
from youbei.actions.registers.holdings import Held, Holdings
from youbei.actions.registers.measures import Measures, keep_words
from youbei.actions.registers.save import check_required, stored
from youbei.actions.sheets.lines import CIRCLE, Line
from youbei.actions.stock.stated import hold_back
from youbei.engine.errors import Refused
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.happened import still_to_come
from youbei.engine.registers.parse import CellRefused, parse
from youbei.engine.registers.register import Register
from youbei.engine.registers.spoilt import TOO_LONG
from youbei.engine.text import Text
from youbei.records.models import PostHolding, User
from youbei.records.models.scope import Registered
from youbei.records.registers.follow import complete, place_of
from youbei.records.registers.references import ReferenceRefused, References
from youbei.records.registers.tables import model_of, path_column, records_of, right_at
from youbei.records.registers.values import Values, column_value, values_of, with_references

What = Literal["added", "changed", "unchanged", "refused"]
Key = tuple[Any, ...]
# What a column says again and again, and what nothing changes that holds it.
REPEATING = frozenset(
    {
        FieldKind.CHOICE,
        FieldKind.CHOICES,
        FieldKind.GRADES,
        FieldKind.REFERENCE,
        FieldKind.DATE,
        FieldKind.FLAG,
        FieldKind.INTEGER,
        FieldKind.DECIMAL,
    }
)

IN_A_CIRCLE = Text("上级关系成环，请改正。", "The superiors form a circle. Correct them.")


@dataclass(slots=True)
class Judged:
    """A row, what it would do, and the record as it would be; `problems` are (field or empty, why).

    `retired_at` is since when the record was out of use: an import brings it back. `stated` is another quantity of a
    lot than its ledger has: it will wait for a second person.
    """

    line: Line
    what: What = "refused"
    problems: list[tuple[str, Text]] = field(default_factory=list)
    row: Registered | None = None
    retired_at: datetime | None = None
    stated: Decimal | None = None
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)

    @property
    def fields_changed(self) -> list[str]:
        return [name for name, value in self.after.items() if self.before.get(name) != value]


class Judge:
    """Judge the rows of one sheet, batch by batch. `own_codes` are those that the sheet itself enters."""

    def __init__(
        self,
        register: Register,
        columns: dict[str, int],
        by: User | None,
        own_codes: frozenset[str] = frozenset(),
        *,
        now: datetime,
    ) -> None:
        self.register, self.columns, self.by, self.own_codes = register, columns, by, own_codes
        self.fields = [(register.field(name), column) for name, column in columns.items()]
        self.references = References(by)
        self.seen: dict[tuple[str, type, Any], Any] = {}
        self.measures = Measures()
        self.zone = timezone.get_current_timezone()
        self.allowed: dict[str, bool] = {}
        self.holdings: Holdings | None = None
        # What earlier rows of the sheet say of the posts of these persons, where they are judged and not stored.
        self.held_before: Callable[[Collection[int]], Iterable[Held]] = lambda persons: ()
        self.now = now

    def judge(self, lines: Sequence[Line]) -> list[Judged]:
        judged = [Judged(line) for line in lines]
        read = [self.read(one) for one in judged]
        self.learn(read)
        waiting = [self.refer(one, said) for one, said in zip(judged, read, strict=True)]
        good = [(one, said, waits) for one, said, waits in zip(judged, read, waiting, strict=True) if not one.problems]
        known = self.existing([said for _, said, _ in good])
        found = [(one, said, known.get(self.key(said)), waits) for one, said, waits in good]
        if model_of(self.register) is PostHolding:
            persons = {said["person!"].pk for _, said, _ in good if said.get("person!")}
            self.holdings = Holdings(persons)
            self.holdings.know(self.held_before(persons))
            # What there is comes first: where one row ends a holding and another begins the next, both can be taken.
            found.sort(key=lambda each: each[2] is None)
        for one, said, row, waits in found:
            self.weigh(one, said, row, waits)
        return judged

    def read(self, one: Judged) -> Values:
        """Read the cells; each that cannot be read is a problem of its own."""
        said: Values = {}
        if one.line.same_as == CIRCLE:
            one.problems.append(("", IN_A_CIRCLE))
        elif one.line.same_as is not None:
            number = one.line.same_as
            one.problems.append(
                ("", Text(f"与第 {number} 行重复。请删去一行。", f"The same as row {number}. Delete one of them."))
            )
        for described, column in self.fields:
            if one.line.cells[column] == TOO_LONG:
                continue
            try:
                said[described.name] = self.value(described, one.line.cells[column])
            except CellRefused as refusal:
                one.problems.append((described.name, refusal.text))
        return said

    def value(self, described: Field, cell: Any) -> Any:
        """Read a cell; of the kinds that repeat from row to row, each is read once."""
        if described.kind not in REPEATING or isinstance(cell, (list, dict)):
            return parse(described, cell, self.zone)
        known = (described.name, cell.__class__, cell)
        if known not in self.seen:
            self.seen[known] = parse(described, cell, self.zone)
        return self.seen[known]

    def learn(self, read: Sequence[Values]) -> None:
        for described in self.register.references:
            if described.name in self.columns:
                self.references.learn(
                    described.refers_to, {said[described.name] for said in read if said.get(described.name)}
                )

    def refer(self, one: Judged, said: Values) -> bool:
        """Find the records that are referred to; return whether one of them comes with this very sheet."""
        waits = False
        for described in self.register.references:
            word = said.get(described.name)
            if not word:
                continue
            try:
                said[f"{described.name}!"] = self.references.find(described, word)
            except ReferenceRefused as refusal:
                if described.refers_to == self.register.name and word.lower() in self.own_codes:
                    waits = True
                else:
                    one.problems.append((described.name, refusal.text))
        return waits

    def key(self, said: Values) -> Key:
        """Return the key of a row, references by the keys of their rows."""
        return tuple(self.key_part(self.register.field(name), said) for name in self.register.key)

    def key_part(self, described: Field, said: Values) -> Any:
        if described.kind is FieldKind.REFERENCE:
            target = said.get(f"{described.name}!")
            return None if target is None else target.pk
        return column_value(described, said.get(described.name))

    def existing(self, read: Sequence[Values]) -> dict[Key, Registered]:
        """Find the records with these keys, all at once."""
        names = self.register.key
        parts = [self.key(said) for said in read]
        if not parts:
            return {}
        narrowed = {}
        for index, name in enumerate(names):
            column = f"{name}_id" if self.register.field(name).refers_to else name
            values = {part[index] for part in parts}
            if None not in values:
                narrowed[f"{column}__in"] = values
        found = {}
        rows = with_references(self.register, records_of(self.register).filter(**narrowed))
        for row in rows.select_for_update(of=("self",), no_key=True):
            part = tuple(getattr(row, f"{name}_id" if self.register.field(name).refers_to else name) for name in names)
            found[part] = row
        return found

    def weigh(self, one: Judged, said: Values, row: Registered | None, waits: bool) -> None:
        """Put the values into the record and see whether it could be stored."""
        register = self.register
        is_new = row is None
        row = model_of(register)() if row is None else row
        try:
            if not is_new:
                self.require_path(getattr(row, path_column(register)))
                one.before = values_of(register, row)
            self.put(row, said, is_new)
            if waits:
                one.what = "added" if is_new else "changed"
                return
            one.after = values_of(register, row)
            check_required(register, one.after)
            one.stated = hold_back(row, one.before)
            if one.stated is not None:
                one.after["quantity"] = one.before["quantity"]
            self.require_path(place_of(register, row))
            if late := still_to_come(register, one.before, one.after, now=self.now, zone=self.zone):
                one.problems.extend((described.name, why) for described, why in late)
                return
            guard(register, row, one.before, one.after)
            if isinstance(row, PostHolding) and self.holdings is not None:
                self.holdings.put(row)
            complete(register, [row])
            # What is put in place of what was written, as a code in force for an old one, is no change the next time.
            one.after = values_of(register, row)
        except Refused as refusal:
            one.problems.append(("", refusal.text))
            return
        one.row = row
        one.retired_at = row.retired_at
        one.what = "added" if is_new else "changed" if one.retired_at or one.fields_changed else "unchanged"
        row.retired_at = None

    def put(self, row: Registered, said: Values, is_new: bool) -> None:
        for described in self.register.fields:
            if described.name in said:
                if described.kind is FieldKind.REFERENCE:
                    setattr(row, described.name, said.get(f"{described.name}!"))
                else:
                    value, words = self.measures.settle(described, column_value(described, said[described.name]), row)
                    setattr(row, described.name, value)
                    keep_words(row, words)
            elif is_new and described.kind is not FieldKind.REFERENCE:
                setattr(row, described.name, stored(described, None, self.references))

    def require_path(self, path: str) -> None:
        """Refuse a place where the importer may not write; asked once per unit."""
        if self.by is None:
            return
        if path not in self.allowed:
            self.allowed[path] = self.by.may(self.register.edit, right_at(self.register, path))
        if not self.allowed[path]:
            raise not_allowed(self.register.edit)
