"""`youbei stock stated`, `confirm` and `reject`: the quantities of lots that wait for a second person."""

from __future__ import annotations

import argparse

from youbei.cli.data import database
from youbei.cli.finding import find_user, on_behalf_of
from youbei.cli.options import Groups, Output, Say, add_data

LISTED = 200


def add(group: Groups, say: Say) -> None:
    stated = group.command("stated", say("列出待核实的报数", "list quantities that wait for a second person"), run_list)
    stated.add_argument(
        "--import", dest="number", type=int, default=0, metavar="N", help=say("某次导入的", "of an import")
    )
    stated.add_argument("--user", metavar="USER", help=say("以该账号的权限进行", "as this account may"))
    add_data(stated)
    confirm = group.command("confirm", say("核实一项报数", "confirm a stated quantity"), run_confirm)
    reject = group.command("reject", say("驳回一项报数", "reject a stated quantity"), run_reject)
    for command in (confirm, reject):
        command.add_argument("number", type=int, metavar="N", help=say("报数编号", "number of the statement"))
        command.add_argument("--user", metavar="USER", required=True, help=say("以该账号办理", "who does it"))
        command.add_argument("--reason", default="", help=say("说明", "what is to be said with it"))
        add_data(command)


def run_list(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.reports.stated import waiting_page

        page = waiting_page(on_behalf_of(options.user), number=options.number, size=LISTED)
    for one in page.rows:
        row, lot = one.statement, one.lot
        figures = f"{lot.quantity.normalize():f} → {one.to.normalize():f}"
        who = f"{row.by_label} {row.at:%Y-%m-%d %H:%M}Z {row.reason}"
        output.line(
            f"{row.pk}  {lot.code} {lot.item.name_zh}：{figures}，{who}",
            f"{row.pk}  {lot.code} {lot.item.name_en or lot.item.name_zh}: {figures}, {who}",
        )
    if not page.rows:
        output.line("没有待核实的报数。", "Nothing waits.")
    output.data(
        [
            {
                "id": one.statement.pk,
                "lot": one.lot.code,
                "site": one.lot.site.code,
                "quantity": str(one.lot.quantity),
                "to": str(one.to),
                "stated": str(one.statement.stated),
                "stood": str(one.statement.stood),
                "by": one.statement.by_label,
                "at": one.statement.at.isoformat(),
                "reason": one.statement.reason,
                "source": one.statement.source,
            }
            for one in page.rows
        ]
    )
    return 0


def run_confirm(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.stock.verifying import confirm_stated

        by = find_user(options.user)
        made = confirm_stated(by=by, now=clock.now(), statement=options.number, answer=options.reason)
    output.line(f"已核实，记入盘点业务 {made.pk}。", f"Confirmed; the count is movement {made.pk}.")
    output.data({"statement": options.number, "movement": made.pk})
    return 0


def run_reject(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.stock.verifying import reject_stated

        by = find_user(options.user)
        row = reject_stated(by=by, now=clock.now(), statement=options.number, answer=options.reason)
    output.line("已办结，批次数量不变。", "Done; the lot stays as its ledger says.")
    output.data({"statement": row.pk, "state": row.state})
    return 0
