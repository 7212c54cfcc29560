"""`youbei counts`: hold the numbers that are kept against a recount."""

from __future__ import annotations

import argparse

from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data

FINDINGS = 1


def add(groups: Groups, say: Say) -> None:
    group = groups.group("counts", say("统计数", "the numbers of statistics"))
    check = group.command(
        "check",
        say("逐条重新清点，与保存的统计数核对", "count every record again and compare with the kept numbers"),
        run_check,
    )
    check.add_argument(
        "--repair", action="store_true", help=say("丢弃不符的统计数", "forget the numbers that are wrong")
    )
    add_data(check)


def run_check(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.counts import check_counts

        found = check_counts(clock.now(), repair=options.repair)
    for one in found:
        output.line(
            f"{one.register}：有 {one.cells} 个数与重新清点不符。",
            f"{one.register}: {one.cells} numbers differ from a recount.",
        )
    if not found:
        output.line("保存的统计数与重新清点一致。", "The kept numbers are those of a recount.")
    elif not options.repair:
        output.line("请运行 youbei counts check --repair。", "Run `youbei counts check --repair`.")
    output.data([{"register": one.register, "cells": one.cells} for one in found])
    return FINDINGS if found else 0
