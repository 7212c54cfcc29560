"""A private PostgreSQL for tests: made in a temporary folder, on a free port of this machine, gone afterwards.

    with cluster() as url: ...
    python tools/postgres.py COMMAND ...     runs a command with DATABASE_URL set

It gives up safety for speed (no fsync), which is right for tests and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

USER = "youbei"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "128MB",
}
# As a real one keeps its word: for measurements.
DURABLE = SETTINGS | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def binaries() -> Path | None:
    """Return the folder with `initdb` and `pg_ctl`: the newest PostgreSQL on this machine, or None without one."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders.sort(key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def runs_as() -> list[str]:
    """Return the words before a command: PostgreSQL refuses to run as root, so root hands over to `postgres`."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    return ["runuser", "-u", "postgres", "--"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Start a new cluster and give its DATABASE_URL; stop and remove it in every case, also on Ctrl-C or SIGTERM."""
    bin_folder = binaries()
    if bin_folder is None:
        raise RuntimeError("There is no PostgreSQL on this machine. On Debian or Ubuntu: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="youbei-pg-"))
    data, port = folder / "data", free_port()
    before = signal.signal(signal.SIGTERM, leave)
    try:
        if runs_as():
            shutil.chown(folder, "postgres", "postgres")
        run(bin_folder / "initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        options += f" -p {port} -c unix_socket_directories={folder}"
        run(bin_folder / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            run(bin_folder / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def run(*words: str | Path, check: bool = True) -> None:
    command = [*runs_as(), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL)
    if check and done.returncode:
        raise RuntimeError(f"{words[0]} failed:\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    with cluster() as address:
        sys.exit(subprocess.run(sys.argv[1:], env=dict(os.environ, DATABASE_URL=address)).returncode)
