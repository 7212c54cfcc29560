"""Mark the organisations whose derived requirements must be worked out again: a row that waits for the worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from youbei.engine.registers.register import Register
from youbei.records.models import DerivationDue, Organisation, SchoolClass, Site
from youbei.records.models.scope import Registered


def mark_due(organisations: Iterable[int]) -> None:
    """Mark organisations; one that is marked already stays so."""
    rows = (DerivationDue(organisation_id=pk) for pk in sorted(set(organisations)))
    DerivationDue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def mark_changed(register: Register, rows: Sequence[Registered]) -> None:
    """Mark those whose heads or places these rows say."""
    if register.name == "organisation":
        mark_due(row.pk for row in rows if isinstance(row, Organisation))
    elif register.name in ("site", "school_class"):
        mark_due(row.organisation_id for row in rows if isinstance(row, Site | SchoolClass) and row.organisation_id)
