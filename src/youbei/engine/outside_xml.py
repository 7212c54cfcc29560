"""Read XML that a stranger may have written, and write text into XML.

Nothing is expanded or fetched: a document type, and with it every entity, is refused at its first letter. Size, depth
and number of elements are bounded, and so is what stands in attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from youbei.engine.errors import Refused
from youbei.engine.text import Text

# Assumption: no message of these exchanges needs an attribute as long as a page.
LONGEST_ATTRIBUTE = 2000
# What XML 1.0 has no way to write, whoever brought it into a record.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of message: how it is called, what may be its root, and how large it may be.

    `spaces` maps namespaces to the prefix that its elements get in `Element.name`; elements of other namespaces get
    `?`. `refuse` is raised for whatever cannot be read, `not_it` is the sentence for another root.
    """

    name: Text
    spaces: Mapping[str, str]
    roots: Collection[str]
    refuse: type[Refused]
    not_it: Text
    largest: int
    deepest: int
    most_elements: int
    # So many are gone through where most of them are handed on and let go (`hand_on`); 0: no more than are kept.
    most_handed_on: int = 0

    def unreadable(self, zh: str, en: str) -> Refused:
        return self.refuse(
            zh=f"{self.name.zh}无法读取：{zh}。请向发布者索取合格的消息。",
            en=f"The {self.name.en} cannot be read: {en}. Ask its issuer for a sound one.",
        )

    def too_large(self) -> Refused:
        size = f"{self.largest // 1_000_000} MB"
        return self.refuse(
            zh=f"{self.name.zh}过大：最多 {size}、{self.most_elements} 个元素、{self.deepest} 层。",
            en=f"The {self.name.en} is too large: at most {size}, {self.most_elements} elements, {self.deepest} "
            "levels.",
        )


@dataclass(slots=True)
class Element:
    """One element: its name behind the prefix of its namespace, text, parts, and attributes by their local names."""

    name: str
    pieces: list[str] = field(default_factory=list)
    parts: list[Element] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def all(self, name: str) -> Iterator[Element]:
        return (part for part in self.parts if part.name == name)

    def one(self, name: str) -> Element | None:
        return next(self.all(name), None)

    def first(self, name: str) -> str:
        return next((part.text for part in self.all(name)), "")


HandOn = Mapping[tuple[str, ...], Callable[[Element], None]]


class Reader:
    """Build the elements of a message while they are parsed, and stop at the first that is too much.

    An element whose path from the root is in `hand_on` is given to its function when it ends, and let go.
    """

    def __init__(self, form: Format, hand_on: HandOn) -> None:
        self.form = form
        self.hand_on, self.lengths = hand_on, {len(path) for path in hand_on}
        # How many elements are held, and how many were when each of the open ones began.
        self.held = 0
        self.held_before: list[int] = []
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.count += 1
        self.held_before.append(self.held)
        self.held += 1
        most = max(self.form.most_elements, self.form.most_handed_on)
        if self.count > most or self.held > self.form.most_elements or len(self.open) >= self.form.deepest:
            raise self.form.too_large()
        space, _, local = name.rpartition(" ")
        spelled = f"{self.form.spaces.get(space, '?')}{local}"
        if self.root is None and spelled not in self.form.roots:
            raise self.form.refuse(zh=self.form.not_it.zh, en=self.form.not_it.en)
        element = Element(spelled)
        if attributes:
            if sum(len(value) for value in attributes.values()) > LONGEST_ATTRIBUTE:
                raise self.form.too_large()
            element.attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if self.open:
            self.open[-1].parts.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        held_before = self.held_before.pop()
        if len(self.open) in self.lengths:
            take = self.hand_on.get(tuple(one.name for one in self.open))
            if take is not None:
                take(self.open[-1])
                self.open[-2].parts.pop()
                self.held = held_before
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].pieces.append(text)

    def doctype(self, *_: object) -> None:
        name = self.form.name
        raise self.form.refuse(
            zh=f"文件带有文档类型声明或实体，可能有害，不予读取。{name.zh}不需要这些。",
            en=f"The file declares a document type or entities, which can do harm, so it is not read. No {name.en} "
            "needs them.",
        )


def read_elements(content: bytes | str, form: Format, hand_on: HandOn | None = None) -> Element:
    """Return the root of a message; raise `form.refuse` for what is none, is broken, hostile or too large.

    Parts whose path is in `hand_on` (never the root) go to its function one by one and are not kept.
    Of text the encoding that it declares is passed over, of bytes it counts.
    """
    encoding = "utf-8" if isinstance(content, str) else None
    content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(content) > form.largest:
        raise form.too_large()
    reader = Reader(form, hand_on or {})
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise form.refuse(
            zh=f"文件不是完好的 XML，无法读取（{error}）。请重新获取。",
            en=f"The file is no well-formed XML and cannot be read ({error}). Fetch it again.",
        ) from None
    if reader.root is None:
        raise form.unreadable("文件是空的", "the file is empty")
    return reader.root


def xml_text(text: str) -> str:
    """Return a text as it stands in an element or a quoted attribute; what XML cannot hold is left out."""
    return UNWRITABLE.sub("", text).translate(ESCAPED)
