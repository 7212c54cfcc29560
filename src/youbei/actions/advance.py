"""Let time pass in one run."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.running import keep, scenario_now
from youbei.engine.run import advance
from youbei.records.load import load_run
from youbei.records.models import Run


@transaction.atomic
def advance_run(run_pk: int, now: datetime) -> bool:
    """Carry out whatever is due in a run at the wall time `now`; say whether anything was.

    A run that another process holds is left to it. Doing this twice, or after a crash, does nothing twice.
    """
    rows = Run.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related(
        "plan_version", "incident"
    )
    row = rows.filter(pk=run_pk, next_due_at__lte=now).first()
    if row is None:
        return False
    engine = load_run(row)
    engine = keep(row, advance(engine, scenario_now(engine, now)), now=now)
    return bool(engine.log)


def due_runs(now: datetime, limit: int = 100) -> list[int]:
    """Name the runs for which something is due, the longest overdue first."""
    rows = Run.objects.filter(next_due_at__lte=now).order_by("next_due_at")
    return list(rows.values_list("pk", flat=True)[:limit])
