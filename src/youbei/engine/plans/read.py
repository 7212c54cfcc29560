"""Read a plan from TOML, JSON or data. Whatever is handed in, the answer is a Plan or PlanUnreadable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from youbei.engine.plans.file_text import check_text, decode
from youbei.engine.plans.language import PLAN
from youbei.engine.plans.lines import LineIndex, Path
from youbei.engine.plans.model import Plan
from youbei.engine.plans.parse import parse_json, parse_toml
from youbei.engine.plans.problems import At, Gathered, PlanUnreadable, TooManyProblems, path_text, refuse_file
from youbei.engine.plans.shapes import BAD
from youbei.engine.text import Text

Format = Literal["toml", "json"]


def read_plan(text: str | bytes, *, format: Format | None = None) -> Plan:
    """Return the plan that a file holds; raise PlanUnreadable naming every problem with place and cure.

    Bytes may be UTF-8 (with or without mark), UTF-16 or GB18030, at most 10 MB. Without `format`, a file that begins
    with `{` is JSON and any other is TOML.
    """
    return _build(*parse_file(text, format))


def parse_file(text: str | bytes, format: Format | None) -> tuple[dict[str, Any], Gathered]:
    """Return the tables of a file, and what gathers their problems with lines; raise PlanUnreadable."""
    content = decode(text) if isinstance(text, bytes) else check_text(text)
    if not content.strip():
        raise refuse_file(
            zh="文件是空的。",
            en="The file is empty.",
            cure_zh="请从一份示例预案开始写，或重新取得文件。",
            cure_en="Start from one of the example plans, or fetch the file again.",
        )
    if format is None:
        format = "json" if content.lstrip().startswith("{") else "toml"
    if format == "json":
        return parse_json(content), Gathered()
    return parse_toml(content), Gathered(LineIndex(content))


def plan_from_data(data: Mapping[str, Any]) -> Plan:
    """Return the plan that tables hold, as `plan_to_data` writes them; raise PlanUnreadable otherwise."""
    return _build(dict(data), Gathered())


def _build(data: dict[str, Any], gathered: Gathered) -> Plan:
    try:
        plan = PLAN.read(data, At(gathered))
        _gather_duplicates(data, gathered)
    except TooManyProblems:
        plan = BAD
    if gathered.total or plan is BAD or not isinstance(plan, Plan):
        raise PlanUnreadable(gathered.problems, total=gathered.total)
    return plan


def _gather_duplicates(data: Mapping[str, Any], gathered: Gathered) -> None:
    gather_duplicates(_duplicates(data), gathered)


def gather_duplicates(found: Iterable[tuple[Path, str, Path]], gathered: Gathered) -> None:
    """Gather a problem for each identifier that is used twice: where, which, and where first."""
    for path, identifier, first in found:
        gathered.add(
            path,
            Text(
                zh=f"“{identifier}”与 {path_text(first)} 重复。",
                en=f'"{identifier}" is already used at {path_text(first)}.',
            ),
            Text(zh="请给其中一个另起标识符。", en="Give one of them another identifier."),
        )


_IDENTIFIED = (("levels", "number"), ("posts", "id"), ("steps", "id"), ("scenarios", "id"))


def _duplicates(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, Path]]:
    for name, key in _IDENTIFIED:
        yield from duplicates_in(data.get(name), (name,), key)
    steps = data.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield from duplicates_in(step.get("needs"), ("steps", index, "needs"), "id")


def duplicates_in(entries: Any, path: Path, key: str) -> Iterator[tuple[Path, str, Path]]:
    first: dict[str, Path] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        identifier = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(identifier, str):
            continue
        place = (*path, index, key)
        if identifier in first:
            yield place, identifier[:120], first[identifier]
        else:
            first[identifier] = place
