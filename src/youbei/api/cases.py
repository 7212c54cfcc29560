"""Cases: what closed incidents taught, and which of them resemble a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from youbei import content
from youbei.actions import clock
from youbei.actions.findings import cases
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Prose, Slug, Title, as_page, find
from youbei.engine.access import Permission
from youbei.records.models import Case, Incident
from youbei.records.pages import Page
from youbei.records.reports.cases import case_page, similar_cases

router = Router(tags=["cases"])


class CaseIn(Body):
    """The words of a case; what is left out stays as it is. `tags` are parted by commas."""

    title: Title | None = None
    summary: Prose | None = None
    course: Prose | None = None
    decisions: Prose | None = None
    evaluation: Prose | None = None
    lessons: Prose | None = None
    tags: Line | None = None


class CaseOut(Schema):
    id: int
    incident: str
    kind: str
    title: str
    summary: str
    course: str
    decisions: str
    evaluation: str
    lessons: str
    tags: list[str]
    is_validated: bool
    made_at: str


class SimilarCaseOut(Schema):
    case: CaseOut
    score: float
    grounds: list[dict[str, str]]


@router.get("/cases", response=PageOf[CaseOut], **may(Permission.SEE))
def list_cases(
    request: HttpRequest, kind: Slug = "", text: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the cases, newest first."""
    demand_choice("kind", kind, content.incident_kinds())
    page = case_page(caller(request), kind=kind, text=text, cursor=cursor or None, size=size)
    return as_page(Page(tuple(out(one) for one in page.rows), page.next_cursor, page.previous_cursor))


@router.get("/cases/{case_id}", response=CaseOut, **may(Permission.SEE))
def show_case(request: HttpRequest, case_id: Id) -> dict[str, Any]:
    """Show a case."""
    return out(find(Case.objects.visible_to(caller(request)).select_related("incident"), pk=case_id))


@router.patch("/cases/{case_id}", response=CaseOut, **may(Permission.RECORD_FINDING))
@idempotent
def change_case(request: HttpRequest, case_id: Id, body: CaseIn) -> dict[str, Any]:
    """Change the words of a case; a validated one has to be validated again."""
    by = caller(request)
    case = find(Case.objects.visible_to(by), pk=case_id)
    values = {name: value for name, value in body.model_dump().items() if value is not None}
    return out(cases.change_case(by=by, now=clock.now(), case=case, values=values))


@router.post("/cases/{case_id}/validate", response=CaseOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def validate_case(request: HttpRequest, case_id: Id) -> dict[str, Any]:
    """Validate a case; never by anybody who wrote it."""
    by = caller(request)
    return out(cases.validate_case(by=by, now=clock.now(), case=find(Case.objects.visible_to(by), pk=case_id)))


@router.post("/incidents/{incident_id}/case", response={201: CaseOut}, **may(Permission.RECORD_FINDING))
@idempotent
def make_case(request: HttpRequest, incident_id: Id) -> Status[dict[str, Any]]:
    """Make the case of a closed incident; there is one for each."""
    by = caller(request)
    incident = find(Incident.objects.visible_to(by), pk=incident_id)
    return Status(201, out(cases.make_case(by=by, now=clock.now(), incident=incident)))


@router.get("/incidents/{incident_id}/similar-cases", response=list[SimilarCaseOut], **may(Permission.SEE))
def list_similar_cases(request: HttpRequest, incident_id: Id) -> list[dict[str, Any]]:
    """List the validated cases that resemble an incident most, and in what."""
    by = caller(request)
    found = similar_cases(by, find(Incident.objects.visible_to(by), pk=incident_id))
    return [
        {
            "case": out(one.case),
            "score": one.likeness.score,
            "grounds": [ground.as_data() for ground in one.likeness.grounds],
        }
        for one in found
    ]


def out(case: Case) -> dict[str, Any]:
    shown = ("kind", "title", "summary", "course", "decisions", "evaluation", "lessons", "tags")
    return {
        **{name: getattr(case, name) for name in shown},
        "id": case.pk,
        "incident": case.incident.number,
        "is_validated": case.validated_at is not None,
        "made_at": case.made_at.isoformat(),
    }
