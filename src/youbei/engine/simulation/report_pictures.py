"""Pictures of a stress test as SVG text, and the style of a file that has nothing else to draw with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HIGH = 600, 120
STYLE = """
:root { color-scheme: light; --ink: #17211e; --quiet: #55625d; --line: #cfd6d3; --accent: #0f5b52; --late: #a3123f; }
* { box-sizing: border-box; }
body { font: 15px/1.6 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; color: var(--ink);
  margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-top: 2px solid var(--ink); padding-top: .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
p { margin: .3rem 0; }
.quiet, figcaption { color: var(--quiet); }
ol { padding-left: 1.4rem; }
li { margin: .4rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .5rem; font-weight: 400; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-size: .85rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; }
svg rect { fill: var(--accent); }
svg .late, svg .bad { fill: var(--late); }
svg path { stroke: var(--ink); fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
figure { margin: .6rem 0; break-inside: avoid; }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); }
.choice { position: absolute; opacity: 0; }
.choices { float: right; }
.choices label { border: 1px solid var(--line); padding: .2rem .7rem; cursor: pointer; margin-left: .3rem; }
#zh:checked ~ * .en, #en:checked ~ * .zh { display: none; }
#zh:checked ~ .choices [for=zh], #en:checked ~ .choices [for=en] { background: var(--ink); color: #fff; }
.choice:focus-visible ~ .choices { outline: 2px solid var(--accent); }
@media print {
  .choices { display: none; }
  body { padding: 0; max-width: none; font-size: 10.5pt; print-color-adjust: exact; }
  h2 { break-after: avoid; }
  tr, li { break-inside: avoid; }
}
"""


def picture(height: int, drawn: str, *, shown: int | None = None) -> str:
    """Return a picture; with `shown` it is so many pixels high and as wide as there is room."""
    stretch = "" if shown is None else f' preserveAspectRatio="none" height="{shown}"'
    return f'<svg viewBox="0 0 {WIDTH} {height}"{stretch} aria-hidden="true">{drawn}</svg>'


def rect(x: float, y: float, width: float, height: float, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<rect{named} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def histogram(counts: Sequence[int]) -> str:
    """Draw how often times lie in equal spans from zero on."""
    wide, tall = WIDTH / max(1, len(counts)), HIGH / max([*counts, 1])
    drawn = (rect(at * wide, HIGH - tall * count, wide - 1, tall * count) for at, count in enumerate(counts) if count)
    return picture(HIGH + 2, f'{"".join(drawn)}<path d="M0 {HIGH + 1}H{WIDTH}"/>')


def bars(gain: float, low: float, high: float, longest: float) -> str:
    """Draw a gain as a bar with its interval, on the scale of the longest."""
    scale = (WIDTH - 4) / (longest or 1.0)
    left, right = max(0.0, low) * scale + 1, high * scale + 1
    interval = f'<path d="M{left:.1f} 8H{right:.1f}M{left:.1f} 4V12M{right:.1f} 4V12"/>'
    return picture(16, rect(1, 2, gain * scale, 12) + interval, shown=16)


def share_bar(share: float, low: float | None = None, high: float | None = None) -> str:
    """Draw a share of one as a bar, with its interval where that is known."""
    if low is None or high is None:
        return picture(16, rect(1, 3, share * 598, 10), shown=12)
    interval = f'<path d="M{low * 598 + 1:.1f} 8H{high * 598 + 1:.1f}"/>'
    return picture(16, rect(1, 3, share * 598, 10, "late") + interval, shown=12)


def lanes(found: Sequence[tuple[str, Mapping[str, Any]]], longest: int) -> str:
    """Draw when a step went on in each of two runs, one below the other."""
    scale, drawn = (WIDTH - 2) / longest, ""
    for role, one in found:
        end = longest if one["finished"] is None else one["finished"]
        width = max(2.0, (end - one["opened"]) * scale)
        drawn += rect(one["opened"] * scale, 1 if role == "typical" else 11, width, 8, role)
    return picture(20, drawn, shown=20)
