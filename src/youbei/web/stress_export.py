"""What a stress test found, to take home: a report to print, a table for a spreadsheet, or everything as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import get_language

from youbei import content
from youbei.actions.stress_tests import stress_test_for
from youbei.engine.access import Permission
from youbei.engine.plans.model import Plan
from youbei.engine.simulation.parts import BEFORE, WORK
from youbei.engine.simulation.report_page import report_page
from youbei.engine.simulation.stated import kind_name
from youbei.engine.text import Language, Text
from youbei.records.load import load_plan
from youbei.records.models import StressTest
from youbei.records.stress_stated import stated_of
from youbei.sheets.write import guarded, line
from youbei.web.access import access, user_of

CAUSES = {BEFORE: Text("前面的任务或条件", "what comes before it"), WORK: Text("办理本身", "the work itself")}
Write = Callable[[StressTest, Plan, Mapping[str, Any], Language], str]
HEADINGS = {
    "step": Text("任务编号", "step"),
    "title": Text("任务", "title"),
    "runs": Text("推演次数", "runs"),
    "finished": Text("完成的次数", "finished in runs"),
    "mean": Text("平均完成（秒）", "mean finish, s"),
    "low": Text("均值区间下限（秒）", "interval of the mean from, s"),
    "high": Text("均值区间上限（秒）", "interval of the mean to, s"),
    "p50": Text("一半在此之内完成（秒）", "half within, s"),
    "p50_low": Text("一半区间下限（秒）", "interval of half from, s"),
    "p50_high": Text("一半区间上限（秒）", "interval of half to, s"),
    "p90": Text("九成在此之内完成（秒）", "nine of ten within, s"),
    "p90_low": Text("九成区间下限（秒）", "interval of nine of ten from, s"),
    "p90_high": Text("九成区间上限（秒）", "interval of nine of ten to, s"),
    "late": Text("超时比例", "share late"),
    "late_low": Text("超时比例区间下限", "interval of the share from"),
    "late_high": Text("超时比例区间上限", "interval of the share to"),
    "waits_for": Text("多因", "mostly because of"),
}

OF_FINISH = ("mean", "low", "high", "p50", "p50_low", "p50_high", "p90", "p90_low", "p90_high")
CALL_HEADINGS = {
    "place": Text("地点", "place"),
    "hour": Text("从几点起", "from hour"),
    "calls": Text("警情起数（全部推演）", "calls in all runs"),
    "runs": Text("有此类警情到场的推演次数", "runs with such a call served"),
    "mean": Text("平均到场（秒）", "somebody there after, s"),
    "low": Text("区间下限（秒）", "interval from, s"),
    "high": Text("区间上限（秒）", "interval to, s"),
    "note": Text("说明", "note"),
}
TOO_FEW = Text("推演次数太少，给不出区间", "too few runs for an interval")
NOBODY = Text("无人可派", "nobody went")


@access(Permission.SEE)
def export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give a result as a file."""
    test = stress_test_for(user_of(request), pk)
    if form not in FORMS or test.found is None:
        raise Http404
    kind, write = FORMS[form]
    language: Language = "zh" if (get_language() or "").startswith("zh") else "en"
    content = write(test, load_plan(test.plan_version), test.found, language)
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILES[form].format(test.pk)}"'
    return response


def as_page(test: StressTest, plan: Plan, found: Mapping[str, Any], language: Language) -> str:
    zh, en = "推演当日登记的队伍和物资", "the registers on the day of the test"
    for one in stated_of(test.calls):
        name, said = kind_name(one.kind), one.text
        zh = f"{zh}；另假设警情：{name.in_language('zh')}，{said.zh}"
        en = f"{en}; calls assumed besides: {name.in_language('en')}, {said.en}"
    resources = Text(zh, en)
    return report_page(
        plan, found, resources=resources, language=language, made=f"{localtime(test.asked_at):%Y-%m-%d %H:%M}"
    )


def as_table(test: StressTest, plan: Plan, found: Mapping[str, Any], language: Language) -> str:
    """Return a row for each step. It begins with the mark by which spreadsheets know UTF-8."""
    head = line([text.in_language(language) for text in HEADINGS.values()])
    return "\ufeff" + head + "".join(line([guarded(one) for one in row]) for row in rows(plan, found, language))


def rows(plan: Plan, found: Mapping[str, Any], language: Language) -> Iterator[list[str]]:
    titles = {step.id: step.title.in_language(language) for step in plan.steps}
    for one in found["steps"]:
        done, late = one["finished_at"], one["late"] or {}
        yield [
            one["step"],
            titles.get(one["step"], one["step"]),
            str(found["runs"]),
            str(one["finished"]["count"]),
            *(figure(done.get(key)) for key in OF_FINISH),
            *(figure(late.get(key)) for key in ("share", "low", "high")),
            cause(plan, one["step"], next(iter(found["waits_for"].get(one["step"], {})), "")).in_language(language),
        ]


def as_calls(test: StressTest, plan: Plan, found: Mapping[str, Any], language: Language) -> str:
    """Return a row for each hour of each place with calls of every day; only the headings where there were none."""
    head = line([text.in_language(language) for text in CALL_HEADINGS.values()])
    cells = (found.get("service") or {}).get("cells", ())
    return "\ufeff" + head + "".join(line([guarded(one) for one in call_row(cell, language)]) for cell in cells)


def call_row(cell: Mapping[str, Any], language: Language) -> list[str]:
    runs = cell.get("runs")
    note = NOBODY if cell["mean"] is None else TOO_FEW if runs is not None and cell["low"] is None else Text()
    return [
        cell["place"],
        str(cell["hour"]),
        str(cell["calls"]),
        "" if runs is None else str(runs),
        *(figure(cell.get(key)) for key in ("mean", "low", "high")),
        note.in_language(language),
    ]


def cause(plan: Plan, step: str, code: str) -> Text:
    """Say what a late step spent most of its time on."""
    kind, _, name = code.partition(":")
    needs = {need.id: need for one in plan.steps if one.id == step for need in one.needs}
    if kind != "need" or name not in needs:
        return CAUSES.get(kind, Text(code, code))
    wanted = needs[name].capability or needs[name].item
    called = content.resource_names().get(wanted, Text(wanted, wanted))
    return Text(f"等待{called.in_language('zh')}", f"waiting for {called.in_language('en')}")


def figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def as_data(test: StressTest, plan: Plan, found: Mapping[str, Any], language: Language) -> str:
    said = {"plan_title": plan.title.as_data(), "asked_at": test.asked_at.isoformat(), "calls": test.calls, **found}
    return json.dumps(said, ensure_ascii=False, indent=2)


FORMS: Mapping[str, tuple[str, Write]] = {
    "html": ("text/html", as_page),
    "csv": ("text/csv", as_table),
    "calls": ("text/csv", as_calls),
    "json": ("application/json", as_data),
}
FILES = {form: f"stress-test-{{}}.{form}" for form in FORMS} | {"calls": "stress-test-{}-calls.csv"}
urlpatterns = [path("stress-tests/<int:pk>/export/<slug:form>/", export, name="stress_export")]
