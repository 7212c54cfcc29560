"""Write a report as a PDF: the text goes to the typesetter as data, never as markup."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from youbei.engine.exercises.report import Report, Section, Table
from youbei.engine.text import Text
from youbei.papers.word import clean, is_empty

PDF = "application/pdf"
HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "report.typ"
NO_FONT = (
    "The font of printed papers is not installed (src/youbei/papers/fonts); the PDF uses a font of this machine. "
    "Fetch it with tools/build_assets.py, or install a Chinese font."
)
DEEPEST = 4
WIDEST = 6
logger = logging.getLogger(__name__)


def has_font() -> bool:
    """Say whether the font that was fetched at build time is there."""
    return any(FONTS.glob("*.ttf"))


def write_pdf(report: Report, language: str) -> bytes:
    """Return the report as a PDF in one language, with the font fetched at build time or one of the machine."""
    own = has_font()
    if not own:
        logger.warning(NO_FONT)
    data = {
        "title": clean(report.title.in_language(language)),
        "language": "zh" if language.lower().startswith("zh") else "en",
        "sections": list(sections(report, language)),
    }
    compile_any: Any = typst.compile  # its types do not say what goes in
    made = compile_any(
        TEMPLATE.read_bytes(),
        root=str(HERE),
        font_paths=[str(FONTS)] if own else [],
        ignore_system_fonts=own,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return bytes(made)


def sections(report: Report, language: str) -> Iterator[dict[str, Any]]:
    """Yield the sections one after the other, each with its level."""
    for section in report.sections:
        yield from flat(section, language, 1)
    if report.gaps:
        gaps = Section(Text("尚缺内容", "Still blank"), points=report.gaps)
        yield from flat(gaps, language, 1)


def flat(section: Section, language: str, level: int) -> Iterator[dict[str, Any]]:
    if is_empty(section):
        return
    yield {
        "level": min(level, DEEPEST),
        "title": clean(section.title.in_language(language)),
        "paragraphs": [clean(one.in_language(language)) for one in section.paragraphs],
        "points": [clean(one.in_language(language)) for one in section.points],
        "tables": [table_data(one, language) for one in section.tables if one.rows],
    }
    for part in section.sections:
        yield from flat(part, language, level + 1)


def table_data(table: Table, language: str) -> dict[str, Any]:
    """Return a table as texts; columns are as wide as what stands in them asks for, within bounds."""
    head = [clean(one.in_language(language)) for one in table.head]
    rows = [[clean(one.in_language(language)) for one in row] for row in table.rows]
    longest = [max(len(row[index]) for row in [head, *rows]) for index in range(len(head))]
    return {"head": head, "rows": rows, "widths": [max(1.0, min(WIDEST, length / 6)) for length in longest]}
