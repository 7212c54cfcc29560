"""Entries of the index: made from rows of a register, and written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from youbei.content.language import lexicon
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.words.tokens import Words, tokens_of
from youbei.records.insert import insert_records
from youbei.records.models import SearchEntry
from youbei.records.search.marks import all_tokens
from youbei.records.search.vendor import written_together

AT_ONCE = 500
NAMES = ("name_zh", "name_en")
MANY_VALUES = (FieldKind.CHOICES, FieldKind.GRADES)


def is_searched(register: Register) -> bool:
    """Say whether records of a register are found by words at all."""
    return any(one.is_searched and not one.is_personal for one in register.fields)


def words_of(register: Register, row: Any) -> Words:
    """Return what a record is found by. Personal values are never among it."""
    searched = [one for one in register.fields if one.is_searched and not one.is_personal]
    others: list[str] = []
    for one in searched:
        value = getattr(row, one.name)
        if one.kind in MANY_VALUES:
            titles = [one.choice_title(code) for code in value or ()]
            others.append(" ".join(f"{title.zh} {title.en}" for title in titles))
        elif one.name not in ("code", *NAMES):
            others.append(str(value or ""))
    has_names = register.has("name_zh")
    return Words(
        code=row.code if any(one.name == "code" for one in searched) else "",
        names=tuple(getattr(row, name) for name in NAMES) if has_names else (),
        others=tuple(one for one in others if one),
    )


def entry_of(register: Register, row: Any) -> SearchEntry:
    found_by = words_of(register, row)
    zh, en = found_by.names or ("", "")
    tokens = tokens_of(found_by, lexicon().readings)
    return SearchEntry(
        register=register.name,
        record_id=row.pk,
        org_path=row.org_path,
        code=found_by.code,
        name_zh=zh,
        name_en=en,
        others="\n".join(found_by.others),
        tokens=all_tokens(
            tokens,
            register=register.name,
            org_path=row.org_path,
            is_shared=not register.owners,
            record_id=row.pk,
        ),
    )


def found_by(entry_code: str, name_zh: str, name_en: str, others: str) -> Words:
    """Return what an entry is found by, from what it keeps."""
    return Words(entry_code, (name_zh, name_en), tuple(others.split("\n")) if others else ())


def write_entries(register: Register, rows: Sequence[Any], *, are_new: bool = False) -> None:
    """Bring the entries of these rows in line with them; a retired record has none."""
    if not is_searched(register):
        return
    with transaction.atomic():
        if not are_new:
            drop_entries(register, [row.pk for row in rows])
        insert_records(SearchEntry, [entry_of(register, row) for row in rows if row.retired_at is None])


def fill_entries(register: Register, rows: Sequence[Any]) -> None:
    """Write the entries of very many rows that have none yet, as `write_entries` would, in less time."""
    with transaction.atomic(), written_together():
        write_entries(register, rows, are_new=True)


def drop_entries(register: Register, pks: Iterable[int]) -> None:
    keys = list(pks)
    for start in range(0, len(keys), AT_ONCE):
        SearchEntry.objects.filter(register=register.name, record_id__in=keys[start : start + AT_ONCE]).delete()
