"""Write a report as a Word document: headings, tables and lists that can be worked on, in the faces offices use."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document as new_document
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from youbei.engine.exercises.report import Report, Section, Table
from youbei.engine.text import Text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Source: GB/T 9704-2012, 5.2.2 and 7.3: body text is 仿宋, first headings 黑体. Word supplies them.
BODY_FACE, HEAD_FACE, LATIN_FACE = "仿宋_GB2312", "黑体", "Times New Roman"
DEEPEST = 4


def write_word(report: Report, language: str) -> bytes:
    """Return the report as a .docx in one language."""
    document = new_document()
    set_faces(document)
    document.core_properties.title = report.title.in_language(language)
    document.core_properties.author = "Youbei 有备"
    title = document.add_heading(report.title.in_language(language), 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in report.sections:
        write_section(document, section, language, 1)
    if report.gaps:
        document.add_heading(Text("尚缺内容", "Still blank").in_language(language), 1)
        write_points(document, report.gaps, language)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def set_faces(document: Document) -> None:
    """Name the faces of body and headings, for Chinese and for Latin script."""
    for name, face in (("Normal", BODY_FACE), *((f"Heading {n}", HEAD_FACE) for n in range(1, DEEPEST + 1))):
        style = document.styles[name]
        style.font.name = LATIN_FACE
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    document.styles["Normal"].font.size = Pt(12)


def write_section(document: Document, section: Section, language: str, depth: int) -> None:
    if is_empty(section):
        return
    document.add_heading(clean(section.title.in_language(language)), min(depth, DEEPEST))
    for paragraph in section.paragraphs:
        document.add_paragraph(clean(paragraph.in_language(language)))
    write_points(document, section.points, language)
    for table in section.tables:
        write_table(document, table, language)
    for part in section.sections:
        write_section(document, part, language, depth + 1)


def is_empty(section: Section) -> bool:
    """Say whether a section below the first floor holds nothing at all."""
    return not (section.paragraphs or section.points or section.tables or section.sections)


def write_points(document: Document, points: Sequence[Text], language: str) -> None:
    for point in points:
        document.add_paragraph(clean(point.in_language(language)), style="List Bullet")


def write_table(document: Document, table: Table, language: str) -> None:
    if not table.rows:
        return
    made = document.add_table(rows=1, cols=len(table.head))
    made.style = "Table Grid"
    for cell, head in zip(made.rows[0].cells, table.head, strict=True):
        run = cell.paragraphs[0].add_run(clean(head.in_language(language)))
        run.bold = True
    repeat_on_every_page(made.rows[0])
    for row in table.rows:
        cells = made.add_row().cells
        for cell, value in zip(cells, row, strict=True):
            cell.text = clean(value.in_language(language))
    document.add_paragraph()


def repeat_on_every_page(row: object) -> None:
    properties = row._tr.get_or_add_trPr()  # type: ignore[attr-defined]
    properties.append(OxmlElement("w:tblHeader"))


def clean(text: str) -> str:
    """Drop the control characters that no XML document holds."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
