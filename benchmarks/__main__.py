"""Run the benchmarks and write what they found into README.md: `python -m benchmarks [name ...]`.

Every module of this folder with a function `run() -> Result` is one. Each runs in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.result import Result

HERE = Path(__file__).parent
README = HERE / "README.md"
IN_PROCESS = "--in-this-process"


def names() -> list[str]:
    """Return the modules that have a `run`, by name."""
    found = sorted(path.stem for path in HERE.glob("[!_]*.py"))
    return [name for name in found if "def run(" in (HERE / f"{name}.py").read_text(encoding="utf-8")]


def run_apart(name: str) -> Result | None:
    """Run one benchmark in a fresh process; None where it fails or has to be left out, which it says itself."""
    print(f"-- {name}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", IN_PROCESS, name], cwd=HERE.parent, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        print(f"{name}: no result (exit code {done.returncode})", flush=True)
        return None
    data = json.loads(done.stdout.splitlines()[-1])
    return Result(**{**data, "columns": tuple(data["columns"]), "rows": tuple(map(tuple, data["rows"]))})


def markers(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def write(name: str, result: Result) -> None:
    """Put a result between its markers in the README; a new benchmark is added at the end."""
    start, end = markers(name)
    text = README.read_text(encoding="utf-8")
    block = f"{start}\n{result.as_markdown()}\n{end}"
    if start in text and end in text:
        text = text[: text.index(start)] + block + text[text.index(end) + len(end) :]
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    README.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if arguments[:1] == [IN_PROCESS]:
        result = import_module(f"benchmarks.{arguments[1]}").run()
        print(json.dumps(asdict(result)))
        return 0
    unknown = [name for name in arguments if name not in names()]
    if unknown:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(names())}.")
        return 2
    failed = 0
    for name in arguments or names():
        result = run_apart(name)
        if result is None:
            failed += 1
            continue
        print(result.as_markdown(), flush=True)
        write(name, result)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
