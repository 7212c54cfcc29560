"""What an exercise brings to its run: the script, the posts that are played, and a world for these to draw on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.conditions import Elapsed
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.msel import CONTROL, TIME_IS_UP, control, played_posts, script_of
from youbei.engine.exercises.read import exercise_from_data
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.resources import World
from youbei.engine.run.script import NO_SCRIPT, Reaction, Script
from youbei.engine.simulation.plenty import plenty
from youbei.engine.text import Text
from youbei.records.models import Exercise as ExerciseRow
from youbei.records.models import Run as RunRow

# What an exercise says never changes once it has begun, so one that was read is good for the life of the process.
CASTINGS: dict[tuple[str, str], Casting] = {}
CASTINGS_KEPT = 128


@dataclass(frozen=True, slots=True)
class Casting:
    """`autoplay` are the posts of the plan that roles play; `world` is theirs alone and takes nothing of a register."""

    script: Script = NO_SCRIPT
    autoplay: frozenset[str] = frozenset()
    world: World = World()


NO_CASTING = Casting()


def casting_of(run_row: RunRow, plan: Plan) -> Casting:
    """Return what the exercise of a run brings to it; nothing for a real run, or an exercise without a script."""
    if run_row.mode != RunRow.Mode.EXERCISE:
        return NO_CASTING
    digest = ExerciseRow.objects.filter(run_id=run_row.pk).values_list("digest", flat=True).first()
    if not digest:
        return NO_CASTING
    key = (digest, run_row.plan_version.digest)
    if key not in CASTINGS:
        data = ExerciseRow.objects.filter(run_id=run_row.pk).values_list("data", flat=True).get()
        if len(CASTINGS) >= CASTINGS_KEPT:
            CASTINGS.pop(next(iter(CASTINGS)))
        CASTINGS[key] = cast(exercise_of(data), plan)
    return CASTINGS[key]


def exercise_of(data: Any) -> Exercise:
    """Return the exercise that a row's `data` holds."""
    return exercise_from_data(data)


def cast(exercise: Exercise, plan: Plan) -> Casting:
    return Casting(
        script=script_of(exercise, further=(at_the_latest(exercise),)),
        autoplay=played_posts(exercise),
        world=plenty(plan, plan.scenarios[0] if plan.scenarios else Scenario("", Text())),
    )


def at_the_latest(exercise: Exercise) -> Reaction:
    """Return what ends an exercise once its time is up, where nothing else has."""
    when = Elapsed("startex", exercise.end.at_most)
    return control(f"{CONTROL}/latest", when, TIME_IS_UP)
