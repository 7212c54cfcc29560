"""Ask where the next reserves should stand, or who cannot be reached in time; the worker works it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.dispatch.proposing import demand_solvers
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.permit import not_allowed, not_found
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import Site, SitingStudy, User

MOST_SITES = 50
MOST_MINUTES = 24 * 60


class Question(StrEnum):
    """What is asked: least mean time, least longest time, most within a time, or who is out of reach."""

    MEDIAN = "median"
    CENTER = "center"
    COVER = "cover"
    UNREACHED = "unreached"


QUESTIONS = {
    Question.MEDIAN: Text("平均时间最短", "shortest mean time"),
    Question.CENTER: Text("最远处时间最短", "shortest time to the farthest"),
    Question.COVER: Text("限时内覆盖最多", "most within the time"),
    Question.UNREACHED: Text("限时内谁够不着", "who cannot be reached in time"),
}


class StudyRefused(Refused):
    """Refuse a question that makes no sense."""

    status = 422


class StudyOver(Refused):
    """Refuse to stop what has ended."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`places` are the kinds of sites to be served, `standing` those that serve already, `candidates` those that might.

    `weigh`: places count by their capacity instead of one each. `capability` is asked for by `unreached` alone.
    """

    question: Question
    places: str
    candidates: str = ""
    standing: str = ""
    p: int = 1
    minutes: int = 30
    capability: str = ""
    weigh: bool = False

    def as_data(self) -> dict[str, Any]:
        return {
            "places": self.places,
            "candidates": self.candidates,
            "standing": self.standing,
            "p": self.p,
            "minutes": self.minutes,
            "capability": self.capability,
            "weigh": self.weigh,
        }

    @classmethod
    def of(cls, study: SitingStudy) -> Terms:
        return cls(question=Question(study.question), **study.asked)


@transaction.atomic
def ask_siting(*, by: User, now: datetime, terms: Terms) -> SitingStudy:
    """Queue a question about the sites that a person may see."""
    demand_solvers()
    check(terms)
    paths = by.paths_with(Permission.SEE)
    if not paths:
        raise not_allowed(Permission.SEE)
    study = SitingStudy.objects.create(
        org_path=paths[0], by=by, question=terms.question.value, asked=terms.as_data(), asked_at=now
    )
    study.job = queue_job("siting", study.pk, by=by, now=now)
    study.save(update_fields=["job"])
    return study


def check(terms: Terms) -> None:
    kinds = set(Site.Kind.values)
    unknown = [kind for kind in (terms.places, terms.candidates, terms.standing) if kind and kind not in kinds]
    if unknown or not terms.places:
        raise StudyRefused(
            zh="请选择要服务的场所种类，并只用登记册中的种类。",
            en="Choose what kind of sites is to be served, out of those of the register.",
        )
    if terms.question is Question.UNREACHED:
        if terms.capability not in content.capabilities():
            raise StudyRefused(zh="请选择一种能力。", en="Choose what the teams must be able to do.")
    elif not terms.candidates:
        raise StudyRefused(zh="请选择候选地点的种类。", en="Choose what kind of sites may become a reserve.")
    if not 1 <= terms.p <= MOST_SITES or not 1 <= terms.minutes <= MOST_MINUTES:
        raise StudyRefused(
            zh="新增数须为 1 至 50，时间须为 1 至 1440 分钟。", en="Ask for 1 to 50 sites and 1 to 1440 minutes."
        )


def study_for(by: User, pk: int) -> SitingStudy:
    """Return a study that a person may see, or refuse as if there were none."""
    row = SitingStudy.objects.visible_to(by).select_related("job", "by").filter(pk=pk).first()
    if row is None:
        raise not_found()
    return row


@transaction.atomic
def stop_siting(*, by: User, study: SitingStudy) -> None:
    """Stop the work on one's own question before its next slice."""
    row = SitingStudy.objects.select_for_update(of=("self",), no_key=True).get(pk=study.pk)
    if row.by_id != by.pk:
        raise not_allowed(Permission.SEE)
    if row.job is None or row.job.ended_at is not None:
        raise StudyOver(zh="计算已经结束，无须停止。", en="The work has ended; there is nothing to stop.")
    cancel_job(row.job)
