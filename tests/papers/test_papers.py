"""A report as Word and as PDF: all of it, in the language asked for, whatever people typed."""

from __future__ import annotations

import io

import pytest
from docx import Document

from youbei.engine.exercises.report import Layout, Report, Section, Table
from youbei.engine.text import Text
from youbei.papers.pdf import sections, write_pdf
from youbei.papers.word import write_word

ODD = Text("用户#输入 $x$ \x07 [甲] *乙* 𰻝", "user #typed $x$ \x07 [a] *b*")


@pytest.fixture(scope="module")
def report() -> Report:
    table = Table((Text("步骤", "Step"), Text("用时", "Took")), ((ODD, Text("3 分", "3 min")),) * 80)
    inner = Section(Text("存在的问题", "What went wrong"), points=(ODD,))
    empty = Section(Text("空", "Nothing"))
    whole = Section(Text("一、基本情况", "1. Facts"), (ODD,), tables=(table,), sections=(inner, empty))
    return Report(Layout.CN, Text("演练评估报告", "After-action report"), (whole,), (), (Text("缺日期", "no date"),))


def test_a_word_document_holds_every_part_in_one_language(report: Report) -> None:
    document = Document(io.BytesIO(write_word(report, "zh")))
    said = "\n".join(one.text for one in document.paragraphs)
    assert "用户#输入 $x$  [甲] *乙* 𰻝" in said
    assert "What went wrong" not in said
    assert [one.text for one in document.paragraphs if one.style.name.startswith("Heading")] == [
        "一、基本情况", "存在的问题", "尚缺内容",
    ]  # fmt: skip
    assert len(document.tables[0].rows) == 81
    english = Document(io.BytesIO(write_word(report, "en")))
    assert "What went wrong" in "\n".join(one.text for one in english.paragraphs)


def test_a_pdf_is_made_of_data_and_never_of_markup(report: Report) -> None:
    made = write_pdf(report, "en")
    assert made.startswith(b"%PDF-")
    (first, *_) = sections(report, "en")
    assert first["paragraphs"] == ["user #typed $x$  [a] *b*"]
    assert [one["title"] for one in sections(report, "zh")] == ["一、基本情况", "存在的问题", "尚缺内容"]
    assert write_pdf(report, "zh").startswith(b"%PDF-")
