"""The list of injects as rows, one for each expected action: what a spreadsheet holds, both ways.

A row that repeats the number of an inject, or leaves it empty, adds an expected action to the inject above it. What a
kind has besides the common columns stands in the last one as JSON. Foreign lists (T3SF, OpenAEV) are read by their own
headings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from youbei.engine.exercises.language import EXERCISE
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.read import ExerciseUnreadable
from youbei.engine.exercises.write import exercise_to_data
from youbei.engine.plans.problems import At, Gathered
from youbei.engine.plans.shapes import BAD
from youbei.engine.text import Text

Row = Mapping[str, str]

# Column -> its heading. Times: `09:30` on the clock of the scenario, `+PT5M` after StartEx, `+PT5M inject:call:fired`.
COLUMNS: Mapping[str, Text] = {
    "id": Text("编号", "Inject"),
    "kind": Text("种类", "Kind"),
    "type": Text("类型", "Type"),
    "time": Text("时间", "Time"),
    "condition": Text("条件", "Condition"),
    "from_zh": Text("中文来源", "Chinese from"),
    "from_en": Text("英文来源", "English from"),
    "to": Text("送给", "To"),
    "title_zh": Text("中文名称", "Chinese title"),
    "title_en": Text("英文名称", "English title"),
    "text_zh": Text("中文内容", "Chinese message"),
    "text_en": Text("英文内容", "English message"),
    "objective": Text("目标", "Objective"),
    "action": Text("预期行动编号", "Action"),
    "action_zh": Text("中文预期行动", "Chinese expected action"),
    "action_en": Text("英文预期行动", "English expected action"),
    "who": Text("由谁完成", "Who"),
    "within": Text("时限", "Within"),
    "done": Text("完成依据", "Done when"),
    "action_objective": Text("行动的目标", "Objective of the action"),
    "controller": Text("导调员", "Controller"),
    "notes": Text("导调说明", "Notes"),
    "other": Text("其他", "Other"),
}
# Headings of other programs. Source: T3SF (Base4 Security), MSEL.xlsx of its repository.
FOREIGN: Mapping[str, str] = {
    "#": "id",
    "Real Time": "time",
    "Player": "to",
    "Subject": "title",
    "From": "from",
    "Script": "text",
    "Picture Name": "notes",
}
SENDERS = ("sender", "outlet", "sensor", "road")
COMMON = frozenset({"id", "kind", "type", "at", "to", "title", "text", "objective", "expects", "controller", "notes"})
AT_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?(?:\s*([AaPp])[Mm])?")
AFTER = re.compile(r"\+\s*(P\S+)(?:\s+(\S+))?")


def rows_of(exercise: Exercise) -> Iterator[dict[str, str]]:
    """Yield the rows of an exercise, each with all columns."""
    for inject in exercise_to_data(exercise).get("injects", ()):
        actions = inject.get("expects") or [{}]
        for number, action in enumerate(actions):
            row = dict.fromkeys(COLUMNS, "")
            row |= inject_cells(inject) if number == 0 else {"id": inject["id"]}
            yield row | action_cells(action)


def inject_cells(inject: Mapping[str, Any]) -> dict[str, str]:
    sender = next((name for name in SENDERS if name in inject), "")
    other = {name: value for name, value in inject.items() if name not in COMMON and name != sender}
    at = dict(inject.get("at", {}))
    return {
        "id": inject["id"],
        "kind": inject["kind"],
        "type": inject.get("type", ""),
        "time": time_cell(at),
        "condition": written({name: at[name] for name in ("after", "when", "unless") if name in at}),
        **two("from", inject.get(sender, "")),
        "to": inject.get("to", ""),
        **two("title", inject["title"]),
        **two("text", inject.get("text", "")),
        "objective": inject.get("objective", ""),
        "controller": written(inject.get("controller", "")),
        "notes": written(inject.get("notes", "")),
        "other": written(other),
    }


def time_cell(at: Mapping[str, Any]) -> str:
    if "clock" in at:
        return str(at["clock"])
    since = at.get("since", "startex")
    return f"+{at.get('delay', 'PT0S')}" + ("" if since == "startex" else f" {since}")


def action_cells(action: Mapping[str, Any]) -> dict[str, str]:
    if not action:
        return {}
    return {
        "action": action["id"],
        **two("action", action["title"]),
        "who": action.get("who", ""),
        "within": action["within"],
        "done": action.get("step") or written(action.get("done", "")),
        "action_objective": action.get("objective", ""),
    }


def two(name: str, text: Any) -> dict[str, str]:
    said = Text.from_data(text)
    return {f"{name}_zh": said.zh, f"{name}_en": said.en}


def written(value: Any) -> str:
    """Write a value into a cell: text as it is, anything else as JSON, nothing for nothing."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value else ""


