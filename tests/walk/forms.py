"""The forms of a page as a browser would send them: what stands in them, and something plausible where nothing does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where a form is sent, and its data."""

    action: str
    data: dict[str, list[str]] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        if name and name != "csrfmiddlewaretoken":
            self.data.setdefault(name, []).append(value)


class Reader(HTMLParser):
    """Collect the posting forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self.form: Form | None = None
        self.select, self.textarea = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.form = Form(given.get("action") or self.address) if is_post else None
        if self.form is None:
            return
        if tag == "input":
            self.take(given)
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.form.data):
            self.form.data[self.select] = [given.get("value", "")]
        elif tag == "textarea":
            self.textarea = given.get("name", "")
            self.form.data[self.textarea] = ["x"]
        elif tag == "button" and given.get("name"):
            self.form.put(given["name"], given.get("value", ""))

    def take(self, given: dict[str, str]) -> None:
        assert self.form is not None
        kind, name = given.get("type", "text"), given.get("name", "")
        if kind in {"radio", "checkbox"}:
            if "checked" in given or name not in self.form.data:
                self.form.data[name] = [given.get("value", "on")]
        else:
            plausible = {
                "number": "1",
                "datetime-local": "2026-11-25T08:00",
                "date": "2026-11-25",
                "email": "a@example.org",
            }
            self.form.put(name, given.get("value") or plausible.get(kind, "x"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form is not None:
            self.forms.append(self.form)
            self.form = None
        elif tag == "select":
            self.select = ""


def forms_of(page: str, address: str) -> list[Form]:
    reader = Reader(address)
    reader.feed(page)
    return reader.forms
