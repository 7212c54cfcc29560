"""Look at personal data, and erase it. Every look stands in the log with its purpose; nothing personal does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.old_sheets import forget_samples
from youbei.actions.permit import require
from youbei.actions.registers.erasing import agreed_ground, note
from youbei.actions.registers.history import log_change
from youbei.actions.registers.save import RecordRefused, locked
from youbei.engine.access import Permission
from youbei.engine.privacy import ErasureGround, Purpose
from youbei.engine.registers.register import Register
from youbei.records.models import (
    Attachment,
    Conflict,
    ContactWay,
    DutyShift,
    Expert,
    MemberReview,
    Message,
    OutsideLogin,
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
from youbei.records.registers.indexing import index_records
from youbei.records.registers.tables import path_column, register_called
from youbei.records.registers.values import Values, values_of

PERSONAL_ROWS: tuple[Any, ...] = (Qualification, ContactWay, Vetting, Conflict, TeamMember, MemberReview)
ABOUT = ("qualification", "contact_way", "vetting", "conflict", "team_member", "member_review")
# What a record says of how somebody is reached, now or in its history.
REACHED_BY = ("phone", "email", "address")
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
def erase_person(*, pk: int, by: User | None, now: datetime, ground: ErasureGround | None = None) -> Person:
    """Erase what is known about a person, here and in the history; the log needs no change, it holds keys only.

    Somebody else has asked for it (`erasing.ask_erasure`); the installation itself gives the `ground` instead. The
    record itself stays, without a name, so that what points to it keeps its meaning. Nobody is erased who is on
    duty, fills a post of a running response, or has an account that is in use.
    """
    register = register_called("person")
    person = locked(register, pk, by)
    require(by, register.edit, person.org_path)
    if not isinstance(person, Person):
        raise TypeError("The register of persons holds persons")
    why = agreed_ground(register, person, by, ground)
    check_is_free(person, now)
    addresses = addresses_in("person", [person.pk]) | {person.phone, person.email}
    person.name_zh, person.name_en = ERASED_ZH, ERASED_EN
    person.phone = person.email = person.title = person.id_number = person.remarks = ""
    person.qualifications = []
    person.retired_at = person.retired_at or now
    person.save()
    forget(person, addresses, now)
    write_erased(register, person, why, by, now)
    return person


@transaction.atomic
def erase_expert(*, pk: int, by: User | None, now: datetime, ground: ErasureGround | None = None) -> Expert:
    """Erase who an expert is, here and in the history. What was asked and advised stays, of somebody without a name."""
    register = register_called("expert")
    expert = locked(register, pk, by)
    require(by, register.edit, expert.org_path)
    if not isinstance(expert, Expert):
        raise TypeError("The register of experts holds experts")
    why = agreed_ground(register, expert, by, ground)
    addresses = addresses_in("expert", [expert.pk]) | {expert.phone, expert.email}
    expert.name_zh, expert.name_en = ERASED_ZH, ERASED_EN
    expert.phone = expert.email = expert.title = expert.employer = expert.remarks = ""
    expert.lat = expert.lon = None
    expert.retired_at = expert.retired_at or now
    expert.save()
    forget_records({"expert": [expert.pk]})
    forget_samples(["expert"])
    forget_addresses(addresses)
    write_erased(register, expert, why, by, now)
    return expert


def write_erased(register: Register, row: Registered, why: ErasureGround, by: User | None, now: datetime) -> None:
    """Bring in line what is copied from an erased record, and write down that it was erased."""
    follow(register, [row], now=now)
    note(register, row, RecordChange.Kind.ERASED, why, by, now)
    log_change(register, row, "record.erased", by=by, now=now, more={"ground": why.value})


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


def forget(person: Person, addresses: set[str], now: datetime) -> None:
    """Remove what belongs to a person in other tables, in the history, and in the index of the search."""
    about = {"person": [person.pk]}
    for model, name in zip(PERSONAL_ROWS, ABOUT, strict=True):
        rows = model._default_manager.filter(person=person)
        about[name] = list(rows.values_list("pk", flat=True))
    addresses = addresses | addresses_in("contact_way", about["contact_way"])
    addresses |= set(ContactWay.objects.filter(person=person).values_list("address", flat=True))
    for model, name in zip(PERSONAL_ROWS, ABOUT, strict=True):
        model._default_manager.filter(person=person).delete()
        index_records(register_called(name), about[name])
    held = PostHolding.objects.filter(person=person)
    held.filter(ends_at__isnull=True, starts_at__lt=now).update(ends_at=now)
    held.update(remarks="")
    forget_samples([*about, "holding"])
    forget_records({**about, "holding": list(held.values_list("pk", flat=True))})
    Message.objects.filter(recipient=f"person:{person.pk}").update(address="")
    forget_addresses(addresses)
    accounts = User.objects.filter(person=person)
    OutsideLogin.objects.filter(user__in=accounts).delete()
    accounts.update(first_name="", last_name="", email="")


def forget_records(about: Mapping[str, Sequence[int]]) -> None:
    """Remove what the history and the attached files say of these records."""
    for name, pks in about.items():
        RecordChange.objects.filter(register=name, record_id__in=pks).update(before={}, after={})
        Attachment.objects.filter(register=name, record_id__in=pks).delete()


def addresses_in(name: str, pks: Sequence[int]) -> set[str]:
    """Return the numbers and addresses that the history of these records holds."""
    changes = RecordChange.objects.filter(register=name, record_id__in=pks).values_list("before", "after")
    return {str(said[key]) for pair in changes for said in pair for key in REACHED_BY if said.get(key)}


def forget_addresses(addresses: set[str]) -> None:
    """Remove addresses from the messages that went to them: by way of a post, say."""
    Message.objects.filter(address__in=addresses - {""}).update(address="")
