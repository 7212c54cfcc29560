"""The registers and their records: what each consists of, and to read, enter, change and confirm what it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, JsonValue

from youbei import content
from youbei.actions import clock
from youbei.actions.permit import not_allowed, not_found
from youbei.actions.registers.erasing import ask_erasure, withdraw_erasure
from youbei.actions.registers.keep import confirm_records, restore_record, retire_record, revive_record
from youbei.actions.registers.personal import erase_expert, erase_person, look_at
from youbei.actions.registers.save import save_record
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.register_filters import filters_asked
from youbei.api.register_values import ChangeOut, RecordOut, RegisterOut, change_out, plain, record_out, register_out
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Reason, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.privacy import ErasureGround, Purpose
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import RecordChange, User
from youbei.records.models.scope import Registered
from youbei.records.pages import keyset_page
from youbei.records.registers.filters import read_filters
from youbei.records.registers.pages import record_of, register_page, visible_row
from youbei.records.registers.tables import may_enter, path_column, register_called, visible
from youbei.records.reports.stated import waiting_of

router = Router(tags=["registers"])
AT_ONCE = 1000
SOURCE = "api"
ERASURES: dict[str, Callable[..., Registered]] = {"person": erase_person, "expert": erase_expert}

ValuesIn = Annotated[
    dict[str, JsonValue],
    Field(description="field -> value, as the register's description names them; null clears a field"),
]


class RecordIn(Body):
    """What a new record says. A reference is the code, or the one name, of the record it points to."""

    values: ValuesIn


class RecordChangeIn(Body):
    """What shall change; fields that are left out stay. `seen`: the `last_change` of the record as it was read.

    Another quantity of a lot waits until somebody else confirms it, with the `reason`: see `waits` in the answer.
    """

    values: ValuesIn
    seen: Id | None = None
    reason: Line = ""


class RetireIn(Body):
    reason: Reason


class ConfirmIn(Body):
    records: Annotated[list[Id], Field(min_length=1, max_length=AT_ONCE)]


class Confirmed(Schema):
    count: int


class LookIn(Body):
    """Why personal data is needed. The look stands in the log with it."""

    purpose: Purpose


class ErasureIn(Body):
    """Why personal data is to be erased: a ground of the law; no text, as the log keeps it."""

    ground: ErasureGround


class ErasureOut(Schema):
    """What waits for somebody else: why, since when, and who has asked."""

    ground: ErasureGround
    asked_at: datetime
    asked_by: str


class PersonalOut(Schema):
    """What is personal in a record, unmasked."""

    values: dict[str, Any]


@router.get("/registers", response=list[RegisterOut], **may(Permission.SEE))
def list_registers(request: HttpRequest) -> list[RegisterOut]:
    """List the registers that you may see, with the description of every field."""
    by = caller(request)
    return [register_out(one, by) for one in content.registers().values() if by.paths_with(one.see)]


@router.get("/registers/{name}", response=RegisterOut, **may(Permission.SEE))
def get_register(request: HttpRequest, name: Slug) -> RegisterOut:
    """Describe one register."""
    by = caller(request)
    return register_out(register_for(name, by), by)


@router.get("/registers/{name}/records", response=PageOf[RecordOut], **may(Permission.SEE))
@reads_filters
def list_records(
    request: HttpRequest,
    name: Slug,
    q: Line = "",
    unit: Slug | None = None,
    only: bool = False,
    freshness: Freshness | None = None,
    retired: bool = False,
    order: Line = "",
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the records that you may see, personal values masked.

    `unit` is the code of a unit: its own records and those below, with `only` its own alone. Every field that is a
    filter (`is_filter`) and every reference may be named too, as `kind=professional` or `site=store-1`; dates by
    `<field>_from` and `<field>_until`. `order`: empty for the tree, `new`, or a field of `orders`. A name that the
    register does not have is refused, and so is a value that no record can have. A page may be short, or empty, and
    still have a `next`.
    """
    by = caller(request)
    register = register_for(name, by)
    query = filters_asked(register, request.GET, by=by, also=("cursor", "size"))
    page = register_page(
        register, by, now=clock.now(), filters=read_filters(register, query), cursor=cursor or None, size=size
    )
    return {**as_page(page), "items": [record_out(record) for record in page.rows]}


