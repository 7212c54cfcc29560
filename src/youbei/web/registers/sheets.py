"""Sheets as pages: templates, exports, and an import from the upload to its undoing."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.sheets import upload
from youbei.actions.sheets.exporting import FORMATS, export_register, in_pieces, refused_sheet, template
from youbei.actions.sheets.kept import kept_records, kept_text
from youbei.actions.sheets.notes import NOTE_COUNT, NOTES
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.registers.field import with_title
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import RecordChange, SheetImport
from youbei.records.registers.filters import read_filters
from youbei.records.registers.tables import register_called
from youbei.web.access import access, user_of
from youbei.web.asked import LANGUAGE, PROGRESS, WORDS, reads
from youbei.web.forms.facts import say
from youbei.web.registers.lists import register_for, register_for_entering
from youbei.web.registers.names import list_names

STEPS = ("check", "apply", "cancel", "undo", "sheet")
LISTED = 100
NAMED = 50
CHOOSING = frozenset({SheetImport.Stage.UPLOADED, SheetImport.Stage.CHECKED})
WORKING = frozenset({SheetImport.Stage.CHECKING, SheetImport.Stage.APPLYING, SheetImport.Stage.UNDOING})


class UploadForm(forms.Form):
    """Choose the file of a sheet."""

    file = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), OpenDocument, or text (CSV) in UTF-8 or GB18030."),
        allow_empty_file=True,
    )


@access(Permission.SEE)
@reads(found=list_names, refuses=True, format=WORDS, language=LANGUAGE)
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a register, narrowed as the address says, as a file without personal columns (see `taking`)."""
    by = user_of(request)
    register = register_for(name, by)
    made = export_register(
        register=register,
        by=by,
        now=clock.now(),
        form=request.GET.get("format", "xlsx"),
        language=request.GET.get("language", "") or language(),
        filters=read_filters(register, request.GET),
    )
    response = StreamingHttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def language() -> str:
    return get_language() or "en"


@access(Permission.SEE)
@reads(language=LANGUAGE)
def get_template(request: HttpRequest, name: str) -> HttpResponse:
    """Send the empty sheet of a register."""
    register = register_for(name, user_of(request))
    wanted = request.GET.get("language", "") or language()
    tongue = "zh" if wanted.startswith("zh") else "en"
    response = HttpResponse(template(register, wanted), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{register.name}-template-{tongue}.xlsx"'
    return response


@access(Permission.SEE)
def upload_page(request: HttpRequest, name: str) -> HttpResponse:
    """Take in a sheet; then its columns are matched on the page of the import."""
    by = user_of(request)
    register = register_for_entering(name, by)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet = upload.upload_sheet(
                    register=register, name=file.name, chunks=file.chunks(), by=by, now=clock.now(), language=language()
                )
            except Refused as refusal:
                form.add_error("file", say(refusal.text))
                status = refusal.status
            else:
                return redirect("import", sheet.pk)
    recent = SheetImport.objects.filter(by=by, register=register.name)[:5]
    return render(
        request, "registers/upload.html", {"register": register, "form": form, "recent": recent}, status=status
    )


@access("signed_in")
def list_imports(request: HttpRequest) -> HttpResponse:
    """Show my imports, newest first."""
    sheets = SheetImport.objects.filter(by=user_of(request))[:LISTED]
    return render(
        request, "registers/imports.html", {"rows": [(sheet, register_called(sheet.register)) for sheet in sheets]}
    )


@access("signed_in")
@reads(part=PROGRESS)
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where an import stands, and what the next step would do."""
    by = user_of(request)
    sheet = upload.own_import(pk, by)
    register = register_called(sheet.register)
    context = import_context(sheet, register)
    if "X-Youbei-Progress" in request.headers or request.GET.get("part") == "progress":
        return render(request, "registers/_progress.html", context)
    if sheet.stage in (SheetImport.Stage.UPLOADED, SheetImport.Stage.FAILED):
        context["matches"] = upload.proposed_columns(sheet, by)
        context["wrote"] = RecordChange.objects.filter(source=sheet.source).exists()
    if sheet.kept_back:
        context["kept"] = list(islice(kept_records(sheet, by), NAMED))
    return render(request, "registers/import.html", context)


def import_context(sheet: SheetImport, register: Register) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "register": register,
        "is_working": sheet.stage in WORKING,
        "others": upload.other_sheets(sheet) if sheet.stage in CHOOSING else [],
        "good": sheet.added + sheet.changed + sheet.unchanged,
        "differing": sheet.samples.get("differing", []),
        "differing_at": list(sheet.samples.get("differing_at", {}).items()),
        "notes": sheet.samples.get(NOTES, []),
        "note_count": sheet.samples.get(NOTE_COUNT, 0),
        "refused": [described(register, one) for one in sheet.samples.get("refused", [])],
        "previews": [(what, sheet.samples.get(what, [])) for what in ("added", "changed") if sheet.samples.get(what)],
    }


def described(register: Register, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a refused row with its problems in the language of the page."""
    problems = [
        say(with_title(register.field(name).title, Text(zh, en)) if name else Text(zh, en))
        for name, zh, en in entry["problems"]
    ]
    return {"number": entry["number"], "problems": problems}


@access("signed_in")
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the next step of an import."""
    if request.method != "POST" or step not in STEPS:
        raise Http404
    by = user_of(request)
    sheet = upload.own_import(pk, by)
    try:
        take(step, sheet, request)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, say(refusal.text))
    return redirect("import", pk)


def take(step: str, sheet: SheetImport, request: HttpRequest) -> None:
    by, now = user_of(request), clock.now()
    if step == "check":
        matches = {heading: request.POST.get(f"column-{index}", "") for index, heading in enumerate(sheet.headings)}
        upload.check_import(sheet=sheet, matches=matches, by=by, now=now)
    elif step == "sheet":
        upload.choose_sheet(sheet=sheet, name=request.POST.get("sheet", ""), by=by)
    elif step == "apply":
        upload.apply_import(sheet=sheet, by=by, now=now)
    elif step == "undo":
        upload.undo_import(sheet=sheet, by=by, now=now)
        messages.success(request, _("The import is being undone."))
    else:
        upload.cancel_import(sheet=sheet)


@access("signed_in")
def refused_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the rows that were refused, with what is wrong."""
    sheet = upload.own_import(pk, user_of(request))
    response = HttpResponse(refused_sheet(sheet, language()), content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{sheet.register}-to-correct-{sheet.pk}.xlsx"'
    return response


@access("signed_in")
def kept_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send the records that an undoing left as they were, each with why."""
    by = user_of(request)
    sheet = upload.own_import(pk, by)
    text = in_pieces(kept_text(sheet, by, language()))
    response = StreamingHttpResponse(text, content_type=FORMATS["csv"])
    response["Content-Disposition"] = f'attachment; filename="{sheet.register}-not-undone-{sheet.pk}.csv"'
    return response


urlpatterns = [
    path("registers/imports/", list_imports, name="imports"),
    path("registers/imports/<int:pk>/", show_import, name="import"),
    path("registers/imports/<int:pk>/refused/", refused_file, name="import_refused"),
    path("registers/imports/<int:pk>/kept/", kept_file, name="import_kept"),
    path("registers/imports/<int:pk>/<slug:step>/", step, name="import_step"),
    path("registers/<slug:name>/export/", export, name="register_export"),
    path("registers/<slug:name>/template/", get_template, name="register_template"),
    path("registers/<slug:name>/import/", upload_page, name="register_import"),
]
