"""Keep the search index in line with the registers: for some records, for all, and to see whether it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from youbei import content
from youbei.engine.registers.register import Register
from youbei.records.models import SearchEntry
from youbei.records.registers.tables import in_use, path_column, records_of
from youbei.records.search.entries import drop_entries, entry_of, fill_entries, is_searched, write_entries
from youbei.records.search.vendor import indexed_at_the_end, make_index, merge_all_words

AT_ONCE = 2000
KEPT = ("org_path", "code", "name_zh", "name_en", "others", "tokens")
Progress = Callable[[Register, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the index of a register is not what its records say: how many are missing, wrong, or too many."""

    register: Register
    missing: int
    wrong: int
    surplus: int


def searched() -> list[Register]:
    return [one for one in content.registers().values() if is_searched(one)]


def index_records(register: Register, pks: Iterable[int]) -> None:
    """Bring the entries of these records in line with them, in the caller's transaction."""
    keys = list(pks)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        rows = list(records_of(register).filter(pk__in=some))
        write_entries(register, rows)
        drop_entries(register, set(some) - {row.pk for row in rows})


def index_under(path: str) -> None:
    """Bring the entries of all that stands in a subtree in line, after it was moved there."""
    for register in searched():
        if register.owners:
            for rows in chunks(records_of(register).filter(**{f"{path_column(register)}__under": path})):
                write_entries(register, rows)


def rebuild(progress: Progress) -> int:
    """Make all entries anew, a few thousand at a time, so that others can work meanwhile; return how many.

    Stopped half way, it leaves an index that is right where it has been and as it was elsewhere.
    """
    if SearchEntry.objects.exists():
        make_index()
        total = sum(rebuild_register(register, progress) for register in searched())
        SearchEntry.objects.exclude(register__in=[one.name for one in searched()]).delete()
    else:
        with indexed_at_the_end():
            total = sum(rebuild_register(register, progress) for register in searched())
    merge_all_words()
    return total


def rebuild_register(register: Register, progress: Progress) -> int:
    """Make the entries of one register anew; return how many records it has in use."""
    write = write_entries if SearchEntry.objects.filter(register=register.name).exists() else fill_entries
    count = 0
    for rows in chunks(in_use(records_of(register))):
        write(register, rows)
        count += len(rows)
        progress(register, count)
    if write is write_entries:
        for entries in chunks(SearchEntry.objects.filter(register=register.name)):
            drop_entries(register, gone(register, entries))
    return count


def fill_if_empty() -> None:
    """Make the index where there is none yet: after an update that brought it to tables in use."""
    if SearchEntry.objects.exists():
        make_index()
    else:
        rebuild(lambda register, count: None)


def check() -> list[Difference]:
    """Return the registers whose entries differ from what their records say."""
    found = []
    for register in searched():
        missing = wrong = surplus = 0
        for rows in chunks(in_use(records_of(register))):
            of_rows = SearchEntry.objects.filter(register=register.name, record_id__in=[row.pk for row in rows])
            kept = {entry.record_id: entry for entry in of_rows}
            missing += len(rows) - len(kept)
            wrong += sum(not is_same(kept[row.pk], entry_of(register, row)) for row in rows if row.pk in kept)
        for entries in chunks(SearchEntry.objects.filter(register=register.name)):
            surplus += len(gone(register, entries))
        if missing or wrong or surplus:
            found.append(Difference(register, missing, wrong, surplus))
    return found


def is_same(kept: SearchEntry, made: SearchEntry) -> bool:
    return all(getattr(kept, name) == getattr(made, name) for name in KEPT)


def gone(register: Register, entries: list[SearchEntry]) -> set[int]:
    """Return the records that entries speak of and that are not in use any more."""
    keys = {entry.record_id for entry in entries}
    return keys - set(in_use(records_of(register)).filter(pk__in=keys).values_list("pk", flat=True))


def chunks(rows: Any) -> Iterator[list[Any]]:
    """Yield rows by their keys, some thousand at a time, each in a query of its own."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield found
        last = found[-1].pk
