"""`youbei plan`: check and simulate plan files, take them in and hand them out."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli import simulate
from youbei.cli.data import database, has_database
from youbei.cli.options import Groups, Output, Say, add_data, read_input, unwritable
from youbei.engine.errors import NotFound

if TYPE_CHECKING:
    from youbei.engine.plans.check import Finding
    from youbei.engine.plans.model import Plan
    from youbei.records.models import PlanVersion


def add(groups: Groups, say: Say) -> None:
    group = groups.group("plan", say("预案", "plans"))
    check = group.command("check", say("检查预案文件", "check a plan file, like a compiler"), run_check)
    add_file(check, say)
    check.add_argument("--strict", action="store_true", help=say("提示也算问题", "count notes as findings too"))
    add_data(check)
    simulate.add(group, say)
    export = group.command("export", say("导出库中的预案", "write out a plan of the register"), run_export)
    export.add_argument("id", metavar="ID", help=say("预案标识", "id of the plan"))
    export.add_argument("--format", choices=("toml", "json"), default="toml", help=say("格式", "format"))
    export.add_argument("--version", help=say("版本（默认现行版本）", "version (default: the current one)"))
    export.add_argument("--out", metavar="FILE", default="-", help=say("目标文件（默认标准输出）", "file (default: -)"))
    add_data(export)
    take_in = group.command("import", say("将预案文件入库", "store a plan file as a version"), run_import)
    add_file(take_in, say)
    add_data(take_in)


def add_file(command: argparse.ArgumentParser, say: Say) -> None:
    text = say("预案文件（TOML 或 JSON），- 为标准输入", "plan file (TOML or JSON), or - for standard input")
    command.add_argument("file", metavar="FILE", help=text)


def run_check(options: argparse.Namespace, output: Output) -> int:
    """Check with today's registers where there is a database, else with the reviewed data alone."""
    from youbei.engine.plans.read import read_plan

    plan = read_plan(read_input(options.file))
    with_registers = has_database(options.data)
    findings = check_with_registers(options, plan) if with_registers else check_with_content(plan)
    for finding in findings:
        print_finding(output, options.file, finding)
    counts = {name: sum(finding.severity == name for finding in findings) for name in ("error", "warning", "info")}
    against = ("今日登记数据", "today's registers") if with_registers else ("内置目录", "the reviewed data only")
    output.line(
        f"{plan.id} {plan.version}：错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['info']}"
        f"（依据{against[0]}）",
        f"{plan.id} {plan.version}: {counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes "
        f"(against {against[1]})",
    )
    result = {"plan": plan.id, "version": plan.version, "with_registers": with_registers, "counts": counts}
    output.data({**result, "findings": [finding_data(finding) for finding in findings]})
    return 1 if counts["error"] or counts["warning"] or (options.strict and findings) else 0


def check_with_registers(options: argparse.Namespace, plan: Plan) -> tuple[Finding, ...]:
    from youbei.engine.plans.check import check

    with database(options.data):
        from youbei.actions import clock
        from youbei.records.checking import known_by_registers

        return check(plan, known_by_registers(plan, clock.now()))


def check_with_content(plan: Plan) -> tuple[Finding, ...]:
    from datetime import UTC, datetime

    from youbei.content.checking import known_by_content
    from youbei.engine.plans.check import check

    return check(plan, known_by_content(datetime.now(UTC).date()))  # noqa: TID251  (no Django here to ask for a clock)


def print_finding(output: Output, file: str, finding: Finding) -> None:
    zh, en = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "note")}[finding.severity]
    output.line(
        f"{file}: {finding.place}: {zh} {finding.code}：{finding.sentence.zh}{finding.cure.zh}",
        f"{file}: {finding.place}: {en} {finding.code}: {finding.sentence.en} {finding.cure.en}",
    )


def finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "place": finding.place,
        "sentence": finding.sentence.as_data(),
        "cure": finding.cure.as_data(),
    }


def run_import(options: argparse.Namespace, output: Output) -> int:
    content = read_input(options.file)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.plans import import_plan

        name = "" if options.file == "-" else Path(options.file).name
        version = import_plan(by=None, now=clock.now(), text=content, filename=name)
        code = version.plan.code
    output.line(
        f"预案 {code} 的 {version.version} 版已入库（{version.digest[:12]}）。",
        f"Version {version.version} of plan {code} is stored ({version.digest[:12]}).",
    )
    output.data({"plan": code, "version": version.version, "version_pk": version.pk, "digest": version.digest})
    return 0


def run_export(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.engine.plans.write import write_json, write_toml
        from youbei.records.load import load_plan

        plan = load_plan(find_version(options.id, options.version))
        text = write_json(plan) if options.format == "json" else write_toml(plan)
    if options.out == "-":
        print(text, end="")
        return 0
    target = Path(options.out)
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, target)
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise unwritable(options.out, error) from None
    output.line(f"已写入 {options.out}。", f"Written to {options.out}.")
    output.data({"plan": plan.id, "version": plan.version, "file": options.out})
    return 0


def find_version(code: str, version: str | None) -> PlanVersion:
    """Return a stored version of a plan, the current one without a name; raise NotFound."""
    from youbei.records.models import Plan as PlanRow

    row = PlanRow.objects.filter(code=code).select_related("current").first()
    found = None
    if row is not None:
        found = row.versions.filter(version=version).first() if version else row.current
    if found is None:
        raise NotFound(
            zh=f"库中没有预案“{code}”{f'的 {version} 版' if version else ''}。请核对标识与版本。",
            en=f"There is no plan {code!r}{f' in version {version}' if version else ''}. Check the id and the version.",
        )
    return found
