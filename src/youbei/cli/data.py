"""Open the data folder and the database for a command, and turn what can go wrong there into sentences."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from youbei.cli.options import reason
from youbei.engine.errors import Refused


class DataFolderUnusable(Refused):
    """Refuse a data folder in which nothing can be kept."""


class DatabaseUnusable(Refused):
    """Refuse to work with a database that cannot be reached, is broken or is not prepared."""


def data_folder(given: Path | None) -> Path:
    return (given or Path(os.environ.get("YOUBEI_DATA") or "var")).absolute()


def has_database(given: Path | None) -> bool:
    """Say whether there is a database to ask: a file in the data folder, or one that DATABASE_URL names."""
    return bool(os.environ.get("DATABASE_URL")) or (data_folder(given) / "youbei.sqlite3").exists()


def prepare_folder(folder: Path) -> None:
    """Make the data folder and try to write in it; raise DataFolderUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "static").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        zh, en = reason(error)
        raise DataFolderUnusable(
            zh=f"数据目录“{folder}”不能使用：{zh}。请用 --data 指定一个可写的目录。",
            en=f"The data folder {folder} cannot be used: {en}. Name a folder that can be written with --data.",
        ) from None


def set_up(given: Path | None) -> Path:
    """Point the settings at the data folder and set Django up; return the folder."""
    folder = data_folder(given)
    prepare_folder(folder)
    os.environ["YOUBEI_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")
    import django

    try:
        django.setup()
    except (OSError, ValueError) as error:
        raise DataFolderUnusable(
            zh=f"设置无法读取：{error}。请检查环境变量与数据目录“{folder}”。",
            en=f"The settings cannot be read: {error}. Check the environment and the data folder {folder}.",
        ) from None
    return folder


@contextmanager
def database(given: Path | None, *, migrate: bool = False) -> Iterator[Path]:
    """Open the database for the commands inside; raise Refused for what an operator can cause.

    With `migrate` the tables are brought up to date first; without it a database that is not up to date is refused.
    """
    if not migrate and not has_database(given):
        folder = data_folder(given)
        raise DatabaseUnusable(
            zh=f"数据目录“{folder}”中还没有数据库。请先运行 youbei serve，或用 --data 指定目录。",
            en=f"There is no database in {folder} yet. Run `youbei serve` first, or name the folder with --data.",
        )
    folder = set_up(given)
    from django.core.management import call_command
    from django.db import DatabaseError, connections
    from django.db.migrations.exceptions import InconsistentMigrationHistory

    try:
        if migrate:
            call_command("migrate", interactive=False, verbosity=0)
            fill_search_index()
        else:
            demand_current_tables()
        yield folder
    except (DatabaseError, InconsistentMigrationHistory) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DatabaseUnusable(
            zh=f"数据库不能使用：{first_line}。请检查 {where(folder)}。",
            en=f"The database cannot be used: {first_line}. Check {where(folder)}.",
        ) from None
    finally:
        connections.close_all()


def fill_search_index() -> None:
    from youbei.records.registers.indexing import fill_if_empty

    fill_if_empty()


def demand_current_tables() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DatabaseUnusable(
            zh="数据库的表结构不是本版本的。请先用本版本运行一次 youbei serve。",
            en="The tables of the database are not those of this version. Run `youbei serve` of this version once.",
        )


def where(folder: Path) -> str:
    return "DATABASE_URL" if os.environ.get("DATABASE_URL") else str(folder / "youbei.sqlite3")
