"""A process in which Django is set up on one data folder, from which commands begin.

Starting Python, setting Django up and reading the actions takes nine tenths of the time of most commands, and is the
same for all of them. This process does it once. For each command it is asked for it forks, and the child is `youbei`
from there on: with its own words, streams and working folder, through `youbei.cli.main` to its exit code. Before that
no connection is open and nothing was asked of the database.

`Ready` is the side of the tests; see `youbei` in process.py, which starts the first command of a folder alone.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import socket
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import Any

LONGEST = 1_000_000  # bytes of the words of a command


class Ready:
    """Run commands in children of one process; `environment` is that of all of them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            self.process = subprocess.Popen(
                command, env=environment, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL
            )

    def run(self, words: tuple[str, ...], stdin: bytes, timeout: float) -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end, as `subprocess.run` does."""
        pipes = [os.pipe() for _ in range(3)]
        (their_input, our_input), (our_output, their_output), (our_errors, their_errors) = pipes
        asked = json.dumps({"words": words, "folder": os.getcwd()}).encode()
        self.asking.settimeout(timeout)
        try:
            socket.send_fds(self.asking, [asked], [their_input, their_output, their_errors])
        finally:
            for one in (their_input, their_output, their_errors):
                os.close(one)
        with ThreadPoolExecutor(3) as pool:
            said = [pool.submit(read_all, one) for one in (our_output, our_errors)]
            pool.submit(write_all, our_input, stdin)
            try:
                answer = self.asking.recv(100)
            except TimeoutError:
                answer = b""
            if not answer:
                self.process.kill()  # its child ends with it, and the pipes with both
        if not answer:
            raise subprocess.TimeoutExpired(list(words), timeout, *(one.result() for one in said))
        return subprocess.CompletedProcess(words, int(answer), *(one.result() for one in said))

    def end(self) -> None:
        self.asking.close()
        self.process.wait(10)


def read_all(pipe: int) -> bytes:
    with open(pipe, "rb") as file:
        return file.read()


def write_all(pipe: int, content: bytes) -> None:
    try:
        with open(pipe, "wb") as file:
            file.write(content)
    except BrokenPipeError:  # a command need not read what it is given
        pass


def answer_for_ever(asked: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Fork for each command and tell its exit code; return in the child, with what was asked and its streams."""
    while True:
        message, streams, _, _ = socket.recv_fds(asked, LONGEST, 3)
        if not message:
            os._exit(0)
        child = os.fork()
        if child == 0:
            asked.close()
            end_with_parent()
            return json.loads(message), streams
        for one in streams:
            os.close(one)
        _, status = os.waitpid(child, 0)
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())


def end_with_parent() -> None:
    """Let a child that hangs end when its parent is killed (Linux; elsewhere a test that hangs leaves it behind)."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def take_streams(streams: list[int]) -> None:
    """Make these the standard streams, as Python makes them at its start."""
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        before = getattr(sys, name)
        made = open(number, mode, encoding=before.encoding, errors=before.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)


def main() -> None:
    import django
    from django.db.migrations.loader import MigrationLoader

    from youbei.cli import main as command

    django.setup()
    MigrationLoader(None)  # reads the files of the migrations, as each command does that opens the database
    import_module("youbei.worker")  # which needs nearly every action
    gc.freeze()
    asked, streams = answer_for_ever(socket.socket(fileno=int(sys.argv[1])))
    take_streams(streams)
    os.chdir(asked["folder"])
    sys.argv[1:] = asked["words"]
    try:
        code = command()
    except BaseException:
        traceback.print_exc()
        code = 1
    leave(code)


def leave(code: int) -> None:
    """End as Python does, but for taking apart all that was loaded, which takes as long as most commands."""
    for one in threading.enumerate():
        if one is not threading.current_thread() and not one.daemon:
            one.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
