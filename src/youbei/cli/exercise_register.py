"""`youbei exercise list|programme|start|inject|end`: exercises of the register, for scripts and for the console."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from youbei.cli.data import database
from youbei.cli.finding import find_organisation, find_user, on_behalf_of
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.engine.errors import NotFound, Refused
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.records.models import Exercise, User
    from youbei.records.pages import Page
    from youbei.records.reports.exercises import ExerciseSummary
    from youbei.records.reports.programme import Programme

STATES = ("overdue", "due", "planned", "done", "upcoming")
STAGES = ("planned", "sealed", "running", "paused", "suspended", "ended", "closed")
VERBS = ("fire", "hold", "release", "skip", "fail")
STATE_WORDS = {
    "overdue": Text("逾期", "overdue"),
    "due": Text("本期应开展", "due now"),
    "planned": Text("已计划", "planned"),
    "done": Text("已完成", "done"),
    "upcoming": Text("未到期", "to come"),
}
Fields = dict[str, Any]
Row = TypeVar("Row")


class BadYear(Refused):
    """Refuse a year that no programme is kept for."""


def add(group: Groups, say: Say) -> None:
    listing = group.command("list", say("列出登记的演练", "list the exercises of the register"), run_list)
    listing.add_argument("--status", choices=STAGES, help=say("只列此状态", "of this state alone"))
    programme = group.command(
        "programme", say("年度计划：应做、已计划、逾期", "the year: what is due, planned, overdue"), run_programme
    )
    programme.add_argument("--year", type=int, metavar="Y", help=say("年份（默认本年）", "year (default: this one)"))
    programme.add_argument("--unit", metavar="CODE", help=say("只看此单位", "of this unit alone"))
    programme.add_argument("--state", choices=STATES, help=say("只列此状态的周期", "periods of this state alone"))
    start = group.command("start", say("演练开始（StartEx）", "begin an exercise (StartEx)"), run_start)
    start.add_argument(
        "--override",
        default="",
        metavar="TEXT",
        help=say(
            "互锁成立时仍然开始的理由，记入日志", "why it begins although something holds it back; the log keeps it"
        ),
    )
    end = group.command("end", say("演练结束（EndEx）", "end an exercise (EndEx)"), run_end)
    end.add_argument("--reason", default="", metavar="TEXT", help=say("原因", "why"))
    inject = group.command("inject", say("执行、暂缓或略过注入", "fire, hold or leave out an inject"), run_inject)
    for command in (start, end, inject):
        command.add_argument("exercise", metavar="ID", help=say("演练编号（见 list）", "id of the exercise (see list)"))
    inject.add_argument("verb", choices=VERBS, help=say("做什么", "what to do with it"))
    inject.add_argument("inject", metavar="INJECT", help=say("注入标识", "id of the inject"))
    inject.add_argument(
        "--reason", default="", metavar="TEXT", help=say("略过、失败的原因", "why it is left out, or failed")
    )
    for command in (listing, programme):
        command.add_argument("--limit", type=int, default=1000, metavar="N", help=say("最多几条", "at most so many"))
    for command in (listing, programme, start, end, inject):
        command.add_argument("--user", metavar="USER", help=say("以此账号的权限", "with the rights of this account"))
        add_data(command)


def run_list(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.reports.exercises import ExerciseFilter, exercise_page

        user, filters = on_behalf_of(options.user), ExerciseFilter(status=options.status or "")
        found = every(lambda cursor: exercise_page(user, filters=filters, cursor=cursor, size=200), options.limit)
        for one in found:
            zh, en = one.title.zh or one.title.en, one.title.en or one.title.zh
            output.line(f"{one.pk}  {one.status}  {day(one)}  {zh}", f"{one.pk}  {one.status}  {day(one)}  {en}")
        output.data({"exercises": [exercise_data(one) for one in found]})
    return 0


def every(read: Callable[[str | None], Page[Row]], most: int) -> list[Row]:
    """Read page after page, `most` rows at most."""
    found: list[Row] = []
    cursor: str | None = None
    while len(found) < most:
        page = read(cursor)
        found += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
    return found[:most]


def day(one: ExerciseSummary) -> str:
    at = one.started_at or one.planned_at
    return at.date().isoformat() if at else "-"


def exercise_data(one: ExerciseSummary) -> Fields:
    return {
        "id": str(one.pk),
        "code": one.code,
        "title": one.title.as_data(),
        "organisation": one.organisation.as_data(),
        "type": one.type,
        "status": one.status,
        "is_announced": one.is_announced,
        "planned_at": moment(one.planned_at),
        "started_at": moment(one.started_at),
        "ended_at": moment(one.ended_at),
    }


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def run_programme(options: argparse.Namespace, output: Output) -> int:
    """Return 1 where anything is overdue, so that a script can tell."""
    with database(options.data):
        from youbei.actions import clock
        from youbei.records.reports.programme import programme_page, programmes

        now, user = clock.now(), on_behalf_of(options.user)
        year = options.year or now.year
        if not 2000 <= year <= 2199:
            raise BadYear(
                zh=f"年份须在 2000 至 2199 之间，收到的是 {year}。", en=f"The year is 2000 to 2199, not {year}."
            )
        if options.unit:
            found = programmes([find_organisation(options.unit)], user, year, now)
        else:
            found = every(lambda cursor: programme_page(user, year, now, cursor=cursor), options.limit)
        shown = [(one, periods_of(one, options.state)) for one in found]
        for one, periods in shown:
            show_unit(output, one, periods)
        output.data({"year": year, "units": [unit_data(one, periods) for one, periods in shown]})
    return 1 if any(one.overdue for one in found) else 0


def periods_of(programme: Programme, state: str | None) -> list[Fields]:
    return [
        {
            "regime": row.regime.id,
            "document": row.regime.document,
            "article": row.regime.article,
            "requirement": part.requirement.id,
            "title": part.requirement.title.as_data(),
            "from": period.starts_on.isoformat(),
            "before": period.ends_on.isoformat(),
            "state": period.state.value,
            "on": period.on.isoformat() if period.on else None,
        }
        for row in programme.regimes
        for part in row.requirements
        for period in part.periods
        if state is None or period.state == state
    ]


def unit_data(one: Programme, periods: list[Fields]) -> Fields:
    counts = {"overdue": one.overdue, "due": one.due, "planned": one.planned, "done": one.done}
    return {"organisation": one.organisation.as_data(), **counts, "periods": periods}


def show_unit(output: Output, one: Programme, periods: list[Fields]) -> None:
    output.line(
        f"{one.organisation.in_language('zh')}：逾期 {one.overdue}，本期应开展 {one.due}，已计划 {one.planned}，"
        f"已完成 {one.done}",
        f"{one.organisation.in_language('en')}: {one.overdue} overdue, {one.due} due now, {one.planned} planned, "
        f"{one.done} done",
    )
    for period in periods:
        words, title = STATE_WORDS[period["state"]], period["title"]
        span = f"{period['from']} - {period['before']}"
        output.line(f"  {span}  {words.zh}  {title['zh']}", f"  {span}  {words.en}  {title['en']}")


def called(name: str) -> Exercise:
    """Return an exercise by its id; raise NotFound. The action then refuses whoever may not."""
    from youbei.records.models import Exercise

    try:
        row = Exercise.objects.filter(pk=UUID(name)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound(
            zh=f"没有编号为“{name}”的演练。请用 youbei exercise list 查看编号。",
            en=f"There is no exercise with the id {name!r}. See `youbei exercise list`.",
        )
    return row


def actor(options: argparse.Namespace) -> User | None:
    return find_user(options.user) if options.user else None


def run_start(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exercises.leading import start_exercise

        row, by, now = called(options.exercise), actor(options), clock.now()
        return tell(start_exercise(by=by, now=now, exercise=row, override=options.override), output)


def run_end(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exercises.leading import end_exercise

        row = called(options.exercise)
        return tell(end_exercise(by=actor(options), now=clock.now(), exercise=row, reason=options.reason), output)


def run_inject(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exercises import control

        acts: dict[str, Callable[..., Exercise]] = {
            "fire": control.fire_inject,
            "hold": control.hold_inject,
            "release": control.release_inject,
            "skip": control.skip_inject,
            "fail": control.fail_inject,
        }
        why = {"reason": options.reason} if options.verb in ("skip", "fail") else {}
        row = called(options.exercise)
        row = acts[options.verb](by=actor(options), now=clock.now(), exercise=row, inject=options.inject, **why)
        return tell(row, output)


def tell(row: Exercise, output: Output) -> int:
    """Say how the exercise stands now, and each of its injects."""
    from youbei.records.reports.msel import msel_of

    output.line(f"{row.title_zh}：{row.status}", f"{row.title_en or row.title_zh}: {row.status}")
    msel = msel_of(row)
    lines = msel.lines if msel is not None else ()
    for line in lines:
        output.line(f"  {line.status}  {line.id}  {line.title.zh}", f"  {line.status}  {line.id}  {line.title.en}")
    injects = [{"id": line.id, "status": line.status, "fired_at": moment(line.fired_at)} for line in lines]
    output.data({"id": str(row.pk), "status": row.status, "injects": injects})
    return 0
