"""What stands in the way of undoing a change that an import made: what others have done to the record since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Max

from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange, SheetImport, StockLot, StockMovement, StockPosting
from youbei.records.registers.tables import model_of


class Why(StrEnum):
    """Why a record was left as the import had made it."""

    CHANGED = "changed"
    MOVED = "moved"
    REFERRED = "referred"
    FORBIDDEN = "forbidden"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class History:
    """What happened to records from a change on: (id, source) of every change but mere confirmations, by record."""

    source: str
    changes: Mapping[int, Sequence[tuple[int, str]]]

    @property
    def undone_by(self) -> str:
        return undoing_of(self.source)

    def is_changed_since(self, change: RecordChange) -> bool:
        own = (self.source, self.undone_by)
        return any(pk > change.pk and source not in own for pk, source in self.changes[change.record_id])

    def is_undone(self, change: RecordChange) -> bool:
        """Say whether an earlier try has taken this change back: it then took back all that came after it, too."""
        since = Counter(source for pk, source in self.changes[change.record_id] if pk >= change.pk)
        return since[self.undone_by] >= since[self.source] > 0


def undoing_of(source: str) -> str:
    """Return what stands in the history of the records that the undoing of an import changed."""
    return source.replace("import:", "undo:")


def history_of(changes: Sequence[RecordChange]) -> History:
    """Read what happened to the records of one import from the first of these changes on, theirs among it.

    The database is not told where to begin: PostgreSQL would walk all that was written since, and that is more with
    every slice.
    """
    first = min(change.pk for change in changes)
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    whole = RecordChange.objects.filter(
        register=changes[0].register, record_id__in=[change.record_id for change in changes]
    )
    rows = whole.exclude(kind=RecordChange.Kind.CONFIRMED).order_by()
    for record_id, pk, source in rows.values_list("record_id", "id", "source"):
        if pk >= first:
            found[record_id].append((pk, source))
    return History(changes[0].source, found)


def moved_since(sheet: SheetImport, register: Register, pks: Sequence[int]) -> frozenset[int]:
    """Return the lots that others have moved, counted or handed out since the import last wrote their quantity.

    Their movements are asked for by their keys: joined to the postings, PostgreSQL would read the whole ledger.
    """
    if model_of(register) is not StockLot:
        return frozenset()
    postings = StockPosting.objects.filter(lot_id__in=list(pks)).order_by()
    latest = dict(postings.values("lot_id").annotate(latest=Max("movement_id")).values_list("lot_id", "latest"))
    own = StockMovement.objects.filter(pk__in=latest.values(), source__in=(sheet.source, undoing_of(sheet.source)))
    own_keys = frozenset(own.order_by().values_list("pk", flat=True))
    return frozenset(lot for lot, movement in latest.items() if movement not in own_keys)
