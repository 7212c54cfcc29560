"""What a report says of the day as it may be: when the plan does worse, and which places and hours are badly served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from youbei.engine.simulation.report_pictures import share_bar
from youbei.engine.simulation.report_words import NAME, both, cell, paragraph, percent, say, section, span
from youbei.engine.spans import word_span
from youbei.engine.text import Text

# Assumption: a difference that the intervals of both shares leave open is not shown.
FEWEST_RUNS = 20
MOST_ROWS, MOST_COLUMNS = 12, 6
SHARES = ("late", "late_otherwise", "short", "short_otherwise")
HAPPENS = {"late": Text("有任务超时", "a step is too late"), "short": Text("资源短缺", "something is short")}


def plainly_worse(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the conditions in which a step is plainly late, or something plainly short, more often than otherwise, the
    worst first.
    """
    rows = [
        (max(more(one, "late"), more(one, "short")), one)
        for one in found.get("conditions") or ()
        if one["met"]["count"] >= FEWEST_RUNS
    ]
    return [one for by, one in sorted(rows, key=lambda row: -row[0]) if by > 0]


def more(one: Mapping[str, Any], what: str) -> float:
    """Return by how much a share is larger in a condition, where the intervals tell it apart; else 0. What was found
    before needs were counted by condition has no `short`.
    """
    if what not in one or one[what]["low"] <= one[f"{what}_otherwise"]["high"]:
        return 0.0
    return float(one[what]["share"] - one[f"{what}_otherwise"]["share"])


