"""A model of nearest-idle dispatch as a file describes it."""

from __future__ import annotations

import math

from youbei.engine.simulation.nearest import NearestModel
from youbei.engine.simulation.queue_model import BadModel, demand_object, json_of, rate_of, shown

MOST_TEAMS = 1_000_000
FIELDS = frozenset({"teams", "side", "rate", "speed", "on_scene"})
EXAMPLE = '{"teams": 100, "side": 50, "rate": 20, "speed": 40, "on_scene": 1.5}'


def read_nearest_model(content: bytes) -> NearestModel:
    """Read a model file in JSON; raise BadModel. Whether it comes to rest is asked when it is run."""
    values = demand_object(json_of(content, EXAMPLE), FIELDS, "模型", "the model")
    side = rate_of(values.get("side"), "side")
    return NearestModel(
        teams=places_of(values.get("teams"), side),
        side=side,
        rate=rate_of(values.get("rate"), "rate"),
        speed=rate_of(values.get("speed"), "speed"),
        on_scene=rate_of(values.get("on_scene"), "on_scene"),
    )


def places_of(value: object, side: float) -> tuple[tuple[float, float], ...]:
    """Return where the teams stand: as listed, or so many of them evenly over the square."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_TEAMS:
        return evenly(value, side)
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_TEAMS:
        raise BadModel(
            zh=f"teams 须是队伍数（1 到 {MOST_TEAMS:,}）或位置列表，如 [[1.5, 2.0], [4.0, 0.5]]，"
            f"收到的是 {shown(value)}。",
            en=f"`teams` must be how many there are (1 to {MOST_TEAMS:,}) or a list of places such as "
            f"[[1.5, 2.0], [4.0, 0.5]], not {shown(value)}.",
        )
    return tuple(place_of(one, number) for number, one in enumerate(value))


def evenly(count: int, side: float) -> tuple[tuple[float, float], ...]:
    """Stand teams in rows, in the middle of cells that are as square as their number allows."""
    rows = max(1, round(math.sqrt(count)))
    found = []
    for row in range(rows):
        here = count // rows + (row < count % rows)
        found += [(side * (column + 0.5) / here, side * (row + 0.5) / rows) for column in range(here)]
    return tuple(found)


def place_of(value: object, number: int) -> tuple[float, float]:
    match value:
        case [int() | float() as east, int() | float() as north] if not {type(east), type(north)} & {bool}:
            return float(east), float(north)
    raise BadModel(
        zh=f"teams[{number}] 须是位置 [东, 北]，收到的是 {shown(value)}。",
        en=f"teams[{number}] must be a place [east, north], not {shown(value)}.",
    )
