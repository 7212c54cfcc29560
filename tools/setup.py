"""Prepare `.venv` and the built front end; standard library only, so a bare Python 3.11+ can run it.

    tools/setup.py              with the fastest Python of this version on the machine
    tools/setup.py --exactly    with the Python that runs it

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
# Where machines have a Python of their own.
FOLDERS = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
# What programs do most, for a twentieth of a second, and whether this Python can make environments at all.
SUM = """
import ensurepip, time
def work():
    known = {}
    for number in range(20_000):
        known[str(number)] = (number, len(known))
    return sorted(known.values(), key=lambda pair: -pair[0])
spent = []
for _ in range(7):
    started = time.process_time()
    work()
    spent.append(time.process_time() - started)
print(min(spent))
"""
CLEARLY = 0.9


def fingerprint(*paths: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def seconds(python: str) -> float:
    """Return how long a Python takes for a small sum; for ever where it cannot make environments."""
    done = subprocess.run([python, "-I", "-c", SUM], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else float("inf")


def fastest() -> str:
    """Return the Python to work with: this one, or another of the same version where that is clearly faster.

    One that was compiled here without what distributions optimise by takes a tenth to a quarter longer for everything.
    """
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = {path.resolve() for folder in FOLDERS if (path := Path(folder, name)).exists()}
    others = [str(path) for path in found - {Path(sys.executable).resolve()}]
    if not others:
        return sys.executable
    best = min(others, key=seconds)
    if seconds(best) >= CLEARLY * seconds(sys.executable):
        return sys.executable
    print(f"Taking {best}, which is faster than {sys.executable} (make PYTHON=... takes another).", flush=True)
    return best


def make_venv() -> None:
    python = sys.executable if "--exactly" in sys.argv else fastest()
    try:
        if python == sys.executable:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        else:
            run(python, "-m", "venv", "--clear", VENV)
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
