"""Say under which regimes of drills a unit is; they stand side by side and are never merged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.engine.access import Permission
from youbei.records.models import DrillRegime, Organisation, User


@transaction.atomic
def set_regimes(*, by: User | None, now: datetime, organisation: Organisation, regimes: Iterable[str]) -> None:
    """Let a unit be under these regimes, since today where they are new; the others no longer apply to it."""
    require(by, Permission.RUN_EXERCISE, organisation.path)
    wanted, known = set(regimes), content.drill_regimes()
    if unknown := sorted(wanted - known.keys()):
        raise ExerciseRefused(
            zh=f"没有演练频次“{unknown[0]}”。请从列表中选择。",
            en=f"There is no regime {unknown[0]!r}. Choose one of the list.",
        )
    present = set(DrillRegime.objects.filter(organisation=organisation).values_list("regime", flat=True))
    DrillRegime.objects.filter(organisation=organisation, regime__in=present - wanted).delete()
    DrillRegime.objects.bulk_create(
        DrillRegime(organisation=organisation, org_path=organisation.path, regime=one, since_on=timezone.localdate(now))
        for one in sorted(wanted - present)
    )
    if present != wanted:
        said = {"code": organisation.code, "fields": ["drill_regimes"]}
        stream = f"register:organisation:{organisation.pk}"
        record(stream, [("record.changed", said)], by=actor_for(by, now), now=now, org_path=organisation.path)
