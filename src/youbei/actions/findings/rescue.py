"""Score the rescue of a real response that is over, item by item, by somebody who may accept what others did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.rescue import FAR, Proof, Score, Sheet
from youbei.records.models import RescueEvaluation, Run, User
from youbei.records.reports.rescue import rescue_of, rescue_sheet

LONGEST_WHY = 2_000
OVER = (Run.Phase.ENDED, Run.Phase.ASSESSED)


class RescueRefused(Refused):
    """Refuse to score what is not over, is no real response, or without saying why."""


@transaction.atomic
def score_rescue(
    *, by: User | None, now: datetime, run: Run, scores: Mapping[str, Score], conclusion: str = ""
) -> RescueEvaluation:
    """Keep the scores of a response; items left out are not judged. It may be scored anew, and the log says so."""
    row = Run.objects.select_for_update(of=("self",), no_key=True).select_related("plan_version")
    found = row.filter(pk=run.pk).first()
    if found is None:
        raise not_found()
    require(by, Permission.ACCEPT_FINDING, found.org_path)
    refuse_unfit(found)
    sheet = rescue_sheet(found, None)
    given = {key: Score(one.points, clean(one.why, limit=LONGEST_WHY)) for key, one in scores.items()}
    refuse_unfounded(sheet, given)
    actor = actor_for(by, now)
    kept = rescue_of(found) or RescueEvaluation(run=found, org_path=found.org_path)
    kept.scores = {key: {"points": one.points, "why": one.why} for key, one in given.items()}
    kept.conclusion, kept.judged_at, kept.judged_by = clean(conclusion), now, actor.label[:200]
    kept.save()
    done = rescue_sheet(found, kept)
    data = {"run": found.pk, "points": None if done.points is None else round(done.points, 1), "judged": done.judged}
    record(f"rescue:{found.pk}", [("rescue.scored", data)], by=actor, now=now, org_path=found.org_path)
    return kept


def refuse_unfit(run: Run) -> None:
    if run.mode != Run.Mode.REAL:
        raise RescueRefused(
            zh="这是演练，请在演练的“评估”页按目标评定。",
            en="This is an exercise: rate it by its objectives, on the page “Evaluate” of the exercise.",
        )
    if run.phase not in OVER:
        raise RescueRefused(
            zh="响应尚未结束，不能评估处置。请先结束响应。",
            en="The response has not ended, so its rescue cannot be scored. End it first.",
        )


def refuse_unfounded(sheet: Sheet, given: Mapping[str, Score]) -> None:
    """Refuse unknown items, points out of range, and points without a reason where the log gives none or another."""
    known = {line.item.id: line for line in sheet.lines}
    for key, score in given.items():
        if key not in known or not 0 <= score.points <= 100:
            raise RescueRefused(
                zh="评分项目不在表中，或分数不在 0 至 100 之间。",
                en="An item is not on the sheet, or its points are not between 0 and 100.",
            )
        line = known[key]
        name = line.item.title
        if line.item.proof in (Proof.PEOPLE, Proof.TIMES) and not score.why:
            raise RescueRefused(
                zh=f"“{name.zh}”靠评估组判断，请写明理由。",
                en=f"“{name.en}” rests on judgement: say why.",
            )
        if line.proposed is not None and abs(line.proposed - score.points) > FAR and not score.why:
            raise RescueRefused(
                zh=f"“{name.zh}”的评分与日志建议的 {line.proposed} 分相差超过 {FAR} 分，请写明理由。",
                en=f"“{name.en}” is scored more than {FAR} points away from the {line.proposed} of the log: say why.",
            )
