"""Which record is meant by what stands in a cell: its code, or its name where only one has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from youbei.engine.errors import Refused
from youbei.engine.registers.field import Field
from youbei.records.registers.tables import Seeing, in_use, records_of, register_called, visible

AT_ONCE = 500


class ReferenceRefused(Refused):
    """Refuse a reference to something that is not there, that one may not see, or that may be several."""

    status = 422


class References:
    """Find the records that words mean, among those a user may see; each word is looked up once.

    `by=None` is the installation itself, which sees everything.
    """

    def __init__(self, by: Seeing | None) -> None:
        self.by = by
        self.found: dict[str, dict[str, list[Any]]] = defaultdict(dict)

    def learn(self, register_name: str, words: Iterable[str]) -> None:
        """Look up words that were not looked up before, in a query per five hundred."""
        known = self.found[register_name]
        wanted = sorted({word for word in words if word not in known})
        for start in range(0, len(wanted), AT_ONCE):
            self.read(register_name, wanted[start : start + AT_ONCE])

    def read(self, register_name: str, words: list[str]) -> None:
        register = register_called(register_name)
        rows = in_use(visible(register, self.by) if self.by else records_of(register))
        has_name = register.has("name_zh")
        lowered = [word.lower() for word in words]
        condition = Q(code__in=lowered)
        if has_name:
            condition |= Q(name_zh__in=words) | Q(name_en__in=words)
        found: dict[str, list[Any]] = {word: [] for word in words}
        by_lowered = dict(zip(lowered, words, strict=True))
        for row in rows.filter(condition).order_by("pk"):
            if row.code in by_lowered:
                found[by_lowered[row.code]].insert(0, (True, row))
            for name in {row.name_zh, row.name_en} if has_name else ():
                if name in found:
                    found[name].append((False, row))
        for word, hits in found.items():
            exact = [row for is_code, row in hits if is_code]
            self.found[register_name][word] = exact or list({row.pk: row for _, row in hits}.values())

    def find(self, field: Field, word: str) -> Any:
        """Return the row that a word means; raise ReferenceRefused where it is none or several."""
        self.learn(field.refers_to, [word])
        rows = self.found[field.refers_to][word]
        if len(rows) == 1:
            return rows[0]
        one = register_called(field.refers_to).one
        if not rows:
            raise ReferenceRefused(
                zh=f"“{field.title.zh}”：没有找到{one.zh}“{word}”，或您无权查看。请先登记，或改用已登记的编码。",
                en=f"{field.title.en}: there is no {one.en} “{word}” that you may see. Enter it first, or use the code "
                "of one that is registered.",
            )
        codes = "、".join(row.code for row in rows[:3])
        raise ReferenceRefused(
            zh=f"“{field.title.zh}”：名为“{word}”的有多个（{codes}）。请改填编码。",
            en=f"{field.title.en}: several are called “{word}” ({codes.replace('、', ', ')}). Write the code instead.",
        )
