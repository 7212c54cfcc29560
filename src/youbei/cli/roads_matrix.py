"""The searches of `youbei roads matrix`: on all processors, with progress, and ended at once when interrupted."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from youbei.cli.options import Output
from youbei.engine.travel.graph import Ints
from youbei.engine.travel.search import Workspace
from youbei.engine.travel.table import Searches


def made(asked: Searches, output: Output) -> Iterator[Ints]:
    """Make the searches on all processors; yield what each found, in their order."""
    own = threading.local()

    def search(number: int) -> Ints:
        if not hasattr(own, "workspace"):
            own.workspace = Workspace(asked.graph)
        return asked.search(number, own.workspace)

    count = len(asked.starts)
    pool = ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, max(1, count)))
    try:
        for number, times in enumerate(pool.map(search, range(count)), start=1):
            tell(output, number, count)
            yield times
    finally:
        # Interrupted or no longer read: what has begun ends in a moment, the rest is not begun.
        pool.shutdown(cancel_futures=True)


def tell(output: Output, number: int, count: int) -> None:
    if sys.stderr.isatty() and not output.is_json:
        end = "\n" if number == count else ""
        print(f"\r{output.say('已算', 'searched')} {number:,} / {count:,}", end=end, file=sys.stderr, flush=True)
