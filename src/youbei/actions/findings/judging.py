"""Accept a cure; that of a plan is then retested."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.findings.moving import demanded_why, locked, moved
from youbei.actions.findings.retests import schedule_retest
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.findings.life import Act, State
from youbei.records.models import Finding, PlanDraft, User


class AdoptFirst(Refused):
    """Refuse to accept a cure by words while the draft that is the cure waits for its adoption."""


@transaction.atomic
def accept(*, by: User | None, now: datetime, finding: Finding, note: str) -> Finding:
    """Accept a cure, or the explanation why there is none; never by anybody who had a hand in it.

    Where a plan was changed without a draft, its present version is what the retest is held with.
    """
    row = locked(finding, by, Permission.ACCEPT_FINDING)
    if row.drafts.filter(state=PlanDraft.State.OPEN).exists():
        raise AdoptFirst(
            zh="该问题有待采纳的预案草案。采纳草案即验收；不采纳请退回。",
            en="A draft of the plan is waiting. To adopt it is to accept the cure; otherwise send it back.",
        )
    row = moved(row, Act.ACCEPT, by=by, now=now, note=demanded_why(note), values={})
    if row.state == State.ACCEPTED and row.needs_retest:
        version = row.plan.current if row.plan is not None else None
        schedule_retest(by=by, now=now, finding=row, version=version)
    return row
