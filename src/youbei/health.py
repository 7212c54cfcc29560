"""Whether this process can do its work: what `/readyz` answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from youbei.actions import clock
from youbei.records import triggers
from youbei.records.models import Heartbeat

# Assumption: a worker that has not ticked for half a minute is gone; a tick takes well under a second.
WORKER_SILENT_AFTER_S = 30.0
# Assumption: below 100 MB the log of one large incident may no longer fit.
LEAST_FREE_BYTES = 100 * 1024 * 1024


def readiness() -> dict[str, Any]:
    """Return `{ready, checks}`; each check says `ok` and the figure it rests on. Never raises."""
    checks = {"disk": free_disk(Path(settings.DATA))}
    try:
        checks["migrations"] = migrations()
        checks["log"] = log_protection()
        checks["worker"] = worker()
        checks["database"] = {"ok": True, "vendor": connection.vendor}
    except DatabaseError as error:
        connection.close()
        checks["database"] = {"ok": False, "vendor": connection.vendor, "error": type(error).__name__}
    return {"ready": all(check["ok"] for check in checks.values()), "checks": checks}


def log_protection() -> dict[str, Any]:
    """Say whether the database itself still refuses changes of the log."""
    missing = triggers.missing(connection)
    return {"ok": not missing, "missing": missing}


def migrations() -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": waiting == 0, "waiting": waiting}


def worker() -> dict[str, Any]:
    newest = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    if newest is None:
        return {"ok": False, "age_s": None}
    age = (clock.now() - newest).total_seconds()
    return {"ok": age <= WORKER_SILENT_AFTER_S, "age_s": round(age, 3)}


def free_disk(data: Path) -> dict[str, Any]:
    try:
        free = shutil.disk_usage(data).free
    except OSError:
        return {"ok": False, "free_bytes": None}
    return {"ok": free >= LEAST_FREE_BYTES, "free_bytes": free}
