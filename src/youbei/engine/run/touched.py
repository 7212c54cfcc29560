"""What a function that applies an event takes and gives."""

from __future__ import annotations

from collections.abc import Callable

from youbei.engine.events import Event
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import State

# The keys that an event touched, as the index knows them.
Touched = tuple[str, ...]
NOTHING: Touched = ()
Apply = Callable[[State, Setting, Event], Touched]
