"""Change one thing in a plan as data: the text of a clause, the times of a step, the version it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.plans.durations import format_duration
from youbei.engine.plans.model import Duration, DurationShape
from youbei.engine.text import Text

Data = dict[str, Any]


class DraftRefused(Refused):
    """Refuse to change what the plan does not have."""

    status = 422


def with_clause(data: Mapping[str, Any], clause: str, *, title: Text, body: Text) -> Data:
    """Return the plan with the text of a clause replaced; a clause that is new is put where its number belongs."""
    found = deepcopy(dict(data))
    chapters: list[Data] = found.setdefault("chapters", [])
    entry = {"clause": clause, "title": title.as_data(), "body": body.as_data()}
    for index, chapter in enumerate(chapters):
        if chapter["clause"] == clause:
            chapters[index] = {**chapter, **entry}
            return found
    chapters.append(entry)
    chapters.sort(key=lambda one: numbers_of(str(one["clause"])))
    return found


def numbers_of(clause: str) -> tuple[tuple[int, str], ...]:
    """Sort clauses by their numbers: `6.2` before `6.10`; what is no number comes behind."""
    return tuple((int(part), "") if part.isdecimal() else (10**9, part) for part in clause.split("."))


def with_step_times(data: Mapping[str, Any], step: str, *, limit: timedelta | None, takes: Mapping[str, Any]) -> Data:
    """Return the plan with another deadline of a step (None: none) and another duration (empty: as it was)."""
    found = deepcopy(dict(data))
    entry = next((one for one in found.get("steps", ()) if one["id"] == step), None)
    if entry is None:
        raise DraftRefused(
            zh=f"预案没有步骤“{step[:40]}”。请从列表中选择。",
            en=f"The plan has no step {step[:40]!r}. Choose one of the list.",
        )
    if limit is None:
        entry.pop("within", None)
    else:
        before = entry.get("within") or {"since": "opened"}
        entry["within"] = {**before, "limit": format_duration(limit)}
    if takes:
        entry["takes"] = dict(takes)
    return found


def with_takes(data: Mapping[str, Any], step: str, takes: Mapping[str, Any]) -> Data:
    """Return the plan with another duration of a step; its deadline stays as it is."""
    found = deepcopy(dict(data))
    for entry in found.get("steps", ()):
        if entry["id"] == step:
            entry["takes"] = dict(takes)
    return found


def takes_data(duration: Duration) -> Data:
    """Return a duration as the plan language writes it."""
    said: Data = {"shape": duration.shape.value, "likely": format_duration(duration.likely)}
    if duration.shape is DurationShape.LOGNORMAL:
        said["spread"] = duration.spread
    if duration.shape is DurationShape.TRIANGULAR:
        said |= {"low": format_duration(duration.low), "high": format_duration(duration.high)}
    said["source"] = duration.source.value
    if duration.note:
        said["note"] = duration.note.as_data()
    return said


def as_version(data: Mapping[str, Any], version: str, *, on: date, note: Text) -> Data:
    """Return the draft as the next version: it is revised, so that what was reviewed and filed is the old one."""
    found = deepcopy(dict(data))
    found["version"] = version
    found.setdefault("life", []).append({"stage": "revised", "on": on.isoformat(), "note": note.as_data()})
    return found


def next_version(version: str) -> str:
    """Propose the next name of a version: its last number plus one, `2026.1` to `2026.2`."""
    head, _, last = version.rpartition(".")
    if last.isdecimal() and len(last) <= 9:
        return f"{head}.{int(last) + 1}" if head else str(int(last) + 1)
    return f"{version}.1"
