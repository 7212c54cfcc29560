"""`youbei stock`: hold the lots against their ledger, and the reserves against what is required."""

from __future__ import annotations

import argparse

from youbei.cli import stock_stated
from youbei.cli.counting import when_counted
from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data

FINDINGS = 1
SHOWN = 100


def add(groups: Groups, say: Say) -> None:
    group = groups.group("stock", say("物资账", "the ledger of materials"))
    check = group.command("check", say("核对批次与物资账", "compare the lots with their ledger"), run_check)
    add_data(check)
    gap = group.command("gap", say("列出储备缺口", "list what lacks against the requirements"), run_gap)
    gap.add_argument("--organisation", metavar="CODE", help=say("单位编码", "code of an organisation"))
    add_data(gap)
    stock_stated.add(group, say)


def run_check(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions.stock.checking import counted, disagreements

        found = list(disagreements())
        lots, postings = counted()
    for one in found[:SHOWN]:
        output.line(
            f"{one.code}：登记 {one.quantity:f}（预留 {one.reserved:f}），账上 "
            f"{one.in_ledger:f}（预留 {one.reserved_in_ledger:f}）。",
            f"{one.code}: the lot says {one.quantity:f} ({one.reserved:f} reserved), "
            f"its ledger {one.in_ledger:f} ({one.reserved_in_ledger:f} reserved).",
        )
    if found:
        output.line(f"共 {len(found)} 个批次不一致。", f"{len(found)} lots disagree.")
    else:
        output.line(
            f"{lots:,} 个批次与账一致，共 {postings:,} 笔分录。", f"{lots:,} lots agree with {postings:,} postings."
        )
    output.data({"lots": lots, "postings": postings, "disagreeing": [one.code for one in found]})
    return FINDINGS if found else 0


def run_gap(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.records.models import Organisation
        from youbei.records.reports.stock_gap import ItemGap, gap_report

        path = "/"
        if options.organisation:
            path = Organisation.objects.get(code=options.organisation).path

        def count() -> list[ItemGap]:
            return gap_report([path], today=clock.now().date(), waits_at=clock.now())

        found = when_counted(count, output)
    for one in found:
        unit = output.text(one.unit)
        figures = " · ".join(f"{moment.hours} h: {moment.total:f}/{moment.required:f}" for moment in one.gap.moments)
        output.line(f"{one.name.zh}（{unit}）{figures}", f"{one.name.en} ({unit}) {figures}")
    output.data(
        [
            {
                "item": one.gap.item,
                "required": str(one.gap.required),
                "moments": [
                    {
                        "hours": moment.hours,
                        "required": str(moment.required),
                        "there": {reserve.value: str(quantity) for reserve, quantity in moment.there.items()},
                        "lacking": str(moment.lacking),
                    }
                    for moment in one.gap.moments
                ],
            }
            for one in found
        ]
    )
    return 0
