"""Add files to a record, take them away, and open them; what concerns a person is opened for a purpose only."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from youbei.actions.actors import actor_for
from youbei.actions.permit import require, require_change
from youbei.actions.registers.history import log_change
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound, Refused
from youbei.engine.media import SCANS, media_type_of
from youbei.engine.privacy import Purpose
from youbei.engine.registers.register import Register
from youbei.records.models import Attachment, User
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import path_column

# Assumption: a scan of ten pages takes 1 to 5 MB.
LARGEST = 10_000_000
# Assumption: a certificate, its renewals and some photographs; more belongs into a filing system.
MOST = 20


class AttachmentRefused(Refused):
    """Refuse a file that is no scan, too large or one too many, and a look without a purpose."""

    status = 422


@transaction.atomic
def attach(
    *, register: Register, row: Registered, title: str, content: bytes, by: User | None, now: datetime
) -> Attachment:
    """Add a PDF, JPEG, PNG or WebP of at most 10 MB to a record; the log keeps what it was by its digest.

    The same file sent again is kept once.
    """
    require_change(by, register, getattr(row, path_column(register)))
    media_type = checked_type(content)
    type(row)._default_manager.select_for_update().get(pk=row.pk)
    digest = hashlib.sha256(content).hexdigest()
    known = attachments_of(register, row.pk).filter(digest=digest).first()
    if known is not None:
        return known
    if attachments_of(register, row.pk).count() >= MOST:
        raise AttachmentRefused(
            zh=f"这条记录已有 {MOST} 个附件。请先删除不再需要的。",
            en=f"This record has {MOST} files already. Remove those that are no longer needed first.",
        )
    found = Attachment.objects.create(
        register=register.name,
        record_id=row.pk,
        title=title.replace("\x00", "").strip()[:200] or register.one.zh,
        media_type=media_type,
        size=len(content),
        digest=digest,
        content=content,
        added_at=now,
        added_by=actor_for(by, now).label[:200],
    )
    log_change(register, row, "record.attached", by=by, now=now, more=said_of(found))
    return found


def checked_type(content: bytes) -> str:
    if not content:
        raise AttachmentRefused(zh="文件是空的。请重新选择。", en="The file is empty. Choose it again.")
    if len(content) > LARGEST:
        raise AttachmentRefused(
            zh=f"文件超过 {LARGEST // 1_000_000} MB。请缩小扫描分辨率或分成几个文件。",
            en=f"The file is larger than {LARGEST // 1_000_000} MB. Scan it coarser, or as several files.",
        )
    media_type = media_type_of(content)
    if media_type not in SCANS:
        raise AttachmentRefused(
            zh="只能附 PDF、JPEG、PNG 或 WebP 文件。请另存为其中一种再上传。",
            en="A file is a PDF, JPEG, PNG or WebP. Save it as one of these and send it again.",
        )
    return media_type


@transaction.atomic
def detach(*, register: Register, row: Registered, pk: int, by: User | None, now: datetime) -> None:
    """Remove a file from a record for good; the log keeps that it was there."""
    require_change(by, register, getattr(row, path_column(register)))
    found = attachment_of(register, row, pk)
    said = said_of(found)
    found.delete()
    log_change(register, row, "record.detached", by=by, now=now, more=said)


@transaction.atomic
def open_attachment(
    *, register: Register, row: Registered, pk: int, purpose: Purpose | None, by: User | None, now: datetime, via: str
) -> Attachment:
    """Return a file with its content. One that concerns a person needs the right and a purpose, and the log says so."""
    found = attachment_of(register, row, pk)
    if not register.is_about_persons:
        return found
    require(by, Permission.SEE_PERSONAL, getattr(row, path_column(register)))
    if purpose is None:
        raise AttachmentRefused(
            zh="这个附件涉及个人。请说明查看目的。", en="This file concerns a person. Say what it is needed for."
        )
    more = {"purpose": purpose.value, "via": via, "digest": found.digest}
    log_change(register, row, "record.looked", by=by, now=now, more=more)
    return found


def attachment_of(register: Register, row: Registered, pk: int) -> Attachment:
    found = Attachment.objects.filter(register=register.name, record_id=row.pk, pk=pk).first()
    if found is None:
        raise NotFound(zh="没有这个附件，可能已被删除。", en="There is no such file; it may have been removed.")
    return found


def attachments_of(register: Register, pk: int) -> QuerySet[Attachment]:
    """Return the files of a record without their contents, oldest first."""
    return Attachment.objects.filter(register=register.name, record_id=pk).defer("content")


def said_of(found: Attachment) -> dict[str, object]:
    """Return what the log says of a file: its title may name a person and stays out of it."""
    return {"attachment": found.pk, "media_type": found.media_type, "size": found.size, "digest": found.digest}
