"""The tamper-evident log: its entries, its head, and whether it holds."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.values import Cursor, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.events import KINDS
from youbei.engine.log import Fault
from youbei.engine.text import Text
from youbei.records.log import head, verify_log
from youbei.records.models import LogEntry
from youbei.records.reports.log import LogFilter, log_page
from youbei.records.reports.names import LogLine

router = Router(tags=["log"])
SHOWN_FAULTS = 100
Position = Annotated[int, Field(ge=0, le=2**63 - 1)]
Hash = Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")]


class HeadOut(Schema):
    """The end of the chain. Keep the hash outside the system: later it proves that nothing before it was changed."""

    position: int
    hash: str


class FaultOut(Schema):
    position: int
    code: str
    text: Text


class Verification(Schema):
    """`is_anchored` says whether the anchor asked for stands in the log; null where none was asked for."""

    holds: bool
    count: int
    head: str
    faults: list[FaultOut]
    is_anchored: bool | None


@router.get("/log", response=PageOf[LogLine], **may(Permission.SEE))
def list_log(
    request: HttpRequest,
    stream: Slug | None = None,
    kind: Slug | None = None,
    after: Position | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the entries of the log that you may see, newest first. `stream` is such as `run:17`.

    With `after`, a position, list what follows it, oldest first: so a program follows the log. It goes on with `next`
    while there is one, also behind a page that is not full, then asks again with the position of the last entry that it
    has read. Nothing is missed.
    """
    demand_choice("kind", kind or "", KINDS)
    filters = LogFilter(stream=stream or "", kind=kind or "")
    return as_page(log_page(caller(request), filters=filters, cursor=cursor, size=size, after=after))


@router.get("/log/head", response=HeadOut, **may(Permission.VERIFY_LOG))
def log_head(request: HttpRequest) -> HeadOut:
    """Tell where the chain ends now."""
    last = head()
    return HeadOut(position=last.position, hash=last.hash)


@router.get("/log/verification", response=Verification, **may(Permission.VERIFY_LOG))
def log_verification(request: HttpRequest, anchor: Hash | None = None) -> Verification:
    """Verify the whole chain; with `anchor`, also that the entry with that hash still stands in it."""
    faults = [fault_out(fault) for fault in islice(verify_log(), SHOWN_FAULTS)]
    last = head()
    is_anchored = LogEntry.objects.filter(hash=anchor.lower()).exists() if anchor else None
    holds = not faults and is_anchored is not False
    return Verification(holds=holds, count=last.position, head=last.hash, faults=faults, is_anchored=is_anchored)


def fault_out(fault: Fault) -> FaultOut:
    return FaultOut(position=fault.position, code=fault.code, text=Text(zh=fault.zh, en=fault.en))
