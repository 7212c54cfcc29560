"""Erase what is known about somebody in two steps: one person asks and says why, another one does it.

What is erased cannot be brought back, so nobody decides on it alone, as nobody confirms a quantity that they have
stated themselves. The installation itself (`by=None`: the command) is its own second person, so that a unit with one
account is not left without a way.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for, ids_of
from youbei.actions.permit import require
from youbei.actions.registers.history import log_change
from youbei.actions.registers.save import RecordRefused, locked
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.privacy import ErasureGround
from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange, User
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import path_column, register_called

Kind = RecordChange.Kind
ERASABLE = ("person", "expert")


def waiting_erasure(name: str, pk: int) -> RecordChange | None:
    """Return who has asked to erase a record, when and why, where that waits."""
    steps = RecordChange.objects.filter(
        register=name, record_id=pk, kind__in=[Kind.ASKED, Kind.WITHDRAWN, Kind.ERASED]
    ).select_related("by")
    last = steps.order_by("-id").first()
    return last if last is not None and last.kind == Kind.ASKED else None


@transaction.atomic
def ask_erasure(*, name: str, pk: int, ground: ErasureGround, by: User | None, now: datetime) -> RecordChange:
    """Ask to erase what is known about a person or an expert; nothing is erased until somebody else confirms it."""
    register, row = held(name, pk, by)
    if waiting_erasure(name, pk) is not None:
        raise RecordRefused(
            zh="已有人申请删除，正在等待他人确认。请由其他有权限的人员确认，或先撤回。",
            en="It was asked already and waits for somebody else. Let another person confirm it, or withdraw it first.",
        )
    made = note(register, row, Kind.ASKED, ground, by, now)
    log_change(register, row, "record.erasure_asked", by=by, now=now, more={"ground": ground.value})
    return made


@transaction.atomic
def withdraw_erasure(*, name: str, pk: int, by: User | None, now: datetime) -> RecordChange:
    """Take back what was asked; whoever keeps the record may do so, also who has asked."""
    register, row = held(name, pk, by)
    if waiting_erasure(name, pk) is None:
        raise nothing_waits()
    made = note(register, row, Kind.WITHDRAWN, None, by, now)
    log_change(register, row, "record.erasure_withdrawn", by=by, now=now)
    return made


def agreed_ground(register: Register, row: Registered, by: User | None, ground: ErasureGround | None) -> ErasureGround:
    """Return why a record is erased now; raise where nobody has asked, or whoever would do it has asked themselves."""
    asked = waiting_erasure(register.name, row.pk)
    if by is None and ground is not None:
        return ground
    if asked is None:
        raise nothing_waits()
    if by is not None:
        requested = ids_of(asked.by) if asked.by is not None else frozenset()
        refuse_same(Duty.APPROVE, [(Duty.REQUEST, one) for one in requested], f"user:{by.pk}", acting_for=ids_of(by))
    return ErasureGround(asked.after["ground"])


def held(name: str, pk: int, by: User | None) -> tuple[Register, Registered]:
    """Lock a record that may be erased, and whose keeper `by` is."""
    register = register_called(name)
    if name not in ERASABLE:
        raise RecordRefused(
            zh="这里只能删除人员（person）和专家（expert）的个人信息；其他记录请停用。",
            en="Only what is known about persons (person) and experts (expert) is erased; other records are retired.",
        )
    row = locked(register, pk, by)
    require(by, register.edit, getattr(row, path_column(register)))
    return register, row


def note(
    register: Register, row: Registered, kind: str, ground: ErasureGround | None, by: User | None, now: datetime
) -> RecordChange:
    """Write a step into the history of a record."""
    return RecordChange.objects.create(
        register=register.name,
        record_id=row.pk,
        org_path=getattr(row, path_column(register)),
        at=now,
        by=by,
        by_label=actor_for(by, now).label,
        kind=kind,
        after={} if ground is None else {"ground": ground.value},
    )


def nothing_waits() -> RecordRefused:
    return RecordRefused(
        zh="没有等待确认的删除申请。请先由一人说明理由申请删除，再由另一人确认。",
        en="No erasure waits. One person asks for it and says why; then another one confirms it.",
    )
