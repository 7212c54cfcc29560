"""`youbei exchange`: take in EDXL, see what other systems ask, answer it, and write the answers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from youbei.cli.data import database
from youbei.cli.finding import find_user
from youbei.cli.options import Groups, Output, Say, add_data, check_writable, read_input, unwritable
from youbei.cli.times import read_time
from youbei.engine.errors import NotFound, Refused
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.actions.exchange.answering import Offer
    from youbei.records.models import OutsideRequest

MOST_SHOWN = 200


class OfferUnreadable(Refused):
    """Refuse an offer that is not written as it should be."""


def add(groups: Groups, say: Say) -> None:
    group = groups.group("exchange", say("与其他系统交换（EDXL）", "exchange with other systems (EDXL)"))
    command = group.command("receive", say("收下一份 EDXL 文件", "take in an EDXL document"), run_receive)
    command.add_argument("file", metavar="FILE", help=say("文件，- 为标准输入", "the file, - for standard input"))
    command.add_argument("--as", dest="username", metavar="NAME", required=True, help=say("账号", "account"))
    add_data(command)
    command = group.command("requests", say("列出其他系统的请求", "list requests of other systems"), run_requests)
    command.add_argument(
        "--state",
        choices=("waiting", "taken", "answered", "declined", "withdrawn"),
        default="waiting",
        help=say("状态，默认等待答复", "state, by default those that wait"),
    )
    add_data(command)
    command = group.command("take", say("受理一条请求", "take a request into an incident"), run_take)
    command.add_argument("number", metavar="N", type=int, help=say("请求编号", "number of the request"))
    command.add_argument("--incident", metavar="NUMBER", help=say("归入的突发事件编号", "number of a known incident"))
    command.add_argument("--kind", metavar="CODE", help=say("新报突发事件的种类", "kind of an incident to report"))
    command.add_argument("--title", default="", help=say("新报突发事件的标题", "title of an incident to report"))
    command.add_argument(
        "--offer",
        action="append",
        default=[],
        metavar="LINE:WHAT:QUANTITY:TIME",
        help=say(
            "给什么：项号:能力或物资代码:数量:到达时间，可重复",
            "what is given: line, code of a capability or an item, quantity, when it is there; may be repeated",
        ),
    )
    command.add_argument("--reason", default="", help=say("没有全部给的原因", "why not all is given"))
    add_who(command, say)
    command = group.command("decline", say("谢绝一条请求", "decline a request"), run_decline)
    command.add_argument("number", metavar="N", type=int, help=say("请求编号", "number of the request"))
    command.add_argument("--reason", required=True, help=say("原因，对方会看到", "why; the asker reads it"))
    add_who(command, say)
    command = group.command("answer", say("用文字答复询问", "answer a question in words"), run_answer)
    command.add_argument("number", metavar="N", type=int, help=say("请求编号", "number of the request"))
    command.add_argument("--words", required=True, help=say("答复", "what the asker reads"))
    add_who(command, say)
    command = group.command("answers", say("导出对一条请求的答复", "write the answers to a request"), run_answers)
    command.add_argument("number", metavar="N", type=int, help=say("请求编号", "number of the request"))
    command.add_argument("--output", metavar="FILE", required=True, help=say("写到何处", "where to write it"))
    add_data(command)


def add_who(command: Any, say: Say) -> None:
    command.add_argument("--as", dest="username", metavar="NAME", help=say("以该账号办理", "do it as this account"))
    add_data(command)


def run_receive(options: argparse.Namespace, output: Output) -> int:
    content = read_input(options.file)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exchange.receive import receive

        by, after = find_user(options.username), 0
        found: list[tuple[str, str, Text]] = []
        while True:
            done = receive(content=content, by=by, now=clock.now(), after=after)
            found += [(one.code, one.outcome, one.why) for one in done.hospitals]
            found += [(one.request or one.message_id, one.outcome, one.why) for one in done.messages]
            if done.next is None:
                break
            after = done.next
    for name, outcome, why in found:
        output.line(f"{name}：{outcome} {why.zh}".rstrip(), f"{name}: {outcome} {why.en}".rstrip())
    output.data([{"name": name, "outcome": outcome, "why": why.as_data()} for name, outcome, why in found])
    return 0


def run_requests(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.models import OutsideRequest

        rows = OutsideRequest.objects.filter(state=options.state).select_related("organisation", "incident")
        found = [described(row) for row in rows.prefetch_related("lines").order_by("id")[:MOST_SHOWN]]
    for one in found:
        said = "; ".join(one["lines"])
        output.line(
            f"{one['pk']} {one['received_at']} {one['sender']} → {one['unit']} [{one['mode']}] {said}",
            f"{one['pk']} {one['received_at']} {one['sender']} -> {one['unit']} [{one['mode']}] {said}",
        )
    if not found:
        output.line("没有这样的请求。", "There are none.")
    output.data(found)
    return 0


def described(row: OutsideRequest) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "state": row.state,
        "mode": row.mode,
        "sender": row.sender,
        "unit": row.organisation.code,
        "received_at": row.received_at.isoformat(timespec="minutes"),
        "incident": row.incident.number if row.incident else "",
        "lines": [
            f"{line.number}. {line.name} × {line.quantity.normalize():f} {line.unit}".rstrip()
            if line.quantity is not None
            else f"{line.number}. {line.name} {line.unit}".rstrip()
            for line in row.lines.all()
        ],
    }


def find_request(number: int) -> OutsideRequest:
    from youbei.records.models import OutsideRequest

    row = OutsideRequest.objects.filter(pk=number).first() if 0 < number < 2**63 else None
    if row is None:
        raise NotFound(
            zh=f"没有编号为 {number} 的请求。请用 youbei exchange requests 查看。",
            en=f"There is no request {number}. See them with `youbei exchange requests`.",
        )
    return row


def run_take(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exchange.answering import take_request
        from youbei.records.models import Incident

        incident = None
        if options.incident:
            incident = Incident.objects.filter(number=options.incident).first()
            if incident is None:
                raise NotFound(
                    zh=f"没有编号为“{options.incident}”的突发事件。请核对编号。",
                    en=f"There is no incident {options.incident!r}. Check its number.",
                )
        row = take_request(
            by=find_user(options.username) if options.username else None,
            now=clock.now(),
            request=find_request(options.number),
            offers=[read_offer(text) for text in options.offer],
            incident=incident,
            report={"kind": options.kind, "title": options.title} if options.kind else None,
            reason=options.reason,
        )
        done = described(row)
    output.line(f"已受理，归入 {done['incident']}。", f"Taken into {done['incident']}.")
    output.data(done)
    return 0


def read_offer(text: str) -> Offer:
    """Return an offer written as LINE:WHAT:QUANTITY:TIME; raise OfferUnreadable."""
    from youbei import content
    from youbei.actions.exchange.answering import Offer

    line, _, rest = text.partition(":")
    what, _, rest = rest.partition(":")
    quantity, _, time = rest.partition(":")
    numbers = line.isdecimal() and quantity.isdecimal() and len(line) < 4 and len(quantity) < 8
    if not numbers or not what or not time:
        raise OfferUnreadable(
            zh=f"“{text}”不是 项号:代码:数量:时间 的写法，例如 1:rescue:2:2026-12-01T08:00+08:00。",
            en=f"{text!r} is not LINE:WHAT:QUANTITY:TIME, such as 1:rescue:2:2026-12-01T08:00+08:00.",
        )
    form = "capability" if what in content.capabilities() else "item"
    return Offer(int(line), int(quantity), read_time(time), **{form: what})


def run_decline(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exchange.answering import decline_request

        row = decline_request(
            by=find_user(options.username) if options.username else None,
            now=clock.now(),
            request=find_request(options.number),
            reason=options.reason,
        )
        done = described(row)
    output.line("已谢绝。", "Declined.")
    output.data(done)
    return 0


def run_answer(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.exchange.answering import answer_question

        row = answer_question(
            by=find_user(options.username) if options.username else None,
            now=clock.now(),
            request=find_request(options.number),
            words=options.words,
        )
        done = described(row)
    output.line("已答复。", "Answered.")
    output.data(done)
    return 0


def run_answers(options: argparse.Namespace, output: Output) -> int:
    check_writable(options.output)
    with database(options.data):
        from youbei.records.reports.threads import written_answers

        text = written_answers(find_request(options.number), output.say.language)
    try:
        with open(options.output, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(options.output, error) from None
    output.line(f"已写入 {options.output}。", f"Written to {options.output}.")
    output.data({"output": options.output})
    return 0
