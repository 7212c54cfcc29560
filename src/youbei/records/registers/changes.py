"""The history of all registers as one list: what was changed, by whom and when, as far as somebody may see.

The list goes by time, newest first, and takes its pages as `walk` does: by an index that holds what is asked for; where
one condition leaves few rows by fetching these; else by trying row after row, over so many and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, RecordChange, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import (
    BACK,
    FORWARD,
    LARGEST_PAGE,
    PAGE_SIZE,
    Page,
    behind,
    cursor_at,
    make_cursor,
    open_cursor,
    reverse,
)
from youbei.records.registers.conditions import Condition, Unindexed
from youbei.records.registers.filters import LONGEST_WORD, day
from youbei.records.registers.pages import as_record
from youbei.records.registers.tables import path_column, records_of
from youbei.records.registers.values import with_references
from youbei.records.registers.walk import BACK_FROM, FORWARD_FROM

ORDER = ("-at", "-id")
FEW = 1000
AT = "at"
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
STEPS = 3000
# How a change came, as the address says it, and how its `source` begins.
FORM = "form"
SOURCES: Mapping[str, str] = {
    FORM: "",
    "import": "import:",
    "campaign": "campaign:",
    "api": "api",
    "restore": "restore:",
    "tree": "tree",
    "selection": "selection",
}
# The kinds of which there are few in any history: they are looked for first.
RARE = ("retired", "revived", "erased", "removed", "asked", "withdrawn")


@dataclass(frozen=True, slots=True)
class ChangeFilters:
    """What the history is narrowed by; empty means all. `who` is the name of an account; the days are both included."""

    register: str = ""
    record: int | None = None
    unit: str = ""
    who: str = ""
    kind: str = ""
    source: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A change with the record it happened to; `name` is None where the record is gone or not for this reader."""

    change: RecordChange
    register: Register
    name: Text | None

    @property
    def source(self) -> str:
        return source_of(self.change.source)


@dataclass(frozen=True, slots=True)
class ChangePage(Page[Changed]):
    """A page of the history; `is_cut` says that only a part was looked through for it and the next one goes on."""

    is_cut: bool = False


def read_change_filters(query: Mapping[str, str]) -> ChangeFilters:
    """Read the filters that an address names; what cannot be read is passed over, as a link may be old."""

    def word(name: str) -> str:
        return query.get(name, "").strip()[:LONGEST_WORD]

    number = word("record")
    kind, source = word("kind"), word("source")
    return ChangeFilters(
        register=word("register") if word("register") in content.registers() else "",
        record=int(number) if number.isdecimal() and len(number) <= 18 else None,
        unit=word("unit"),
        who=word("who"),
        kind=kind if kind in set(RecordChange.Kind) else "",
        source=source if source in SOURCES else "",
        first=within_reason(word("from")),
        last=within_reason(word("until")),
    )


def within_reason(word: str) -> date | None:
    """Read a day of a year that can be reckoned with."""
    found = day(word)
    return found if found is not None and EARLIEST <= found <= LATEST else None


def source_of(source: str) -> str:
    """Say how a change came, as one of `SOURCES`; what none of them begins is a form."""
    return next((name for name, begins in SOURCES.items() if begins and source.startswith(begins)), FORM)


def changes_for(user: User, filters: ChangeFilters, permission: Permission | None = None) -> QuerySet[RecordChange]:
    """Return all changes that fit and that a user may see, or may take away where `permission` says so."""
    rows = seen_by(user, filters, RecordChange.objects.all(), "under", permission)
    for one in conditions(filters):
        rows = one.indexed(rows)
    return rows


