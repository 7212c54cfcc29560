"""Saved reports: tables of numbers under a name, and any table as a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from youbei.actions import clock
from youbei.actions.reports import pin_report, remove_report, save_report
from youbei.actions.sheets.figures import TABLE_FORMS, export_table
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.register_filters import filters_asked
from youbei.api.registers import register_for
from youbei.api.repeat import idempotent
from youbei.api.sheets import as_file, sends, with_file
from youbei.api.values import Body, Id, Line, Slug, find
from youbei.engine.access import Permission
from youbei.records.models import Organisation
from youbei.records.registers.saved_reports import Kept, reports_of

router = Router(tags=["registers"])
ReportQuery = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=1000)]
ReportName = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=80)]
OWN_NAMES = ("rows", "columns", "measure", "format", "language", "title")


class ReportOut(Schema):
    """A saved report. `query`: the parameters of `GET /registers/{register_name}/statistics`, for its numbers."""

    pk: int
    name: str
    register_name: str
    query: str
    is_own: bool
    is_shared: bool
    is_pinned: bool
    shared_by: str


class SavedReportIn(Body):
    """What to keep. `share_with` is the code of a unit: all who stand there or may see it get the report."""

    name: ReportName
    query: ReportQuery = ""
    share_with: Slug | None = None
    is_pinned: bool = False


class PinIn(Body):
    """Whether the report stands on one's own duty desk."""

    is_pinned: bool


def out(kept: Kept) -> dict[str, Any]:
    values = {name: getattr(kept, name) for name in ReportOut.model_fields if name != "register_name"}
    return {**values, "register_name": kept.register.name}


@router.get("/reports", response=list[ReportOut], **may(Permission.SEE))
def list_reports(request: HttpRequest) -> list[dict[str, Any]]:
    """List the reports that you may use: your own first, then those shared where you stand."""
    return [out(one) for one in reports_of(caller(request))]


@router.post("/registers/{name}/reports", response={201: ReportOut}, **may(Permission.SEE))
@idempotent
def keep_report(request: HttpRequest, name: Slug, body: SavedReportIn) -> Status[dict[str, Any]]:
    """Keep a table of a register's statistics under a name, or change your own of that name."""
    by = caller(request)
    register = register_for(name, by)
    unit = find(Organisation.objects.visible_to(by), code=body.share_with) if body.share_with else None
    kept = save_report(
        register=register, name=body.name, query=body.query, by=by, share_with=unit, is_pinned=body.is_pinned
    )
    return Status(201, out(kept))


@router.post("/reports/{report}/pin", response=ReportOut, **may(Permission.SEE))
@idempotent
def pin_one_report(request: HttpRequest, report: Id, body: PinIn) -> dict[str, Any]:
    """Put a report on your duty desk, or take it away."""
    return out(pin_report(pk=report, by=caller(request), is_pinned=body.is_pinned))


@router.delete("/reports/{report}", response={204: None}, **may(Permission.SEE))
@idempotent
def remove_one_report(request: HttpRequest, report: Id) -> Status[None]:
    """Remove one of your own reports, for all with whom it was shared."""
    remove_report(pk=report, by=caller(request))
    return Status(204, None)


@router.get(
    "/registers/{name}/statistics/file",
    response=None,
    **with_file(may(Permission.EXPORT_REGISTER), sends(*TABLE_FORMS.values())),
)
@reads_filters
def take_table(
    request: HttpRequest,
    name: Slug,
    format: Literal["xlsx", "pdf", "csv"] = "xlsx",
    language: Literal["zh", "en"] = "zh",
    title: Line = "",
) -> HttpResponse:
    """Send a table of numbers as a workbook, a paper or text; in the workbook every number leads to its list.

    The parameters are those of `GET /registers/{name}/statistics`. The export stands in the log.
    """
    by = caller(request)
    register = register_for(name, by)
    said = filters_asked(register, request.GET, by=by, also=OWN_NAMES)
    asked = {key: value for key, value in said.items() if key not in ("format", "language", "title")}
    made = export_table(
        register=register,
        query=asked,
        by=by,
        now=clock.now(),
        form=format,
        language=language,
        site=request.build_absolute_uri("/"),
        name=title.strip()[:80],
    )
    return as_file(HttpResponse(b"".join(made.content), content_type=made.content_type), made.name)
