"""`youbei stock stated`, `confirm` and `reject`: the quantities of lots that wait for a second person."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from youbei.cli.data import database
from youbei.cli.finding import find_user, on_behalf_of
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.actions.stock.deciding import NotDecided, Outcome
    from youbei.records.models import User

LISTED = 200


class WhichUnclear(Refused):
    """Refuse to decide on statements that are neither named nor all of one import or store."""


def add(group: Groups, say: Say) -> None:
    stated = group.command("stated", say("列出待核实的报数", "list quantities that wait for a second person"), run_list)
    add_which(stated, say)
    stated.add_argument("--user", metavar="USER", help=say("以该账号的权限进行", "as this account may"))
    add_data(stated)
    confirm = group.command("confirm", say("核实报数", "confirm stated quantities"), run_confirm)
    reject = group.command("reject", say("驳回报数", "reject stated quantities"), run_reject)
    for command in (confirm, reject):
        command.add_argument(
            "statements", type=int, nargs="*", metavar="N", help=say("报数编号", "numbers of the statements")
        )
        add_which(command, say)
        command.add_argument("--user", metavar="USER", required=True, help=say("以该账号办理", "who does it"))
        command.add_argument("--reason", default="", help=say("说明", "what is to be said with it"))
        add_data(command)


def add_which(command: argparse.ArgumentParser, say: Say) -> None:
    command.add_argument(
        "--import", dest="number", type=int, default=0, metavar="N", help=say("某次导入的", "all of an import")
    )
    command.add_argument("--site", default="", metavar="CODE", help=say("某仓库的", "all of a store"))


def run_list(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.reports.stated import Which, waiting_page

        which = Which(number=options.number, site=options.site)
        page = waiting_page(on_behalf_of(options.user), which=which, size=LISTED)
    for one in page.rows:
        row, lot = one.statement, one.lot
        figures = f"{lot.quantity.normalize():f} → {one.to.normalize():f}"
        why = " · ".join(part for part in (row.write_off, row.reason) if part)
        who = f"{row.by_label} {row.at:%Y-%m-%d %H:%M}Z {why}"
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
                "write_off": one.statement.write_off,
                "source": one.statement.source,
            }
            for one in page.rows
        ]
    )
    return 0


def run_confirm(options: argparse.Namespace, output: Output) -> int:
    if len(options.statements) != 1 or options.number or options.site:
        return run_many("confirm", options, output)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.stock.verifying import confirm_stated

        by = find_user(options.user)
        made = confirm_stated(by=by, now=clock.now(), statement=options.statements[0], answer=options.reason)
    output.line(f"已核实，记入盘点业务 {made.pk}。", f"Confirmed; the count is movement {made.pk}.")
    output.data({"statement": options.statements[0], "movement": made.pk})
    return 0


def run_reject(options: argparse.Namespace, output: Output) -> int:
    if len(options.statements) != 1 or options.number or options.site:
        return run_many("reject", options, output)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.stock.verifying import reject_stated

        by = find_user(options.user)
        row = reject_stated(by=by, now=clock.now(), statement=options.statements[0], answer=options.reason)
    output.line("已办结，批次数量不变。", "Done; the lot stays as its ledger says.")
    output.data({"statement": row.pk, "state": row.state})
    return 0


def run_many(verb: str, options: argparse.Namespace, output: Output) -> int:
    """Decide many step by step; return 1 where some could not be decided, after the others are."""
    if bool(options.statements) == bool(options.number or options.site):
        raise WhichUnclear(
            zh="请给出报数编号，或用 --import、--site 办理整批，二者不能兼有。",
            en="Give the numbers of the statements, or --import or --site for all of one; not both.",
        )
    done: list[int] = []
    refused: list[NotDecided] = []
    with database(options.data):
        by = find_user(options.user)
        for made in steps(verb, options, by):
            done.extend(made.done)
            refused.extend(made.refused)
            for one in made.refused:
                output.line(f"{one.statement}  {one.code}：{one.why.zh}", f"{one.statement}  {one.code}: {one.why.en}")
            if made.before is not None:
                output.note(f"已办理 {len(done)} 项……", f"{len(done)} decided so far …")
    output.line(
        f"办结 {len(done)} 项，未办结 {len(refused)} 项。", f"{len(done)} decided, {len(refused)} could not be."
    )
    listed = [{"statement": one.statement, "lot": one.code, **one.why.as_data()} for one in refused]
    output.data({"done": done, "refused": listed})
    return 1 if refused else 0


def steps(verb: str, options: argparse.Namespace, by: User) -> Iterator[Outcome]:
    """Decide a hundred at a time, each step in a transaction of its own, and return what became of each step."""
    from youbei.actions import clock
    from youbei.actions.stock.deciding import AT_ONCE, decide_next, decide_these
    from youbei.records.reports.stated import Which

    wanted = sorted(set(options.statements), reverse=True)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        yield decide_these(by=by, now=clock.now(), verb=verb, statements=part, answer=options.reason)
    before, is_open = 0, not wanted
    while is_open:
        which = Which(number=options.number, site=options.site, before=before)
        made = decide_next(by=by, now=clock.now(), verb=verb, which=which, answer=options.reason)
        before, is_open = made.before or 0, made.before is not None
        yield made
