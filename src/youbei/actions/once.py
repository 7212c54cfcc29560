"""A form that is sent twice (a double click, a reload, a slow line) reports one incident."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.incidents import report_incident
from youbei.records.models import IdempotencyKey, Incident, User


@transaction.atomic
def report_incident_once(*, once: str, by: User, now: datetime, **report: Any) -> Incident:
    """Report an incident, or return the one that this user reported with the same `once`.

    The mark and the incident are written together: a refused report leaves no mark, and a second sending at the same
    moment waits for the first.
    """
    key = "report:" + hashlib.sha256(once.encode("utf-8", "replace")).hexdigest()
    row, is_new = IdempotencyKey.objects.get_or_create(user=by, key=key, defaults={"created_at": now})
    if not is_new:
        return Incident.objects.get(pk=int(row.body or 0))
    incident = report_incident(by=by, now=now, **report)
    row.body = incident.pk
    row.save(update_fields=["body"])
    return incident
