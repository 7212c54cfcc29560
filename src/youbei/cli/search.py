"""`youbei search`: make the search index anew, and see whether it fits the registers."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data

if TYPE_CHECKING:
    from youbei.engine.registers.register import Register

FINDINGS = 1


def add(groups: Groups, say: Say) -> None:
    group = groups.group("search", say("检索索引", "the search index"))
    rebuild = group.command("rebuild", say("重建检索索引", "make the search index anew"), run_rebuild)
    add_data(rebuild)
    check = group.command("check", say("核对检索索引", "compare the search index with the registers"), run_check)
    add_data(check)


def run_rebuild(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.registers.indexing import rebuild

        def progress(register: Register, count: int) -> None:
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\033[K{output.text(register.title)} {count:,}")
                sys.stderr.flush()

        total = rebuild(progress)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    output.line(f"检索索引已重建，共 {total:,} 条记录。", f"The search index was made anew: {total:,} records.")
    output.data({"records": total})
    return 0


def run_check(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.registers.indexing import check

        found = check()
    for one in found:
        output.line(
            f"{one.register.title.zh}：缺 {one.missing} 条，不符 {one.wrong} 条，多余 {one.surplus} 条。",
            f"{one.register.title.en}: {one.missing} missing, {one.wrong} wrong, {one.surplus} too many.",
        )
    if found:
        output.line("请运行 youbei search rebuild。", "Run `youbei search rebuild`.")
    else:
        output.line("检索索引与登记册一致。", "The search index fits the registers.")
    output.data(
        [
            {"register": one.register.name, "missing": one.missing, "wrong": one.wrong, "surplus": one.surplus}
            for one in found
        ]
    )
    return FINDINGS if found else 0
