"""Addresses of static files: style sheets by content, islands by the manifest of their build."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from django.templatetags.static import static

STATIC = Path(__file__).parent / "static"


@functools.lru_cache(maxsize=64)
def digest_of(path: str, modified_ns: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:8]


def asset_address(path: str) -> str:
    """Return the address of one of our static files with a mark that changes when the file does."""
    return f"{static(path)}?v={digest_of(path, (STATIC / path).stat().st_mtime_ns)}"


@functools.lru_cache(maxsize=2)
def manifest(modified_ns: int) -> dict[str, dict[str, object]]:
    built: dict[str, dict[str, object]] = json.loads((STATIC / "islands" / "manifest.json").read_text())
    return built


def island_files(name: str) -> tuple[str, list[str]]:
    """Return the address of an island's script and of the style sheets it brings; empty where none was built."""
    path = STATIC / "islands" / "manifest.json"
    if not path.exists():
        return "", []
    entry = manifest(path.stat().st_mtime_ns).get(f"src/{name}.ts")
    if entry is None:
        return "", []
    styles = entry.get("css", [])
    sheets = [static(f"islands/{sheet}") for sheet in styles] if isinstance(styles, list) else []
    return static(f"islands/{entry['file']}"), sheets
