"""The log as a list, newest first, and the lines of a stream for live pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from youbei.engine.access import Permission
from youbei.engine.plans.model import Plan
from youbei.records.load import load_plans
from youbei.records.log import head
from youbei.records.models import LogEntry, PlanVersion, User
from youbei.records.models.scope import SORTED_QUICKLY, ScopedQuerySet
from youbei.records.pages import BACK, FORWARD, PAGE_SIZE, Page, cursor_at, keyset_page, open_cursor
from youbei.records.reports.codes import log_lines
from youbei.records.reports.names import LogLine


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Narrow the list; empty means all. `stream` is exact, such as `run:17`."""

    stream: str = ""
    kind: str = ""


ALL = LogFilter()
ORDER = ("position",)
# So many entries are walked over for one page of somebody who sees a part of the log; some tens of milliseconds.
STEPS = 50_000
# Under no more paths than these it is asked whether all entries that somebody sees are few.
FEW_PATHS = 20


def log_page(
    user: User,
    *,
    filters: LogFilter = ALL,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    after: int | None = None,
) -> Page[LogLine]:
    """Return a page of the entries of organisations that the user may see, newest first.

    With `after` it is what follows that position, oldest first. Entries are written one behind another under one lock
    and seen in that order: whoever has read up to a position misses nothing before it.
    """
    if after is not None:
        return following(user, filters, cursor=cursor, size=size, after=after)
    if filters.stream:
        rows = LogEntry.objects.visible_to(user).filter(stream=filters.stream)
    else:
        rows = LogEntry.objects.newest_visible_to(user)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return keyset_page(rows, order=("-position",), cursor=cursor, read=lines, size=size)


def following(
    user: User, filters: LogFilter, *, cursor: str | None, size: int, after: int, steps: int = STEPS
) -> Page[LogLine]:
    """Return what follows a position, at a cost that depends neither on the log nor on how little of it is seen.

    Of somebody who sees few entries all are known at once. Else the log is walked, over `steps` entries at most: a page
    may end there with fewer entries than it has room for, even with none, and the next one goes on from there.
    """
    paths = user.paths_with(Permission.SEE)
    rows = narrowed(LogEntry.objects.filter(position__gt=after), filters)
    few = None if "/" in paths or filters.stream else few_under(paths)
    if few is not None:
        rows = rows.filter(pk__in=[one for one in few if one > after])
    elif filters.stream:
        rows = rows.visible_to(user)
    if few is not None or filters.stream or "/" in paths:
        return keyset_page(rows, order=ORDER, cursor=cursor, read=lines, size=size)
    direction, edge = open_cursor(cursor, ORDER)
    start, last = (after if edge is None else int(edge[0])), head().position
    first, end = (start, start + steps) if direction == FORWARD else (max(after, start - steps - 1), start - 1)
    rows = rows.filter(position__gt=first, position__lte=end).under_any(paths, "under_by_walking")
    page = keyset_page(rows, order=ORDER, cursor=cursor, read=lines, size=size)
    if direction == FORWARD:
        onward = page.next_cursor or (cursor_at(FORWARD, ORDER, [end]) if end < last else None)
        backward = page.previous_cursor or (cursor_at(BACK, ORDER, [first + 1]) if edge is not None else None)
        return replace(page, next_cursor=onward, previous_cursor=backward)
    if page.previous_cursor is None and first > after:
        onward = page.next_cursor or cursor_at(FORWARD, ORDER, [first])
        return replace(page, previous_cursor=cursor_at(BACK, ORDER, [first + 1]), next_cursor=onward)
    return page


def few_under(paths: Sequence[str]) -> list[int] | None:
    """Return the positions of all entries under these paths where they are few, None where they are many."""
    if len(paths) > FEW_PATHS:
        return None
    found: list[int] = []
    for path in paths:
        entries = LogEntry.objects.under(path).order_by("org_path", "position")
        found += entries.values_list("position", flat=True)[: SORTED_QUICKLY + 1 - len(found)]
        if len(found) > SORTED_QUICKLY:
            return None
    return found


def narrowed(rows: ScopedQuerySet[LogEntry], filters: LogFilter) -> ScopedQuerySet[LogEntry]:
    if filters.stream:
        rows = rows.filter(stream=filters.stream)
    return rows.filter(kind=filters.kind) if filters.kind else rows


def lines(entries: Sequence[LogEntry]) -> list[LogLine]:
    """Turn entries into lines, with the wording of the plans that their runs carry out."""
    return list(log_lines(entries, plans_of_runs({entry.stream for entry in entries})))


def plans_of_runs(streams: set[str]) -> dict[str, Plan]:
    """Return the plan behind each stream of a run."""
    keys = [int(stream.partition(":")[2]) for stream in streams if stream.startswith("run:")]
    versions = PlanVersion.objects.filter(runs__in=keys).defer("data").distinct()
    pairs = PlanVersion.objects.filter(runs__in=keys).values_list("runs__id", "pk") if keys else ()
    plans = load_plans(versions) if keys else {}
    return {f"run:{run}": plans[version] for run, version in pairs}
