"""Where the next reserves should stand, and who cannot be reached in time: asked, worked on, answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.siting.areas import features_of
from youbei.actions.siting.asking import Question, Terms, ask_siting, stop_siting, study_for
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import SitingStudy
from youbei.records.pages import keyset_page

router = Router(tags=["siting"])


class StudyIn(Body):
    """`places` are the kind of sites to be served, `candidates` that of those that might, `standing` of those that do.

    `p` more are to stand; `minutes` is the time asked for. `capability` belongs to the question `unreached`.
    """

    question: Question
    places: Slug
    candidates: Slug | None = None
    standing: Slug | None = None
    p: Annotated[int, Field(ge=1, le=50)] = 1
    minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    capability: Slug | None = None
    weigh: bool = False


class StudyOut(Schema):
    """A question and how far the work is: `queued`, `running`, `done`, `failed` or `cancelled`.

    `is_warming_up`: the solvers are compiled, which takes long the first time. `answer` names the sites or who is out
    of reach, with objective, bound and gap; it is null until the work is done.
    """

    pk: int
    question: str
    asked: dict[str, Any]
    asked_at: datetime
    status: str
    is_warming_up: bool
    done: int
    total: int
    problem: Text | None
    answer: dict[str, Any] | None


def study_out(row: SitingStudy) -> StudyOut:
    job = row.job
    status = "done" if row.answer is not None else "cancelled"
    problem = Text(job.problem_zh, job.problem_en) if job is not None and job.problem_en else None
    return StudyOut(
        pk=row.pk,
        question=row.question,
        asked=row.asked,
        asked_at=row.asked_at,
        status=job.status if job is not None else status,
        is_warming_up=job is not None and job.ended_at is None and bool(job.state.get("is_warming_up")),
        done=job.done if job is not None else 0,
        total=job.total if job is not None else 0,
        problem=problem,
        answer=row.answer,
    )


@router.get("/siting", response=PageOf[StudyOut], **may(Permission.SEE))
def list_studies(request: HttpRequest, cursor: Cursor = "", size: PageSize = 20) -> dict[str, Any]:
    """List the questions asked in your units, the newest first."""
    rows = SitingStudy.objects.visible_to(caller(request)).select_related("job")
    read = keyset_page(rows, order=("-id",), cursor=cursor, size=size, read=lambda found: [study_out(r) for r in found])
    return as_page(read)


@router.post("/siting", response={201: StudyOut}, **may(Permission.SEE))
@idempotent
def ask_study(request: HttpRequest, body: StudyIn) -> Status[StudyOut]:
    """Ask; the worker works it out. Look at `GET /siting/{id}` for how far it is."""
    terms = Terms(
        question=body.question,
        places=body.places,
        candidates=body.candidates or "",
        standing=body.standing or "",
        p=body.p,
        minutes=body.minutes,
        capability=body.capability or "",
        weigh=body.weigh,
    )
    return Status(201, study_out(ask_siting(by=caller(request), now=clock.now(), terms=terms)))


@router.get("/siting/{pk}", response=StudyOut, **may(Permission.SEE))
def get_study(request: HttpRequest, pk: Id) -> StudyOut:
    """Tell how far the work is, and the answer when it is there."""
    return study_out(study_for(caller(request), pk))


@router.get("/siting/{pk}/areas", response=dict[str, Any], **may(Permission.SEE))
def get_study_areas(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Give the areas of an answer as GeoJSON: reached in time or not, before and after; empty while there are none."""
    return features_of(study_for(caller(request), pk))


@router.post("/siting/{pk}/stop", response=StudyOut, **may(Permission.SEE))
@idempotent
def stop_study(request: HttpRequest, pk: Id) -> StudyOut:
    """Stop the work on your own question before its next step."""
    by = caller(request)
    stop_siting(by=by, study=study_for(by, pk))
    return study_out(study_for(by, pk))
