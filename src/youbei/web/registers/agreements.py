"""Agreements on pages: rates, validity, statements of what is owed after incidents."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.agreements import draft_compensation, move_compensation
from youbei.actions.call_off_messages import said_of
from youbei.engine.access import Permission
from youbei.engine.agreements import BASIS_NAMES, NEXT, STAGE_NAMES, Basis, Stage, Validity, validity
from youbei.engine.call_offs import STATE_NAMES as STATES
from youbei.engine.call_offs import CallOffState
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Agreement, Compensation, User
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.records.reports.call_offs import call_offs_of
from youbei.records.reports.compensation import incidents_to_settle, rates_of, visible_statement
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.asked import one_of, reads
from youbei.web.forms.calls import PaidForm
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

P = Permission
IN_FORCE = (Validity.VALID, Validity.ENDING)


def agreement_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find how an agreement stands, what it costs, and what was or is to be settled under it."""
    if not isinstance(row, Agreement):
        return None
    user = user_of(request)
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    may_edit = user.may(P.EDIT_RESOURCE, row.org_path)
    statements = Compensation.objects.filter(agreement=row).select_related("incident")
    return {
        "agreement": row,
        "validity": validity(row.valid_from, row.valid_until, today).value,
        "days_left": (row.valid_until - today).days if row.valid_until else None,
        "rates": [(rate, BASIS_NAMES[rate.basis]) for rate in rates_of(row)],
        "statements": [(one, STAGE_NAMES[Stage(one.stage)]) for one in statements],
        "call_offs": [
            (one, said_of(one), STATES[CallOffState(one.state)], one.state == "asked" and clock.now() >= one.due_at)
            for one in call_offs_of(row)
        ],
        "is_valid": row.retired_at is None and validity(row.valid_from, row.valid_until, today) in IN_FORCE,
        "to_settle": incidents_to_settle(row, user) if may_edit else [],
        "may_edit": may_edit,
    }


@access(P.EDIT_RESOURCE)
def draft(request: HttpRequest, pk: int, incident_id: int) -> HttpResponse:
    """Draft the statement of what is owed under an agreement for an incident."""
    by = user_of(request)
    agreement = visible_row(register_called("agreement"), pk, by)
    if not isinstance(agreement, Agreement):
        raise TypeError("The register of agreements holds agreements")
    incident = visible_incident(incident_id, by)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: draft_compensation(agreement=agreement, incident=incident, by=by, now=clock.now()),
        title=_("Settle incident %(number)s") % {"number": incident.number},
        submit=_("Draft the statement"),
        back=reverse("record", args=["agreement", pk]),
        done=_("The statement is drafted."),
        after=lambda row: reverse("compensation", args=[row.pk]),
    )


def statement_for(pk: int, user: User) -> Compensation:
    row = visible_statement(pk, user)
    if row is None:
        raise Http404
    return row


@access(P.SEE)
@reads(format=one_of(("csv",)))
def show_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a statement, ready to be printed; `?format=csv` gives its lines as a sheet."""
    user = user_of(request)
    row = statement_for(pk, user)
    lines = [shown(line) for line in row.lines["lines"]]
    if request.GET.get("format") == "csv":
        return as_sheet(row, lines)
    following = NEXT.get(Stage(row.stage))
    context = {
        "statement": row,
        "lines": lines,
        "unpriced": [{**one, "what": Text(one["zh"], one["en"])} for one in row.lines["unpriced"]],
        "outside": [{**one, "what": Text(one["zh"], one["en"])} for one in row.lines.get("outside", ())],
        "stage": STAGE_NAMES[Stage(row.stage)],
        "next": following.value if following and user.may(P.EDIT_RESOURCE, row.org_path) else "",
        "sees_incident": user.may(P.SEE, row.incident.org_path),
        "sees_agreement": user.may(P.SEE, row.org_path),
    }
    return render(request, "agreements/statement.html", context)


def shown(line: Mapping[str, Any]) -> dict[str, Any]:
    what, rate = Text.from_data(line["what"]), Text.from_data(line["rate"])
    return {**line, "what": what, "rate": rate, "basis": BASIS_NAMES[Basis(line["basis"])]}


def as_sheet(row: Compensation, lines: list[dict[str, Any]]) -> HttpResponse:
    """Return the lines as CSV with a byte-order mark, so that spreadsheets read the Chinese."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="compensation-{row.pk}.csv"'},
    )
    response.write("\ufeff")
    sheet_of = csv.writer(response)
    sheet_of.writerow([_("What was used"), _("Rate"), _("Charged by"), _("Amount"), _("Price"), _("Total")])
    for line in lines:
        said = (say(line["what"]), say(line["rate"]), say(line["basis"]))
        sheet_of.writerow([*map(harmless, said), line["amount"], line["price"], line["total"]])
    sheet_of.writerow([_("Total"), "", "", "", "", row.total])
    return response


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text[:1] in "=+-@" and text else text


@access(P.EDIT_RESOURCE)
def move_on(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Take a statement one step on."""
    by = user_of(request)
    row = statement_for(pk, by)
    if stage not in {one.value for one in NEXT.values()}:
        raise Http404
    to = Stage(stage)
    titles = {Stage.SENT: _("Mark as sent"), Stage.AGREED: _("Agree to the statement"), Stage.PAID: _("Mark as paid")}
    return sheet(
        request,
        form=PaidForm if to is Stage.PAID else NothingForm,
        do=lambda data: move_compensation(statement=row, to=to, by=by, now=clock.now(), remark=data.get("note", "")),
        title=titles[to],
        submit=titles[to],
        back=reverse("compensation", args=[pk]),
        done=_("Noted."),
        after=lambda _row: reverse("compensation", args=[pk]),
    )


urlpatterns = [
    path("registers/agreement/<int:pk>/settle/<int:incident_id>/", draft, name="compensation_draft"),
    path("compensations/<int:pk>/", show_statement, name="compensation"),
    path("compensations/<int:pk>/<slug:stage>/", move_on, name="compensation_move"),
]