@router.post("/registers/{name}/records", response={201: RecordOut}, **may(Permission.SEE))
@idempotent
def create_record(request: HttpRequest, name: Slug, body: RecordIn) -> Status[RecordOut]:
    """Enter a record. It counts as confirmed by you."""
    by, now = caller(request), clock.now()
    register = register_for(name, by)
    if not may_enter(register, by):
        raise not_allowed(register.edit)
    row = save_record(register=register, values=body.values, by=by, now=now, source=SOURCE)
    return Status(201, shown(register, row.pk, by, now))


@router.post("/registers/{name}/confirmations", response=Confirmed, **may(Permission.SEE))
@idempotent
def confirm_many(request: HttpRequest, name: Slug, body: ConfirmIn) -> Confirmed:
    """Say of up to a thousand records that they are still true: all of them, or none."""
    by = caller(request)
    register = register_for(name, by)
    pks = sorted(set(body.records))
    if visible(register, by).filter(pk__in=pks).count() < len(pks):
        raise not_found()
    return Confirmed(count=confirm_records(register=register, pks=pks, by=by, now=clock.now(), source=SOURCE))


@router.get("/registers/{name}/records/{pk}", response=RecordOut, **may(Permission.SEE))
def get_record(request: HttpRequest, name: Slug, pk: Id) -> RecordOut:
    """Show one record, personal values masked."""
    by = caller(request)
    return shown(register_for(name, by), pk, by, clock.now())


@router.patch("/registers/{name}/records/{pk}", response=RecordOut, **may(Permission.SEE))
@idempotent
def change_record(request: HttpRequest, name: Slug, pk: Id, body: RecordChangeIn) -> RecordOut:
    """Change a record. With `seen`, what somebody else has changed since is not overwritten (409).

    Personal values are changed only by who may see them.
    """
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    if register.personal & body.values.keys() and not by.may(Permission.SEE_PERSONAL, place(register, row)):
        raise not_allowed(Permission.SEE_PERSONAL)
    save_record(
        register=register,
        values=body.values,
        by=by,
        now=now,
        pk=pk,
        seen=body.seen,
        source=SOURCE,
        reason=body.reason,
    )
    return shown(register, pk, by, now)


@router.post("/registers/{name}/records/{pk}/confirm", response=RecordOut, **may(Permission.SEE))
@idempotent
def confirm_record(request: HttpRequest, name: Slug, pk: Id) -> RecordOut:
    """Say of a record that it is still true."""
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    confirm_records(register=register, pks=[row.pk], by=by, now=now, source=SOURCE)
    return shown(register, pk, by, now)


@router.post("/registers/{name}/records/{pk}/retire", response=RecordOut, **may(Permission.SEE))
@idempotent
def retire(request: HttpRequest, name: Slug, pk: Id, body: RetireIn) -> RecordOut:
    """Take a record out of use, with a reason. It is kept."""
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    retire_record(register=register, pk=row.pk, reason=body.reason, by=by, now=now)
    return shown(register, pk, by, now)


@router.post("/registers/{name}/records/{pk}/revive", response=RecordOut, **may(Permission.SEE))
@idempotent
def revive(request: HttpRequest, name: Slug, pk: Id) -> RecordOut:
    """Bring a retired record back into use."""
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    revive_record(register=register, pk=row.pk, by=by, now=now)
    return shown(register, pk, by, now)


@router.post("/registers/{name}/records/{pk}/looks", response=PersonalOut, **may(Permission.SEE_PERSONAL))
@idempotent
def look_at_record(request: HttpRequest, name: Slug, pk: Id, body: LookIn) -> PersonalOut:
    """Return what is personal in a record, for a named purpose. Who looked, when and why stands in the log."""
    by = caller(request)
    register, row = record_for(name, pk, by)
    if not register.personal:
        raise NotFound(zh="这类记录没有个人信息。", en="Such records hold no personal data.")
    said = look_at(register=register, row=row, purpose=body.purpose, by=by, now=clock.now(), via="api")
    return PersonalOut(values=plain(said))


