"""Plans and their versions: read, store, file, export, compare."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AfterValidator, StringConstraints

from youbei.actions import clock
from youbei.actions.plans import import_plan, record_stage
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Line, PageOf, PageSize, Prose, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.engine.plans.difference import Change, difference
from youbei.engine.plans.model import PlanKind, Stage
from youbei.engine.plans.write import write_json, write_toml
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Plan, PlanVersion
from youbei.records.reports.plans import PlanFilter, PlanRow, plan_page

router = Router(tags=["plans"])
PlanText = Annotated[str, StringConstraints(min_length=1, max_length=10_000_000)]


def within_reason(value: date) -> date:
    """Keep days of this age; raise ValueError for others."""
    if not 1949 <= value.year < 2200:
        raise ValueError("the year must be from 1949 to 2199")
    return value


Day = Annotated[date, AfterValidator(within_reason)]


class VersionRow(Schema):
    """One stored version; `stage` is the last stage of its legal life."""

    pk: int
    plan: str
    version: str
    stage: str
    digest: str
    stored_at: datetime
    is_current: bool


class VersionOut(Schema):
    """A version with the whole plan as data, in the form that `docs/reference/plan.schema.json` describes."""

    row: VersionRow
    data: dict[str, Any]


class PlanFile(Schema):
    filename: str
    format: Literal["toml", "json"]
    text: str


class PlanIn(Body):
    """A plan file. Without `format`, a text that begins with `{` is JSON and any other is TOML."""

    text: PlanText
    format: Literal["toml", "json"] | None = None


class TextIn(Body):
    zh: Line = ""
    en: Line = ""


class PlanStageIn(Body):
    stage: Stage
    on: Day
    number: Line = ""
    authority: TextIn = TextIn()
    note: Prose = ""


def visible_version(request: HttpRequest, code: str, version: str) -> PlanVersion:
    """Return a version of a plan that the caller may see; `current` names the one in force."""
    plan = find(Plan.objects.visible_to(caller(request)), code=code)
    rows = PlanVersion.objects.select_related("plan")
    return find(rows, pk=plan.current_id or 0) if version == "current" else find(rows, plan=plan, version=version)


def version_row(row: PlanVersion) -> VersionRow:
    return VersionRow(
        pk=row.pk,
        plan=row.plan.code,
        version=row.version,
        stage=row.stage,
        digest=row.digest,
        stored_at=row.stored_at,
        is_current=row.plan.current_id == row.pk,
    )


@router.get("/plans", response=PageOf[PlanRow], **may(Permission.SEE))
def list_plans(
    request: HttpRequest,
    kind: PlanKind | None = None,
    text: Line = "",
    is_withdrawn: bool = False,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the plans you may see, each with its current version."""
    filters = PlanFilter(kind=kind.value if kind else "", text=text, is_withdrawn=is_withdrawn)
    return as_page(plan_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.post("/plans", response={201: VersionRow}, **may(Permission.EDIT_PLAN))
@idempotent
def store_plan(request: HttpRequest, body: PlanIn) -> Status[VersionRow]:
    """Store a plan file as a version, which becomes the current one. The same content again is the same version."""
    name = f"plan.{body.format}" if body.format else ""
    version = import_plan(by=caller(request), now=clock.now(), text=body.text, filename=name)
    return Status(201, version_row(PlanVersion.objects.select_related("plan").get(pk=version.pk)))


@router.get("/plans/{code}/versions", response=list[VersionRow], **may(Permission.SEE))
def list_versions(request: HttpRequest, code: Slug) -> list[VersionRow]:
    """List the versions of a plan, the newest first."""
    plan = find(Plan.objects.visible_to(caller(request)), code=code)
    return [version_row(row) for row in plan.versions.select_related("plan").defer("data")]


@router.get("/plans/{code}/versions/{version}", response=VersionOut, **may(Permission.SEE))
def get_version(request: HttpRequest, code: Slug, version: Slug) -> VersionOut:
    """Return one version with the whole plan; `current` is the one in force."""
    row = visible_version(request, code, version)
    return VersionOut(row=version_row(row), data=row.data)


@router.get("/plans/{code}/versions/{version}/file", response=PlanFile, **may(Permission.SEE))
def export_plan(request: HttpRequest, code: Slug, version: Slug, format: Literal["toml", "json"] = "toml") -> PlanFile:
    """Write one version as a plan file."""
    plan = load_plan(visible_version(request, code, version))
    text = write_json(plan) if format == "json" else write_toml(plan)
    return PlanFile(filename=f"{plan.id}-{plan.version}.{format}", format=format, text=text)


@router.get("/plans/{code}/versions/{version}/difference", response=list[Change], **may(Permission.SEE))
def compare_versions(request: HttpRequest, code: Slug, version: Slug, before: Slug) -> list[Change]:
    """Tell what changed from the version `before` to this one."""
    old, new = visible_version(request, code, before), visible_version(request, code, version)
    return list(difference(load_plan(old), load_plan(new)))


@router.post("/plans/{code}/versions/{version}/stages", response=VersionRow, **may(Permission.EDIT_PLAN))
@idempotent
def pass_stage(request: HttpRequest, code: Slug, version: Slug, body: PlanStageIn) -> VersionRow:
    """Record that a version passed a stage of its legal life: reviewed, signed, published, filed, withdrawn ..."""
    row = record_stage(
        by=caller(request),
        now=clock.now(),
        plan_version=visible_version(request, code, version),
        stage=body.stage,
        on=body.on,
        number=body.number,
        authority=Text(zh=body.authority.zh, en=body.authority.en),
        note=Text(zh=body.note, en=body.note),
    )
    return version_row(PlanVersion.objects.select_related("plan").get(pk=row.pk))
