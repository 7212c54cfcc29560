"""Who must look again in a compiled run: of those that the index names, who could have more to say.

The run asks every watcher of what an event touched. Most have nothing to say: a step that opened cannot open again, and
nothing that only waits for its finish can go on. Here they are left out, so the record stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from youbei.engine.plans.model import Phase
from youbei.engine.run.index import Index, Watcher, WatcherKind, condition_keys, moment_key

Watchers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """Say who must look again after what happens to a step, by its position."""

    index: Index

    def begun(self, step: int) -> Watchers:
        """After it opened, started or was late: all but those that wait for its finish."""
        key = f"step:{self.index.steps[step].id}"
        return tuple(number for number in self.index.watching.get(key, ()) if self.minds_beginning(number, key))

    def minds_beginning(self, number: int, key: str) -> bool:
        watcher = self.index.watchers[number]
        if watcher.kind == "open":
            start = self.index.steps[watcher.position].start
            return key == moment_key(start.since) or (start.when is not None and key in set(condition_keys(start.when)))
        if watcher.kind in ("end", "recovery"):
            return key in self.conditions_of(watcher.kind)
        return True

    def conditions_of(self, kind: WatcherKind) -> set[str]:
        """Return what the conditions look at that decide about the end, or about the end of recovery."""
        phase = Phase.RECOVERY if kind == "recovery" else Phase.RESPONSE
        whens = [one.start.when for one in self.index.steps if one.phase is phase]
        whens += [self.index.plan.end.when] if kind == "end" else []
        return {key for when in whens if when is not None for key in condition_keys(when)}

    def finished(self, step: int) -> Watchers:
        """After it was finished: all but its own."""
        own = self.own(step, ("open", "done", "late", "fill"))
        return without(self.index.watching.get(f"step:{self.index.steps[step].id}", ()), own)

    def changed(self, step: int) -> Watchers:
        """After anything about its needs: all but those that ask whether they are met, or what could be sent."""
        own = self.own(step, ("met", "fill"))
        return without(self.index.watching.get(f"needs:{self.index.steps[step].id}", ()), own)

    def come(self, step: int) -> Watchers:
        """After a need was opened, or something came: who asks whether it is met, too."""
        return tuple(sorted({*self.changed(step), *self.own(step, ("met",))}))

    def own(self, step: int, kinds: Iterable[WatcherKind]) -> set[int]:
        numbers = self.index.numbers
        return {numbers[Watcher(kind, step)] for kind in kinds if Watcher(kind, step) in numbers}


def without(watchers: Watchers, own: set[int]) -> Watchers:
    return tuple(number for number in watchers if number not in own)
