"""Keep one worker running beside the web server, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

# A worker that lived this long was healthy: its restart is immediate. One that dies at once is retried ever slower.
HEALTHY_S = 10.0
LONGEST_PAUSE_S = 30.0
STOP_WITHIN_S = 5.0


class Supervised:
    """Start a worker on entering, start it again when it dies, end it on leaving.

    The worker reads from a pipe that nobody writes to: where this process is killed, the pipe closes and the worker
    ends by itself.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.watch, name="youbei-supervise", daemon=True)

    def __enter__(self) -> Supervised:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        with self.lock:
            process = self.process
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self.thread.join(STOP_WITHIN_S)

    def watch(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            started = time.monotonic()
            code = self.run_once()
            if self.stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - started > HEALTHY_S else min(pause * 2, LONGEST_PAUSE_S)
            zh = f"后台进程已退出（{code}），{pause:.0f} 秒后重启。"
            print(f"{zh} The worker ended ({code}); it starts again in {pause:.0f} s.", file=sys.stderr, flush=True)
            self.stopping.wait(pause)

    def run_once(self) -> int:
        with self.lock:
            if self.stopping.is_set():
                return 0
            self.process = subprocess.Popen(
                [sys.executable, "-m", "youbei", "worker", "--while-stdin-is-open", "--data", str(self.folder)],
                stdin=subprocess.PIPE,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        return self.process.wait()
