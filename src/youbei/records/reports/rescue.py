"""The rescue of a response as it has been scored, beside what its log shows."""

from __future__ import annotations

from youbei import content
from youbei.engine.exercises.rescue import Score, Sheet, scored
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import RescueEvaluation, Run


def rescue_of(run: Run) -> RescueEvaluation | None:
    return RescueEvaluation.objects.filter(run=run).first()


def rescue_sheet(run: Run, kept: RescueEvaluation | None) -> Sheet:
    """Return the sheet of a run with what has been judged."""
    given = kept.scores if kept else {}
    scores = {key: Score(int(one["points"]), str(one.get("why", ""))) for key, one in given.items()}
    return scored(content.rescue_items(), load_plan(run.plan_version), read_stream(run.stream), scores)
