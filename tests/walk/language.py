"""What a Chinese page says in English: whole sentences of the interface, wherever they stand."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser

from django.http import HttpResponseBase

from tests.e2e.words import chinese

SKIPPED = frozenset({"script", "style", "template", "code", "kbd"})
SPOKEN = ("title", "aria-label", "placeholder", "alt")
# What has no end tag.
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "use", "path"})


class Texts(HTMLParser):
    """Gather what a page says, but for what is marked as another language or as not to be translated."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def is_skipped(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        skipped = (
            self.is_skipped or tag in SKIPPED or given.get("translate") == "no" or ("lang" in given and tag != "html")
        )
        if not skipped:
            self.found += [said for name in SPOKEN if (said := given.get(name))]
        if tag not in VOID:
            self.open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag not in VOID and self.open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        if not self.is_skipped and (text := " ".join(data.split())):
            self.found.append(text)


@cache
def sentences() -> tuple[str, ...]:
    """List the English messages so long that they do not stand in a record by chance."""
    messages = (message.rpartition("|")[2] for message in chinese())
    return tuple(message for message in messages if message.count(" ") >= 2 and "%" not in message)


def left_english(answer: HttpResponseBase) -> list[str]:
    """Return the texts of a page that hold a sentence of the catalogue in English."""
    if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
        return []
    page = Texts()
    page.feed(answer.content.decode())  # type: ignore[attr-defined]
    latin = [text for text in page.found if text.isascii() or any("a" <= letter <= "z" for letter in text)]
    return [text for text in latin if any(message in text for message in sentences())]
