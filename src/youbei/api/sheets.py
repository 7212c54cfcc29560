"""Sheets in and out of the registers: templates, exports, and imports from the upload to their undoing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.sheets import upload
from youbei.actions.sheets.exporting import FORMATS, export_register, in_pieces, refused_sheet, template
from youbei.actions.sheets.kept import kept_text
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.register_filters import filters_asked
from youbei.api.registers import register_for
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.privacy import Purpose
from youbei.engine.registers.register import Freshness
from youbei.engine.text import Text
from youbei.records.models import SheetImport
from youbei.records.pages import keyset_page
from youbei.records.registers.filters import read_filters

router = Router(tags=["sheets"])
PIECE = 1 << 16
Response = TypeVar("Response", bound=HttpResponseBase)
Tongue = Literal["zh", "en"]
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def sends(*kinds: str) -> dict[str, Any]:
    """Describe an answer that is a file of one of these kinds."""
    return {"responses": {200: {"description": "The file", "content": {kind: BINARY for kind in kinds}}}}


def with_file(options: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    return {**options, "openapi_extra": {**options["openapi_extra"], **extra}}


TAKES_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}}


class ColumnOut(Schema):
    """A heading of the sheet and the field it is taken for, empty for "left out"; how sure that is, and why."""

    heading: str
    field: str
    score: float
    why: str


class DifferingOut(Schema):
    site: str
    name: Text
    count: int


class ImportOut(Schema):
    """Where an import stands.

    `stage`: uploaded, checking, checked, applying, applied, undoing, undone, cancelled, failed. The counts are of rows:
    what the check found that would happen, then what did. `done` of `total` says how far the step in progress has come;
    `problem` why it failed. `kept_back`: records that an undoing left, as others have built on them.
    `differing`: how many of the good rows state another quantity of a lot than its ledger; these wait for a second
    person, see `GET /stock-stated?import_id=`. `differing_at` says how many where, of the first twenty sites.
    """

    pk: int
    register_name: str
    name: str
    sheet: str
    other_sheets: list[str]
    stage: str
    columns: list[ColumnOut]
    rows: int
    added: int
    changed: int
    unchanged: int
    refused: int
    kept_back: int
    differing: int
    differing_at: list[DifferingOut]
    done: int
    total: int
    problem: Text
    uploaded_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


class CheckIn(Body):
    """Which heading is which field; one that is not named is taken as proposed, an empty field leaves it out."""

    columns: Annotated[dict[str, str], Field(max_length=500)] = {}


class ApplyIn(Body):
    """With `only_good` the rows that were refused are left out; without it nothing is imported while there are any."""

    only_good: bool = True


@router.get("/registers/imports", response=PageOf[ImportOut], **may("signed_in"))
def list_imports(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List your imports, newest first."""
    page = keyset_page(
        SheetImport.objects.filter(by=caller(request)).select_related("job"),
        order=("-id",),
        cursor=cursor,
        size=size,
        read=lambda rows: [import_out(one) for one in rows],
    )
    return as_page(page)


@router.get("/registers/imports/{import_id}", response=ImportOut, **may("signed_in"))
def get_import(request: HttpRequest, import_id: Id) -> ImportOut:
    """Tell where an import stands: ask again until its stage is no longer `checking`, `applying` or `undoing`."""
    return import_out(upload.own_import(import_id, caller(request)))


@router.get(
    "/registers/imports/{import_id}/refused", response=None, **with_file(may("signed_in"), sends(FORMATS["xlsx"]))
)
def get_refused_rows(request: HttpRequest, import_id: Id) -> HttpResponse:
    """Return the refused rows as they came, each wrong cell with what is wrong: corrected, they can be uploaded."""
    sheet = upload.own_import(import_id, caller(request))
    content = refused_sheet(sheet, get_language() or "en")
    return as_file(HttpResponse(content, content_type=FORMATS["xlsx"]), f"{sheet.register}-to-correct-{sheet.pk}.xlsx")


@router.get("/registers/imports/{import_id}/kept", response=None, **with_file(may("signed_in"), sends(FORMATS["csv"])))
def get_kept_records(request: HttpRequest, import_id: Id) -> HttpResponseBase:
    """Return the records that an undoing left as the import had made them, each with why."""
    by = caller(request)
    sheet = upload.own_import(import_id, by)
    text = in_pieces(kept_text(sheet, by, get_language() or "en"))
    name = f"{sheet.register}-not-undone-{sheet.pk}.csv"
    return as_file(StreamingHttpResponse(text, content_type=FORMATS["csv"]), name)


@router.post("/registers/imports/{import_id}/check", response={202: ImportOut}, **may("signed_in"))
@idempotent
def check_import(request: HttpRequest, import_id: Id, body: CheckIn) -> Status[ImportOut]:
    """Settle the columns and check every row; nothing is written. It goes on in the background."""
    by = caller(request)
    sheet = upload.own_import(import_id, by)
    columns = {match.heading: match.field for match in upload.proposed_columns(sheet, by)} | body.columns
    return going(upload.check_import(sheet=sheet, matches=columns, by=by, now=clock.now()))


@router.post("/registers/imports/{import_id}/apply", response={202: ImportOut}, **may("signed_in"))
@idempotent
def apply_import(request: HttpRequest, import_id: Id, body: ApplyIn) -> Status[ImportOut]:
    """Write what was checked into the register. It goes on in the background."""
    by = caller(request)
    sheet = upload.own_import(import_id, by)
    return going(upload.apply_import(sheet=sheet, by=by, now=clock.now(), only_good=body.only_good))