def read_cell(value: str) -> Any:
    """Read a cell that may hold JSON; text that is none stays text."""
    if value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def with_rows(base: Mapping[str, Any], rows: Iterable[tuple[int, Row]]) -> Exercise:
    """Return an exercise whose injects are those of the rows (each with its number in the sheet); the rest is `base`.

    Raises:
        ExerciseUnreadable: naming every problem with the row that it stands in.
    """
    injects: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, row in rows:
        if is_new(row, injects):
            injects.append(inject_of(row, len(injects) + 1))
            numbers.append(number)
        if injects and (row.get("action") or row.get("action_zh") or row.get("action_en")):
            action = action_of(row, f"{injects[-1]['id']}-{len(injects[-1].get('expects', ())) + 1}")
            injects[-1].setdefault("expects", []).append(action)

    def row_of(path: tuple[str | int, ...]) -> int | None:
        return numbers[path[1]] if len(path) > 1 and path[0] == "injects" and isinstance(path[1], int) else None

    gathered = Gathered(row_of)
    exercise = EXERCISE.read({**base, "injects": injects}, At(gathered))
    if exercise is BAD or gathered.total or not isinstance(exercise, Exercise):
        raise ExerciseUnreadable(gathered.problems, total=gathered.total)
    return exercise


def is_new(row: Row, injects: list[dict[str, Any]]) -> bool:
    name = slug(row.get("id", ""))
    has_content = any(row.get(column) for column in ("kind", "title", "title_zh", "title_en", "text", "text_zh"))
    return has_content and not (injects and name and injects[-1]["id"] == name)


def slug(text: str) -> str:
    """Return an identifier made of a number or name of another program: `1.0` is `i1`, `Phase 2` is `phase-2`."""
    bare = text.strip().removesuffix(".0").lower()
    if bare.isdigit():
        return f"i{bare}"
    return re.sub(r"[^a-z0-9_.\-]+", "-", bare).strip("-")[:64]


def inject_of(row: Row, number: int) -> dict[str, Any]:
    other = read_cell(row.get("other", ""))
    kind = row.get("kind") or "email"
    sender = sender_of(kind)
    text = bilingual(row, "text")
    title = bilingual(row, "title")
    found: dict[str, Any] = {
        "id": slug(row.get("id", "")) or f"i{number}",
        "kind": kind,
        "title": title,
        "type": row.get("type", ""),
        "at": timing_of(row),
        "objective": row.get("objective", ""),
        "controller": read_cell(row.get("controller", "")),
        "notes": read_cell(row.get("notes", "")),
        "to": row.get("to", ""),
        "text": text,
        **({sender: bilingual(row, "from")} if sender else {}),
        **({"subject": title} if kind == "email" else {}),
        **(other if isinstance(other, dict) else {}),
    }
    return {name: value for name, value in found.items() if value not in ("", {}, None)}


def sender_of(kind: str) -> str:
    return {
        "message": "sender",
        "call": "sender",
        "email": "sender",
        "official_order": "sender",
        "media_post": "outlet",
        "false_rumour": "outlet",
        "sensor_value": "sensor",
        "road_closed": "road",
    }.get(kind, "")


def bilingual(row: Row, name: str) -> Any:
    """Return a text of two columns, or of the one that a foreign list has."""
    zh, en = row.get(f"{name}_zh", ""), row.get(f"{name}_en", "")
    if zh or en:
        return zh if zh == en else {key: text for key, text in (("zh", zh), ("en", en)) if text}
    return row.get(name, "")


def timing_of(row: Row) -> dict[str, Any]:
    time, condition = row.get("time", "").strip(), read_cell(row.get("condition", ""))
    at: dict[str, Any] = {}
    if (clock := AT_CLOCK.fullmatch(time)) is not None:
        hour = int(clock[1]) % 12 + (12 if clock[3] in ("P", "p") else 0) if clock[3] else int(clock[1])
        at["clock"] = f"{hour:02}:{clock[2]}"
    elif (after := AFTER.fullmatch(time)) is not None:
        at["delay"] = after[1]
        if after[2]:
            at["since"] = after[2]
    elif time:
        at["clock"] = time  # the reader says what is wrong with it
    return at | (condition if isinstance(condition, dict) else {"when": condition} if condition else {})


def action_of(row: Row, name: str) -> dict[str, Any]:
    done = read_cell(row.get("done", ""))
    found = {
        "id": row.get("action") or name,
        "title": bilingual(row, "action"),
        "who": row.get("who", ""),
        "within": row.get("within", ""),
        "step": done if isinstance(done, str) else "",
        "done": done if isinstance(done, dict) else "",
        "objective": row.get("action_objective", ""),
    }
    return {key: value for key, value in found.items() if value != ""}


def rows_of_t3sf(data: Iterable[Any]) -> Iterator[dict[str, str]]:
    """Yield rows from an MSEL of T3SF as JSON: objects under the headings of its workbook; what is none is left out."""
    for one in data:
        if isinstance(one, Mapping):
            yield {column: str(one.get(heading) or "").strip() for heading, column in FOREIGN.items()}


def rows_of_openaev(data: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield rows from an export of OpenAEV (format 1), whose injects are scheduled in seconds."""
    injects = data.get("scenario_injects") or data.get("exercise_injects") or []
    for inject in [injects] if isinstance(injects, dict) else injects:
        content = inject.get("inject_content") or {}
        said = (content.get("body"), content.get("message"), inject.get("inject_description"), inject["inject_title"])
        text = next(one for one in said if one)
        yield {
            "id": str(inject.get("inject_id", ""))[:8],
            "kind": "message",
            "title": inject["inject_title"],
            "from": data.get("scenario_information", {}).get("scenario_mail_from") or "OpenAEV",
            "to": "players",
            "text": re.sub(r"<[^>]+>", "", str(text)).strip() or inject["inject_title"],
            "time": f"+PT{int(inject.get('inject_depends_duration') or 0)}S",
        }
