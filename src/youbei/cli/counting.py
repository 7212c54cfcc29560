"""`youbei register statistics`: count a register by one or two of its ways."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from youbei.cli.data import database
from youbei.cli.finding import on_behalf_of
from youbei.cli.narrowing import ArgumentRefused, conditions
from youbei.cli.options import Groups, Output, Say, add_data

WIDEST = 24
Numbers = TypeVar("Numbers")


def add(group: Groups, say: Say) -> None:
    command = group.command("statistics", say("统计登记册", "count a register"), run)
    command.add_argument("name", metavar="NAME", help=say("登记册，如 team", "the register, such as team"))
    command.add_argument("--rows", default="", metavar="WAY", help=say("按什么分行", "what makes the rows"))
    command.add_argument("--columns", default="", metavar="WAY", help=say("按什么分列", "what makes the columns"))
    command.add_argument("--measure", default="count", metavar="FIELD", help=say("加总的数", "what is summed"))
    command.add_argument(
        "--where", action="append", metavar="FIELD=VALUE", help=say("筛选，可重复", "narrow, may be repeated")
    )
    command.add_argument(
        "--to",
        metavar="FILE",
        help=say("写入文件（.xlsx、.pdf、.csv）", "write the table to a file (.xlsx, .pdf, .csv); needs --user"),
    )
    command.add_argument("--user", metavar="USER", help=say("以该账号的权限进行", "as this account may"))
    add_data(command)


def run(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.records.registers.drilling import chosen, table_data
        from youbei.records.registers.filters import read_filters
        from youbei.records.registers.statistics import Counting, Pivot, dimensions_of, measures_of
        from youbei.records.registers.tables import register_called

        register, user = register_called(options.name), on_behalf_of(options.user)
        ways, measures = dimensions_of(register), measures_of(register)
        demand(options.rows, ["", *(one.name for one in ways)])
        demand(options.columns, ["", *(one.name for one in ways)])
        demand(options.measure, [name for name, _ in measures])
        rows, columns = chosen(ways, options.rows) or ways[0], chosen(ways, options.columns)
        asked = conditions(register, options.where)
        filters, second = read_filters(register, asked), columns if columns is not rows else None

        def count() -> Pivot:
            return Counting(register, user, filters, clock.now(), may_wait=True).pivot(rows, second, options.measure)

        pivot = when_counted(count, output)
        table = table_data(pivot, asked)
        if options.to:
            ways_asked = {"rows": rows.name, "columns": options.columns, "measure": options.measure}
            write_to(Path(options.to), register, {**asked, **ways_asked}, options.user, output)
            return 0
    tell(table, output)
    output.data({"rows_by": rows.name, "columns_by": options.columns, "measure": options.measure, **as_text(table)})
    return 0


def write_to(file: Path, register: Any, query: dict[str, str], username: str | None, output: Output) -> None:
    """Write the table to a file, as the export of its page does, and say how many rows it has."""
    from django.conf import settings

    from youbei.actions import clock
    from youbei.actions.sheets.figures import export_table

    if username is None:
        raise ArgumentRefused(
            zh="写入文件须说明以谁的权限导出：请加 --user。", en="Say as whom the table is exported: add --user."
        )
    made = export_table(
        register=register,
        query=query,
        by=on_behalf_of(username),
        now=clock.now(),
        form=file.suffix.removeprefix("."),
        language=output.say.language,
        site=settings.PUBLIC_ADDRESS,
    )
    try:
        file.write_bytes(b"".join(made.content))
    except OSError as error:
        raise ArgumentRefused(
            zh=f"不能写入 {file}：{error.strerror}。请换一个位置。",
            en=f"{file} cannot be written: {error.strerror}. Choose another place.",
        ) from error
    output.line(f"已写入 {file}：{made.count} 行。", f"Written to {file}: {made.count} rows.")
    output.data({"file": str(file), "rows": made.count})


def when_counted(count: Callable[[], Numbers], output: Output) -> Numbers:
    """Return what `count` comes to; while the worker counts very many records, say how long that has been going on.

    Numbers that are kept are there at once. Without a worker they are counted here.
    """
    from youbei.records.registers.keeping import NotCountedYet

    seconds = 0
    while True:
        try:
            found = count()
        except NotCountedYet:
            show_waiting(seconds, output)
            time.sleep(1)
            seconds += 1
            continue
        if seconds and sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
        return found


def show_waiting(seconds: int, output: Output) -> None:
    zh, en = "记录很多，工作进程正在统计…", "Very many records: the worker is counting ..."
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{output.say(zh, en)} {seconds} s")
        sys.stderr.flush()
    elif not seconds:
        output.note(zh, en)


def demand(name: str, known: list[str]) -> None:
    """Raise ArgumentRefused for a way of counting that the register does not have."""
    if name not in known:
        named = ", ".join(one for one in known if one)
        raise ArgumentRefused(
            zh=f"不能按“{name}”统计。可用：{named}。", en=f"This is not counted by {name!r}. Known: {named}."
        )


def tell(table: dict[str, Any], output: Output) -> None:
    """Print the table with tabs between its cells, so that it is read by eye and by other programs."""
    for language in ("zh", "en"):
        if output.say.language != language or output.is_json:
            continue
        heads = [title(one, language) for one in table["columns"]]
        has_columns = any(heads)
        if has_columns:
            print("\t".join(["", *heads, "合计" if language == "zh" else "total"]))
        for line in table["rows"]:
            cells = [f"{cell['number']:f}" for cell in line["cells"]] if has_columns else []
            print("\t".join([title(line, language), *cells, f"{line['total']['number']:f}"]))
        totals = [f"{one['total']['number']:f}" for one in table["columns"]] if has_columns else []
        print("\t".join(["合计" if language == "zh" else "total", *totals, f"{table['total']['number']:f}"]))
    if table["left_out"]:
        output.line(f"另有 {table['left_out']} 行未列出。", f"{table['left_out']} more rows are not shown.")


def title(bucket: dict[str, Any], language: str) -> str:
    said = bucket["title"]
    return str(said[language] or said["zh"] or said["en"])


def as_text(value: Any) -> Any:
    """Return a table as JSON holds it: numbers as text, so that none is rounded."""
    if isinstance(value, dict):
        return {name: as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value]
    return value if value is None or isinstance(value, (str, int)) else f"{value:f}"
