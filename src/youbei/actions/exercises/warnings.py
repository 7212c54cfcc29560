"""Take in a CAP alert: a real one holds where it was imported for, one of an exercise is played inside of it alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.exercises.circumstances import LONGEST, lift
from youbei.actions.exercises.control import CONTROL, Improvised, improvise, refuse_outsider
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.alerts.cap import Alert, AlertRefused, MsgType, Warning, admit, refuse_reply, warning_of
from youbei.engine.alerts.cap_xml import read_alert
from youbei.engine.clock import Mode
from youbei.engine.events import Actor, iso
from youbei.records.models import Circumstance, Exercise, Organisation, ReceivedAlert, User
from youbei.records.reports.who import ancestors

FACT = "warning_colour"
# Assumption: nobody updates a warning more often; what is older than these no longer matters.
MOST_LATER = 1_000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a real alert did: `stated` holds from now on, None after a cancellation; so many were `lifted`.

    `is_again`: the same message had been imported for the unit before, and nothing was done.
    """

    title: str
    stated: Circumstance | None
    lifted: int
    is_again: bool = False


@transaction.atomic
def import_alert(*, by: User | None, now: datetime, organisation: Organisation, message: bytes | str) -> TakenIn:
    """Let a real CAP alert hold for a unit and all below it, as the gravest warning that it gives.

    An update takes the place of what it refers to there, a cancellation ends it. The same message again does nothing.
    Raises AlertRefused for what is no alert, is meant for an exercise or a test, has expired or was replaced.
    """
    require(by, Permission.REPORT_INCIDENT, organisation.path)
    alert = read_alert(message)
    admit(alert.status, to=Mode.REAL)
    refuse_reply(alert)
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    before = ReceivedAlert.objects.filter(
        organisation=organisation, sender=alert.of.sender, identifier=alert.of.identifier, sent_at=alert.of.sent_at
    ).first()
    if before is not None:
        return TakenIn(before.title, before.circumstances.filter(ends_at__gt=now).first(), 0, is_again=True)
    refuse_replaced(alert, organisation)
    is_over = alert.msg_type is MsgType.CANCEL
    warning = None if is_over else warning_of(alert, content.warning_colours(), now=now)
    if warning is None and alert.msg_type is MsgType.ALERT:
        raise AlertRefused(
            zh="消息说危险已经过去，也没有针对先前的预警，不作为预警。",
            en="The message says that the danger has passed and refers to no earlier one, so it warns of nothing.",
        )
    actor = actor_for(by, now)
    row = received(alert, organisation, digest_of(message), actor, now)
    lifted = lift_replaced(alert, organisation, actor, now)
    stated = holding(warning, row, organisation, actor, now) if warning else None
    said: dict[str, Any] = {**named(alert), "status": alert.status.value, "msg_type": alert.msg_type.value}
    said |= {"unit": organisation.code, "title": row.title, "digest": row.digest, "lifted": lifted}
    record(f"alert:{row.pk}", [("alert.received", said)], by=actor, now=now, org_path=organisation.path)
    return TakenIn(row.title, stated, lifted)


def digest_of(message: bytes | str) -> str:
    return hashlib.sha256(message.encode() if isinstance(message, str) else message).hexdigest()


def named(alert: Alert) -> dict[str, str]:
    return {"sender": alert.of.sender, "identifier": alert.of.identifier, "sent": iso(alert.of.sent_at)}


def refuse_replaced(alert: Alert, organisation: Organisation) -> None:
    """Refuse a message that a later one, imported for the unit or above it, has updated or cancelled already."""
    later = ReceivedAlert.objects.filter(
        org_path__in=ancestors(organisation.path), sender=alert.of.sender, sent_at__gte=alert.of.sent_at
    ).exclude(msg_type=MsgType.ALERT.value)
    mine = [alert.of.identifier, iso(alert.of.sent_at)]
    for one in later[:MOST_LATER]:
        if mine in one.references:
            raise AlertRefused(
                zh=f"这条预警已被后来的消息 {one.identifier} 更新或解除，不再有效。",
                en=f"This warning was updated or cancelled by the later message {one.identifier} and no longer counts.",
            )


def received(alert: Alert, organisation: Organisation, digest: str, by: Actor, now: datetime) -> ReceivedAlert:
    return ReceivedAlert.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        sender=alert.of.sender,
        identifier=alert.of.identifier,
        sent_at=alert.of.sent_at,
        msg_type=alert.msg_type.value,
        references=[[one.identifier, iso(one.sent_at)] for one in alert.references],
        title=clean(alert.title, limit=200),
        digest=digest,
        received_at=now,
        received_by=by.id,
    )


def lift_replaced(alert: Alert, organisation: Organisation, by: Actor, now: datetime) -> int:
    """End what the messages hold that an update or cancellation refers to, at the unit and below it; say how many."""
    if alert.msg_type is MsgType.ALERT:
        return 0
    replaced = {(one.identifier, one.sent_at) for one in alert.references}
    live = Circumstance.objects.select_for_update(of=("self",), no_key=True).select_related("alert")
    live = live.filter(org_path__under=organisation.path, alert__sender=alert.of.sender, ends_at__gt=now)
    found = [one for one in live if one.alert and (one.alert.identifier, one.alert.sent_at) in replaced]
    for one in found:
        lift(one, by=by, now=now)
    return len(found)


def holding(
    warning: Warning, alert: ReceivedAlert, organisation: Organisation, by: Actor, now: datetime
) -> Circumstance:
    """State a warning of an alert; it ends when that says, at the latest after `LONGEST`."""
    row = Circumstance.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        key=FACT,
        value=warning.colour,
        source=clean(f"{warning.published_by}: {warning.title}", limit=120),
        starts_at=warning.starts_at,
        ends_at=min(warning.ends_at, max(now, warning.starts_at) + LONGEST),
        stated_at=now,
        stated_by=by.id,
        alert=alert,
    )
    said = {
        "unit": organisation.code,
        "key": FACT,
        "value": row.value,
        "source": row.source,
        "ends_at": iso(row.ends_at),
    }
    said |= {"alert": alert.identifier}
    record(f"circumstance:{row.pk}", [("circumstance.stated", said)], by=by, now=now, org_path=row.org_path)
    return row


def play_alert(*, by: User | None, now: datetime, exercise: Exercise, message: bytes | str) -> str:
    """Bring a CAP alert of status `Exercise` into a running exercise, where its colour becomes known; return its title.

    Whoever may improvise there may. It holds for nothing real. When it expires is for the script to say.
    """
    refuse_outsider(exercise, by, CONTROL)
    alert = read_alert(message)
    admit(alert.status, to=Mode.EXERCISE)
    refuse_reply(alert)
    warning = (
        None if alert.msg_type is MsgType.CANCEL else warning_of(alert, content.warning_colours(), now=alert.of.sent_at)
    )
    if warning is None:
        raise AlertRefused(
            zh="演练中的解除消息请用“导调 › 临时增加”告知参演人员。",
            en="In an exercise tell the players by an inject of your own (Control, Add) that a warning is over.",
        )
    title = clean(f"{warning.published_by}: {warning.title}", limit=200)
    improvise(by=by, now=now, exercise=exercise, inject=Improvised(title, facts={FACT: warning.colour}))
    return title
