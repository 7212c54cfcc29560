"""Take findings away as a file: what the list shows, for who may, and the log says so before a byte leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.findings.moving import today_of
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.actions.sheets.exporting import FORMATS, MOST_IN_WORKBOOK, Export, ExportRefused, in_pieces
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import ELEMENT_NAMES, SEVERITY_NAMES, SOURCE_NAMES, TREATMENT_NAMES
from youbei.engine.findings.life import STATE_NAMES
from youbei.engine.findings.settlement import stages_from_data, stages_to_text
from youbei.engine.registers.field import Choice, Field, FieldKind
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text
from youbei.records.models import Finding, User
from youbei.records.models.scope import path_condition
from youbei.records.reports.findings import FindingFilters, narrowed
from youbei.sheets.stream import stream_workbook
from youbei.sheets.write import write_csv

OFFERED = ("xlsx", "csv")
AT_ONCE = 1000


def choices(names: Any) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, text) for one, text in names.items())


def column(name: str, zh: str, en: str, kind: FieldKind = FieldKind.TEXT, names: Any = None) -> Field:
    return Field(name, Text(zh, en), kind, choices=choices(names) if names else ())


COLUMNS = (
    column("number", "问题号", "Number", FieldKind.INTEGER),
    column("unit", "单位", "Unit"),
    column("title_zh", "问题", "Finding (Chinese)"),
    column("title_en", "问题（英文）", "Finding (English)"),
    column("severity", "程度", "Severity", FieldKind.CHOICE, SEVERITY_NAMES),
    column("source", "来源", "Source", FieldKind.CHOICE, SOURCE_NAMES),
    column("element", "能力要素", "Capability element", FieldKind.CHOICE, ELEMENT_NAMES),
    column("state", "状态", "State", FieldKind.CHOICE, STATE_NAMES),
    column("deadline_on", "下一时限", "Next deadline", FieldKind.DATE),
    column("cause", "原因", "Cause", FieldKind.LONG_TEXT),
    column("treatment", "整改方式", "Treatment", FieldKind.CHOICE, TREATMENT_NAMES),
    column("measures", "整改措施", "Measures", FieldKind.LONG_TEXT),
    column("responsible", "责任单位和责任人", "Responsible"),
    column("funds", "资金", "Funds"),
    column("due_on", "整改时限", "Due", FieldKind.DATE),
    column("interim_plan", "防范措施和预案", "Interim plan", FieldKind.LONG_TEXT),
    column("stages", "阶段", "Stages", FieldKind.LONG_TEXT),
    column("why_not", "暂不能整改的原因", "Why not now", FieldKind.LONG_TEXT),
    column("plan", "预案", "Plan"),
    column("place", "条款或步骤", "Clause or step"),
    column("found_at", "发现时间", "Found", FieldKind.MOMENT),
    column("found_by", "登记人", "Recorded by"),
    column("closed_at", "办结时间", "Closed", FieldKind.MOMENT),
    column("closed_by", "验收人", "Accepted by"),
)
# Only its columns are used: findings are not kept like a register, but read like one.
TABLE = Register(
    name="findings",
    title=Text("问题清单", "Findings"),
    one=Text("问题", "finding"),
    subject=Subject.PLACES,
    fields=COLUMNS,
    edit=Permission.RECORD_FINDING,
)


def export_findings(*, by: User, now: datetime, form: str, language: str, filters: FindingFilters) -> Export:
    """Return the findings that fit as a workbook or as text; for who may export registers or judges findings."""
    paths = sorted({*by.paths_with(Permission.EXPORT_REGISTER), *by.paths_with(Permission.ACCEPT_FINDING)})
    if not paths:
        raise not_allowed(Permission.EXPORT_REGISTER)
    if form not in OFFERED:
        raise ExportRefused(
            zh=f"问题清单不能导出为“{form[:20]}”。可用格式：xlsx、csv。",
            en=f"Findings cannot be exported as {form[:20]!r}. Formats: xlsx, csv.",
        )
    rows = narrowed(Finding.objects.visible_to(by), filters, today_of(now))
    if "/" not in paths:
        rows = rows.filter(path_condition(paths, "org_path__under"))
    count = rows.order_by().count()
    if form == "xlsx" and count > MOST_IN_WORKBOOK:
        raise ExportRefused(
            zh=f"共 {count} 条，超过一个 Excel 文件的上限 {MOST_IN_WORKBOOK} 条。请缩小筛选范围，或导出 CSV。",
            en=f"These are {count} findings, more than the {MOST_IN_WORKBOOK} of one workbook. Narrow the filters, or "
            "take CSV.",
        )
    note(by, now, form, filters, count, paths[0])
    name = f"findings-{timezone.localtime(now):%Y%m%d-%H%M}.{form}"
    said = values(rows)
    if form == "xlsx":
        return Export(name, FORMATS[form], stream_workbook(TABLE, said, count=count, language=language), count)
    text = write_csv(TABLE, said, language=language, zone=timezone.get_current_timezone())
    return Export(name, FORMATS[form], in_pieces(text), count)


@transaction.atomic
def note(by: User, now: datetime, form: str, filters: FindingFilters, count: int, path: str) -> None:
    said: dict[str, Any] = dict(filters.as_data)
    if "text" in said:
        # The words themselves may name a person.
        said["text"] = True
    data = {"format": form, "count": count, "filters": said}
    record("register:finding", [("finding.exported", data)], by=actor_for(by, now), now=now, org_path=path)


def values(rows: Any) -> Iterator[dict[str, Any]]:
    """Yield the findings, a thousand in memory at a time; on PostgreSQL a transaction keeps the server from copying."""
    walked = rows.select_related("organisation", "plan").order_by("-id")
    with transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext():
        for row in walked.iterator(chunk_size=AT_ONCE):
            found = {field.name: getattr(row, field.name, None) or None for field in COLUMNS}
            yield {
                **found,
                "number": row.pk,
                "unit": row.organisation.name_zh,
                "plan": row.plan.name_zh if row.plan else None,
                "stages": stages_to_text(stages_from_data(row.stages)) or None,
            }
