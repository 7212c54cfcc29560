"""Watch long simulations at a terminal: a bar, word of the compiler, and Ctrl-C that keeps what is done."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Protocol, TypeVar

from youbei.cli.options import Output
from youbei.engine.errors import Refused
from youbei.engine.text import Text

GoOn = Callable[[int], bool]
MOST_THREADS = 256
# What is returned where a simulation was stopped.
STOPPED = 130
WIDTH = 30
# Until the first block is done nothing moves; after this long it is said why.
PATIENCE_S = 1.0
WARMING = Text(
    "正在预热：首次运行须编译循环，最多约一分钟，以后从缓存读取。",
    "Warming up: the loops are compiled, which takes up to a minute the first time; later they come from a cache.",
)


class WronglyAsked(Refused):
    """Refuse options that do not go together."""


Work = TypeVar("Work")
Made = TypeVar("Made")


class Pool(Protocol):
    """Whoever does the same for many pieces of work and gives the results in order."""

    def map(self, work: Callable[[Work], Made], pieces: Iterable[Work], /) -> Iterable[Made]: ...


@contextmanager
def workers(options: argparse.Namespace) -> Iterator[Pool]:
    """Yield who does the work: the scheduler that the options name, or threads of this machine."""
    if options.scheduler:
        from youbei.cli.simulate_cluster import cluster

        with cluster(options.scheduler) as found:
            yield found
    else:
        with threads(options) as pool:
            yield pool


@contextmanager
def threads(options: argparse.Namespace) -> Iterator[Pool]:
    asked = options.threads
    if asked is not None and asked < 1:
        raise WronglyAsked(
            zh=f"线程数至少为 1，收到的是 {asked}。不写 --threads 即按核数。",
            en=f"At least 1 thread is needed, not {asked}. Without --threads there is one per core.",
        )
    pool = ThreadPoolExecutor(min(asked or os.cpu_count() or 1, MOST_THREADS))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def watching(output: Output, total: int, *, doing: Text) -> Iterator[GoOn]:
    """Yield what is to be told after each piece of work how much is done; it says whether to go on.

    The first Ctrl-C asks to stop after the piece at hand, the second one stops at once. A bar is shown on a terminal.
    """
    is_stopped = threading.Event()
    bar = Bar(output, total, doing) if sys.stderr.isatty() else None

    def stop(_signal: int, _frame: FrameType | None) -> None:
        is_stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        output.note(
            "\n正在停止，保留已完成的部分；再按一次 Ctrl-C 立即退出。",
            "\nStopping; what is done is kept. Ctrl-C once more leaves at once.",
        )

    def told(done: int) -> bool:
        if bar is not None:
            bar.show(done)
        return not is_stopped.is_set()

    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, stop) if is_main else None
    try:
        yield told
    finally:
        if is_main:
            signal.signal(signal.SIGINT, before)
        if bar is not None:
            bar.end()


class Bar:
    """A line on the terminal: how far the work is, and how long it still takes."""

    def __init__(self, output: Output, total: int, doing: Text) -> None:
        self.output, self.total, self.doing = output, max(1, total), doing
        self.began = time.monotonic()
        self.is_shown = False
        self.warming = threading.Timer(PATIENCE_S, lambda: output.note(WARMING.zh, WARMING.en))
        self.warming.daemon = True
        self.warming.start()

    def show(self, done: int) -> None:
        self.warming.cancel()
        print(f"\r{self.line(done)}\x1b[K", end="", file=sys.stderr, flush=True)
        self.is_shown = True

    def line(self, done: int) -> str:
        share = min(1.0, done / self.total)
        filled = round(WIDTH * share)
        left = (time.monotonic() - self.began) * (1 - share) / share if share else 0.0
        words = f"[{'█' * filled}{'·' * (WIDTH - filled)}] {done:,}/{self.total:,} {share:.0%}"
        rest = self.output.say(f"，还需约 {left:.0f} 秒", f", about {left:.0f} s left") if share < 1 else ""
        return f"{self.output.text(self.doing)} {words}{rest}".lstrip()

    def end(self) -> None:
        self.warming.cancel()
        if self.is_shown:
            print(file=sys.stderr, flush=True)
