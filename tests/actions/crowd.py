"""Several people at the same moment, each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from youbei.engine.errors import Refused


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of these at the same moment; return how they ended, sorted: done, refused, or what went wrong."""
    gate, came = threading.Barrier(len(acts)), [""] * len(acts)

    def go(index: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            came[index] = "done"
        except Refused:
            came[index] = "refused"
        except Exception as error:
            came[index] = repr(error)
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=go, args=pair) for pair in enumerate(acts)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return sorted(came)
