"""Looking back: a run as it was at any moment, the links that share it, and the manual of cases and plans."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import Field

from youbei import content
from youbei.actions import clock, debriefs
from youbei.actions.permit import not_found, require
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Line, Slug, When, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.papers.pdf import write_pdf
from youbei.papers.word import write_word
from youbei.records.holders import reader_of
from youbei.records.models import DebriefLink, User
from youbei.records.reports.board import Board, visible_run
from youbei.records.reports.manual import Chosen, chosen_for, manual_of
from youbei.records.reports.names import LogLine, name_of
from youbei.records.reports.replay import Moment, frame

router = Router(tags=["looking back"])
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITERS = {"docx": (write_word, WORD), "pdf": (write_pdf, "application/pdf")}
Form = Literal["docx", "pdf"]
Keys = Annotated[str, Field(max_length=1000, pattern=r"^[0-9,]*$")]


class ReplayOut(Schema):
    """A run at one moment of scenario time; `previous` and `following` are the numbers of the entries around it."""

    at: datetime
    starts_at: datetime
    ends_at: datetime
    is_at_end: bool
    number: int
    entries: int
    previous: int | None
    following: int | None
    entry: LogLine | None
    board: Board


class DebriefIn(Body):
    """Whom a link is for and why, and how long it is good."""

    purpose: Line
    hours: Annotated[int, Field(ge=1, le=24 * 92)] = 168


class DebriefOut(Schema):
    """A link to a replay; `path` is its address without the host, empty once it is worthless."""

    id: int
    purpose: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    ended_at: datetime | None
    opened: int
    path: str


class ManualPart(Schema):
    id: int
    title: Text


class ManualOut(Schema):
    """What a manual would hold; `is_cut` where more fit than one takes."""

    cases: list[ManualPart]
    plans: list[ManualPart]
    is_cut: bool


@router.get("/runs/{run_id}/replay", response=ReplayOut, **may(Permission.SEE))
def get_replay(
    request: HttpRequest, run_id: Id, entry: Annotated[int | None, Field(ge=0, lt=10**9)] = None, at: When | None = None
) -> ReplayOut:
    """Return a run as it was at an entry of its log or at a time of its scenario; without either, at its beginning."""
    by, now = caller(request), clock.now()
    run = visible_run(run_id, by)
    found = frame(run, Moment(seq=entry, at=at), reader=reader_of(by, now), now=now)
    if found is None:
        raise not_found()
    names = ("at", "starts_at", "ends_at", "is_at_end", "number", "entries", "previous", "following", "entry", "board")
    return ReplayOut(**{name: getattr(found, name) for name in names})


def link_out(row: DebriefLink) -> DebriefOut:
    is_good = row.ended_at is None and clock.now() < row.expires_at
    return DebriefOut(
        id=row.pk,
        purpose=row.purpose,
        made_at=row.made_at,
        made_by=row.made_by,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        opened=row.opened,
        path=f"/d/{debriefs.word_of(row)}/" if is_good else "",
    )


@router.get("/runs/{run_id}/debrief-links", response=list[DebriefOut], **may(Permission.SEE))
def list_debrief_links(request: HttpRequest, run_id: Id) -> list[DebriefOut]:
    """List the links that share the replay of a run; for who may make one."""
    by = caller(request)
    run = visible_run(run_id, by)
    require(by, debriefs.permission_for(run), run.org_path)
    return [link_out(one) for one in run.debrief_links.all()[:100]]


@router.post("/runs/{run_id}/debrief-links", response={201: DebriefOut}, **may(Permission.SEE))
@idempotent
def make_debrief_link(request: HttpRequest, run_id: Id, body: DebriefIn) -> Status[DebriefOut]:
    """Share the replay of a run that is over, read only and without names of persons, by a link that expires."""
    by = caller(request)
    run, lasts = visible_run(run_id, by), timedelta(hours=body.hours)
    link = debriefs.share_debrief(by=by, now=clock.now(), run=run, purpose=body.purpose, lasts=lasts)
    return Status(201, link_out(link))


@router.post("/runs/{run_id}/debrief-links/{link}/end", response=DebriefOut, **may(Permission.SEE))
@idempotent
def end_debrief_link(request: HttpRequest, run_id: Id, link: Id) -> DebriefOut:
    """Make a link worthless at once."""
    by = caller(request)
    row = find(DebriefLink.objects.filter(run=visible_run(run_id, by)), pk=link)
    return link_out(debriefs.end_debrief(by=by, now=clock.now(), link=row))


def chosen(by: User, kind: str, tag: str, cases: str, plans: str) -> Chosen:
    """Return what a manual holds: by kind and tag, and of these the single ones whose numbers are given."""
    demand_choice("kind", kind, content.incident_kinds())
    found = chosen_for(by, kind=kind, tag=tag)
    if not cases and not plans:
        return found
    return found.only(numbers(cases), numbers(plans))


def numbers(text: str) -> set[int]:
    return {int(one) for one in text.split(",") if one and len(one) <= 15}


@router.get("/manual", response=ManualOut, **may(Permission.SEE))
def show_manual(request: HttpRequest, kind: Slug = "", tag: Line = "", cases: Keys = "", plans: Keys = "") -> ManualOut:
    """List the validated cases and the plans in force that a manual would hold."""
    found = chosen(caller(request), kind, tag, cases, plans)
    return ManualOut(
        cases=[ManualPart(id=one.pk, title=Text(one.title, one.title)) for one in found.cases],
        plans=[ManualPart(id=one.pk, title=name_of(one)) for one in found.plans],
        is_cut=found.is_cut,
    )


@router.get("/manual/file", **may(Permission.SEE))
def send_manual(
    request: HttpRequest,
    kind: Slug = "",
    tag: Line = "",
    cases: Keys = "",
    plans: Keys = "",
    form: Form = "docx",
    language: Literal["zh", "en"] = "zh",
) -> HttpResponse:
    """Send the manual in Word or PDF; `cases` and `plans` are numbers with commas between, empty for all."""
    found = chosen(caller(request), kind, tag, cases, plans)
    write, content_type = WRITERS[form]
    response = HttpResponse(write(manual_of(found, kind=kind, tag=tag), language), content_type=content_type)
    name = f"manual-{kind or 'all'}-{language}.{form}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
