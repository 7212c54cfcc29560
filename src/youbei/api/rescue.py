"""The rescue of a real response, scored."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.findings.rescue import score_rescue
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Prose
from youbei.engine.access import Permission
from youbei.engine.exercises.rescue import Score
from youbei.engine.text import Text
from youbei.records.models import Run
from youbei.records.reports.board import visible_run
from youbei.records.reports.rescue import rescue_of, rescue_sheet

router = Router(tags=["findings"])


class RescueScoreIn(Body):
    points: Annotated[int, Field(ge=0, le=100)]
    why: Prose = ""


class RescueIn(Body):
    """`scores` by item of the sheet; what is left out is not judged."""

    scores: dict[str, RescueScoreIn]
    conclusion: Prose = ""


class RescueLine(Schema):
    """An item: `proposed` is what the log gives, `points` what evaluators gave, None where not judged."""

    item: str
    title: Text
    weight: int
    fact: Text
    proposed: int | None
    points: int | None
    why: str


class RescueOut(Schema):
    """The sheet. `points` is the weighted mean of what has been judged, `judged` of the `whole` weight."""

    points: float | None
    judged: int
    whole: int
    grade: Text | None
    conclusion: str
    judged_at: datetime | None
    lines: list[RescueLine]


def shown(run: Run) -> RescueOut:
    kept = rescue_of(run)
    sheet = rescue_sheet(run, kept)
    return RescueOut(
        points=sheet.points,
        judged=sheet.judged,
        whole=sheet.whole,
        grade=sheet.grade,
        conclusion=kept.conclusion if kept else "",
        judged_at=kept.judged_at if kept else None,
        lines=[
            RescueLine(
                item=line.item.id,
                title=line.item.title,
                weight=line.item.weight,
                fact=line.fact,
                proposed=line.proposed,
                points=line.score.points if line.score else None,
                why=line.score.why if line.score else "",
            )
            for line in sheet.lines
        ],
    )


@router.get("/runs/{run_id}/rescue-evaluation", response=RescueOut, **may(Permission.SEE))
def get_rescue(request: HttpRequest, run_id: Id) -> RescueOut:
    """Return what the log shows of the rescue, and how it has been scored."""
    return shown(visible_run(run_id, caller(request)))


@router.put("/runs/{run_id}/rescue-evaluation", response=RescueOut, **may(Permission.ACCEPT_FINDING))
@idempotent
def put_rescue(request: HttpRequest, run_id: Id, body: RescueIn) -> RescueOut:
    """Score the rescue of a real response that is over."""
    by = caller(request)
    run = visible_run(run_id, by)
    scores = {key: Score(one.points, one.why) for key, one in body.scores.items()}
    score_rescue(by=by, now=clock.now(), run=run, scores=scores, conclusion=body.conclusion)
    return shown(run)
