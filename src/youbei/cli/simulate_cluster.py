"""Spread a simulation over several machines: blocks of runs are sent to the workers of a Dask scheduler.

Blocks and their order are the same as on one core, so results are too. What a worker that is lost was doing, others do
again; Ctrl-C takes back what has not begun.
"""

from __future__ import annotations

import pickle
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from youbei import __version__
from youbei.engine.errors import Refused

# The library names no types of its own.
Client: TypeAlias = Any
Future: TypeAlias = Any
Work = TypeVar("Work")
Made = TypeVar("Made")
# How long it is waited for an answer before it is asked whether anybody is still there.
CONNECT_S, PATIENCE_S = 10, 10
# What else Dask would try to look up as a name, for long.
SCHEDULER = re.compile(r"[a-z]+://\S+")
# So many blocks for each thread of the cluster are sent ahead.
AHEAD = 3


class NoCluster(Refused):
    """Refuse because nothing can be sent to a cluster."""


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Yield the cluster behind a scheduler, and leave it when the work is done."""
    try:
        import distributed
    except ImportError:
        raise NoCluster(
            zh="未安装分布式计算所需的库。请安装 youbei[cluster]，或去掉 --scheduler 在本机推演。",
            en="The library that spreads work over machines is missing. Install youbei[cluster], or leave out "
            "--scheduler to work on this machine.",
        ) from None
    if not SCHEDULER.fullmatch(address):
        raise NoCluster(
            zh=f"“{address[:80]}”不是调度器的地址。请写成 tcp://host:8786。",
            en=f"{address[:80]!r} is no address of a scheduler. Write it as tcp://host:8786.",
        )
    try:
        connect: Any = distributed.Client
        client: Client = connect(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(
            zh=f"连不上调度器 {address}：{error}。请检查地址（如 tcp://host:8786）和调度器是否在运行。",
            en=f"The scheduler {address} does not answer: {error}. Check the address (such as tcp://host:8786) and "
            "whether the scheduler runs.",
        ) from None
    try:
        yield Cluster(client, address, demand_workers(client, address))
    finally:
        client.close()


def demand_workers(client: Client, address: str) -> int:
    """Return how many threads there are; refuse where there are none, or workers of another version."""
    try:
        versions = client.run(version_here)
    except Exception as error:
        raise NoCluster(
            zh=f"{address} 的工作进程不能推演：{error}。请在每台机器上安装 youbei {__version__}[solve]。",
            en=f"The workers of {address} cannot simulate: {error}. Install youbei {__version__} with the extra "
            "`solve` on each of their machines.",
        ) from None
    if not versions:
        raise NoCluster(
            zh=f"调度器 {address} 没有工作进程。请先启动（dask worker {address}）。",
            en=f"The scheduler {address} has no workers. Start some first (dask worker {address}).",
        )
    others = sorted({version for version in versions.values() if version != __version__})
    if others:
        raise NoCluster(
            zh=f"工作进程的版本是 {', '.join(others)}，本机是 {__version__}。版本不同，结果可能不同；请安装同一版本。",
            en=f"The workers have version {', '.join(others)}, this machine has {__version__}. Results could differ; "
            "install the same version everywhere.",
        )
    return sum(client.nthreads().values())


def version_here() -> str:
    return __version__


class Cluster:
    """Do the same for many pieces of work, as a pool does; results come in the order of the pieces."""

    def __init__(self, client: Client, address: str, threads: int) -> None:
        self.client, self.address, self.threads = client, address, threads

    def map(self, work: Callable[[Work], Made], pieces: Iterable[Work], /) -> Iterator[Made]:
        from distributed.protocol import pickle as of_the_library

        wire: Any = of_the_library

        # As a task of its own it is sent once, and made again where the worker that kept it is lost.
        held = self.client.submit(thawed, wire.dumps(work), pure=False)
        waiting: deque[Future] = deque()
        try:
            for piece in pieces:
                waiting.append(self.client.submit(carried_out, held, piece, pure=False))
                if len(waiting) >= AHEAD * self.threads:
                    yield self.result(waiting.popleft())
            while waiting:
                yield self.result(waiting.popleft())
        finally:
            self.client.cancel([*waiting, held])

    def result(self, future: Future) -> Any:
        """Wait for a result; refuse where nobody is left to make it."""
        from distributed import KilledWorker, TimeoutError

        while True:
            try:
                return future.result(timeout=PATIENCE_S)
            except TimeoutError:
                if not self.is_anybody_there():
                    raise self.lost() from None
            except KilledWorker:
                raise self.lost() from None

    def is_anybody_there(self) -> bool:
        try:
            return bool(self.client.nthreads())
        except (OSError, ValueError):
            return False

    def lost(self) -> NoCluster:
        return NoCluster(
            zh=f"{self.address} 的工作进程都已断开，推演没有完成。请检查这些机器的内存和网络后重试，或在本机推演。",
            en=f"The workers of {self.address} are gone and the simulation did not end. Check memory and network of "
            "those machines and try again, or simulate on this one.",
        )


def thawed(frozen: bytes) -> Callable[[Any], Any]:
    work: Callable[[Any], Any] = pickle.loads(frozen)  # noqa: S301  (what this very command has sent)
    return work


def carried_out(work: Callable[[Any], Any], piece: Any) -> Any:
    return work(piece)
