"""Parse the parts of a workbook piece by piece, so that none has to be in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

PIECE = 1 << 16
SEPARATOR = " "
Start = Callable[[str, dict[str, str]], object]
Told = Callable[[str], object]


class Damaged(Exception):
    """Say that a part of a workbook is not what it should be."""


def nothing(_: str) -> None:
    """Take no notice."""


def parse(file: IO[bytes], start: Start, end: Told = nothing, text: Told = nothing) -> Iterator[None]:
    """Tell what begins, ends and is said in a part, and yield after each piece; names come without their namespace.

    Raises:
        Damaged: the part declares types of its own, which no workbook does.
        expat.ExpatError: it is no XML.
    """
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    known: dict[str, str] = {}

    def local(name: str) -> str:
        if name not in known:
            known[name] = name.rpartition(SEPARATOR)[2]
        return known[name]

    def refuse(*_: object) -> None:
        raise Damaged("a workbook declares no types of its own")

    parser.StartElementHandler = lambda name, said: start(local(name), said)
    parser.EndElementHandler = lambda name: end(local(name))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    while piece := file.read(PIECE):
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


def is_panic(problem: BaseException) -> bool:
    """Say whether the library gave up on something that it took for impossible; that is no `Exception` in Python."""
    return type(problem).__name__ == "PanicException"
