"""`youbei exercise seal|reveal|verify`: the sealed time of a no-notice exercise."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli.options import Groups, Output, Say, read_input, unwritable
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.engine.exercises.seal import Opening, Seal


class BadWindow(Refused):
    """Refuse a window that is not two times."""


class Interlocked(Refused):
    """Refuse to begin an exercise while something holds it back."""


class TooEarly(Refused):
    """Refuse to open a seal before its time."""


def add(group: Groups, say: Say) -> None:
    seal = group.command("seal", say("抽取并封存演练时间", "draw a time for an exercise and seal it"), run_seal)
    seal.add_argument("exercise", metavar="ID", help=say("演练标识", "id of the exercise"))
    seal.add_argument(
        "--window",
        action="append",
        required=True,
        metavar="START/END",
        help=say("允许的时段，含时区，可重复", "permitted time with zone, may be repeated"),
    )
    seal.add_argument("--knew", action="append", default=[], metavar="CODE", help=say("事先知情者", "who knows it"))
    seal.add_argument("--out", required=True, metavar="FILE", help=say("公告文件", "the notice to publish"))
    seal.add_argument("--secret", required=True, metavar="FILE", help=say("密封文件，妥善保管", "the secret to keep"))
    reveal = group.command("reveal", say("到时启封", "open a seal once its time has come"), run_reveal)
    add_seal(reveal, say)
    reveal.add_argument("--secret", required=True, metavar="FILE", help=say("密封文件", "the secret"))
    reveal.add_argument("--out", required=True, metavar="FILE", help=say("启封文件", "the opening to publish"))
    reveal.add_argument(
        "--exercise", metavar="FILE", help=say("演练文件，查其互锁条件", "exercise file with interlocks")
    )
    reveal.add_argument(
        "--fact",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=say("此刻的情况，可重复", "what is known now, may be repeated"),
    )
    verify = group.command("verify", say("验证封存的时间", "verify a seal that was opened"), run_verify)
    add_seal(verify, say)
    verify.add_argument("--opening", required=True, metavar="FILE", help=say("启封文件", "the opening"))


def add_seal(command: argparse.ArgumentParser, say: Say) -> None:
    command.add_argument("seal", metavar="FILE", help=say("公告文件", "the notice that was published"))


def run_seal(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.exercises.seal import KEY_BYTES, Knew, opening_to_data, seal_time, seal_to_data

    now = wall()
    seal, opening = seal_time(
        options.exercise,
        [window(text) for text in options.window],
        key=secrets.token_bytes(KEY_BYTES),
        nonce=secrets.token_bytes(KEY_BYTES),
        knew=[Knew(who, now) for who in options.knew],
        at=now,
    )
    write(options.secret, opening_to_data(opening), is_secret=True)
    write(options.out, seal_to_data(seal))
    output.line(
        f"已封存。请公布哈希 {seal.commitment}，密封文件 {options.secret} 在演练开始前不得打开。",
        f"Sealed. Publish the hash {seal.commitment}; nobody opens {options.secret} before the exercise begins.",
    )
    output.data({"commitment": seal.commitment, "seal": options.out, "secret": options.secret})
    return 0


def run_reveal(options: argparse.Namespace, output: Output) -> int:
    """Open a seal; exit code 2 before its time, which is not told."""
    from youbei.engine.exercises.seal import opening_to_data

    seal, opening = read_seal(options.seal), read_opening(options.secret)
    if wall() < opening.starts_at:
        raise TooEarly(zh="还没有到封存的时间，不能启封。", en="The sealed time has not come; the seal stays closed.")
    if options.exercise:
        refuse_held(options, seal, opening)
    write(options.out, opening_to_data(opening))
    return tell(output, seal, opening)


def refuse_held(options: argparse.Namespace, seal: Seal, opening: Opening) -> None:
    """Refuse while an interlock holds; the next draw stands, and the proof will say so."""
    from youbei.cli.incident import read_fact
    from youbei.engine.exercises.read import read_exercise
    from youbei.engine.exercises.seal import holding, opening_to_data, pass_over

    facts = dict(read_fact(text) for text in options.fact)
    held = holding(read_exercise(read_input(options.exercise)).interlocks, facts, wall())
    if not held:
        return
    ids = ",".join(one.interlock.id for one in held)
    write(options.secret, opening_to_data(pass_over(seal, opening, ids)), is_secret=True, is_again=True)
    zh = "、".join(one.interlock.title.in_language("zh") for one in held)
    en = ", ".join(one.interlock.title.in_language("en") for one in held)
    raise Interlocked(
        zh=f"演练不得开始：{zh}。已改用下一次抽取的时间，届时再启封。",
        en=f"The exercise does not begin: {en}. The next time drawn stands; open the seal then.",
    )


def run_verify(options: argparse.Namespace, output: Output) -> int:
    return tell(output, read_seal(options.seal), read_opening(options.opening))


def tell(output: Output, seal: Seal, opening: Opening) -> int:
    """Say whether an opening proves the seal; return 1 where it does not."""
    from youbei.engine.events import iso
    from youbei.engine.exercises.seal import verify

    faults = verify(seal, opening)
    at = iso(opening.starts_at)
    for fault in faults:
        output.line(fault.text.zh, fault.text.en)
    if not faults:
        output.line(f"属实：开始时间 {at} 就是封存的时间。", f"Proven: the time {at} is the one that was sealed.")
    for one in opening.knew:
        output.line(
            f"事先知情：{one.who}（{iso(one.since)} 起）", f"Knew beforehand: {one.who} (since {iso(one.since)})"
        )
    codes = [{"code": fault.code, **fault.text.as_data()} for fault in faults]
    output.data({"is_proven": not faults, "starts_at": at, "faults": codes, "knew": [one.who for one in opening.knew]})
    return 1 if faults else 0


def window(text: str) -> Any:
    from youbei.engine.exercises.seal import Window

    parts: list[datetime] = []
    try:
        parts = [datetime.fromisoformat(part) for part in text.split("/")]
    except ValueError:
        parts = []
    if len(parts) != 2 or any(part.tzinfo is None for part in parts):
        raise BadWindow(
            zh=f"时段“{text}”无法读取。请写作 2026-12-01T09:00+08:00/2026-12-01T11:30+08:00。",
            en=f"The window {text!r} cannot be read. Write 2026-12-01T09:00+08:00/2026-12-01T11:30+08:00.",
        )
    return Window(parts[0].astimezone(UTC), parts[1].astimezone(UTC))


def wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (no Django here to ask for a clock)


def write(name: str, data: dict[str, Any], *, is_secret: bool = False, is_again: bool = False) -> None:
    """Write a file whole or not at all; a secret for its owner alone, and never over another."""
    part = Path(f"{name}.part")
    try:
        if is_secret and not is_again and Path(name).exists():
            raise FileExistsError(17, "file exists")
        part.touch(mode=0o600 if is_secret else 0o644)
        part.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        os.replace(part, name)
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise unwritable(name, error) from None


def read_seal(name: str) -> Seal:
    from youbei.engine.exercises.seal import seal_from_data

    return seal_from_data(tables(name))


def read_opening(name: str) -> Opening:
    from youbei.engine.exercises.seal import opening_from_data

    return opening_from_data(tables(name))


def tables(name: str) -> dict[str, Any]:
    """Return the tables of a file; nothing for what is no JSON, which its reader refuses."""
    try:
        data = json.loads(read_input(name))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
