"""Work on a siting question, slice by slice: read the points, measure the journeys, solve."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from youbei.actions.dispatch.proposing import HAS_SOLVERS, demand_solvers
from youbei.actions.siting.areas import areas_of
from youbei.actions.siting.asking import Question, StudyRefused, Terms
from youbei.actions.warming import is_warming_up
from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.reach import journeys
from youbei.records.models import Job, Site, SitingStudy, TeamCapability, User
from youbei.records.models.scope import path_condition
from youbei.records.nearby import nearest

if HAS_SOLVERS:
    from youbei.engine.siting.center import p_center
    from youbei.engine.siting.cover import maximal_cover
    from youbei.engine.siting.median import p_median
    from youbei.engine.siting.problem import Outcome, Siting, siting

# Assumption: a county weighs a few hundred points; beyond, `youbei roads matrix` and `youbei siting` serve.
MOST_PLACES, MOST_CANDIDATES, MOST_STANDING = 600, 150, 200
TEAMS_LOOKED_AT = 60
PLACES_PER_SLICE = 10
SOLVE_S = 3.0


def siting_slice(job: Job, now: datetime) -> bool:
    """Do the next slice; return whether the answer is there."""
    demand_solvers()
    if is_warming_up():
        job.state = {"is_warming_up": True}
        return False
    study = SitingStudy.objects.select_related("by").get(pk=job.subject_id)
    terms = Terms.of(study)
    if "places" not in job.state:
        job.state = read(study, terms)
        job.total, job.done = len(job.state["places"]), 0
        return False
    measured = len(job.state["rows"])
    if measured < len(job.state["places"]):
        measure(job, terms, measured)
        job.done = len(job.state["rows"])
        return False
    answer = unreached(job.state, terms) if terms.question is Question.UNREACHED else solved(job.state, terms)
    study.answer = {**answer, "areas": areas_of(job.state, terms, answer.get("sites", ()), study.by)}
    study.save(update_fields=["answer"])
    job.state = {"places": [], "rows": []}
    return True


def given_up(job: Job, is_cancelled: bool) -> None:
    """Leave nothing of what was measured behind."""
    Job.objects.filter(pk=job.pk).update(state={})


def sites_of(user: User | None, kind: str, most: int) -> tuple[list[dict[str, Any]], int]:
    """Return the sites of a kind that a person may see, the largest first, and how many more there are."""
    if not kind or user is None:
        return [], 0
    rows = Site.objects.visible_to(user).filter(kind=kind, retired_at=None).order_by("-capacity", "pk")
    found = list(rows[: most + 1])
    left_out = rows.count() - most if len(found) > most else 0
    return [
        {
            "pk": row.pk,
            "zh": row.name_zh,
            "en": row.name_en,
            "lat": row.lat,
            "lon": row.lon,
            "capacity": row.capacity or 0,
        }
        for row in found[:most]
    ], left_out


def read(study: SitingStudy, terms: Terms) -> dict[str, Any]:
    places, other_places = sites_of(study.by, terms.places, MOST_PLACES)
    candidates, other_candidates = sites_of(study.by, terms.candidates, MOST_CANDIDATES)
    standing, other_standing = sites_of(study.by, terms.standing, MOST_STANDING)
    known = {one["pk"] for one in standing}
    candidates = [one for one in candidates if one["pk"] not in known]
    if not places or (terms.question is not Question.UNREACHED and not candidates):
        raise StudyRefused(
            zh="登记册中没有这样的场所（或候选地点）。请先登记，或换一种种类。",
            en="You see no such sites (or candidates) in the register. Register them, or ask otherwise.",
        )
    if terms.question is not Question.UNREACHED and terms.p > len(candidates):
        raise StudyRefused(
            zh=f"要增设 {terms.p} 处，候选地点只有 {len(candidates)} 处。",
            en=f"{terms.p} are to be added, and there are {len(candidates)} candidates.",
        )
    return {
        "places": places,
        "candidates": candidates,
        "standing": standing,
        "left_out": {"places": other_places, "candidates": other_candidates, "standing": other_standing},
        "is_by_road": True,
        "rows": [],
    }


def measure(job: Job, terms: Terms, first: int) -> None:
    """Measure the journeys to the next few places: whole seconds from each candidate, and from the nearest standing."""
    state, ways = job.state, journeys(travel_times())
    user = SitingStudy.objects.select_related("by").get(pk=job.subject_id).by
    for place in state["places"][first : first + PLACES_PER_SLICE]:
        here = Point(place["lat"], place["lon"])

        def seconds(one: dict[str, Any], here: Point = here) -> int:
            travel, is_by_road = ways(Point(one["lat"], one["lon"]), here)
            state["is_by_road"] = state["is_by_road"] and is_by_road
            return round(travel.total_seconds())

        if terms.question is Question.UNREACHED:
            state["rows"].append([best_team(user, terms.capability, here, seconds)])
        else:
            nearest_standing = min((seconds(one) for one in state["standing"]), default=None)
            state["rows"].append([nearest_standing, *(seconds(one) for one in state["candidates"])])


def best_team(user: User | None, capability: str, here: Point, seconds: Any) -> list[Any] | None:
    """Return the seconds until the first team is here, and which it is; None where there is no team."""
    paths = user.paths_with(Permission.SEE) if user else []
    rows = TeamCapability.objects.filter(capability__code=capability, team__retired_at=None)
    if not paths:
        return None
    if "/" not in paths:
        rows = rows.filter(path_condition(paths, "team__org_path__under_by_walking"))
    best: list[Any] | None = None
    for row in nearest(rows.select_related("team"), here, TEAMS_LOOKED_AT):
        total = seconds({"lat": row.lat, "lon": row.lon}) + round(row.team.planned_turn_out.total_seconds())
        if best is None or total < best[0]:
            best = [total, row.team.name_zh, row.team.name_en]
    return best


def unreached(state: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """Return the places that no team reaches in time, the farthest first."""
    found = []
    for place, (best,) in zip(state["places"], state["rows"], strict=True):
        if best is None or best[0] > terms.minutes * 60:
            team = {"zh": best[1], "en": best[2]} if best else None
            found.append({**place, "seconds": best[0] if best else None, "team": team})
    found.sort(key=lambda one: (one["seconds"] is not None, -(one["seconds"] or 0), one["pk"]))
    return {"unreached": found, "asked": len(state["places"]), **common(state)}


def common(state: dict[str, Any]) -> dict[str, Any]:
    left_out = state["left_out"]
    return {"is_cut": any(left_out.values()), "left_out": left_out, "is_by_road": state["is_by_road"]}


def solved(state: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """Choose the sites; a place is served by the nearest of the new and the standing ones."""
    began = time.monotonic()
    far = max((cell for row in state["rows"] for cell in row if cell is not None), default=0) + 1
    before = [far if row[0] is None else row[0] for row in state["rows"]]
    matrix = [
        [min(row[1 + number], served) for row, served in zip(state["rows"], before, strict=True)]
        for number in range(len(state["candidates"]))
    ]
    weights = [max(1, place["capacity"]) if terms.weigh else 1 for place in state["places"]]
    names = [str(number) for number in range(len(matrix))]
    problem = siting(matrix, weight=weights, sites=names, places=[str(place["pk"]) for place in state["places"]])
    outcome = answer_of(problem, terms, began)
    chosen = [state["candidates"][number] for number in outcome.chosen]
    after = [min(matrix[number][place] for number in outcome.chosen) for place in range(len(weights))]
    has_standing = bool(state["standing"])
    return {
        "sites": chosen,
        "objective": float(outcome.objective),
        "bound": float(outcome.bound),
        "gap": float(outcome.gap),
        "is_proven": outcome.is_proven,
        "before": summary(before, weights, terms) if has_standing else None,
        "after": summary(after, weights, terms),
        "late": late(state, after, terms),
        "asked": len(weights),
        "seconds": round(time.monotonic() - began, 2),
        **common(state),
    }


def answer_of(problem: Siting, terms: Terms, began: float) -> Outcome:
    def left() -> float:
        return SOLVE_S - (time.monotonic() - began)

    if terms.question is Question.MEDIAN:
        return p_median(problem, terms.p, left=left)
    if terms.question is Question.CENTER:
        return p_center(problem, terms.p, left=left)
    return maximal_cover(problem, terms.p, terms.minutes * 60, left=left)


def summary(seconds: list[int], weights: list[int], terms: Terms) -> dict[str, Any]:
    """Return the mean and the longest time, and the share of what is within the time asked for."""
    total = sum(weights)
    within = sum(weight for one, weight in zip(seconds, weights, strict=True) if one <= terms.minutes * 60)
    return {
        "mean": round(sum(one * weight for one, weight in zip(seconds, weights, strict=True)) / total),
        "longest": max(seconds),
        "share": round(100 * within / total, 1),
    }


def late(state: dict[str, Any], after: list[int], terms: Terms) -> list[dict[str, Any]]:
    """Return the places that are not within the time even so, the farthest first."""
    rows = [
        {**place, "seconds": one} for place, one in zip(state["places"], after, strict=True) if one > terms.minutes * 60
    ]
    return sorted(rows, key=lambda one: -one["seconds"])[:200]
