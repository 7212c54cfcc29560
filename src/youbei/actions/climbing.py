"""What is told when it is due and climbs when it is late: whose turn it is, and who stands above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from youbei.records.models import Organisation


def take_turns(waiting: QuerySet[Any], act: Callable[[int, datetime], object], *, now: datetime, most: int) -> bool:
    """Act on the first `most` keys of what waits, each in its own transaction; say whether there may be more.

    `act` locks its row and looks again: in the meantime another process may have acted.
    """
    keys = list(waiting.values_list("pk", flat=True)[:most])
    for pk in keys:
        act(pk, now)
    return len(keys) == most


def superiors(path: str, *, up_to: str = "") -> list[Organisation]:
    """Return the units above a path that are not retired, the nearest first; `up_to` is the path of the topmost."""
    keys = [int(part) for part in path.split("/") if part][:-1]
    found = Organisation.objects.filter(pk__in=keys, path__startswith=up_to, retired_at__isnull=True)
    return sorted(found, key=lambda one: -len(one.path))
