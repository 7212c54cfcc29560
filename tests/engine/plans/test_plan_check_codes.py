"""Each code of the checker is explained, and its example triggers it and nothing else."""

from __future__ import annotations

import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from youbei.engine.plans.check import Known, Severity, check
from youbei.engine.plans.check.codes import CODES
from youbei.engine.plans.check.examples import EXAMPLES
from youbei.engine.plans.check.sound import KNOWN, SOUND
from youbei.engine.plans.read import read_plan

PAGE = Path(__file__).parents[3] / "docs/reference/plan-checker.md"


def test_the_sound_plan_has_no_findings() -> None:
    assert check(read_plan(SOUND), KNOWN) == ()
    assert check(read_plan(SOUND), Known()) == ()


def test_every_code_has_an_example_and_every_example_a_code() -> None:
    assert set(EXAMPLES) == set(CODES)
    assert len(CODES) >= 30


@pytest.mark.parametrize("code", sorted(CODES, key=lambda code: code[1:]))
def test_the_example_of_a_code_triggers_it_alone(code: str) -> None:
    findings = check(EXAMPLES[code].plan(), KNOWN)
    assert [finding.code for finding in findings] == [code], findings
    finding = findings[0]
    assert finding.severity is CODES[code].severity
    assert finding.place
    for text in (finding.sentence, finding.cure):
        assert text.zh
        assert text.en
        assert text.zh != text.en


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_code_is_explained_in_both_languages(code) -> None:
    for text in (code.title, code.explanation, code.cure):
        assert re.search(r"[一-鿿]", text.zh)
        assert text.en
        assert not re.search(r"[一-鿿]", re.sub(r"国办发〔2024〕5号", "", text.en))
    assert code.explanation.en.endswith(".")
    assert code.cure.zh.endswith("。")


def test_the_letter_of_a_code_is_its_severity() -> None:
    assert {code[0]: one.severity for code, one in CODES.items()} == {
        "E": Severity.ERROR,
        "W": Severity.WARNING,
        "I": Severity.INFO,
    }
    assert len({code[1:] for code in CODES}) == len(CODES)


def test_the_reference_page_lists_every_code_with_its_words() -> None:
    page = PAGE.read_text("utf-8")
    for code in CODES.values():
        assert f"### {code.code} " in page
        for text in (code.title, code.explanation, code.cure):
            assert text.zh in page
            assert text.en in page


def test_what_is_not_known_is_not_checked() -> None:
    needs_registers = {"E402", "W403", "E404", "E501", "E504", "E506", "E701", "W702", "E901", "E905", "E126"}
    for code in needs_registers:
        assert check(EXAMPLES[code].plan(), Known()) == (), code
    assert check(EXAMPLES["W704"].plan(), replace(KNOWN, today=None)) == ()


def test_the_reference_pages_are_up_to_date() -> None:
    made = runpy.run_path(str(PAGE.parents[2] / "tools" / "plan_pages.py"))
    pages = {"plan-checker.md": "checker_page", "plan-language.md": "language_page", "plan.schema.json": "schema_text"}
    for name, page in pages.items():
        assert (PAGE.parent / name).read_text("utf-8") == made[page](), f"{name} is old: run tools/plan_pages.py"
