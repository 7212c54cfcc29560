"""Why a plan calls for another level than the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youbei import content
from youbei.engine.plans.levels import grade_levels
from youbei.engine.reasons import grounds
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import RunView
from youbei.engine.text import Text
from youbei.records.load import load_run
from youbei.records.models import Run


@dataclass(frozen=True, slots=True)
class LevelReasons:
    """What the proposed level rests on, and the keys of the unknown facts that could make it more severe still."""

    grounds: tuple[Text, ...]
    unknown: tuple[str, ...]


def level_reasons(run: Run, scenario_now: datetime, engine: EngineRun | None = None) -> LevelReasons | None:
    """Return the reasons of the level that is proposed now, None where none is; `engine` is the run if it is loaded."""
    if run.proposed_level is None or run.phase != Run.Phase.ACTIVE:
        return None
    engine = engine or load_run(run)
    view, levels = RunView(engine.state, scenario_now), engine.index.levels
    said = [
        text
        for level in levels
        if level.number == run.proposed_level
        for text in grounds(level.when, view, names=content.fact_names(), describe=content.describe_fact)
    ]
    return LevelReasons(tuple(said), grade_levels(levels, view)[1])
