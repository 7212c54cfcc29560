"""What every sub-command shares: the language, the options `--json` and `--lang`, reading files, and output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from youbei.engine.errors import Refused
from youbei.engine.text import Language, Text

Run = Callable[[argparse.Namespace, "Output"], int]
MAX_FILE = 64 * 1024 * 1024


class FileUnreadable(Refused):
    """Refuse a file that is not there or cannot be read."""


class FileUnwritable(Refused):
    """Refuse to write where that cannot be done."""


@dataclass(frozen=True, slots=True)
class Say:
    """Choose between the two wordings of a sentence."""

    language: Language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def language_of(words: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language that `--lang` names, else that of the environment, else English."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        chosen = word.removeprefix("--lang=") if word.startswith("--lang=") else following if word == "--lang" else ""
        if chosen in ("zh", "en"):
            return "zh" if chosen == "zh" else "en"
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"


class Parser(argparse.ArgumentParser):
    """Parse arguments; say what is wrong with them in the chosen language."""

    def __init__(self, *, say: Say, **options: Any) -> None:
        super().__init__(allow_abbrev=False, add_help=False, **options)
        self.say = say
        # The sub-command that is meant where none is named.
        self.usual: str | None = None
        self._positionals.title, self._optionals.title = say("参数", "arguments"), say("选项", "options")
        self.add_argument("-h", "--help", action="help", help=say("显示本说明", "show this help"))

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", self.say("用法：", "usage:"), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", self.say("用法：", "usage:"), 1)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(self.say(f"命令写法有误：{message}", f"The command is not written correctly: {message}"), file=sys.stderr)
        sys.exit(2)

    def groups(self, *, usual: str | None = None) -> Groups:
        """Make this parser take sub-commands; `usual` is the one that is meant where none is named."""
        name = self.say("命令", "COMMAND")
        self.usual = usual
        return Groups(self.say, self.add_subparsers(required=True, metavar=name, parser_class=Parser))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self.usual is not None and args and args[0] not in ("-h", "--help") and not self.names(args[0]):
            args = [self.usual, *args]
        return super().parse_known_args(args, namespace)

    def names(self, word: str) -> bool:
        """Return whether a word is one of this parser's sub-commands."""
        commands = (action for action in self._actions if isinstance(action, argparse._SubParsersAction))
        return any(word in action.choices for action in commands)


@dataclass(frozen=True, slots=True)
class Groups:
    """Take the sub-commands of one parser."""

    say: Say
    actions: argparse._SubParsersAction[Parser]

    def add(self, name: str, help_text: str) -> Parser:
        return self.actions.add_parser(name, help=help_text, description=help_text, say=self.say)

    def group(self, name: str, help_text: str, *, usual: str | None = None) -> Groups:
        return self.add(name, help_text).groups(usual=usual)

    def command(self, name: str, help_text: str, run: Run) -> Parser:
        """Add a command that runs `run`, with the options every command has."""
        parser = self.add(name, help_text)
        add_common(parser, default=argparse.SUPPRESS)
        parser.set_defaults(run=run)
        return parser


def add_common(parser: Parser, *, default: object) -> None:
    """Add what may stand before or after the command; `default` SUPPRESS keeps what stood before."""
    say = parser.say
    parser.add_argument("--json", action="store_true", default=default, help=say("以 JSON 输出", "print JSON"))
    parser.add_argument("--lang", choices=("zh", "en"), default=default, help=say("输出语言", "language of the output"))


def add_data(parser: Parser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=parser.say("数据目录（默认 $YOUBEI_DATA 或 ./var）", "data folder (default $YOUBEI_DATA or ./var)"),
    )


@dataclass(frozen=True, slots=True)
class Output:
    """Print results to standard output, and what is not a result to standard error."""

    say: Say
    is_json: bool = False

    def line(self, zh: str, en: str) -> None:
        """Print a sentence of the result; nothing where JSON was asked for."""
        if not self.is_json:
            print(self.say(zh, en))

    def text(self, text: Text) -> str:
        return text.in_language(self.say.language)

    def data(self, value: Any) -> None:
        """Print the result as JSON where that was asked for."""
        if self.is_json:
            print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)

    def note(self, zh: str, en: str) -> None:
        print(self.say(zh, en), file=sys.stderr, flush=True)

    def refuse(self, refusal: Refused) -> None:
        """Print why nothing was done: a sentence, and as JSON too where that was asked for."""
        self.data({"refused": refusal.code, **refusal.text.as_data()})
        print(self.text(refusal.text), file=sys.stderr, flush=True)


def read_input(name: str) -> bytes:
    """Return the bytes of a file, or of standard input where the name is `-`; raise FileUnreadable."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from None
    if len(content) > MAX_FILE:
        raise FileUnreadable(
            zh=f"文件“{name}”超过 {MAX_FILE // 1024 // 1024} MB，不会是预案文件。请检查是否选错了文件。",
            en=f"The file {name} is larger than {MAX_FILE // 1024 // 1024} MB. Check that it is the right file.",
        )
    return content


def unreadable(name: str, error: Exception) -> FileUnreadable:
    zh, en = reason(error)
    return FileUnreadable(
        zh=f"无法读取文件“{name}”：{zh}。请检查文件名和权限。",
        en=f"The file {name} cannot be read: {en}. Check its name and its permissions.",
    )


def unwritable(name: str, error: Exception) -> FileUnwritable:
    zh, en = reason(error)
    return FileUnwritable(
        zh=f"无法写入“{name}”：{zh}。请换一个位置或检查权限。",
        en=f"{name} cannot be written: {en}. Choose another place or check the permissions.",
    )


def check_writable(name: str) -> None:
    """Raise FileUnwritable before long work whose result could not be written where it should be."""
    path = Path(name)
    try:
        if path.is_dir():
            raise IsADirectoryError
        if not path.parent.is_dir():
            raise FileNotFoundError
        # A name with a zero in it is refused by `access` alone.
        if not os.access(name if os.access(name, os.F_OK) else path.parent, os.W_OK):
            raise PermissionError
    except (OSError, ValueError) as error:
        raise unwritable(name, error) from None


def reason(error: Exception) -> tuple[str, str]:
    """Say in both languages what the operating system refused."""
    known: dict[type[Exception], tuple[str, str]] = {
        FileNotFoundError: ("没有这个文件或目录", "there is no such file or folder"),
        FileExistsError: ("同名的不是目录", "something of that name is not a folder"),
        IsADirectoryError: ("这是目录，不是文件", "it is a folder, not a file"),
        NotADirectoryError: ("路径中有一段不是目录", "part of the path is not a folder"),
        PermissionError: ("没有权限", "permission is denied"),
    }
    english = (getattr(error, "strerror", None) or str(error)).lower()
    return known.get(type(error), (english, english))
