"""Where the walks go, what they call there, and what they look for in the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

from django.http import HttpResponse
from django.test import Client

from tests.shape.test_doors import operations, pages
from tests.walk.bodies import body_for, query_for
from tests.walk.places import addresses
from tests.walk.planted import MARKS, Planted
from youbei import content
from youbei.engine.access import Permission
from youbei.records.models import LogHead

TURNED_AWAY = {403, 404, 405}


def closed_pages() -> list[tuple[str, Any]]:
    marked = [(route, entry.callback.access) for route, entry in pages()]  # type: ignore[union-attr]
    return [(route, needed) for route, needed in marked if needed != "public"]


def walk(planted: Planted) -> Iterator[tuple[str, Any]]:
    """Yield each address of a page with what it needs."""
    for route, needed in closed_pages():
        for address in addresses(route, planted):
            yield address, needed


@dataclass(frozen=True)
class Opened:
    """What the owner got at an address: the status, the page where it is one, and the marks of the county in it."""

    address: str
    status: int
    page: str
    marks: list[str]


def open_everything(planted: Planted) -> list[Opened]:
    owner, opened = planted.browser("owner"), []
    for address, _ in walk(planted):
        answer = owner.get(address)
        is_page = answer.status_code == 200 and "html" in answer["Content-Type"]
        page = answer.content.decode() if is_page else ""
        opened.append(Opened(address, answer.status_code, page, marks_in(answer) if answer.status_code == 200 else []))
    return opened


def calls(planted: Planted) -> Iterator[tuple[str, str, str, Any]]:
    """Yield each operation as method, address, what it needs, and a body."""
    for method, path, operation in operations():
        if operation["x-permission"] != "nobody":
            query = query_for(operation)
            for address in addresses(path, planted):
                asked = f"{address}?{query}" if query else address
                yield method.upper(), asked, operation["x-permission"], body_for(operation)


def call(browser: Client, method: str, address: str, body: Any) -> HttpResponse:
    data = json.dumps(body if body is not None else {}) if method != "GET" else ""
    return browser.generic(method, address, data, content_type="application/json")  # type: ignore[return-value]


def text_of(answer: Any) -> str:
    """Return what an answer says, in small letters; of a workbook or a document the parts that are packed in it."""
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    parts = [content]
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    return b"\n".join(parts).decode("utf-8", errors="replace").lower()


def marks_in(answer: Any) -> list[str]:
    text = text_of(answer)
    return [mark for mark in MARKS if mark in text]


def entries() -> int:
    return LogHead.objects.get().position


def is_about_a_row(path: str) -> bool:
    """Say whether an operation is about something of the county; a register or a scenario by its name is not."""
    return "{" in path.replace("{name}", "").replace("{scenario}", "")


def is_seen_by_all(name: str) -> bool:
    """Say whether a register is open to whoever may see; some need a reason of their own."""
    return content.registers()[name].see is Permission.SEE


def is_of_shared_register(address: str) -> bool:
    """Say whether an address is that of a register which the whole installation shares."""
    first, name, *_ = [*address.removeprefix("/api").strip("/").split("/"), ""]
    register = content.registers().get(name) if first == "registers" else None
    return register is not None and not register.owners
