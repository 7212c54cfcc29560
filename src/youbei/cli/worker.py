"""`youbei worker`: deadlines, reminders and the outbox. Several may run, on one machine or on many."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.cli.rubbish import pass_over_what_is_loaded

# How long the end of the worker waits for webhooks that are on their way, in seconds.
POSTMAN_S = 2.0


def add(groups: Groups, say: Say) -> None:
    text = say(
        "运行一个后台进程（到时的任务、提醒、发送、日志推送）",
        "run a worker: due steps, reminders, the outbox, webhooks",
    )
    command = groups.command("worker", text, run)
    command.add_argument(
        "--while-stdin-is-open",
        action="store_true",
        help=say("标准输入关闭时停止", "stop when standard input is closed"),
    )
    add_data(command)


def run(options: argparse.Namespace, output: Output) -> int:
    stop = threading.Event()
    with database(options.data):
        from youbei.worker import run_postman, run_worker

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        if options.while_stdin_is_open:
            threading.Thread(target=wait_for_end_of_input, args=(stop,), daemon=True).start()
        else:
            output.note("后台进程已启动；按 Ctrl-C 停止。", "The worker is running; press Ctrl-C to stop.")
        pass_over_what_is_loaded()
        postman = threading.Thread(target=run_postman, args=(stop,), name="postman", daemon=True)
        postman.start()
        run_worker(stop)
        postman.join(POSTMAN_S)
    return 0


def wait_for_end_of_input(stop: threading.Event) -> None:
    # Not through the buffered reader: its lock, held by this thread, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