def served_latest(groups: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return places or hours with calls, those where somebody is there latest first."""
    return sorted((one for one in groups if one["calls"]), key=lambda one: -(one["mean"]["value"] or 0.0))


def conditions(found: Mapping[str, Any]) -> Iterator[str]:
    met = found.get("conditions")
    if not met:
        return
    yield section("什么时候更糟", "When it is worse")
    rows = plainly_worse(found)
    if not rows and any(one.get("under") for one in found.get("promises", ())):
        yield paragraph(
            "总的看不出差别：有没有任务超时、资源短缺，各种情况下都差不多。每项承诺何时更糟，见上。",
            "On the whole no difference can be told: whether any step is late or anything short is much the same in "
            "all conditions. When each promise is worse stands with it above.",
        )
        return
    if not rows:
        yield paragraph(
            "夜间、节假日和各种变故下，超时和资源短缺都看不出比平时更多。",
            "At night, on days off and with what went wrong, steps are not plainly late, nor is anything short, more "
            "often than otherwise.",
        )
        return
    worst = rows[0]
    zh, en = worst["label"]["zh"], worst["label"]["en"]
    what = "late" if more(worst, "late") >= more(worst, "short") else "short"
    share, otherwise = interval(worst[what]), interval(worst[f"{what}_otherwise"])
    happens = HAPPENS[what]
    yield paragraph(
        f"{zh}最糟：{share} 的推演{happens.zh}，其余为 {otherwise}。",
        f"It is worst {en}: {happens.en} in {share} of these runs, otherwise in {otherwise}.",
    )
    yield f"<table><thead><tr><th>{say('何时', 'When')}</th>"
    yield f"<th class=number>{say('占推演', 'Share of the runs')}</th>"
    yield f"<th class=number>{say('此时有任务超时', 'A step too late then')}</th>"
    yield f"<th class=number>{say('其余', 'Otherwise')}</th>"
    yield f"<th class=number>{say('此时资源短缺', 'Something short then')}</th>"
    yield f"<th class=number>{say('其余', 'Otherwise')}</th></tr></thead>"
    for one in rows:
        yield f"<tr>{NAME}{both(Text(one['label']['zh'], one['label']['en']))}</th>{cell(interval(one['met']))}"
        yield "".join(cell(interval(one[key]) if key in one else "–") for key in SHARES)
        yield "</tr>"
    yield "</table>\n"


def service(found: Mapping[str, Any]) -> Iterator[str]:
    served = found.get("service")
    if not served:
        return
    yield section("日常警情的服务", "How the calls of every day are served")
    places, hours = served_latest(served["places"]), served_latest(served["hours"])
    if not places:
        yield paragraph("推演期间没有日常警情。", "No calls of every day came.")
        return
    good, runs = word_span(timedelta(seconds=served["within_s"])), found["runs"]
    place, hour = places[0], hours[0]
    slow, late = within(place["mean"]), within(hour["mean"])
    yield paragraph(
        f"最晚到场的地点是 {place['name']}（平均 {slow.zh}），最晚的时段从 {hour['name']} 起（平均 {late.zh}）；"
        f"{good.zh}内到场算及时。共 {runs:,} 次推演，方括号内为 95% 置信区间。",
        f"Served latest is {place['name']} ({slow.en} on the average), and the hour from {hour['name']} ({late.en}); "
        f"in time is within {good.en}. {runs:,} runs, in brackets the 95 % interval.",
    )
    yield from table("地点", "Place", places[:MOST_ROWS], runs)
    if len(places) > MOST_ROWS:
        rest = len(places) - MOST_ROWS
        yield paragraph(f"另有 {rest} 处到场更快。", f"{rest} more places are served sooner.", "quiet")
    yield from table("从几点起", "From", hours[:MOST_ROWS], runs)
    yield from every_hour(served["cells"], [one["name"] for one in places[:MOST_COLUMNS]])


def every_hour(cells: Iterable[Mapping[str, Any]], places: Sequence[str]) -> Iterator[str]:
    """Set the mean of each hour of the places that are served latest beside each other, with its interval."""
    known = {(one["place"], one["hour"]): one for one in cells}
    yield f"<h3>{say('逐时平均到场', 'Somebody there after, hour by hour')}</h3>"
    yield paragraph(
        "± 为 95% 置信区间；括号内为有此类警情到场的推演次数，不带 ± 的次数太少，给不出区间。",
        "± is the 95 % interval; in brackets the runs that had such a call served. Without ±: too few runs for an "
        "interval.",
        "quiet",
    )
    heads = "".join(f"<th class=number>{both(Text(name, name))}</th>" for name in places)
    yield f"<table><thead><tr><th>{say('时段', 'Hour')}</th>{heads}</tr></thead>"
    for hour in range(24):
        shown = "".join(cell(both(hour_of(known.get((name, hour))))) for name in places)
        yield f"<tr>{NAME}{both(Text(f'{hour}–{hour + 1}', f'{hour}–{hour + 1}'))}</th>{shown}</tr>"
    yield "</table>\n"


def hour_of(one: Mapping[str, Any] | None) -> Text:
    """Word the mean response in one hour of a place."""
    if one is None:
        return Text("–", "–")
    if one["mean"] is None:
        return Text("无人可派", "nobody went")
    said = with_half(one["mean"], one.get("low"), one.get("high"))
    return Text(f"{said.zh} ({one['runs']:,})", f"{said.en} ({one['runs']:,})") if "runs" in one else said


def with_half(value: float, low: float | None, high: float | None) -> Text:
    """Word a time in seconds with half its interval, where that is known."""
    mean = span(value)
    if low is None or high is None:
        return mean
    half = span((high - low) / 2)
    return Text(f"{mean.zh} ± {half.zh}", f"{mean.en} ± {half.en}")


def per_day_of(one: Mapping[str, Any], runs: int) -> float:
    """Return the calls a day of a place or an hour; of what was found before there is only how many came in all."""
    return float(one["per_day"]["value"]) if one.get("per_day") else float(one["calls"]) / runs


def missed(one: Mapping[str, Any]) -> str:
    """Say what share of calls nobody went to, with its interval; results of before have none."""
    share = percent(one["unserved"])
    return (
        share
        if one.get("unserved_low") is None
        else f"{share} [{percent(one['unserved_low'])}, {percent(one['unserved_high'])}]"
    )


def table(zh: str, en: str, rows: Sequence[Mapping[str, Any]], runs: int) -> Iterator[str]:
    yield f"<table><thead><tr><th>{say(zh, en)}</th><th class=number>{say('每天起数', 'Calls a day')}</th>"
    yield f"<th class=number>{say('平均到场', 'Somebody there after')}</th>"
    yield f"<th class=number>{say('九成在此之内', 'Nine of ten within')}</th>"
    yield f"<th class=number>{say('无人可派', 'Nobody to send')}</th><th>{say('及时', 'In time')}</th></tr></thead>"
    for one in rows:
        mean, in_time = one["mean"], one["in_time"]
        a_day = f"{per_day_of(one, runs):.2f}"
        if one.get("per_day", {}).get("low") is not None:
            a_day += f" [{one['per_day']['low']:.2f}, {one['per_day']['high']:.2f}]"
        yield f"<tr>{NAME}{both(Text(one['name'], one['name']))}</th>{cell(a_day)}"
        yield f"{cell(both(within(mean)))}{cell(both(within(one['p90'])))}{cell(missed(one))}"
        if in_time["value"] is None:
            yield "<td></td></tr>"
        else:
            picture = share_bar(in_time["value"], in_time["low"], in_time["high"])
            known = "" if in_time["low"] is None else f" [{percent(in_time['low'])}, {percent(in_time['high'])}]"
            yield f"<td>{picture}{percent(in_time['value'])}{known}</td></tr>"
    yield "</table>\n"


def within(estimate: Mapping[str, Any]) -> Text:
    """Word a time with its interval, where that is known."""
    said, low, high = (span(estimate[key]) for key in ("value", "low", "high"))
    if estimate["low"] is None:
        return said
    return Text(f"{said.zh} [{low.zh}, {high.zh}]", f"{said.en} [{low.en}, {high.en}]")


def interval(share: Mapping[str, Any]) -> str:
    return f"{percent(share['share'])} [{percent(share['low'])}, {percent(share['high'])}]"
