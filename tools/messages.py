"""Bring the Chinese message catalogue up to date: extract what templates and modules say, keep what is translated.

`tools/messages.py` rewrites `django.po` and lists what has no translation yet; `--check` changes nothing and exits
with 1 where the catalogue is behind. Needs no gettext on the machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "youbei"
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def as_python(path: Path) -> bytes:
    """Return a module as it is, and a template as the Python that calls gettext for what it says."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        # What is left of the markup is indented in ways that Python's tokenizer does not take.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    return text.encode()


def said_in(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (context, message, plural) for each text a file says; the last two as gettext keys them."""
    options = {"encoding": "utf-8"}
    for _line, message, _comments, context in extract("python", BytesIO(as_python(path)), KEYWORDS, (), options):
        if isinstance(message, tuple):
            yield context or "", str(message[0]), str(message[1]) if len(message) > 1 else ""
        else:
            yield context or "", message, ""


def extracted() -> dict[tuple[str, str], tuple[str, set[str]]]:
    """Return every text of the package with its plural and the files that say it."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")]):
        place = path.relative_to(ROOT).as_posix()
        for context, message, plural in said_in(path):
            if message:
                found.setdefault((context, message), (plural, set()))[1].add(place)
    return found


def updated(old: polib.POFile) -> polib.POFile:
    """Return the catalogue of today's texts with the translations that are there already."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for (context, message), (plural, places) in sorted(extracted().items(), key=lambda item: item[0][::-1]):
        entry = polib.POEntry(
            msgid=message, msgctxt=context or None, occurrences=[(place, "") for place in sorted(places)]
        )
        before = known.get((context, message))
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = (before.msgstr_plural if before else None) or {0: ""}
        else:
            entry.msgstr = before.msgstr if before else ""
        if "%(" in message or "%s" in message:
            entry.flags.append("python-format")
        new.append(entry)
    return new


def missing(catalogue: polib.POFile) -> list[str]:
    return [entry.msgid for entry in catalogue if not entry.translated()]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")
    old = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    new = updated(old)
    if "--check" in sys.argv:
        is_behind = {(e.msgctxt, e.msgid) for e in old} != {(e.msgctxt, e.msgid) for e in new}
        untranslated = missing(new)
        for message in untranslated:
            print(f"No Chinese yet: {message}")
        if is_behind:
            print("The catalogue is behind the texts. Run: make messages")
        return 1 if is_behind or untranslated else 0
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(CATALOGUE))
    new.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    for message in missing(new):
        print(f"No Chinese yet: {message}")
    print(f"{len(new)} texts, {len(missing(new))} without Chinese, in {CATALOGUE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
