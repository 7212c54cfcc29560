"""Look at personal data, and erase it. Every look stands in the log with its purpose; nothing personal does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.permit import require
from youbei.actions.registers.history import log_change
from youbei.actions.registers.save import RecordRefused, locked
from youbei.engine.access import Permission
from youbei.engine.privacy import Purpose
from youbei.engine.registers.register import Register
from youbei.records.models import (
    Attachment,
    Conflict,
    ContactWay,
    DutyShift,
    Message,
    Person,
    PostHolding,
    Qualification,
    RecordChange,
    Run,
    RunPost,
    TeamMember,
    User,
    Vetting,
)
from youbei.records.models.scope import Registered
from youbei.records.registers.follow import follow
from youbei.records.registers.tables import path_column, register_called
from youbei.records.registers.values import Values, values_of

PERSONAL_ROWS: tuple[Any, ...] = (Qualification, ContactWay, Vetting, Conflict, TeamMember)
ABOUT = ("qualification", "contact_way", "vetting", "conflict", "team_member")
ERASED_ZH, ERASED_EN = "（已删除）", "(erased)"


@transaction.atomic
def look_at(
    *, register: Register, row: Registered, purpose: Purpose, by: User | None, now: datetime, via: str
) -> Values:
    """Return the personal values of a record; who looks, at what, when, why and by which way stands in the log."""
    require(by, Permission.SEE_PERSONAL, getattr(row, path_column(register)))
    said = {name: value for name, value in values_of(register, row).items() if name in register.personal}
    more = {"purpose": purpose.value, "via": via}
    shown = sorted(name for name, value in said.items() if value is not None)
    log_change(register, row, "record.looked", shown, by=by, now=now, more=more)
    return said


@transaction.atomic
def erase_person(*, pk: int, by: User | None, now: datetime) -> Person:
    """Erase what is known about a person, here and in the history; the log needs no change, it holds keys only.

    The record itself stays, without a name, so that what points to it keeps its meaning. Nobody is erased who is on
    duty, fills a post of a running response, or has an account that is in use.
    """
    register = register_called("person")
    person = locked(register, pk, by)
    require(by, register.edit, person.org_path)
    if not isinstance(person, Person):
        raise TypeError("The register of persons holds persons")
    check_is_free(person, now)
    person.name_zh, person.name_en = ERASED_ZH, ERASED_EN
    person.phone = person.email = person.title = person.id_number = person.remarks = ""
    person.qualifications = []
    person.retired_at = person.retired_at or now
    person.save()
    forget(person, now)
    follow(register, [person], now=now)
    RecordChange.objects.create(
        register=register.name,
        record_id=person.pk,
        org_path=person.org_path,
        at=now,
        by=by,
        by_label=actor_for(by, now).label,
        kind=RecordChange.Kind.ERASED,
    )
    log_change(register, person, "record.erased", by=by, now=now)
    return person


def check_is_free(person: Person, now: datetime) -> None:
    if RunPost.objects.filter(person=person, run__phase__in=[Run.Phase.NEW, Run.Phase.ACTIVE]).exists():
        raise RecordRefused(
            zh="此人在正在进行的处置中担任岗位，响应结束后才能删除。请先移交岗位。",
            en="This person fills a post of a running response and can be erased afterwards. Hand the post over.",
        )
    if DutyShift.objects.filter(person=person, ends_at__gt=now).exists():
        raise RecordRefused(
            zh="此人还排有值班。请先调整值班表。", en="This person is on the duty roster. Change the roster first."
        )
    if User.objects.filter(person=person, is_active=True).exists():
        raise RecordRefused(
            zh="此人的账号仍在使用。请先停用账号。", en="This person's account is in use. Deactivate the account first."
        )


def forget(person: Person, now: datetime) -> None:
    """Remove what belongs to a person in other tables and in the history."""
    about = {"person": [person.pk]}
    for model, name in zip(PERSONAL_ROWS, ABOUT, strict=True):
        rows = model._default_manager.filter(person=person)
        about[name] = list(rows.values_list("pk", flat=True))
        rows.delete()
    PostHolding.objects.filter(person=person, ends_at__isnull=True, starts_at__lt=now).update(ends_at=now)
    for name, pks in about.items():
        RecordChange.objects.filter(register=name, record_id__in=pks).update(before={}, after={})
        Attachment.objects.filter(register=name, record_id__in=pks).delete()
    Message.objects.filter(recipient=f"person:{person.pk}").update(address="")
    User.objects.filter(person=person).update(first_name="", last_name="", email="")
