"""Read an exercise from TOML, JSON or data. Whatever is handed in, the answer is an Exercise or ExerciseUnreadable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from youbei.engine.exercises.language import EXERCISE
from youbei.engine.exercises.model import Exercise
from youbei.engine.plans.lines import Path
from youbei.engine.plans.problems import At, Gathered, PlanUnreadable, TooManyProblems
from youbei.engine.plans.read import Format, duplicates_in, gather_duplicates, parse_file
from youbei.engine.plans.shapes import BAD
from youbei.engine.text import Text


class ExerciseUnreadable(PlanUnreadable):
    """Refuse an exercise file, naming all problems found in it."""

    noun = Text("演练", "exercise")


def read_exercise(text: str | bytes, *, format: Format | None = None) -> Exercise:
    """Return the exercise that a file holds; raise ExerciseUnreadable naming every problem with place and cure."""
    try:
        data, gathered = parse_file(text, format)
    except PlanUnreadable as refusal:
        raise ExerciseUnreadable(refusal.problems, total=refusal.total) from None
    return _build(data, gathered)


def exercise_from_data(data: Mapping[str, Any]) -> Exercise:
    """Return the exercise that tables hold, as `exercise_to_data` writes them; raise ExerciseUnreadable otherwise."""
    return _build(dict(data), Gathered())


def _build(data: dict[str, Any], gathered: Gathered) -> Exercise:
    try:
        exercise = EXERCISE.read(data, At(gathered))
        gather_duplicates(_duplicates(data), gathered)
    except TooManyProblems:
        exercise = BAD
    if gathered.total or not isinstance(exercise, Exercise):
        raise ExerciseUnreadable(gathered.problems, total=gathered.total)
    return exercise


def _duplicates(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, Path]]:
    """Yield identifiers used twice: injects, expected actions, objectives, tasks, roles and reactions, each in all."""
    for name in ("objectives", "injects", "roles"):
        yield from duplicates_in(data.get(name), (name,), "id")
    for outer, inner in (("injects", "expects"), ("objectives", "tasks"), ("roles", "reactions")):
        yield from _inner(data.get(outer), outer, inner)


def _inner(entries: Any, outer: str, inner: str) -> Iterator[tuple[Path, str, Path]]:
    first: dict[str, Path] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        parts = entry.get(inner) if isinstance(entry, dict) else None
        for position, part in enumerate(parts if isinstance(parts, list) else ()):
            identifier = part.get("id") if isinstance(part, dict) else None
            place: Path = (outer, index, inner, position, "id")
            if isinstance(identifier, str) and identifier in first:
                yield place, identifier[:120], first[identifier]
            elif isinstance(identifier, str):
                first[identifier] = place
