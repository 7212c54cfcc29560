"""Compile the solvers before somebody waits for them: beside the worker's ticks, from its start on."""

from __future__ import annotations

import logging
import threading

from youbei import content
from youbei.actions.dispatch.proposing import HAS_SOLVERS
from youbei.engine.plans.model import Scenario
from youbei.engine.plans.read import read_plan
from youbei.engine.simulation.ensemble import run_part, set_up
from youbei.engine.simulation.plenty import plenty
from youbei.engine.text import Text

if HAS_SOLVERS:
    import numpy as np

    from youbei.engine.siting.center import p_center
    from youbei.engine.siting.cover import maximal_cover
    from youbei.engine.siting.median import p_median
    from youbei.engine.siting.problem import siting
    from youbei.engine.travel.graph import build
    from youbei.engine.travel.journeys import FastRoads

logger = logging.getLogger(__name__)
# How long a slice of work waits for the compiler before it lets other work go on.
PATIENCE_S = 0.3
WARMING: list[threading.Thread] = []


def warm_up() -> None:
    """Ask each solver a small question, which compiles it or fetches what was compiled before."""
    line = np.arange(12)
    problem = siting(np.abs(line[:, None] - line[None, :]) * 100)
    p_median(problem, 3)
    p_center(problem, 3)
    maximal_cover(problem, 3, 100)
    roads, _ = build([0, 1], [1, 0], [600, 600], lat=[36.0, 36.01], lon=[120.0, 120.0])
    FastRoads(roads).search_to(0)
    plan = read_plan(next(iter(content.plan_texts().values())))
    scenario = plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text())
    run_part(set_up(plan, plenty(plan, scenario), scenario, seed=1), range(1))


def warm_up_in_background() -> None:
    """Begin to compile, once for a process; without the solvers there is nothing to do."""
    if not HAS_SOLVERS or WARMING:
        return
    thread = threading.Thread(target=tried, name="warm-up", daemon=True)
    WARMING.append(thread)
    thread.start()


def tried() -> None:
    try:
        warm_up()
    except Exception:
        # Whoever asks a real question gets the real refusal; the worker goes on meanwhile.
        logger.exception("The solvers could not be compiled beforehand")


def is_warming_up() -> bool:
    """Wait a moment for the compiler; say whether it is still at work."""
    for thread in WARMING:
        thread.join(PATIENCE_S)
        if thread.is_alive():
            return True
    return False
