"""The areas of a siting question: what is reached in time as it is, and what would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, QuerySet

from youbei.actions.reaching import Source, grid_of, reached_from
from youbei.actions.siting.asking import Question, Terms
from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.reach import journeys
from youbei.records.models import SitingStudy, Team, TeamCapability, User
from youbei.records.models.scope import path_condition

# Assumption: a province has fewer teams with one capability than this.
MOST_TEAMS = 100_000


def areas_of(state: dict[str, Any], terms: Terms, chosen: Iterable[dict[str, Any]], user: User | None) -> Any:
    """Return the areas before and after as GeoJSON with their size, and how fine they are; None: too many to draw.

    Of a siting question before is with what stands and after with what is chosen as well. Of a question who cannot be
    reached before is with all teams at home and after with those that are free now.
    """
    ways, limit_s = journeys(travel_times()), terms.minutes * 60.0
    if terms.question is Question.UNREACHED:
        before, after = teams_with(user, terms.capability), teams_with(user, terms.capability, is_free=True)
    else:
        before = [spot_of(one) for one in state["standing"]]
        after = [*before, *(spot_of(one) for one in chosen)]
    grid = grid_of([spot_of(one)[0] for one in state["places"]], ways)
    drawn = [reached_from(sources, grid=grid, ways=ways, limit_s=limit_s) for sources in (before, after)]
    if drawn[0] is None or drawn[1] is None:
        return None
    return {
        "cell_m": grid.cell_m,
        "minutes": terms.minutes,
        "is_by_road": ways.roads is not None,
        "before": drawn[0].as_data(),
        "after": drawn[1].as_data(),
    }


def spot_of(one: dict[str, Any]) -> Source:
    return Point(one["lat"], one["lon"]), 0.0


def teams_with(user: User | None, capability: str, *, is_free: bool = False) -> list[Source]:
    """Return where the teams with a capability stand at home that a person may see, with their turn-out."""
    paths = user.paths_with(Permission.SEE) if user else []
    rows: QuerySet[TeamCapability] = TeamCapability.objects.filter(capability__code=capability, team__retired_at=None)
    if not paths:
        return []
    if "/" not in paths:
        rows = rows.filter(path_condition(paths, "team__org_path__under_by_walking"))
    rows = rows.filter(is_available__in=[True]) if is_free else rows.exclude(team__status=Team.Status.OUT_OF_SERVICE)
    found = rows.annotate(promised=F("team__turn_out_s"), measured=F("team__measured_turn_out_s"))
    return [
        (Point(lat, lon), float(max(promised, measured or 0)))
        for lat, lon, promised, measured in found.values_list("lat", "lon", "promised", "measured")[:MOST_TEAMS]
    ]


def features_of(study: SitingStudy) -> dict[str, Any]:
    """Return the areas of an answer as a collection of GeoJSON: four areas, each with what it is and its size."""
    areas = (study.answer or {}).get("areas")
    return {"type": "FeatureCollection", "features": list(features(areas)) if areas else []}


def features(areas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    stated = {key: areas[key] for key in ("minutes", "cell_m", "is_by_road")}
    for when in ("before", "after"):
        for what in ("reached", "unreached"):
            known = {"when": when, "is_reached": what == "reached", "km2": areas[when][f"{what}_km2"]}
            yield {"type": "Feature", "geometry": areas[when][what], "properties": {**known, **stated}}
