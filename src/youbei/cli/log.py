"""`youbei log`: export the log, and verify it: the database's, or an exported file without any database."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, NoReturn

from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data, unreadable, unwritable
from youbei.engine.log import GENESIS, Fault, verify

SHAPE: dict[str, type] = {
    "position": int,
    "stream": str,
    "seq": int,
    "at": str,
    "recorded_at": str,
    "mode": str,
    "kind": str,
    "version": int,
    "data": dict,
    "by_id": str,
    "by_label": str,
    "prev_hash": str,
    "hash": str,
}
MAX_LINE = 16 * 1024 * 1024
SHOWN_FAULTS = 100


def add(groups: Groups, say: Say) -> None:
    group = groups.group("log", say("防篡改日志", "the tamper-evident log"))
    export = group.command("export", say("导出日志（JSON Lines）", "export the log as JSON lines"), run_export)
    export.add_argument("--out", required=True, metavar="FILE", help=say("目标文件，- 为标准输出", "file, or -"))
    add_data(export)
    check = group.command("verify", say("核验日志是否被改动", "verify that the log was not changed"), run_verify)
    check.add_argument("file", nargs="?", metavar="FILE", help=say("导出的文件；省略则核验数据库", "an exported file"))
    check.add_argument("--anchor", metavar="HASH", help=say("另行保存的哈希", "a hash that was kept elsewhere"))
    add_data(check)


class Chain:
    """Pass entries through and remember how many there were, the last hash, and whether the anchor was among them."""

    def __init__(self, anchor: str | None) -> None:
        self.anchor = (anchor or "").strip().lower()
        self.count = 0
        self.head = GENESIS
        self.is_anchored = self.anchor in ("", GENESIS)

    def watch(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            self.count += 1
            self.head = line["hash"]
            self.is_anchored = self.is_anchored or self.head == self.anchor
            yield line

    def faults(self, lines: Iterable[dict[str, Any]]) -> Iterator[Fault]:
        """Yield every fault, among them an unreadable line (which ends the check) and a missing anchor."""
        try:
            yield from verify(self.watch(lines))
        except LineUnreadable as unreadable_line:
            yield unreadable_line.fault
        yield from self.missing_anchor()

    def missing_anchor(self) -> Iterator[Fault]:
        if not self.is_anchored:
            yield Fault(
                self.count,
                "anchor",
                f"日志中没有哈希为 {self.anchor} 的记录：日志在留存该哈希之后被截断或重写。",
                f"No entry has the hash {self.anchor}: the log was cut or rewritten after that hash was kept.",
            )


class LineUnreadable(Exception):
    """End the reading of a file at a line that is no entry; carries the fault."""

    def __init__(self, number: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(
            number,
            "unreadable",
            f"第 {number} 行不是日志记录：{zh}。核验到此为止。",
            f"Line {number} is not an entry of the log: {en}. The check ends here.",
        )


def run_verify(options: argparse.Namespace, output: Output) -> int:
    chain = Chain(options.anchor)
    if options.file is None:
        with database(options.data):
            faults, total = collect(stored_faults(chain))
    else:
        with opened(options.file) as file:
            faults, total = collect(chain.faults(read_lines(file)))
    for fault in faults:
        output.line(f"[{fault.code}] {fault.zh}", f"[{fault.code}] {fault.en}")
    if total > len(faults):
        output.line(f"……另有 {total - len(faults)} 处", f"... and {total - len(faults)} more")
    output.line(
        f"记录 {chain.count} 条，异常 {total} 处，末尾哈希 {chain.head}",
        f"{chain.count} {'entry' if chain.count == 1 else 'entries'}, "
        f"{total} {'fault' if total == 1 else 'faults'}, head {chain.head}",
    )
    output.data({"count": chain.count, "head": chain.head, "faults_total": total, "faults": [*map(asdict, faults)]})
    return 1 if total else 0


def stored_faults(chain: Chain) -> Iterator[Fault]:
    """Yield every fault of the log in the database, and tell the chain its length and head."""
    from youbei.records.log import head, verify_log
    from youbei.records.models import LogEntry

    yield from verify_log()
    last = head()
    chain.count, chain.head = last.position, last.hash
    chain.is_anchored = chain.is_anchored or LogEntry.objects.filter(hash=chain.anchor).exists()
    yield from chain.missing_anchor()


def collect(faults: Iterable[Fault]) -> tuple[list[Fault], int]:
    """Return the first faults, and how many there are in all."""
    shown: list[Fault] = []
    total = 0
    for fault in faults:
        total += 1
        if total <= SHOWN_FAULTS:
            shown.append(fault)
    return shown, total


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with open(name, "rb") as file:
            yield file
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from None


def read_lines(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the entries of an exported log; raise LineUnreadable at the first line that is none."""
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise LineUnreadable(number, "该行过长", "the line is too long")
        if raw.strip():
            yield read_line(raw, number)


def read_line(raw: bytes, number: int) -> dict[str, Any]:
    try:
        line = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant)
        json.dumps(line, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise LineUnreadable(number, "不是完整的 UTF-8 JSON", "it is not whole JSON in UTF-8") from None
    if not isinstance(line, dict):
        raise LineUnreadable(number, "不是 JSON 对象", "it is not a JSON object")
    for key, kind in SHAPE.items():
        if not isinstance(line.get(key), kind) or isinstance(line[key], bool):
            raise LineUnreadable(number, f"“{key}”缺失或类型不对", f"{key} is missing or of the wrong type")
    return line


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def run_export(options: argparse.Namespace, output: Output) -> int:
    chain = Chain(None)
    with database(options.data):
        from youbei.records.log import export_lines

        if options.out == "-":
            write(chain.watch(export_lines()), sys.stdout)
            return 0
        write_file(Path(options.out), chain.watch(export_lines()))
    output.line(
        f"已导出 {chain.count} 条到 {options.out}，末尾哈希 {chain.head}",
        f"{chain.count} entries written to {options.out}, head {chain.head}",
    )
    output.data({"count": chain.count, "head": chain.head, "file": options.out})
    return 0


def write_file(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write beside the file first and rename, so that the file is whole or not there; raise FileUnwritable."""
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "w", encoding="utf-8") as file:
            write(lines, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise unwritable(str(path), error) from None


def write(lines: Iterable[dict[str, Any]], file: IO[str]) -> None:
    for line in lines:
        file.write(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
