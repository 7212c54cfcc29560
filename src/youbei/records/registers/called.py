"""What the records are called that changes refer to by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from youbei import content
from youbei.engine.text import Text
from youbei.records.models import RecordChange
from youbei.records.registers.tables import records_of

Names = Mapping[tuple[str, str], Text]


def names_in(changes: Iterable[RecordChange]) -> Names:
    """Name what changes refer to, by register and key: one query for each register, however many there are.

    What has no name of its own, or only a personal one, is left out and stays called by its key.
    """
    wanted: dict[str, set[str]] = {}
    for change in changes:
        described = content.registers().get(change.register)
        for field in described.references if described is not None else ():
            for said in (change.before.get(field.name), change.after.get(field.name)):
                if isinstance(said, str) and said:
                    wanted.setdefault(field.refers_to, set()).add(said)
    found: dict[tuple[str, str], Text] = {}
    for name, keys in wanted.items():
        target = content.registers()[name]
        if target.has("name_zh") and "name_zh" not in target.personal:
            rows = records_of(target).filter(code__in=keys).values_list("code", "name_zh", "name_en")
            found.update({(name, code): Text(zh, en) for code, zh, en in rows})
    return found
