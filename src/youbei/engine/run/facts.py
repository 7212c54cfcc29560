"""Stating a fact in a run, whoever does: a person, an inject, or a played role."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.conditions import Value
from youbei.engine.events import Actor, iso
from youbei.engine.run.work import Work


def state_fact(work: Work, key: str, value: Value, source: str, known_at: datetime, by: Actor) -> None:
    """State what is known; where something else stood there, it is corrected. The last statement counts."""
    present = work.state.facts.get(key)
    is_new = present is None or (present.value == value and type(present.value) is type(value))
    data = {"key": key, "source": source, "known_at": iso(known_at), "value": value}
    work.emit("fact.added" if is_new else "fact.corrected", data, by)


def withdraw_fact(work: Work, key: str, source: str, known_at: datetime, by: Actor) -> None:
    work.emit("fact.withdrawn", {"key": key, "source": source, "known_at": iso(known_at)}, by)
