"""Texts in two languages are parted where they say the same twice, and units are one or many."""

from __future__ import annotations

import pytest

from youbei.engine.text import Text, unit_of


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("校长 / Principal", "校长", "Principal"),
        ("预案《甲 / 乙》2026.1 / Plan A", "预案《甲 / 乙》2026.1 / Plan A", "预案《甲 / 乙》2026.1 / Plan A"),
        ("按 24 h / 72 h 计", "按 24 h / 72 h 计", "按 24 h / 72 h 计"),
        ("Unit A / Unit B", "Unit A / Unit B", "Unit A / Unit B"),
        ("校长 / ", "校长 / ", "校长 / "),
        ("", "", ""),
    ],
)
def test_a_text_that_says_the_same_twice_is_parted_and_no_other(said: str, zh: str, en: str) -> None:
    assert Text.parted(said) == Text(zh, en)


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("sets", "set"), ("boxes", "box"), ("batteries", "battery"), ("dresses", "dress"), ("torches", "torch"),
        ("bags of sand", "bag of sand"), ("kg", "kg"), ("glass", "glass"), ("", ""),
    ],
)  # fmt: skip
def test_one_of_something_is_not_called_as_many_are(many: str, one: str) -> None:
    assert unit_of(1, Text("个", many)) == Text("个", one)
    assert unit_of(2, Text("个", many)) == Text("个", many)
