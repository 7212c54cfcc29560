"""Read a problem from JSON and write it. Whatever is handed in, the answer is a Problem or ProblemUnreadable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from youbei.engine.dispatch.language import PROBLEM
from youbei.engine.dispatch.problem import Problem, TaskForce
from youbei.engine.errors import Refused
from youbei.engine.plans.problems import MOST_COUNTED, At, Gathered, TooManyProblems, path_text
from youbei.engine.plans.problems import Problem as Fault
from youbei.engine.plans.shapes import BAD
from youbei.engine.text import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Larger problems are held in memory by programs; as a file they would take minutes to read.
MOST_BYTES = 64 * 1024 * 1024
Path = tuple[str | int, ...]


class ProblemUnreadable(Refused):
    """Refuse a problem file, naming what is wrong with it and where (the first fifty places)."""

    status = 422

    def __init__(self, faults: Iterable[Fault], *, total: int | None = None) -> None:
        self.faults = tuple(faults)
        self.total = len(self.faults) if total is None else total
        said = [fault.as_text() for fault in self.faults]
        count = f"{self.total}+" if self.total >= MOST_COUNTED else str(self.total)
        zh = [f"调度问题文件无法读取，共有 {count} 处问题：", *(text.zh for text in said)]
        faults_en = "fault" if self.total == 1 else "faults"
        en = [f"The problem file cannot be read; {count} {faults_en}:", *(text.en for text in said)]
        if self.total > len(self.faults):
            zh.append(f"……其余 {self.total - len(self.faults)} 处未列出。")
            en.append(f"... {self.total - len(self.faults)} more are not listed.")
        super().__init__(zh="\n".join(zh), en="\n".join(en))


def whole_file(zh: str, en: str, *, cure_zh: str, cure_en: str, line: int | None = None) -> ProblemUnreadable:
    return ProblemUnreadable([Fault("", line, Text(zh, en), Text(cure_zh, cure_en))])


def read_problem(content: str | bytes) -> Problem:
    """Return the problem that a JSON file holds; raise ProblemUnreadable naming every fault with place and cure."""
    if len(content) > MOST_BYTES:
        raise whole_file(
            f"文件超过 {MOST_BYTES // 1024 // 1024} MB。",
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.",
            cure_zh="请只留下相关区域的队伍和物资。",
            cure_en="Keep only the units and lots of the region concerned.",
        )
    return problem_from_data(parse(content))


def parse(content: str | bytes) -> Any:
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=refuse_constant, object_pairs_hook=unique)
    except UnicodeDecodeError:
        raise whole_file(
            "文件不是 UTF-8 文本。",
            "The file is not text in UTF-8.",
            cure_zh="请另存为 UTF-8。",
            cure_en="Save it as UTF-8.",
        ) from None
    except json.JSONDecodeError as error:
        raise whole_file(
            f"第 {error.colno} 列不合 JSON 语法。",
            f"column {error.colno} is not JSON: {error.msg}.",
            cure_zh="请改正此处，或重新取得完整的文件。",
            cure_en="Correct this place, or fetch the whole file again.",
            line=error.lineno,
        ) from None
    except (ValueError, RecursionError) as error:
        raise whole_file(
            f"文件含有无法读取的值：{error}。",
            f"The file holds a value that cannot be read: {error}.",
            cure_zh="请改为有限的数、不重复的项和合理的层次。",
            cure_en="Use finite numbers, each key once, and a sensible depth.",
        ) from None


def refuse_constant(name: str) -> float:
    raise ValueError(name)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice[:60]}" ×2')
    return found


def problem_from_data(data: Any) -> Problem:
    """Return the problem that JSON values hold; raise ProblemUnreadable."""
    gathered = Gathered()
    try:
        problem = PROBLEM.read(data, At(gathered))
        if isinstance(problem, Problem):
            for path, zh, en in contradictions(problem):
                gathered.add(path, Text(zh, en), Text("请改正。", "Correct it."))
    except TooManyProblems:
        problem = BAD
    if gathered.total or not isinstance(problem, Problem):
        raise ProblemUnreadable(gathered.problems, total=gathered.total)
    return problem


Found = Iterator[tuple[Path, str, str]]


def contradictions(problem: Problem) -> Found:
    """Yield what cannot be true together: names used twice, names of nothing, needs that contradict themselves."""
    yield from doubles(problem)
    places = {place.id for place in problem.places}
    owners = {owner.id for owner in problem.owners} | {""}
    for name in ("incidents", "units", "lots", "reserves", "cover"):
        for index, thing in enumerate(getattr(problem, name)):
            if thing.place not in places:
                yield unknown((name, index, "place"), thing.place, "地点", "place")
            owner = getattr(thing, "owner", "")
            if owner not in owners:
                yield unknown((name, index, "owner"), owner, "单位", "organisation")
    yield from contradictory_cover(problem, places)
    yield from contradictory_vehicles(problem)
    for index, leg in enumerate(problem.legs):
        for key, place in (("from", leg.origin), ("to", leg.destination)):
            if place not in places:
                yield unknown(("legs", index, key), place, "地点", "place")
    yield from contradictory_incidents(problem)


def contradictory_cover(problem: Problem, places: set[str]) -> Found:
    for index, cover in enumerate(problem.cover):
        for at, place in enumerate(cover.also):
            if place not in places:
                yield unknown(("cover", index, "also", at), place, "地点", "place")
    covers = {cover.id for cover in problem.cover} | {""}
    for index, unit in enumerate(problem.units):
        if unit.moving_up not in covers:
            yield unknown(("units", index, "moving_up"), unit.moving_up, "驻防要求", "cover")


def contradictory_vehicles(problem: Problem) -> Found:
    units = {unit.id for unit in problem.units} | {""}
    driven = {unit.id: unit.crew not in ("", unit.id) for unit in problem.units}
    for index, unit in enumerate(problem.units):
        if unit.crew not in units:
            yield unknown(("units", index, "crew"), unit.crew, "队伍", "unit")
        elif unit.crew and unit.crew != unit.id and driven.get(unit.crew):
            yield (
                ("units", index, "crew"),
                f"“{unit.crew}”自己也由别的队伍驾驶。",
                f'"{unit.crew}" is itself driven by another unit.',
            )
    for index, lot in enumerate(problem.lots):
        if lot.aboard not in units:
            yield unknown(("lots", index, "aboard"), lot.aboard, "车辆", "vehicle")


def unknown(path: Path, name: str, zh: str, en: str) -> tuple[Path, str, str]:
    return path, f"没有名为“{name}”的{zh}。", f'there is no {en} named "{name}".'


def doubles(problem: Problem) -> Found:
    for name in ("incidents", "units", "lots", "reserves", "owners", "cover", "places"):
        yield from doubles_in((name,), [thing.id for thing in getattr(problem, name)])
    for index, incident in enumerate(problem.incidents):
        yield from doubles_in(("incidents", index, "needs"), [need.id for need in incident.needs])


def doubles_in(path: Path, names: list[str]) -> Found:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            other = path_text((*path, first[name], "id"))
            yield (*path, index, "id"), f"“{name}”与 {other} 重复。", f'"{name}" is already used at {other}.'
        first.setdefault(name, index)


def contradictory_incidents(problem: Problem) -> Found:
    for index, incident in enumerate(problem.incidents):
        for number, need in enumerate(incident.needs):
            path = ("incidents", index, "needs", number)
            if need.due_s is not None and need.latest_s is not None and need.due_s > need.latest_s:
                yield (
                    (*path, "due_s"),
                    f"应到时限 {need.due_s} 秒晚于最迟有用时限 {need.latest_s} 秒。",
                    f"it is due after {need.due_s} s, but of no use after {need.latest_s} s.",
                )
            if isinstance(need.asks, TaskForce) and not need.asks.parts:
                yield (*path, "asks"), "编组没有组成部分。", "the task force has no parts."
    names = {incident.id for incident in problem.incidents} | {""}
    for index, unit in enumerate(problem.units):
        if unit.serving not in names:
            yield unknown(("units", index, "serving"), unit.serving, "事件", "incident")


def problem_to_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON values; what equals its default is left out."""
    return PROBLEM.write(problem)


def write_problem(problem: Problem) -> str:
    return json.dumps(problem_to_data(problem), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def json_schema() -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of the problem file."""
    defs: dict[str, dict[str, Any]] = {}
    body = PROBLEM.schema(defs)
    return {
        "$schema": DIALECT,
        "title": "调度问题 Dispatch problem",
        "description": "`youbei dispatch solve` 的输入。 What `youbei dispatch solve` reads.",
        **body,
        "$defs": dict(sorted(defs.items())),
    }