def change_page(
    user: User, filters: ChangeFilters, *, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE
) -> ChangePage:
    """Return a page of the history that a user may see; raise CursorUnreadable for a cursor of another list."""
    size = max(1, min(size, LARGEST_PAGE))
    direction, values = open_cursor(cursor, ORDER)
    is_back = direction in (BACK, BACK_FROM)
    going = [reverse(name) for name in ORDER] if is_back else list(ORDER)
    start = behind(going, values, is_in=direction in (BACK_FROM, FORWARD_FROM)) if values is not None else Q()
    found, cut = fetched(user, filters, going, start, size + 1)
    has_more = len(found) > size
    found = found[:size]
    last = found[-1] if has_more else cut
    onward = make_cursor(BACK if is_back else FORWARD, ORDER, last) if last is not None else None
    homeward = None
    if values is not None and found:
        homeward = make_cursor(FORWARD if is_back else BACK, ORDER, found[0])
    elif values is not None:
        homeward = cursor_at(FORWARD_FROM if is_back else BACK_FROM, ORDER, values)
    if is_back:
        found.reverse()
        onward, homeward = homeward, onward
    return ChangePage(described(found, user, now), onward, homeward, is_cut=cut is not None and not has_more)


def fetched(
    user: User, filters: ChangeFilters, going: Sequence[str], start: Q, count: int
) -> tuple[list[RecordChange], RecordChange | None]:
    """Return up to `count` changes in order behind the start, and the one at which the search was broken off."""
    asked = conditions(filters)
    rows: QuerySet[RecordChange] = RecordChange.objects.select_related("by").order_by(*going)
    few = few_of(user, filters)
    if few is not None:
        rows = seen_by(user, filters, rows.filter(start, pk__in=few), "under_by_walking")
        return list(tried(rows, asked)[:count]), None
    leading = [one for one in asked if one.fixed and one.fixed != AT][:1] + [one for one in asked if one.fixed == AT]
    rest = [one for one in asked if one not in leading]
    walked = rows.filter(start)
    for one in leading:
        walked = one.indexed(walked)
    stop = (
        walked.select_related(None).only("at", "id")[STEPS : STEPS + 1].first()
        if rest or not sees_all(user, filters)
        else None
    )
    reached = seen_by(user, filters, walked.filter(until(going, stop)), "under_by_walking")
    return list(tried(reached, rest)[:count]), stop


def tried(rows: QuerySet[RecordChange], conditions: Sequence[Condition]) -> QuerySet[RecordChange]:
    for one in conditions:
        rows = one.walked(rows)
    return rows


def until(going: Sequence[str], stop: RecordChange | None) -> Q:
    if stop is None:
        return Q()
    return behind([reverse(name) for name in going], [stop.at, stop.pk], is_in=True)


