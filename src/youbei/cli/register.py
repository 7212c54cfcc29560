"""`youbei register`: the registers from the command line: list, template, import, export, undo."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli import counting
from youbei.cli.data import database
from youbei.cli.finding import find_user
from youbei.cli.narrowing import ArgumentRefused, conditions, pairs
from youbei.cli.options import FileUnreadable, Groups, Output, Say, add_data, unreadable, unwritable

if TYPE_CHECKING:
    from youbei.records.models import SheetImport, User

FINDINGS = 1
PIECE = 1 << 16


def add(groups: Groups, say: Say) -> None:
    group = groups.group("register", say("登记册", "the registers"))
    listing = group.command("list", say("列出登记册和记录数", "list the registers and their records"), run_list)
    add_data(listing)
    template = group.command("template", say("输出空白模板", "write the empty sheet of a register"), run_template)
    add_name(template)
    add_target(template)
    add_data(template)
    export = group.command("export", say("导出登记册", "write a register as a file"), run_export)
    add_name(export)
    add_target(export)
    export.add_argument("--format", choices=("xlsx", "csv", "geojson", "kml", "have"), help=say("格式", "format"))
    export.add_argument(
        "--where", action="append", metavar="FIELD=VALUE", help=say("筛选，可重复", "narrow, may be repeated")
    )
    export.add_argument("--purpose", metavar="CODE", help=say("导出个人信息的用途", "why personal columns are needed"))
    add_user(export)
    add_data(export)
    bring = group.command("import", say("导入表格", "bring a sheet into a register"), run_import)
    add_name(bring)
    bring.add_argument("file", type=Path, metavar="FILE", help=say("表格文件", "the sheet"))
    bring.add_argument("--sheet", metavar="NAME", help=say("文件中的哪个工作表", "which sheet of the file"))
    bring.add_argument("--check", action="store_true", help=say("只检查，不写入", "check only, write nothing"))
    bring.add_argument(
        "--strict", action="store_true", help=say("有一行不合格就不导入", "import nothing if a row is refused")
    )
    bring.add_argument(
        "--column", action="append", metavar="HEADING=FIELD", help=say("指定列，可重复", "take a column for a field")
    )
    bring.add_argument(
        "--refused", type=Path, metavar="FILE", help=say("不合格的行写入此文件", "where refused rows go")
    )
    add_user(bring)
    add_data(bring)
    counting.add(group, say)
    erase = group.command("erase", say("删除个人信息", "erase what is known about somebody"), run_erase)
    erase.add_argument("name", metavar="NAME", choices=("person", "expert"), help=say("登记册", "the register"))
    erase.add_argument("code", metavar="CODE", help=say("编码", "the code of the record"))
    erase.add_argument("--ground", metavar="GROUND", required=True, help=say("理由", "why it is erased"))
    add_data(erase)
    undo = group.command("undo", say("撤销一次导入", "take an import back"), run_undo)
    undo.add_argument("number", type=int, metavar="NUMBER", help=say("导入的编号", "number of the import"))
    undo.add_argument(
        "--kept", type=Path, metavar="FILE", help=say("未撤销的记录写入此文件", "where records go that were not undone")
    )
    add_user(undo)
    add_data(undo)


def add_name(parser: Any) -> None:
    parser.add_argument("name", metavar="NAME", help=parser.say("登记册，如 team", "the register, such as team"))


def add_target(parser: Any) -> None:
    parser.add_argument("--output", type=Path, metavar="FILE", help=parser.say("输出文件", "the file to write"))


def add_user(parser: Any) -> None:
    parser.add_argument("--user", metavar="USER", help=parser.say("以该账号的权限进行", "act as this account may"))


def run_list(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei import content
        from youbei.records.registers.tables import in_use, records_of

        found = [(one, in_use(records_of(one)).order_by().count()) for one in content.registers().values()]
    for register, count in found:
        output.line(
            f"{register.name}\t{count:,}\t{register.title.zh}", f"{register.name}\t{count:,}\t{register.title.en}"
        )
    output.data(
        [
            {"name": register.name, "records": count, "title": register.title.as_data(), "key": list(register.key)}
            for register, count in found
        ]
    )
    return 0


def run_template(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions.sheets.exporting import template
        from youbei.records.registers.tables import register_called

        register = register_called(options.name)
        data = template(register, output.say.language)
    target = options.output or Path(f"{register.name}-template-{output.say.language}.xlsx")
    store(target, [data])
    return told(output, target, {})


def run_export(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.sheets.exporting import export_register
        from youbei.records.registers.filters import read_filters
        from youbei.records.registers.tables import register_called

        register = register_called(options.name)
        made = export_register(
            register=register,
            by=acting(options),
            now=clock.now(),
            form=options.format or form_of(options.output),
            language=output.say.language,
            filters=read_filters(register, conditions(register, options.where)),
            reason=options.purpose or "",
        )
        target = options.output or Path(made.name)
        store(target, made.content)
    return told(output, target, {"records": made.count})


def run_import(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.sheets import upload
        from youbei.records.registers.tables import register_called

        by = acting(options)
        sheet = upload.upload_sheet(
            register=register_called(options.name),
            name=options.file.name,
            chunks=read_pieces(options.file),
            sheet=options.sheet or "",
            by=by,
            now=clock.now(),
            language=output.say.language,
        )
        matches = sheet.matches | pairs(options.column)
        unknown = sorted(set(matches) - set(sheet.headings))
        if unknown:
            raise ArgumentRefused(
                zh=f"表中没有列“{'、'.join(unknown)}”。表中的列：{'、'.join(sheet.headings)}。",
                en=f"The sheet has no column {', '.join(unknown)}. Its columns: {', '.join(sheet.headings)}.",
            )
        sheet = done(upload.check_import(sheet=sheet, matches=matches, by=by, now=clock.now()))
        keep_refused(sheet, options.refused, output)
        if not options.check:
            sheet = done(upload.apply_import(sheet=sheet, by=by, now=clock.now(), only_good=not options.strict))
            keep_refused(sheet, options.refused, output)
    report(sheet, output)
    return FINDINGS if sheet.refused else 0


def run_undo(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.permit import not_found
        from youbei.actions.sheets import upload
        from youbei.actions.sheets.exporting import in_pieces
        from youbei.actions.sheets.kept import kept_text
        from youbei.records.models import SheetImport

        by = acting(options)
        sheet = upload.own_import(options.number, by) if by else SheetImport.objects.filter(pk=options.number).first()
        if sheet is None:
            raise not_found()
        sheet = done(upload.undo_import(sheet=sheet, by=by, now=clock.now()))
        if options.kept and sheet.kept_back:
            store(options.kept, in_pieces(kept_text(sheet, by, output.say.language)))
    output.line(
        f"导入 {sheet.pk} 已撤销，保留 {sheet.kept_back} 条（之后另有更改）。",
        f"Import {sheet.pk} was taken back; {sheet.kept_back} records were kept, as others have built on them.",
    )
    output.data(as_data(sheet))
    return FINDINGS if sheet.kept_back else 0


def run_erase(options: argparse.Namespace, output: Output) -> int:
    """Erase as the installation itself, which is its own second person."""
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.permit import not_found
        from youbei.actions.registers.personal import erase_expert, erase_person
        from youbei.engine.privacy import ground_called
        from youbei.records.registers.tables import records_of, register_called

        ground = ground_called(options.ground)
        row = records_of(register_called(options.name)).filter(code=options.code).first()
        if row is None:
            raise not_found()
        erase = erase_person if options.name == "person" else erase_expert
        erase(pk=row.pk, by=None, now=clock.now(), ground=ground)
    output.line(f"{options.code} 的个人信息已删除。", f"What was known about {options.code} is erased.")
    output.data({"register": options.name, "code": options.code, "ground": ground.value})
    return 0


def acting(options: argparse.Namespace) -> User | None:
    return find_user(options.user) if options.user else None


def form_of(target: Path | None) -> str:
    form = target.suffix.removeprefix(".").lower() if target and target.suffix else "xlsx"
    return "have" if form == "xml" else form


def read_pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as error:
        raise unreadable(str(path), error) from None


def store(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all; `-` is standard output."""
    if str(target) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        part.replace(target)
    except OSError as error:
        raise unwritable(str(target), error) from None
    finally:
        part.unlink(missing_ok=True)


