"""Prepare `.venv` and the built front end; standard library only, so a bare Python 3.11+ can run it.

Every part is skipped when what it is made from has not changed since it was last made.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "youbei-setup.stamp"
LOCK = ROOT / "requirements" / "dev.txt"


def fingerprint(*paths: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, SystemExit):
        sys.exit("This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv")


def install_python_packages() -> None:
    wanted = fingerprint(LOCK, ROOT / "pyproject.toml")
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Preparing .venv ...", flush=True)
    make_venv()
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    os.environ["VIRTUAL_ENV"] = str(VENV)
    run(BIN / "uv", "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes", "-r", LOCK)
    run(BIN / "uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(wanted)


def build_assets() -> None:
    run(BIN / "python", ROOT / "tools" / "build_assets.py")


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(f"Youbei needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if "--clean" in sys.argv:
        shutil.rmtree(VENV, ignore_errors=True)
    install_python_packages()
    build_assets()
