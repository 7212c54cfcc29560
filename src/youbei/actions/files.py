"""Files that are kept for a while beside the database: uploads, and what is made to be fetched.

Their names are random and say nothing; who may fetch one is decided by the record that names it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from youbei.engine.errors import Refused

# Assumption: a sheet of a hundred thousand rows takes about 10 MB as a workbook and 30 MB as text.
LARGEST = 100_000_000


class FileTooLarge(Refused):
    """Refuse an upload of more than is read."""

    status = 413


def folder() -> Path:
    place = Path(settings.DATA) / "files"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def new_name(suffix: str = "") -> str:
    return secrets.token_hex(16) + suffix


def path_of(name: str) -> Path:
    """Return where a file lies; only names that `new_name` made are taken."""
    if Path(name).name != name or not name[:32].isalnum():
        raise ValueError(f"{name!r} is no name of a kept file")
    return folder() / name


def keep(chunks: Iterable[bytes]) -> str:
    """Store an upload and return its name; nothing is left of one that is too large or breaks off."""
    name = new_name()
    path, size = path_of(name), 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise FileTooLarge(
                        zh=f"文件超过 {LARGEST // 1_000_000} MB。请分成几个文件导入。",
                        en=f"The file is larger than {LARGEST // 1_000_000} MB. Import it as several files.",
                    )
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def remove_old(now: datetime) -> int:
    """Delete the files that are older than they are kept; return how many went."""
    oldest = (now - timedelta(days=settings.KEEP_FILES_DAYS)).timestamp()
    gone = 0
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
