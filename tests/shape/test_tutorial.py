"""The tutorial's change still fits the code."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATCH = ROOT / "docs" / "tutorial" / "first-change.patch"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_first_change_of_the_tutorial_can_be_applied() -> None:
    done = subprocess.run(["git", "apply", "--check", str(PATCH)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, (
        f"{done.stderr}\nMake the patch anew: do the change, then `git diff -U1 > {PATCH.name}`."
    )


def test_every_file_that_the_tutorial_names_is_in_its_patch_or_in_the_tree() -> None:
    page = PATCH.with_suffix(".md").read_text()
    for word in {word.strip("`,.;:()") for word in page.split() if word.startswith("`") and "/" in word}:
        places = (ROOT / word, ROOT / "src" / "youbei" / word)
        assert any(place.exists() for place in places), word
