"""Take every migration into the squashed one, so that a new database is made at once.

    tools/squash.py

Writes `0001_squashed_NNNN_name.py` anew from the models as the last migration leaves them, and removes the one it takes
the place of. Databases that stand at any of the replaced migrations go on step by step. What a replaced migration does
besides making tables is named at the end: where an empty database needs it too, it is written by hand after the tables.
`tests/records/test_squashed_migration.py` (long) holds both ways equal.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src" / "youbei" / "records" / "migrations"
BY_HAND = re.compile(r"\b(RunPython|RunSQL|InstallTriggers|InstallCounting)\(")
REPLACES = re.compile(r"    replaces = \[.*?\n    \]\n", re.DOTALL)
TABLES = re.compile(r"        youbei\.records\.at_once\.CreateTables\(\n.*?\n        \),\n", re.DOTALL)


def tables() -> tuple[str, set[str]]:
    """Return the operation that makes all tables, as Python, and the imports it needs."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations import CreateModel
    from django.db.migrations.writer import OperationWriter

    from youbei.records.at_once import CreateTables

    state = MigrationLoader(None).project_state()
    models = [
        CreateModel(
            name=model.name,
            fields=list(model.fields.items()),
            options={name: value for name, value in model.options.items() if value != []},
            bases=model.bases,
            managers=model.managers,
        )
        for (app, _), model in state.models.items()
        if app == "records"
    ]
    return OperationWriter(CreateTables(models), indentation=2).serialize()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")
    os.environ["YOUBEI_DATA"] = tempfile.mkdtemp(prefix="youbei-squash-")
    import django

    django.setup()
    steps = sorted(path.stem for path in FOLDER.glob("[0-9]*.py") if "_squashed_" not in path.stem)
    (before,) = FOLDER.glob("0001_squashed_*.py")
    taken = before.stem.partition("_squashed_")[2]
    operation, imports = tables()
    text = before.read_text()
    names = "".join(f'        ("records", "{name}"),\n' for name in steps)
    text = REPLACES.sub(lambda _: f"    replaces = [\n{names}    ]\n", text, count=1)
    text = TABLES.sub(lambda _: operation + "\n", text, count=1)
    after = FOLDER / f"0001_squashed_{steps[-1]}.py"
    before.unlink()
    after.write_text(text)
    ruff = Path(sys.executable).parent / "ruff"
    subprocess.run([ruff, "format", "--quiet", after], check=True)
    missing = sorted(line for line in imports if line not in text and "django.db" not in line.split("import")[0])
    print(after.name, *(f"  must import: {line}" for line in missing), sep="\n")
    for name in steps[steps.index(taken) + 1 :]:
        if found := sorted(set(BY_HAND.findall((FOLDER / f"{name}.py").read_text()))):
            print(f"  look at {name}: {', '.join(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