@router.post("/registers/{name}/records/{pk}/erasure", response={201: ErasureOut}, **may(Permission.SEE))
@idempotent
def ask_to_erase(request: HttpRequest, name: Slug, pk: Id, body: ErasureIn) -> Status[ErasureOut]:
    """Ask to erase what is known about a person or an expert; somebody else who keeps the register confirms it."""
    by = caller(request)
    register, row = record_for(name, pk, by)
    made = ask_erasure(name=register.name, pk=row.pk, ground=body.ground, by=by, now=clock.now())
    return Status(201, ErasureOut(ground=body.ground, asked_at=made.at, asked_by=made.by_label))


@router.post("/registers/{name}/records/{pk}/erasure/withdraw", response=RecordOut, **may(Permission.SEE))
@idempotent
def withdraw_asked_erasure(request: HttpRequest, name: Slug, pk: Id) -> RecordOut:
    """Take back that a record is to be erased: whoever keeps the register, also who has asked."""
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    withdraw_erasure(name=register.name, pk=row.pk, by=by, now=now)
    return shown(register, pk, by, now)


@router.post("/registers/{name}/records/{pk}/erase", response=RecordOut, **may(Permission.SEE))
@idempotent
def erase_record(request: HttpRequest, name: Slug, pk: Id) -> RecordOut:
    """Erase for good what somebody else has asked to erase, here and in the history; that it was done is logged.

    The record stays without a name, out of use, so that what points to it keeps its meaning.
    """
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    erase = ERASURES.get(register.name)
    if erase is None:
        raise NotFound(
            zh="这里只能删除人员（person）和专家（expert）的个人信息；其他记录请停用。",
            en="Only what is known about persons (person) and experts (expert) is erased; other records are retired.",
        )
    erase(pk=row.pk, by=by, now=now)
    return shown(register, pk, by, now)


@router.get("/registers/{name}/records/{pk}/changes", response=PageOf[ChangeOut], **may(Permission.SEE))
def list_changes(request: HttpRequest, name: Slug, pk: Id, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List what happened to a record, newest first, personal values masked."""
    register, row = record_for(name, pk, caller(request))
    page = keyset_page(
        RecordChange.objects.filter(register=register.name, record_id=row.pk),
        order=("-id",),
        cursor=cursor,
        size=size,
        read=lambda rows: [change_out(register, one) for one in rows],
    )
    return as_page(page)


@router.post("/registers/{name}/records/{pk}/changes/{change}/restore", response=RecordOut, **may(Permission.SEE))
@idempotent
def restore(request: HttpRequest, name: Slug, pk: Id, change: Id) -> RecordOut:
    """Give the fields of a change the values they had before it."""
    by, now = caller(request), clock.now()
    register, row = record_for(name, pk, by)
    found = find(RecordChange.objects.filter(register=register.name, record_id=row.pk), pk=change)
    restore_record(change=found, by=by, now=now)
    return shown(register, pk, by, now)


def register_for(name: str, by: User) -> Register:
    """Return a register of which the caller may see anything; one that they may not see does not exist for them."""
    register = register_called(name)
    if not by.paths_with(register.see):
        raise not_found()
    return register


def record_for(name: str, pk: int, by: User) -> tuple[Register, Registered]:
    register = register_for(name, by)
    return register, visible_row(register, pk, by)


def place(register: Register, row: Registered) -> str:
    return str(getattr(row, path_column(register)))


def shown(register: Register, pk: int, by: User, now: datetime) -> RecordOut:
    """Return a record as its answer, with the mark of its last change."""
    from_history = RecordChange.objects.filter(register=register.name, record_id=pk).order_by("-id")
    last = from_history.values_list("pk", flat=True).first()
    waits = [one.statement.pk for one in waiting_of(pk)] if register.name == "lot" else []
    return record_out(record_of(register, pk, by, now), last, waits)
