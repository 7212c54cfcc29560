"""These tests need numeric libraries; where they are missing the tests are passed over, saying so."""

from __future__ import annotations

from importlib.util import find_spec

HAS_NUMBERS = all(find_spec(name) is not None for name in ("numpy", "scipy", "numba"))

collect_ignore_glob = [] if HAS_NUMBERS else ["test_*.py"]


def pytest_report_header() -> str | None:
    return None if HAS_NUMBERS else "tests/engine/travel is passed over: the extra `solve` is not installed"
