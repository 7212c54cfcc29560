"""The log as a list, newest first, and the lines of a stream for live pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youbei.engine.plans.model import Plan
from youbei.records.load import load_plans
from youbei.records.models import LogEntry, PlanVersion, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.codes import log_lines
from youbei.records.reports.names import LogLine


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Narrow the list; empty means all. `stream` is exact, such as `run:17`."""

    stream: str = ""
    kind: str = ""


ALL = LogFilter()


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
    if filters.stream:
        rows = LogEntry.objects.visible_to(user).filter(stream=filters.stream)
    else:
        rows = LogEntry.objects.newest_visible_to(user)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if after is not None:
        rows = rows.filter(position__gt=after)
        return keyset_page(rows, order=("position",), cursor=cursor, read=lines, size=size)
    return keyset_page(rows, order=("-position",), cursor=cursor, read=lines, size=size)


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
