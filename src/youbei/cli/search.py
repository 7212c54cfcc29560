"""`youbei search WORDS` over all registers; `youbei search-index`: make the index anew, and see whether it fits."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from youbei.cli.data import database
from youbei.cli.finding import find_organisation, on_behalf_of
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.engine.errors import NotFound

if TYPE_CHECKING:
    from youbei.engine.registers.register import Register

FINDINGS = 1
SHOWN = 20


def add(groups: Groups, say: Say) -> None:
    search = groups.command("search", say("检索所有登记册", "find records of all registers"), run_search)
    search.add_argument("words", nargs="+", metavar="WORD", help=say("要找的文字", "what to look for"))
    search.add_argument("--register", metavar="NAME", help=say("只查该登记册", "in this register alone"))
    search.add_argument("--unit", metavar="CODE", help=say("只查该单位及其下级", "at this unit and those below"))
    search.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=say("最多列出条数", "how many at most"))
    search.add_argument("--user", metavar="USER", help=say("以该账号的权限进行", "as this account may"))
    add_data(search)
    group = groups.group("search-index", say("检索索引", "the search index"))
    rebuild = group.command("rebuild", say("重建检索索引", "make the search index anew"), run_rebuild)
    add_data(rebuild)
    check = group.command("check", say("核对检索索引", "compare the search index with the registers"), run_check)
    add_data(check)


def run_search(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.search.find import find, searched_registers
        from youbei.records.search.groups import register_of, unit_key, units_of

        user = on_behalf_of(options.user)
        known = [one.name for one in searched_registers(user)]
        if options.register and options.register not in known:
            raise NotFound(
                zh=f"没有可检索的登记册“{options.register}”。可用：{'、'.join(known)}。",
                en=f"There is no register {options.register!r} to search in. Known: {', '.join(known)}.",
            )
        path = find_organisation(options.unit).path if options.unit else ""
        registers = [options.register] if options.register else ()
        found = find(user, " ".join(options.words), registers=registers, unit=path)
        hits = found.hits[: max(1, options.limit)]
        units = units_of(hits)
        told = [(hit, register_of(hit), units.get(unit_key(hit) or 0)) for hit in hits]
    for hit, register, unit in told:
        at = f"\t{output.text(unit)}" if unit else ""
        output.line(
            f"{hit.code}\t{hit.name.zh}\t{register.one.zh}{at}",
            f"{hit.code}\t{hit.name.en or hit.name.zh}\t{register.one.en}{at}",
        )
    if not told:
        output.line("没有找到。", "Nothing was found.")
    elif found.is_more or len(found.hits) > len(told):
        output.line("还有更多：请多写几个字，或指定登记册。", "There is more: use more words, or name a register.")
    output.data(
        [
            {
                "register": hit.register,
                "pk": hit.pk,
                "code": hit.code,
                "name": hit.name.as_data(),
                "unit": unit.as_data() if unit else None,
                "reason": hit.reason.name.lower(),
            }
            for hit, _, unit in told
        ]
    )
    return 0 if told else FINDINGS


def run_rebuild(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.registers.indexing import rebuild

        def progress(register: Register, count: int) -> None:
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\033[K{output.text(register.title)} {count:,}")
                sys.stderr.flush()

        total = rebuild(progress)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    output.line(f"检索索引已重建，共 {total:,} 条记录。", f"The search index was made anew: {total:,} records.")
    output.data({"records": total})
    return 0


def run_check(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.registers.indexing import check

        found = check()
    for one in found:
        output.line(
            f"{one.register.title.zh}：缺 {one.missing} 条，不符 {one.wrong} 条，多余 {one.surplus} 条。",
            f"{one.register.title.en}: {one.missing} missing, {one.wrong} wrong, {one.surplus} too many.",
        )
    if found:
        output.line("请运行 youbei search-index rebuild。", "Run `youbei search-index rebuild`.")
    else:
        output.line("检索索引与登记册一致。", "The search index fits the registers.")
    output.data(
        [
            {"register": one.register.name, "missing": one.missing, "wrong": one.wrong, "surplus": one.surplus}
            for one in found
        ]
    )
    return FINDINGS if found else 0
