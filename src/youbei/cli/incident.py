"""`youbei incident report`: enter a report from a script or a terminal."""

from __future__ import annotations

import argparse

from youbei.cli.data import database
from youbei.cli.finding import find_organisation, find_user
from youbei.cli.options import Groups, Output, Parser, Say, add_data
from youbei.cli.times import read_time
from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.places import Point

TRUTHS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


class ReportUnreadable(Refused):
    """Refuse a value of a report that is not written as it should be."""


def add(groups: Groups, say: Say) -> None:
    group = groups.group("incident", say("突发事件", "incidents"))
    command = group.command("report", say("上报突发事件", "report an incident"), run)
    add_what(command, say)
    add_when_and_who(command, say)
    add_data(command)


def add_what(command: Parser, say: Say) -> None:
    command.add_argument("--organisation", required=True, metavar="CODE", help=say("主管单位代码", "unit concerned"))
    command.add_argument("--kind", required=True, metavar="CODE", help=say("事件种类", "kind of incident"))
    command.add_argument("--category", metavar="CODE", help=say("类别（默认由种类得出）", "category (by the kind)"))
    command.add_argument("--title", required=True, help=say("标题", "title"))
    command.add_argument("--title-en", default="", help=say("英文标题", "the title in English, if it is not"))
    command.add_argument("--description", default="", help=say("情况描述", "what happened"))
    command.add_argument("--place", default="", help=say("地点", "where"))
    command.add_argument("--lat", type=float, help=say("纬度（WGS 84）", "latitude (WGS 84)"))
    command.add_argument("--lon", type=float, help=say("经度（WGS 84）", "longitude (WGS 84)"))
    command.add_argument(
        "--fact",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=say("已知情况，可重复", "something known, may be repeated"),
    )


def add_when_and_who(command: Parser, say: Say) -> None:
    time = say("ISO 8601 时间", "ISO 8601 time")
    command.add_argument("--occurred-at", metavar="TIME", help=say(f"发生时间，{time}", f"when it happened, {time}"))
    command.add_argument("--known-at", metavar="TIME", help=say(f"获悉时间，{time}", f"when we learnt of it, {time}"))
    command.add_argument("--source", default="phone", help=say("消息来源（默认 phone）", "how we know (phone)"))
    command.add_argument("--reporter", default="", help=say("报告人", "who reported it"))
    command.add_argument("--reporter-phone", default="", help=say("报告人电话", "telephone of who reported it"))
    command.add_argument(
        "--mode", choices=("real", "exercise"), default="real", help=say("真实或演练", "real or exercise")
    )
    command.add_argument(
        "--enrol",
        action="append",
        default=[],
        metavar="CODE",
        help=say("参演单位或人员，可重复", "who takes part in the exercise, may be repeated"),
    )
    command.add_argument("--as", dest="username", metavar="NAME", help=say("以该账号上报", "report as this account"))


def run(options: argparse.Namespace, output: Output) -> int:
    facts = dict(read_fact(text) for text in options.fact)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.incidents import report_incident

        incident = report_incident(
            by=find_user(options.username) if options.username else None,
            now=clock.now(),
            organisation=find_organisation(options.organisation),
            category=options.category or category_of(options.kind),
            kind=options.kind,
            title=options.title,
            title_en=options.title_en,
            description=options.description,
            place=options.place,
            point=read_point(options.lat, options.lon),
            occurred_at=read_time(options.occurred_at) if options.occurred_at else None,
            known_at=read_time(options.known_at) if options.known_at else None,
            source=options.source,
            reporter=options.reporter,
            reporter_phone=options.reporter_phone,
            facts=facts,
            mode=options.mode,
            enrolled=options.enrol,
        )
    output.line(
        f"已接报 {incident.number}，编号 {incident.pk}。", f"Reported as {incident.number}, number {incident.pk}."
    )
    output.data(
        {
            "pk": incident.pk,
            "number": incident.number,
            "grade": incident.grade,
            "is_grade_lower_bound": incident.is_grade_lower_bound,
        }
    )
    return 0


def category_of(kind: str) -> str:
    """Return the category of a kind; empty for an unknown kind, which the action then refuses by name."""
    from youbei.content import incident_kinds

    known = incident_kinds().get(kind)
    return known.category.value if known else ""


def read_fact(text: str) -> tuple[str, Value]:
    """Return key and value of `key=value`; numbers and yes/no are read as such."""
    key, mark, value = text.partition("=")
    if not mark or not key:
        raise ReportUnreadable(
            zh=f"“{text}”不是 名称=值 的写法，例如 injured=3。", en=f"{text!r} is not KEY=VALUE, such as injured=3."
        )
    plain = value.strip()
    if plain.lower() in TRUTHS:
        return key, TRUTHS[plain.lower()]
    for kind in (int, float):
        try:
            return key, kind(plain)
        except ValueError:
            continue
    return key, plain


def read_point(lat: float | None, lon: float | None) -> Point | None:
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise ReportUnreadable(zh="请同时给出 --lat 和 --lon。", en="Give both --lat and --lon.")
    return Point(lat, lon)
