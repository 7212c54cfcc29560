"""Find the line of a path in a TOML text, so that a problem of meaning can name its line, too.

The TOML reader of the standard library keeps no positions. This index looks at table headers and at keys that begin a
line, which is where plans keep theirs; what stands inside an inline table has the line of the key that holds it.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""", re.ASCII)
_ITEM = re.compile(r"\s*[{\"']")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""", re.ASCII)
_FENCES = ('"""', "'''")


class LineIndex:
    """Map paths such as `("steps", 3, "within")` to line numbers, counted from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_read = False
        self._lines: dict[Path, int] = {}
        self._table: Path = ()
        self._counts: dict[Path, int] = {}
        self._list: Path | None = None
        self._items = 0
        self._fence = ""

    def __call__(self, path: Path) -> int | None:
        """Return the line of the path, or of the nearest thing around it that has one."""
        if not self._is_read:
            self._is_read = True
            for number, text in enumerate(self._text.split("\n"), start=1):
                self._take(text, number)
        for length in range(len(path), 0, -1):
            if (line := self._lines.get(path[:length])) is not None:
                return line
        return None

    def _take(self, line: str, number: int) -> None:
        if self._fence:
            if line.count(self._fence) % 2:
                self._fence = ""
            return
        if self._list is not None:
            self._take_item(line, number)
        elif (header := _HEADER.match(line)) is not None:
            self._enter(header.group(2), number, is_array=header.group(1) == "[[")
        elif (key := _KEY.match(line)) is not None:
            self._take_key(key.group(1), key.group(2), number)
        self._fence = next((fence for fence in _FENCES if line.count(fence) % 2), "")

    def _take_key(self, dotted: str, rest: str, number: int) -> None:
        path = self._table
        for part in _parts(dotted):
            path = (*path, part)
            self._lines.setdefault(path, number)
        if rest.strip() == "[":
            self._list, self._items = path, 0

    def _take_item(self, line: str, number: int) -> None:
        assert self._list is not None  # noqa: S101 - for the type checker
        if line.lstrip().startswith("]"):
            self._list = None
        elif _ITEM.match(line):
            self._lines[(*self._list, self._items)] = number
            self._items += 1

    def _enter(self, dotted: str, number: int, *, is_array: bool) -> None:
        path: Path = ()
        parts = _parts(dotted)
        for position, part in enumerate(parts):
            path = (*path, part)
            is_last = position == len(parts) - 1
            if is_last and is_array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        self._table = path
        self._lines.setdefault(path, number)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]
