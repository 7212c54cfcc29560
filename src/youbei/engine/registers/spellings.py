"""The words and marks of cells that mean the same: yes and no, nothing, without end, and full-width letters."""

from __future__ import annotations

from collections.abc import Mapping

YES = frozenset({"是", "有", "y", "yes", "true", "t", "1", "1.0", "√", "✓", "对", "真", "已"})
NO = frozenset({"否", "无", "n", "no", "false", "f", "0", "0.0", "×", "✗", "x", "不", "假", "未", "没有"})
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "n/a", "na", "null", "none"})
# What certificates and contracts say of an end that there is not; without a day these fields mean the same.
FOR_GOOD = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "无期限", "无固定期限", "long-term", "indefinite", "permanent"}
)
LASTING = frozenset({"valid_until", "expires_on", "insured_until", "grade_until"})

# Full-width letters and digits, and spaces of other sorts, with what they become.
FOLDED: Mapping[int, int | str | None] = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()},
    **{ord("\u3000"): " ", ord("\u00a0"): " ", ord("\ufeff"): None},
}
# Marks of a code as they are typed in full width.
WIDE_MARKS = {ord(wide): plain for wide, plain in zip("－＿．／", "-_./", strict=True)}
