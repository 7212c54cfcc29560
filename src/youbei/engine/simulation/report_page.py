"""A stress test on paper: one HTML file in both languages, with its pictures, that needs nothing from outside.

Which language is shown is chosen by two buttons that need no script; printed is what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from youbei.engine.plans.model import Phase, Plan
from youbei.engine.simulation.report_day import conditions, service
from youbei.engine.simulation.report_pictures import STYLE, bars, histogram, lanes, share_bar
from youbei.engine.simulation.report_words import NAME, both, cell, paragraph, percent, say, section, span
from youbei.engine.text import Language, Text

TIMES = {
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "contained": Text("响应任务全部完成", "All steps of the response done"),
}
COURSES = {
    "typical": Text("典型（深色，第 {n} 次；一半比它差）", "Typical (dark, run {n}; half of the runs are worse)"),
    "bad": Text("糟糕（红色，第 {n} 次；二十次中有一次更差）", "Bad (red, run {n}; one in twenty is worse)"),
}
GROUNDS = Text(
    "预案被反复推演，每次运气不同：用时和路程按预案和资源登记中的分布抽取。同一预案、资源和种子给出同样的结果。"
    "± 和区间均为 95%。推演不能代替演练：预案没有写的事，它不知道。",
    "The plan is carried out again and again with other luck: durations and journeys are drawn as the plan and the "
    "registers of resources have them. The same plan, resources and seed give the same result. ± and intervals are at "
    "95 %. A stress test does not replace an exercise: what the plan does not say, it does not know.",
)


def report_page(plan: Plan, found: Mapping[str, Any], *, resources: Text, language: Language, made: str = "") -> str:
    """Return the file. `found` is a result as `result_of` gives it; `resources` says what it was tried with, `made`
    when.
    """
    title = Text(f"压力推演：{plan.title.in_language('zh')}", f"Stress test: {plan.title.in_language('en')}")
    parts = (
        head(plan, found, resources, made),
        promises(found["promises"]),
        improvements(found.get("improvements") or []) if found["promises"] else iter(()),
        times(found),
        steps(plan, found["steps"]),
        conditions(found),
        service(found),
        courses(plan, found.get("courses") or {}),
        busy(found["busy"]),
        grounds(found),
    )
    content = "".join(piece for part in parts for piece in part)
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if language == "zh" else "en"}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title.in_language(language))}</title><style>{STYLE}</style></head>\n<body>\n"
        f"{choice('zh', '中文', language)}{choice('en', 'English', language)}"
        '<p class="choices"><label for="zh" lang="zh-Hans">中文</label><label for="en" lang="en">English</label></p>\n'
        f"<main>\n<h1>{both(title)}</h1>\n{content}</main>\n</body>\n</html>\n"
    )


def choice(name: str, label: str, language: Language) -> str:
    checked = " checked" if name == language else ""
    return f'<input class="choice" type="radio" name="language" id="{name}" aria-label="{label}"{checked}>'


# --- sections --------------------------------------------------------------------------------------------------------


def head(plan: Plan, found: Mapping[str, Any], resources: Text, made: str) -> Iterator[str]:
    scenario = next((one.title for one in plan.scenarios if one.id == found["scenario"]), Text())
    runs, seed = f"{found['runs']:,}", found["seed"]
    zh = [f"版本 {plan.version}", scenario.in_language("zh"), f"{runs} 次推演，种子 {seed}", f"资源：{resources.zh}"]
    en = [f"version {plan.version}", scenario.in_language("en"), f"{runs} runs, seed {seed}"]
    en.append(f"resources: {resources.en}")
    yield paragraph(" · ".join(filter(None, (*zh, made))), " · ".join(filter(None, (*en, made))), "quiet")
    share, low, high = (percent(found["any_late"][key]) for key in ("share", "low", "high"))
    yield paragraph(
        f"{share} 的推演中至少有一项任务超时（{low} 到 {high}）。",
        f"In {share} of the runs at least one step is too late ({low} to {high}).",
    )


def promises(broken: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield section("兑现不了的承诺", "Promises that break")
    if broken:
        yield "<ol>" + "".join(f"<li>{say(one['zh'], one['en'])}</li>" for one in broken) + "</ol>\n"
    else:
        yield paragraph(
            "几乎每次推演中，任务都按时完成，资源都够用。",
            "Every step was in time and nothing was short, in nearly every run.",
        )


def improvements(tried: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield section("最值得做的改进", "What would help most")
    helping = [one for one in tried if one["is_plain"] and one["gain"] > 0]
    if not helping:
        yield paragraph(
            "试过的措施都看不出差别。", "None of the measures that were tried makes a difference that can be told."
        )
        return
    before, runs = f"{helping[0]['before']:.2f}", f"{helping[0]['runs']:,}"
    if helping[0].get("before_half") is not None:
        before += f" ± {helping[0]['before_half']:.2f}"
    yield paragraph(
        f"每次推演平均有 {before} 项承诺没有做到。横条表示采取该措施后减少多少项，线段为 95% 置信区间；"
        f"各 {runs} 次，随机数相同。",
        f"A run breaks {before} promises on the average. A bar says how many fewer that is with the measure, the line "
        f"is its 95 % interval; {runs} runs each, on the same luck.",
        "quiet",
    )
    longest = max(one["high"] for one in helping)
    rows = (
        f"<li>{say(one['zh'], one['en'])}{bars(one['gain'], one['low'], one['high'], longest)}</li>" for one in helping
    )
    yield f"<ol>{''.join(rows)}</ol>\n"


def times(found: Mapping[str, Any]) -> Iterator[str]:
    yield section("用时", "How long it takes")
    yield '<div class="pictures">'
    for name, title in TIMES.items():
        summary, spread = found[name], found["spread"][name]
        if not summary["count"]:
            never = say(f"{found['runs']:,} 次推演中从未达到。", f"In none of {found['runs']:,} runs.")
            yield f"<figure><h3>{both(title)}</h3><figcaption>{never}</figcaption></figure>"
            continue
        mean, low, high, p90 = (span(summary[key]) for key in ("mean", "low", "high", "p90"))
        since, until = span(summary.get("p90_low")), span(summary.get("p90_high"))
        longest = span(spread["width"] * len(spread["counts"]))
        said = say(
            f"{summary['count']:,} 次推演中平均 {mean.zh}（{low.zh} 到 {high.zh}），九成在 {p90.zh}内"
            f"（{since.zh} 到 {until.zh}）；图从 0 到 {longest.zh}。",
            f"In {summary['count']:,} runs {mean.en} on the average ({low.en} to {high.en}), nine of ten within "
            f"{p90.en} ({since.en} to {until.en}); the picture goes from 0 to {longest.en}.",
        )
        picture = histogram(spread["counts"])
        yield f"<figure><h3>{both(title)}</h3>{picture}<figcaption>{said}</figcaption></figure>"
    yield "</div>\n"


def steps(plan: Plan, results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield section("任务", "Steps")
    yield f"<table><thead><tr><th>{say('任务', 'Step')}</th>"
    yield f"<th class=number>{say('平均完成时刻', 'Done after, on the average')}</th>"
    yield f"<th class=number>{say('超时', 'Too late')}</th><th>{say('95% 置信区间', '95 % interval')}</th></tr></thead>"
    titles = {step.id: step.title for step in plan.steps}
    for one in results:
        late, name = one["late"], titles.get(one["step"], Text(one["step"], one["step"]))
        yield f"<tr><th>{both(name)}</th>{cell(both(mean_of(one['finished_at'])))}"
        if late is None or late["share"] is None:
            yield f"{cell(say('无时限', 'no deadline'))}<td></td></tr>"
        else:
            picture = share_bar(late["share"], late["low"], late["high"])
            yield f"{cell(percent(late['share']))}<td>{picture}</td></tr>"
    yield "</table>\n"


def mean_of(summary: Mapping[str, Any]) -> Text:
    """Word a mean with half its interval, where that is known."""
    mean = span(summary["mean"])
    if summary["low"] is None:
        return mean
    half = span((summary["high"] - summary["low"]) / 2)
    return Text(f"{mean.zh} ± {half.zh}", f"{mean.en} ± {half.en}")


def courses(plan: Plan, kept: Mapping[str, Any]) -> Iterator[str]:
    if not kept:
        return
    yield section("一次典型的推演和一次糟糕的推演", "A typical run and a bad one")
    for role, said in COURSES.items():
        if role in kept:
            number, broken = kept[role]["number"], kept[role]["broken"]
            zh, en = said.zh.format(n=number), said.en.format(n=number)
            yield paragraph(f"{zh}：{broken} 项承诺没有做到。", f"{en}: {broken} promises broken.")
    by_step = {role: {one["step"]: one for one in course["steps"]} for role, course in kept.items()}
    response = [step for step in plan.steps if step.phase is Phase.RESPONSE]
    shown = [(step, [(role, of[step.id]) for role, of in by_step.items() if step.id in of]) for step in response]
    longest = max([1, *(one["finished"] or one["opened"] for _, found in shown for _, one in found)])
    rows = (f"<tr>{NAME}{both(step.title)}</th><td>{lanes(found, longest)}</td></tr>" for step, found in shown if found)
    yield f"<table>{''.join(rows)}</table>\n"
    end = span(longest / 1000)
    yield paragraph(
        f"横条从任务下达到完成，全长 {end.zh}。",
        f"A bar goes from when a step was opened to when it was finished; the whole width is {end.en}.",
        "quiet",
    )


def busy(teams: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not teams:
        return
    yield section("出动时间最长的队伍", "Teams most away")
    yield paragraph(
        "为预案出动的时间占推演全程的比例，方括号内为 95% 置信区间。",
        "Away for the plan, as a share of the whole time; in brackets the 95 % interval.",
        "quiet",
    )
    rows = (
        f"<tr>{NAME}{both(team_name(one))}</th><td>{share_bar(one['share'])}</td>{cell(with_interval(one))}</tr>"
        for one in teams[:10]
    )
    yield f"<table>{''.join(rows)}</table>\n"


def team_name(one: Mapping[str, Any]) -> Text:
    """Return what a team is called; results of before have one name for both languages."""
    return Text(one["label"], one.get("label_en") or one["label"])


def with_interval(one: Mapping[str, Any]) -> str:
    """Write a share with its interval, where that is known."""
    if one.get("low") is None:
        return percent(one["share"])
    return f"{percent(one['share'])} [{percent(one['low'])}, {percent(one['high'])}]"


def grounds(found: Mapping[str, Any]) -> Iterator[str]:
    yield section("依据", "What this rests on")
    yield f"<p>{both(GROUNDS)}</p>\n"
    if found.get("is_cancelled"):
        yield paragraph("推演被中途停止，以上只含已完成的部分。", "It was stopped; this is what was done by then.")
