"""An evaluation as JSON values: lengths in seconds, times in ISO 8601, texts in both languages."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from youbei.engine.events import iso
from youbei.engine.exercises.evaluate import ActionResult, Evaluation
from youbei.engine.exercises.measures import Measure, StepTime
from youbei.engine.text import Text


def evaluation_data(evaluation: Evaluation) -> dict[str, Any]:
    data: dict[str, Any] = plain(evaluation)
    return data


def plain(value: Any) -> Any:
    """Return JSON values; what a result works out itself (how long it took, the verdict) stands beside its parts."""
    if isinstance(value, Text):
        return value.as_data()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (Measure, ActionResult)):
        found["took"] = plain(value.took)
    if isinstance(value, (Measure, StepTime)):
        found["verdict"] = value.verdict.value
    return found
