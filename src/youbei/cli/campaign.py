"""`youbei campaign`: ask units to confirm their records, see how far that is, remind, close."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from youbei.cli.data import database
from youbei.cli.finding import find_organisation, find_user
from youbei.cli.options import Groups, Output, Parser, Say, add_data
from youbei.cli.times import read_time
from youbei.engine.errors import NotFound

if TYPE_CHECKING:
    from youbei.records.models import Campaign, User

FINDINGS = 1
SHOWN = 200


def add(groups: Groups, say: Say) -> None:
    group = groups.group("campaign", say("信息核实", "collection campaigns"))
    listing = group.command("list", say("列出信息核实", "list the campaigns"), run_list)
    listing.add_argument("--all", action="store_true", help=say("包括已结束的", "closed ones too"))
    add_data(listing)
    add_open(group.command("open", say("发起信息核实", "ask units to confirm their records"), run_open))
    progress = group.command("progress", say("查看进度", "show how far a campaign is"), run_progress)
    add_number(progress)
    add_data(progress)
    remind = group.command("remind", say("催报", "remind those who have not answered"), run_remind)
    add_number(remind)
    remind.add_argument("--unit", metavar="CODE", help=say("只催该单位", "this unit alone"))
    add_user(remind)
    add_data(remind)
    close = group.command("close", say("结束信息核实", "close a campaign"), run_close)
    add_number(close)
    close.add_argument("--stop", action="store_true", help=say("不再重复", "do not repeat it either"))
    add_user(close)
    add_data(close)


def add_open(command: Parser) -> None:
    say = command.say
    command.add_argument("--title", required=True, metavar="TEXT", help=say("标题（中文）", "title in Chinese"))
    command.add_argument("--title-en", default="", metavar="TEXT", help=say("标题（英文）", "title in English"))
    command.add_argument("--text", default="", metavar="TEXT", help=say("说明（中文）", "letter in Chinese"))
    command.add_argument("--text-en", default="", metavar="TEXT", help=say("说明（英文）", "letter in English"))
    command.add_argument(
        "--register",
        action="append",
        required=True,
        metavar="NAME",
        help=say("要核实的登记册，可重复", "what they shall confirm, may be repeated"),
    )
    command.add_argument(
        "--organisation", metavar="CODE", help=say("发起单位（默认根单位）", "who asks (default: root)")
    )
    command.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help=say("只问此类单位，可重复", "kinds of units, may be repeated"),
    )
    command.add_argument("--stale", action="store_true", help=say("只核实过时的", "only what is stale"))
    command.add_argument("--due", required=True, metavar="TIME", help=say("截止时间（ISO 8601）", "when it is due"))
    command.add_argument(
        "--repeats", choices=("month", "quarter", "year"), default="", help=say("重复频次", "open it anew this often")
    )
    add_user(command)
    add_data(command)


def add_number(parser: Parser) -> None:
    parser.add_argument(
        "number", type=int, metavar="NUMBER", help=parser.say("信息核实的编号", "number of the campaign")
    )


def add_user(parser: Parser) -> None:
    parser.add_argument("--user", metavar="USER", help=parser.say("以该账号的权限进行", "act as this account may"))


def acting(options: argparse.Namespace) -> User | None:
    return find_user(options.user) if options.user else None


def find_campaign(number: int) -> Campaign:
    """Return the campaign of that number; raise NotFound."""
    from youbei.records.models import Campaign

    row = Campaign.objects.select_related("organisation").filter(pk=number).first()
    if row is None:
        raise NotFound(
            zh=f"没有编号为 {number} 的信息核实。请用 youbei campaign list --all 查看。",
            en=f"There is no campaign {number}. See `youbei campaign list --all`.",
        )
    return row


def run_list(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.models import Campaign

        rows = Campaign.objects.select_related("organisation").order_by("-id")
        if not options.all:
            rows = rows.exclude(status=Campaign.Status.CLOSED)
        found = list(rows[:SHOWN])
        told = [as_data(row) for row in found]
    for one in told:
        figures = f"{one['pk']}\t{one['units_done']}/{one['units_total']}\t{one['due_at']}\t{one['status']}"
        title = one["title"]
        output.line(f"{figures}\t{title['zh']}", f"{figures}\t{title['en'] or title['zh']}")
    if not told:
        output.line("没有进行中的信息核实。", "No campaign is open.")
    output.data(told)
    return 0


def run_open(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.campaigns.opening import open_campaign
        from youbei.actions.jobs import run_to_the_end

        due_at, now = read_time(options.due), clock.now()
        campaign = open_campaign(
            by=acting(options),
            now=now,
            organisation=find_organisation(options.organisation),
            title_zh=options.title,
            title_en=options.title_en,
            text_zh=options.text,
            text_en=options.text_en,
            registers=options.register,
            unit_kinds=options.kind,
            is_stale_only=options.stale,
            due_at=due_at,
            repeats=options.repeats,
        )
        run_to_the_end(campaign.job_id or 0)
        row = find_campaign(campaign.pk)
        told = as_data(row)
    output.line(
        f"已发起第 {row.pk} 号信息核实：{row.units_total} 个单位，{row.items_total} 条记录。",
        f"Campaign {row.pk} is open: {row.units_total} units, {row.items_total} records.",
    )
    output.data(told)
    return 0


def run_progress(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.records.reports.campaigns import View, answers_of, by_area, unit_state

        row, now = find_campaign(options.number), clock.now()
        tallies = list(row.tallies.all())
        areas = by_area(tallies, row)
        late = list(View(row).units("late").order_by("org_path", "id")[:SHOWN])
        waiting = [(unit.organisation, unit_state(unit, row, now).value, unit.climbed) for unit in late]
        answers = answers_of(tallies)
    output.line(
        f"{row.units_done}/{row.units_total} 个单位已答复，{row.items_done}/{row.items_total} 条记录已核实。",
        f"{row.units_done} of {row.units_total} units have answered, {row.items_done} of {row.items_total} records.",
    )
    for unit, found in areas:
        figures = f"{found.done}/{found.units}"
        output.line(f"  {figures}\t{unit.name_zh}", f"  {figures}\t{unit.name_en or unit.name_zh}")
    for unit, state, climbed in waiting:
        zh, en = (
            f"，已上报 {climbed} 级" if climbed else "",
            f", climbed {climbed} level{'s' * (climbed > 1)}" if climbed else "",
        )
        output.line(
            f"未答复：{unit.name_zh}（{STATES_ZH[state]}{zh}）",
            f"not answered: {unit.name_en or unit.name_zh} ({state.replace('_', ' ')}{en})",
        )
    output.data(
        {
            **as_data(row),
            "answers": answers,
            "areas": [{"unit": unit.code, "units": one.units, "done": one.done} for unit, one in areas],
            "waiting": [{"unit": unit.code, "state": state, "climbed": climbed} for unit, state, climbed in waiting],
        }
    )
    return FINDINGS if any(state == "overdue" for _, state, _ in waiting) else 0


STATES_ZH = {
    "not_opened": "未打开",
    "opened": "已打开",
    "in_part": "部分完成",
    "overdue": "逾期",
    "revoked": "链接已停用",
}


def run_remind(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.campaigns.telling import remind_all, remind_now

        row, by = find_campaign(options.number), acting(options)
        if options.unit:
            unit = row.units.select_related("campaign").filter(organisation__code=options.unit).first()
            if unit is None:
                raise NotFound(
                    zh=f"第 {row.pk} 号信息核实没有向单位“{options.unit}”发出。请核对单位编码。",
                    en=f"Campaign {row.pk} does not ask the unit {options.unit!r}. Check the code.",
                )
            count = int(remind_now(unit=unit, by=by, now=clock.now()))
        else:
            count = remind_all(campaign=row, by=by, now=clock.now())
    output.line(f"催报 {count} 个单位；由后台进程发出。", f"{count} units are being reminded; the worker sends it.")
    output.data({"units": count})
    return 0


def run_close(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.campaigns.opening import close_campaign
        from youbei.actions.campaigns.repeating import stop_repeating

        row, by = find_campaign(options.number), acting(options)
        if options.stop:
            stop_repeating(campaign=row, by=by, now=clock.now())
        close_campaign(campaign=row, by=by, now=clock.now())
        row = find_campaign(row.pk)
        told = as_data(row)
    output.line(
        f"第 {row.pk} 号信息核实已结束：{row.units_done}/{row.units_total} 个单位已答复。",
        f"Campaign {row.pk} is closed: {row.units_done} of {row.units_total} units have answered.",
    )
    if row.next_opens_at is not None:
        output.line(
            f"下一次将于 {row.next_opens_at:%Y-%m-%d} 开始；不再重复请加 --stop。",
            f"The next one opens on {row.next_opens_at:%Y-%m-%d}; --stop ends that too.",
        )
    output.data(told)
    return 0


def as_data(row: Campaign) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "title": {"zh": row.title_zh, "en": row.title_en},
        "organisation": row.organisation.code,
        "registers": row.registers,
        "status": row.status,
        "opens_at": row.opens_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "units_total": row.units_total,
        "units_done": row.units_done,
        "items_total": row.items_total,
        "items_done": row.items_done,
        "repeats": row.repeats,
        "number": row.number,
        "next_opens_at": row.next_opens_at.isoformat() if row.next_opens_at else None,
    }
