"""Share the replay of a run that is over, by a link that expires and can be ended at once; every opening is logged."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.link_words import is_same, number_in, word_for
from youbei.actions.permit import Mandate, not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.records.models import DebriefLink, Exercise, Run, User

# Assumption: a debriefing is over within a quarter of a year.
LONGEST = timedelta(days=92)


class DebriefRefused(Refused):
    """Refuse to share what is not over, or for no purpose."""


def permission_for(run: Run) -> Permission:
    """Return what it takes to share a run: to lead the exercise, or to manage the incident."""
    return Permission.RUN_EXERCISE if run.mode == Run.Mode.EXERCISE else Permission.MANAGE_INCIDENT


def is_over(run: Run) -> bool:
    """Say whether a run may be looked back on: its response has ended, or the exercise that it plays."""
    exercise = Exercise.objects.filter(run=run).only("status").first()
    if exercise is not None:
        return exercise.status in (Exercise.Status.ENDED, Exercise.Status.CLOSED)
    return run.phase in (Run.Phase.ENDED, Run.Phase.ASSESSED)


@transaction.atomic
def share_debrief(*, by: User | None, now: datetime, run: Run, purpose: str, lasts: timedelta) -> DebriefLink:
    """Make a link to the replay of a run that is over; say what for."""
    run = Run.objects.get(pk=run.pk)
    require(by, permission_for(run), run.org_path)
    purpose = clean(purpose, limit=200)
    if not purpose:
        raise DebriefRefused(
            zh="请写明给谁看、作什么用，如“参演单位复盘会”。",
            en="Say whom it is for and why, such as “debriefing of the units that took part”.",
        )
    if not is_over(run):
        raise DebriefRefused(
            zh="响应或演练尚未结束，不能对外开放复盘。请在结束后再开放。",
            en="This is not over yet, so it cannot be shared. Make the link once it has ended.",
        )
    if not timedelta(hours=1) <= lasts <= LONGEST:
        raise DebriefRefused(
            zh=f"有效期须在 1 小时至 {LONGEST.days} 天之间。", en=f"A link lasts an hour to {LONGEST.days} days."
        )
    actor = actor_for(by, now)
    link = DebriefLink.objects.create(
        run=run,
        org_path=run.org_path,
        purpose=purpose,
        nonce=secrets.token_hex(16),
        made_at=now,
        made_by=actor.label[:200],
        expires_at=now + lasts,
    )
    data = {"run": run.pk, "purpose": purpose, "hours": round(lasts.total_seconds() / 3600)}
    record(link.stream, [("debrief.shared", data)], by=actor, now=now, org_path=run.org_path, mode=Mode(run.mode))
    return link


@transaction.atomic
def end_debrief(*, by: User | None, now: datetime, link: DebriefLink) -> DebriefLink:
    """Make a link worthless at once; ending it again changes nothing."""
    row = DebriefLink.objects.select_for_update(of=("self",)).select_related("run").filter(pk=link.pk).first()
    if row is None:
        raise not_found()
    require(by, permission_for(row.run), row.org_path)
    if row.ended_at is not None:
        return row
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    ended = [("debrief.ended", {"run": row.run_id, "opened": row.opened})]
    record(row.stream, ended, by=actor_for(by, now), now=now, org_path=row.org_path, mode=Mode(row.run.mode))
    return row


def word_of(link: DebriefLink) -> str:
    return word_for("debrief", link.pk, link.nonce)


def link_behind(word: str, now: datetime) -> DebriefLink:
    """Return the link that a word belongs to; a wrong, ended or expired one is answered like one that never was."""
    rows = DebriefLink.objects.select_related("run__incident__organisation", "run__plan_version__plan")
    link = rows.filter(pk=number_in(word)).first()
    if link is None or not is_same(word, word_of(link)):
        raise not_found()
    if link.ended_at is not None or now >= link.expires_at:
        raise not_found()
    return link


@transaction.atomic
def note_opened(*, link: DebriefLink, now: datetime) -> None:
    """Log that a link was opened. Nothing is kept of who did: whoever holds it may."""
    DebriefLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1, last_opened_at=now)
    label = "复盘链接 / debrief link"
    mandate = Mandate(f"link:debrief:{link.pk}", label, link.org_path, frozenset(), link.stream)
    opened = [("debrief.opened", {"run": link.run_id})]
    actor, mode = actor_for(mandate, now), Mode(link.run.mode)
    record(link.stream, opened, by=actor, now=now, org_path=link.org_path, mode=mode)
