"""Enter into the registers: organisations, persons, posts and duty."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.registers.holdings import demand_once
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.models import DutyShift, Organisation, Person, Post, PostHolding, Qualification, User
from youbei.records.registers.derivation import mark_due
from youbei.records.registers.follow import count_certificates
from youbei.records.registers.spans import note_units
from youbei.records.search.entries import write_entries

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
POST_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}/[a-z0-9][a-z0-9_-]{0,39}")


class RegisterRefused(Refused):
    """Refuse an entry that a register cannot take."""


def check_code(model: type[Model], code: str, shape: re.Pattern[str] = SLUG) -> None:
    """Refuse a code of the wrong shape, or one that is taken."""
    if not shape.fullmatch(code):
        raise RegisterRefused(
            zh=f"代码“{code}”不可用：只能用小写字母、数字、- 和 _，并以字母或数字开头。",
            en=f"The code {code!r} cannot be used: take lower-case letters, digits, - and _, "
            "beginning with a letter or digit.",
        )
    if model._default_manager.filter(code=code).exists():
        raise RegisterRefused(
            zh=f"代码“{code}”已登记。请换一个，或修改已有的记录。",
            en=f"The code {code!r} is already registered. Choose another, or change the existing record.",
        )


def check_point(point: Point | None) -> None:
    if point is not None and not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        raise RegisterRefused(
            zh=f"坐标（{point.lat}，{point.lon}）不在地球上：纬度 -90 至 90，经度 -180 至 180。",
            en=f"The position ({point.lat}, {point.lon}) is not on Earth: latitude -90 to 90, longitude -180 to 180.",
        )


def check_period(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise RegisterRefused(
            zh="结束时间须晚于开始时间。请改正后再登记。",
            en="The end must come after the start. Correct it and enter again.",
        )


def created(subject: str, row: Any, data: dict[str, Any], *, by: User | None, now: datetime, org_path: str) -> None:
    """Log that a row was entered and let it be found. `data` names codes and kinds, never personal data."""
    stream = f"register:{subject}:{row.pk}"
    record(stream, [("record.created", data)], by=actor_for(by, now), now=now, org_path=org_path)
    if register := content.registers().get(subject):
        write_entries(register, [row], are_new=True)


@transaction.atomic
def create_organisation(
    *,
    by: User | None,
    now: datetime,
    code: str,
    kind: str,
    name_zh: str,
    name_en: str = "",
    parent: Organisation | None = None,
    point: Point | None = None,
    phone: str = "",
    email: str = "",
) -> Organisation:
    """Enter a unit below its parent; its path follows from the tree."""
    require(by, Permission.EDIT_PEOPLE, parent.path if parent else "/")
    check_code(Organisation, code)
    check_point(point)
    organisation = Organisation.objects.create(
        code=code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        parent=parent,
        path="",
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        phone=phone,
        email=email,
    )
    organisation.path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    note_units([organisation], now)
    mark_due([organisation.pk])
    data = {"code": code, "kind": kind, "name_zh": name_zh, "parent": parent.code if parent else ""}
    created("organisation", organisation, data, by=by, now=now, org_path=organisation.path)
    return organisation


@transaction.atomic
def create_person(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    code: str,
    name_zh: str,
    name_en: str = "",
    phone: str = "",
    email: str = "",
    qualifications: tuple[str, ...] = (),
) -> Person:
    """Enter a person. Name, telephone and address stay in the register; the log only learns that there is one more."""
    require(by, Permission.EDIT_PEOPLE, organisation.path)
    check_code(Person, code)
    person = Person.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        phone=phone,
        email=email,
    )
    Qualification.objects.bulk_create(
        Qualification(person=person, org_path=person.org_path, kind=kind, confirmed_at=now) for kind in qualifications
    )
    count_certificates([person.pk], now.date())
    person.qualifications = sorted(qualifications)
    created("person", person, {"organisation": organisation.code}, by=by, now=now, org_path=organisation.path)
    return person


@transaction.atomic
def create_post(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    code: str,
    name_zh: str,
    name_en: str = "",
    kind: str = "office",
    rank: int = 100,
) -> Post:
    """Enter a post; `code` is `<organisation>/<post>`, of which the first part may be left out."""
    require(by, Permission.EDIT_PEOPLE, organisation.path)
    full_code = code if "/" in code else f"{organisation.code}/{code}"
    check_code(Post, full_code, POST_CODE)
    post = Post.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        code=full_code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        rank=rank,
    )
    created("post", post, {"code": full_code, "kind": kind}, by=by, now=now, org_path=organisation.path)
    return post


@transaction.atomic
def hold_post(
    *,
    by: User | None,
    now: datetime,
    post: Post,
    person: Person,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> PostHolding:
    """Let a person hold a post for a time; whoever held it before holds it until then."""
    require(by, Permission.EDIT_PEOPLE, post.org_path)
    check_period(starts_at, ends_at)
    PostHolding.objects.filter(post=post, ends_at__isnull=True, starts_at__lt=starts_at).update(ends_at=starts_at)
    holding = PostHolding(
        post=post, person=person, starts_at=starts_at, ends_at=ends_at, org_path=post.org_path, confirmed_at=now
    )
    demand_once(holding)
    holding.save()
    data = {"post": post.code, "person": f"person:{person.pk}"}
    created("holding", holding, data, by=by, now=now, org_path=post.org_path)
    return holding


@transaction.atomic
def create_shift(
    *,
    by: User | None,
    now: datetime,
    post: Post,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    is_leader: bool = False,
) -> DutyShift:
    """Put a person on duty at a duty post for one shift."""
    require(by, Permission.EDIT_PEOPLE, post.org_path)
    check_period(starts_at, ends_at)
    if post.kind != Post.Kind.DUTY:
        raise RegisterRefused(
            zh=f"“{post.name_zh}”不是值班岗位，不能排班。请选择值班岗位。",
            en=f"{post.name_en or post.name_zh} is not a duty post and takes no shifts. Choose a duty post.",
        )
    shift = DutyShift.objects.create(
        post=post, org_path=post.org_path, person=person, is_leader=is_leader, starts_at=starts_at, ends_at=ends_at
    )
    data = {"post": post.code, "person": f"person:{person.pk}", "is_leader": is_leader}
    created("shift", shift, data, by=by, now=now, org_path=post.org_path)
    return shift