def few_of(user: User, filters: ChangeFilters) -> list[int] | None:
    """Return the keys of the changes of one record, or of a subtree, where there are few; None where there are many."""
    rows: QuerySet[RecordChange] = RecordChange.objects.order_by()
    if filters.register and filters.record is not None:
        rows = rows.filter(register=filters.register, record_id=filters.record)
    else:
        paths = narrowed_paths(user.paths_with(Permission.SEE), filters.unit)
        if "/" in paths:
            return None
        if not paths:
            return []
        shared = Q() if filters.unit else Q(org_path="")
        rows = rows.filter(path_condition(paths, "org_path__under") | shared)
    keys = list(rows.values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else None


def conditions(filters: ChangeFilters) -> list[Condition]:
    """Return what is asked for besides the place, the one with the best index first."""
    found: list[Condition] = []
    if filters.who:
        keys = User.objects.filter(username=filters.who).values_list("pk", flat=True)
        found.append(Condition({"by_id": next(iter(keys), 0)}, fixed="by"))
    kind = [Condition({"kind": filters.kind}, fixed="kind")] if filters.kind else []
    register = [Condition({"register": filters.register}, fixed="register")] if filters.register else []
    if filters.register and filters.record is not None:
        register = [Condition({"register": filters.register, "record_id": filters.record})]
    found += kind + register if filters.kind in RARE else register + kind
    if filters.source:
        begins = SOURCES[filters.source]
        found.append(Condition({"source": ""} if not begins else {"source__startswith": begins}))
    if filters.first or filters.last:
        found.append(Condition(between(filters.first, filters.last), fixed=AT))
    return found


def between(first: date | None, last: date | None) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    found: dict[str, Any] = {}
    if first is not None:
        found["at__gte"] = datetime.combine(first, time(), zone)
    if last is not None:
        found["at__lt"] = datetime.combine(last + timedelta(days=1), time(), zone)
    return found


def seen_by(
    user: User,
    filters: ChangeFilters,
    rows: QuerySet[RecordChange],
    lookup: str,
    permission: Permission | None = None,
) -> QuerySet[RecordChange]:
    """Keep what a user may see: each register where its own permission is held, shared ones for all who see any.

    With `permission` only where that is held too.
    """
    groups = places_seen(user, filters, permission)
    condition = Q(pk__in=[])
    for paths, names in groups.items():
        place = Q(pk__isnull=False) if "/" in paths else path_condition(list(paths), f"org_path__{lookup}")
        condition |= place if is_whole(names, filters) else place & Q(seen_register__in=names)
    column = RecordChange._meta.get_field("register")
    return rows.alias(seen_register=Unindexed(F("register"), output_field=column)).filter(condition)


def places_seen(
    user: User, filters: ChangeFilters, permission: Permission | None = None
) -> dict[tuple[str, ...], list[str]]:
    """Return the subtrees that a user may see, each set of them with the registers for which it holds."""
    found: dict[tuple[str, ...], list[str]] = {}
    for register in content.registers().values():
        paths = paths_for(register, user, filters, permission)
        if paths and filters.register in ("", register.name):
            found.setdefault(paths, []).append(register.name)
    return found


def is_whole(names: Sequence[str], filters: ChangeFilters) -> bool:
    return bool(filters.register) or len(names) == len(content.registers())


def sees_all(user: User, filters: ChangeFilters) -> bool:
    """Say whether nothing of what is asked for is hidden from a user, so that every row that is walked counts."""
    return any("/" in paths and is_whole(names, filters) for paths, names in places_seen(user, filters).items())


def paths_for(register: Register, user: User, filters: ChangeFilters, permission: Permission | None) -> tuple[str, ...]:
    """Return the subtrees in which a user may see the changes of a register; `/` for all of them."""
    paths = user.paths_with(register.see)
    if permission is not None:
        held = user.paths_with(permission)
        paths = both(paths, held)
    if not register.owners:
        return ("/",) if paths and not filters.unit else ()
    return tuple(narrowed_paths(paths, filters.unit))


def both(some: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return what two sets of subtrees have in common."""
    return sorted({max(one, other, key=len) for one in some for other in others if meet(one, other)})


def meet(path: str, other: str) -> bool:
    return path.startswith(other) or other.startswith(path)


def narrowed_paths(paths: Sequence[str], unit: str) -> list[str]:
    if unit:
        path = Organisation.objects.filter(code=unit).values_list("path", flat=True).first()
        paths = both(paths, [path]) if path else []
    return [path for path in sorted(set(paths)) if not any(path != one and path.startswith(one) for one in paths)]


def described(rows: Sequence[RecordChange], user: User, now: datetime) -> tuple[Changed, ...]:
    """Name the records that changes happened to, with one query for each register among them."""
    keys: dict[str, set[int]] = {}
    for row in rows:
        keys.setdefault(row.register, set()).add(row.record_id)
    known = content.registers()
    names: dict[tuple[str, int], Text] = {}
    for name in keys.keys() & known.keys():
        register = known[name]
        for row in with_references(register, visible_rows(register, user, keys[name])):
            names[name, row.pk] = as_record(register, row, now).name
    return tuple(
        Changed(row, known[row.register], names.get((row.register, row.record_id)))
        for row in rows
        if row.register in known
    )


def visible_rows(register: Register, user: User, keys: set[int]) -> QuerySet[Any]:
    rows = records_of(register).filter(pk__in=keys)
    if not register.owners:
        return rows
    paths = user.paths_with(register.see)
    if not paths:
        return rows.none()
    return rows if "/" in paths else rows.filter(path_condition(paths, f"{path_column(register)}__under_by_walking"))
