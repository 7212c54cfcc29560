"""The command `youbei`: one file per group of sub-commands.

Exit codes: 0 fine, 1 findings, 2 refused (what was asked cannot be done, or was written wrongly), 130 interrupted.
Sub-commands import what they need when they run, so that the command starts fast and `log verify FILE` works on a
machine without Django.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from youbei.cli import (
    access,
    campaign,
    counts,
    dispatch,
    exchange,
    exercise,
    incident,
    log,
    plan,
    register,
    roads,
    search,
    serve,
    simulations,
    siting,
    stock,
    worker,
)
from youbei.cli.options import Output, Parser, Say, add_common, language_of
from youbei.cli.rubbish import look_seldom
from youbei.engine.errors import Refused

GROUPS = (
    serve,
    plan,
    simulations,
    exercise,
    incident,
    dispatch,
    exchange,
    siting,
    roads,
    log,
    access,
    register,
    search,
    campaign,
    counts,
    stock,
    worker,
)
INTERRUPTED = 130


def build_parser(say: Say) -> Parser:
    description = say("有备：可以运行的应急预案。", "Youbei: emergency plans you can run.")
    parser = Parser(prog="youbei", say=say, description=description)
    add_common(parser, default=None)
    groups = parser.groups()
    for group in GROUPS:
        group.add(groups, say)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    look_seldom()
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    say = Say(language_of(words, os.environ))
    try:
        options = build_parser(say).parse_args(words)
    except SystemExit as exit_:  # argparse has printed help or what is wrong
        return exit_.code if isinstance(exit_.code, int) else 2
    output = Output(say, is_json=bool(options.json))
    try:
        code: int = options.run(options, output)
        sys.stdout.flush()
        return code
    except Refused as refusal:
        output.refuse(refusal)
        return 2
    except KeyboardInterrupt:
        output.note("\n已中断。", "\nInterrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RecursionError:
        output.refuse(Refused(zh="输入嵌套过深，无法读取。", en="The input is nested too deeply to be read."))
        return 2