def told(output: Output, target: Path, more: dict[str, Any]) -> int:
    if str(target) != "-":
        output.line(f"已写入 {target}。", f"Written to {target}.")
        output.data({"file": str(target), **more})
    return 0


def done(sheet: SheetImport) -> SheetImport:
    """Do the queued step now; raise Refused where it failed."""
    from youbei.actions.jobs import run_to_the_end
    from youbei.records.models import Job, SheetImport

    job = run_to_the_end(sheet.job_id or 0)
    if job.status == Job.Status.FAILED:
        raise FileUnreadable(zh=job.problem_zh, en=job.problem_en)
    return SheetImport.objects.get(pk=sheet.pk)


def keep_refused(sheet: SheetImport, target: Path | None, output: Output) -> None:
    if target and sheet.refused:
        from youbei.actions.sheets.exporting import refused_sheet

        store(target, [refused_sheet(sheet, output.say.language)])


def report(sheet: SheetImport, output: Output) -> None:
    """Say what came of an import, or would."""
    numbers = (sheet.added, sheet.changed, sheet.unchanged, sheet.refused)
    zh = "新增 {:,}，更改 {:,}，不变 {:,}，不合格 {:,}。".format(*numbers)
    en = "{:,} added, {:,} changed, {:,} unchanged, {:,} refused.".format(*numbers)
    if others := sheet.samples.get("sheets"):
        zh_names, en_names = "、".join(others), ", ".join(others)
        output.line(
            f"所读工作表：{sheet.sheet}。未读：{zh_names}（用 --sheet 指定）。",
            f"The sheet that was read: {sheet.sheet}. Not read: {en_names} (choose with --sheet).",
        )
    if sheet.applied_at:
        output.line(f"导入 {sheet.pk}：{zh}", f"Import {sheet.pk}: {en}")
    else:
        output.line(f"检查结果（未写入）：{zh}", f"Checked, nothing written: {en}")
    if sheet.differing:
        places = sheet.samples.get("differing_at", {}).values()
        where_zh = "、".join(f"{one['zh']} {one['count']}" for one in places)
        where_en = ", ".join(f"{one['en']} {one['count']}" for one in places)
        output.line(
            f"  {sheet.differing:,} 个批次的数量与账不符，须由他人核实后才生效（{where_zh}）。",
            f"  {sheet.differing:,} quantities differ from the ledger and wait for a second person ({where_en}).",
        )
    for entry in sheet.samples.get("refused", []):
        for name, why_zh, why_en in entry["problems"]:
            output.line(f"  第 {entry['number']} 行 {name}：{why_zh}", f"  row {entry['number']} {name}: {why_en}")
    output.data(as_data(sheet))


def as_data(sheet: SheetImport) -> dict[str, Any]:
    return {
        "import": sheet.pk,
        "register": sheet.register,
        "stage": sheet.stage,
        "columns": sheet.matches,
        "rows": sheet.rows,
        "added": sheet.added,
        "changed": sheet.changed,
        "unchanged": sheet.unchanged,
        "refused": sheet.refused,
        "kept_back": sheet.kept_back,
        "differing": sheet.differing,
        "problems": [
            {"row": entry["number"], "field": name, "zh": zh, "en": en}
            for entry in sheet.samples.get("refused", [])
            for name, zh, en in entry["problems"]
        ],
    }
