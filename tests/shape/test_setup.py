"""Which Python `make setup` works with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools import setup


def test_what_cannot_make_environments_is_never_the_fastest(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert 0 < setup.seconds(sys.executable) < setup.seconds(str(broken))


def test_the_fastest_is_of_the_version_that_asks() -> None:
    asked = [setup.fastest(), "-c", "import sys; print(*sys.version_info[:2])"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(sys.version_info.major), str(sys.version_info.minor)]
