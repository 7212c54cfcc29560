"""The files of a record: list, add, fetch, remove. What concerns a person is fetched for a named purpose."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from youbei.actions import clock
from youbei.actions.registers import attachments
from youbei.api.access import caller, may
from youbei.api.registers import record_for
from youbei.api.repeat import idempotent
from youbei.api.sheets import TAKES_FILE, as_file, sends, with_file
from youbei.api.values import Id, Line, Slug
from youbei.engine.access import Permission
from youbei.engine.media import SCANS
from youbei.engine.privacy import Purpose
from youbei.records.models import Attachment

router = Router(tags=["registers"])


class AttachmentOut(Schema):
    """A file of a record; `digest` is its SHA-256."""

    id: int
    title: str
    media_type: str
    size: int
    digest: str
    added_at: datetime
    added_by: str


@router.get("/registers/{name}/records/{pk}/files", response=list[AttachmentOut], **may(Permission.SEE))
def list_attachments(request: HttpRequest, name: Slug, pk: Id) -> list[AttachmentOut]:
    """List the files of a record, oldest first, twenty at most."""
    register, row = record_for(name, pk, caller(request))
    return [attachment_out(one) for one in attachments.attachments_of(register, row.pk)]


@router.post(
    "/registers/{name}/records/{pk}/files",
    response={201: AttachmentOut},
    **with_file(may(Permission.SEE), TAKES_FILE),
)
def add_attachment(request: HttpRequest, name: Slug, pk: Id, title: Line = "") -> Status[AttachmentOut]:
    """Add the body of the request, a PDF, JPEG, PNG or WebP of at most 10 MB, as a file of a record."""
    by = caller(request)
    register, row = record_for(name, pk, by)
    content = request.read(attachments.LARGEST + 1)
    found = attachments.attach(register=register, row=row, title=title, content=content, by=by, now=clock.now())
    return Status(201, attachment_out(found))


@router.get(
    "/registers/{name}/records/{pk}/files/{file_id}", response=None, **with_file(may(Permission.SEE), sends(*SCANS))
)
def fetch_attachment(
    request: HttpRequest, name: Slug, pk: Id, file_id: Id, purpose: Purpose | None = None
) -> HttpResponse:
    """Return a file of a record. One that concerns a person needs `purpose` and the right; the log says who looked."""
    by = caller(request)
    register, row = record_for(name, pk, by)
    found = attachments.open_attachment(
        register=register, row=row, pk=file_id, purpose=purpose, by=by, now=clock.now(), via="api"
    )
    ending = found.media_type.rsplit("/", 1)[-1]
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    return as_file(answer, f"{register.name}-{row.pk}-{found.pk}.{ending}")


@router.delete("/registers/{name}/records/{pk}/files/{file_id}", response={204: None}, **may(Permission.SEE))
@idempotent
def remove_attachment(request: HttpRequest, name: Slug, pk: Id, file_id: Id) -> Status[None]:
    """Remove a file from a record for good."""
    by = caller(request)
    register, row = record_for(name, pk, by)
    attachments.detach(register=register, row=row, pk=file_id, by=by, now=clock.now())
    return Status(204, None)


def attachment_out(one: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=one.pk,
        title=one.title,
        media_type=one.media_type,
        size=one.size,
        digest=one.digest,
        added_at=one.added_at,
        added_by=one.added_by,
    )
