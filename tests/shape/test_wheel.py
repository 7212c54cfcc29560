"""A built wheel carries everything: who installs it needs no Node and no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.shape.test_modules import ROOT

BIN = Path(sys.executable).parent


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_pages_islands_content_and_languages(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    def held(start: str, end: str) -> list[str]:
        return [name for name in names if name.startswith(f"youbei/{start}") and name.endswith(end)]

    assert held("web/templates/", ".html")
    assert held("web/static/", ".css")
    assert held("web/static/islands/", "manifest.json")
    assert held("web/static/islands/", ".js")
    assert held("content/plans/", ".toml")
    assert held("content/rules/", ".toml")
    assert held("locale/zh_Hans/LC_MESSAGES/", "django.mo")
    assert not [name for name in names if name.startswith(("tests", "tools", "benchmarks"))]


def test_the_wheel_leaves_out_nothing_that_a_checkout_has(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    tracked = run("git", "ls-files", "src", cwd=ROOT).split() if (ROOT / ".git").exists() else []
    assert [name for name in tracked if name.removeprefix("src/") not in names] == []


def test_the_installed_wheel_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    """Install it into an environment of its own, which borrows the libraries, not the checkout, from this one."""
    home = tmp_path / "installed"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(BIN / "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel, cwd=tmp_path)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    where = run(python, "-c", "import youbei; print(youbei.__file__)", cwd=tmp_path, PYTHONPATH="")
    assert where.strip().startswith(str(home))
    environment = {"YOUBEI_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "youbei.settings", "PYTHONPATH": ""}
    run(python, "-m", "django", "check", cwd=tmp_path, **environment)
    assert "serve" in run(home / "bin" / "youbei", "--help", cwd=tmp_path, **environment)
