"""`youbei exercise check|import|export`: exercise files, and the list of injects as a workbook."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from youbei.cli.exercise_plan import add_plan, find_plan
from youbei.cli.options import Groups, Output, Say, add_data, read_input, unreadable, unwritable
from youbei.engine.errors import Refused

ZIPPED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NotAWorkbook(Refused):
    """Refuse to write the list of injects to standard output."""


class NoInjects(Refused):
    """Refuse to make an exercise of a list that holds no injects."""


def add(group: Groups, say: Say) -> None:
    check = group.command("check", say("检查演练文件", "check an exercise file, like a compiler"), run_check)
    check.add_argument(
        "file", metavar="FILE", help=say("演练文件，- 为标准输入", "exercise file, - for standard input")
    )
    check.add_argument("--strict", action="store_true", help=say("提示也算问题", "count notes as findings too"))
    add_plan(check, say)
    add_data(check)
    export = group.command("export", say("导出注入清单为 Excel", "write the injects as a workbook"), run_export)
    export.add_argument(
        "file", metavar="FILE", help=say("演练文件，- 为标准输入", "exercise file, - for standard input")
    )
    export.add_argument("--out", metavar="FILE", required=True, help=say("Excel 文件", "the workbook to write"))
    take_in = group.command(
        "import", say("由 Excel 清单写成演练文件", "make an exercise of a list of injects"), run_import
    )
    take_in.add_argument(
        "file", metavar="FILE", help=say("Excel、CSV、T3SF 或 OpenAEV 导出", "workbook, CSV, export of T3SF or OpenAEV")
    )
    take_in.add_argument(
        "--into", metavar="FILE", help=say("其余内容取自此演练文件", "exercise file that has the rest")
    )
    take_in.add_argument("--plan", metavar="ID", default="", help=say("受检验预案的标识", "id of the plan under test"))
    take_in.add_argument(
        "--out", metavar="FILE", default="-", help=say("目标文件（默认标准输出）", "file (default: -)")
    )


def run_check(options: argparse.Namespace, output: Output) -> int:
    """Return 1 where there are errors or warnings, with --strict also for notes."""
    from youbei import content
    from youbei.engine.exercises.check import check_exercise
    from youbei.engine.exercises.read import read_exercise

    exercise = read_exercise(read_input(options.file))
    plan = find_plan(options, exercise.plan)
    findings = check_exercise(exercise, plan, content.fact_kinds())
    names = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "note")}
    for one in findings:
        zh, en = names[one.severity]
        output.line(
            f"{options.file}: {one.place}: {zh} {one.code}：{one.sentence.zh}{one.cure.zh}",
            f"{options.file}: {one.place}: {en} {one.code}: {one.sentence.en} {one.cure.en}",
        )
    counts = {name: sum(one.severity == name for one in findings) for name in names}
    output.line(
        f"{exercise.id} {exercise.version}：错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['info']}",
        f"{exercise.id} {exercise.version}: {counts['error']} errors, {counts['warning']} warnings, "
        f"{counts['info']} notes",
    )
    said = [
        {"code": one.code, "place": one.place, "sentence": one.sentence.as_data(), "cure": one.cure.as_data()}
        for one in findings
    ]
    output.data({"exercise": exercise.id, "plan": plan.id, "counts": counts, "findings": said})
    return 1 if counts["error"] or counts["warning"] or (options.strict and findings) else 0


def run_export(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.exercises.read import read_exercise
    from youbei.sheets.msel import write_msel

    if options.out == "-":
        raise NotAWorkbook(zh="Excel 文件不能写到标准输出。请用 --out 指定文件名。", en="Name a file for the workbook.")
    exercise = read_exercise(read_input(options.file))
    kept(Path(options.out), lambda part: write_msel(part, exercise, language=output.say.language))
    output.line(f"已写入 {options.out}：{len(exercise.injects)} 条注入。", f"Wrote {len(exercise.injects)} injects.")
    output.data({"exercise": exercise.id, "injects": len(exercise.injects), "file": options.out})
    return 0


def kept(target: Path, write: Callable[[Path], None]) -> None:
    """Write a file whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    try:
        write(part)
        os.replace(part, target)
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise unwritable(str(target), error) from None


def run_import(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.exercises.grid import with_rows
    from youbei.engine.exercises.write import write_toml

    exercise = with_rows(base_of(options), rows_in(options.file))
    if not exercise.injects:
        raise NoInjects(
            zh=f"文件 {options.file} 中没有注入，未写出演练文件。请换一个含注入的清单或导出。",
            en=f"The file {options.file} holds no injects, so no exercise file was written. Give a list that has some.",
        )
    text = write_toml(exercise)
    if options.out == "-":
        print(text, end="")
        return 0
    kept(Path(options.out), partial(write_text, text=text))
    output.line(f"已写入 {options.out}：{len(exercise.injects)} 条注入。", f"Wrote {len(exercise.injects)} injects.")
    output.data({"exercise": exercise.id, "injects": len(exercise.injects), "file": options.out})
    return 0


def write_text(part: Path, *, text: str) -> None:
    part.write_text(text, encoding="utf-8")


def base_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return everything but the injects: of a file, or the least that an exercise has."""
    from youbei.engine.exercises.grid import slug
    from youbei.engine.exercises.read import read_exercise
    from youbei.engine.exercises.write import exercise_to_data

    if options.into:
        return exercise_to_data(read_exercise(read_input(options.into)))
    name = slug(Path(options.file).stem) or "exercise"
    plan = options.plan or "plan"
    base = {
        "id": name,
        "version": "1",
        "type": "tabletop",
        "plan": plan,
        "sponsor": "",
        "title": Path(options.file).stem,
    }
    return {**base, "end": {"at_most": "P1D"}}


def rows_in(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a workbook, a CSV file, an MSEL of T3SF as JSON, or an export of OpenAEV."""
    from youbei.engine.exercises.grid import rows_of_openaev, rows_of_t3sf
    from youbei.sheets.msel import read_msel

    content = read_input(name)
    if not content.startswith(ZIPPED) and content.lstrip()[:1] in (b"{", b"["):
        try:
            data = json.loads(content)
        except ValueError as error:
            raise unreadable(name, error) from None
        yield from enumerate(rows_of_t3sf(data) if isinstance(data, list) else rows_of_openaev(data), start=1)
        return
    yield from read_msel(Path(name), name)
