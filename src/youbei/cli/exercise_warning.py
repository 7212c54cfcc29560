"""`youbei exercise warning`: take in a CAP alert, for a unit or for an exercise that runs."""

from __future__ import annotations

import argparse

from youbei.cli.data import database
from youbei.cli.exercise_register import actor, called
from youbei.cli.finding import find_organisation
from youbei.cli.options import Groups, Output, Say, add_data, read_input


def add(group: Groups, say: Say) -> None:
    command = group.command("warning", say("导入预警消息（CAP）", "take in a warning (CAP alert)"), run_warning)
    command.add_argument(
        "file", metavar="FILE", help=say("CAP 1.2 文件，- 为标准输入", "CAP 1.2 file, - for standard input")
    )
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--unit", metavar="CODE", help=say("对此单位及其下级有效", "it holds for this unit and all below it")
    )
    where.add_argument(
        "--exercise",
        metavar="ID",
        help=say("演练消息：放入此演练（见 list）", "message of an exercise: play it in this one (see list)"),
    )
    command.add_argument("--user", metavar="USER", help=say("以此账号的权限", "with the rights of this account"))
    add_data(command)


def run_warning(options: argparse.Namespace, output: Output) -> int:
    message = read_input(options.file)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exercises.warnings import import_alert, play_alert

        by, now = actor(options), clock.now()
        if options.exercise:
            title = play_alert(by=by, now=now, exercise=called(options.exercise), message=message)
            output.line(f"已放入演练：{title}", f"Played in the exercise: {title}")
            output.data({"title": title, "exercise": options.exercise})
            return 0
        done = import_alert(by=by, now=now, organisation=find_organisation(options.unit), message=message)
        if done.is_again:
            output.line(f"此前已导入：{done.title}", f"Taken in before: {done.title}")
        if done.stated is not None:
            until = done.stated.ends_at.isoformat()
            output.line(
                f"有效至 {until}：{done.stated.value}，{done.stated.source}",
                f"Holds until {until}: {done.stated.value}, {done.stated.source}",
            )
        if done.lifted:
            output.line(f"解除先前预警 {done.lifted} 条", f"Earlier warnings ended: {done.lifted}")
        output.data(
            {
                "title": done.title,
                "is_again": done.is_again,
                "lifted": done.lifted,
                "value": done.stated.value if done.stated else None,
                "ends_at": done.stated.ends_at.isoformat() if done.stated else None,
            }
        )
    return 0
