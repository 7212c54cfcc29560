"""System checks of the records; `migrate` and `check --database default` run them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.utils import OperationalError

from youbei.records import triggers


@register(Tags.database)
def check_log_triggers(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Demand that the database itself refuses changes of the log."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            missing = triggers.missing(connections[alias])
        except OperationalError as problem:
            return [Error(f"The database cannot be reached: {problem}", id="records.E002")]
        if missing and is_past_first_installation(alias):
            found.append(
                Error(
                    "The log or the ledger is not protected, or outlines are not followed: the triggers"
                    f" {', '.join(missing)} are missing.",
                    hint="Restore them with `python -m django migrate records 0001 && ... migrate`, or from a backup;"
                    " then verify the log with `youbei log verify`.",
                    id="records.E001",
                )
            )
    return found


def is_past_first_installation(alias: str) -> bool:
    """Say whether the migration that installs the triggers has run; `migrate` checks before it migrates."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations WHERE app = 'records' AND name = '0002_append_only'")
        return cursor.fetchone() is not None