@router.post("/registers/imports/{import_id}/undo", response={202: ImportOut}, **may("signed_in"))
@idempotent
def undo_import(request: HttpRequest, import_id: Id) -> Status[ImportOut]:
    """Take an import back: records go back to what they were, unless somebody has built on them since."""
    by = caller(request)
    return going(upload.undo_import(sheet=upload.own_import(import_id, by), by=by, now=clock.now()))


@router.post("/registers/imports/{import_id}/cancel", response={202: ImportOut}, **may("signed_in"))
@idempotent
def cancel_import(request: HttpRequest, import_id: Id) -> Status[ImportOut]:
    """Stop what is going on with an import before its next rows; what it has written can be undone."""
    by = caller(request)
    sheet = upload.own_import(import_id, by)
    upload.cancel_import(sheet=sheet)
    return going(upload.own_import(import_id, by))


@router.post("/registers/{name}/imports", response={201: ImportOut}, **with_file(may(Permission.SEE), TAKES_FILE))
def upload_sheet(request: HttpRequest, name: Slug, filename: Line = "", sheet: Line = "") -> Status[ImportOut]:
    """Upload a sheet as the body of the request and find its columns; nothing is written into the register yet.

    Excel, OpenDocument, or text in UTF-8 or GB18030. Of a workbook `sheet` is taken, else the one whose headings are
    known best; `other_sheets` of the answer are those that have such headings, too. An upload that is sent twice is
    kept twice and does no harm.
    """
    by = caller(request)
    register = register_for(name, by)
    made = upload.upload_sheet(
        register=register,
        name=filename,
        sheet=sheet,
        chunks=pieces(request),
        by=by,
        now=clock.now(),
        language=get_language() or "en",
    )
    return Status(201, import_out(made))


@router.get("/registers/{name}/template", response=None, **with_file(may(Permission.SEE), sends(FORMATS["xlsx"])))
def get_template(request: HttpRequest, name: Slug, language: Tongue = "zh") -> HttpResponse:
    """Return the empty sheet of a register, with what its columns mean."""
    register = register_for(name, caller(request))
    content = template(register, language)
    return as_file(HttpResponse(content, content_type=FORMATS["xlsx"]), f"{register.name}-template-{language}.xlsx")


@router.get("/registers/{name}/export", response=None, **with_file(may(Permission.SEE), sends(*FORMATS.values())))
@reads_filters
def export(
    request: HttpRequest,
    name: Slug,
    format: Literal["xlsx", "csv", "geojson", "kml", "have"] = "csv",
    language: Tongue = "zh",
    purpose: Purpose | None = None,
    q: Line = "",
    unit: Slug | None = None,
    only: bool = False,
    freshness: Freshness | None = None,
    retired: bool = False,
) -> HttpResponseBase:
    """Return the records that you may take away as a file, narrowed as in the list; it can be imported again.

    With a `purpose` personal columns are in it, for units whose personal data you may see. The log says who exported.
    """
    by = caller(request)
    register = register_for(name, by)
    query = filters_asked(register, request.GET, by=by, also=("format", "language", "purpose"))
    made = export_register(
        register=register,
        by=by,
        now=clock.now(),
        form=format,
        language=language,
        filters=read_filters(register, query),
        reason=purpose.value if purpose else "",
    )
    return as_file(StreamingHttpResponse(made.content, content_type=made.content_type), made.name)


def as_file(response: Response, name: str) -> Response:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(PIECE):
        yield piece


def going(sheet: SheetImport) -> Status[ImportOut]:
    return Status(202, import_out(sheet))


def import_out(sheet: SheetImport) -> ImportOut:
    job = sheet.job
    return ImportOut(
        pk=sheet.pk,
        register_name=sheet.register,
        name=sheet.name,
        sheet=sheet.sheet,
        other_sheets=upload.other_sheets(sheet),
        stage=sheet.stage,
        columns=columns_out(sheet),
        rows=sheet.rows,
        added=sheet.added,
        changed=sheet.changed,
        unchanged=sheet.unchanged,
        refused=sheet.refused,
        kept_back=sheet.kept_back,
        differing=sheet.differing,
        differing_at=[
            DifferingOut(site=code, name=Text(one["zh"], one["en"]), count=one["count"])
            for code, one in sheet.samples.get("differing_at", {}).items()
        ],
        done=job.done if job else 0,
        total=job.total if job else 0,
        problem=Text(job.problem_zh, job.problem_en) if job else Text(),
        uploaded_at=sheet.uploaded_at,
        applied_at=sheet.applied_at,
        undone_at=sheet.undone_at,
    )


def columns_out(sheet: SheetImport) -> list[ColumnOut]:
    """Return how the columns are taken now, with how sure that was where it is still the proposal."""
    proposed = {match.heading: match for match in upload.proposed_columns(sheet, None)}
    found = []
    for heading in sheet.headings:
        field, match = sheet.matches.get(heading, ""), proposed[heading]
        is_same = match.field == field
        found.append(
            ColumnOut(
                heading=heading,
                field=field,
                score=match.score if is_same else 1.0,
                why=match.why if is_same else "chosen",
            )
        )
    return found
