"""What every page is judged by: accessibility, and that it speaks one language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from playwright.sync_api import Page

from e2e.desk import Desk
from e2e.words import Words, chinese

LANGUAGES = ("zh-hans", "en")
AXE = Path(__file__).parents[2] / "islands/node_modules/axe-core/axe.min.js"
RUN_AXE = """async (rules) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const only = { runOnly: rules.length ? { type: "rule", values: rules } : { type: "tag", values: tags } };
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations.flatMap((one) => one.nodes.map((node) => ({
    rule: one.id, impact: one.impact, help: one.help, target: node.target.join(" "), html: node.html,
    why: node.failureSummary,
  })));
}"""
# Every text that a person can read or hear, with the element it stands in; what is marked as another language, as code
# or as a key is left out.
TEXTS = """() => {
  const skipped = "script, style, noscript, template, code, kbd, [translate=no], [lang]:not(html), [hidden], "
    + ".choices [name=language]";
  const found = [];
  const add = (text, element) => {
    const trimmed = text.replace(/\\s+/g, " ").trim();
    if (trimmed) found.push(trimmed);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest(skipped)) add(walker.currentNode.data, parent);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(skipped)) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (element.hasAttribute(name)) add(element.getAttribute(name), element);
    }
  }
  found.push(document.title);
  return [...new Set(found)];
}"""
CJK = re.compile("[\u3400-\u9fff]")
LATIN_WORD = re.compile("[A-Za-z]{2,}")
# Proper names and account names, written alike in both languages.
SAME = re.compile(r"I|II|III|IV|Youbei|youbei|English|TOML|JSON|admin|duty|commander|director|observer|school")
# Codes (with a digit or a sign inside), and figures with a unit of measurement.
CODE = re.compile(r"(?=.*[\d:/_.@#-])[\w.:/@#%+-]+")
FIGURE = re.compile(r"[\d., ]+ ?(ppm|km|m|kg|t|m/s|mm|kV|MW)|[\d: -]*UTC[+-][\d:]+")


def accessibility(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe objects to, one readable line each; `rules` narrows it down."""
    if not page.evaluate("'axe' in window"):
        page.context.add_init_script(path=AXE)  # what is opened next brings it along: a tenth of a second less each
        page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, list(rules))
    return [
        f"{one['impact']}: {one['rule']} ({one['help']}) at {one['target']}: {one['html'][:160]}\n    {one['why']}"
        for one in found
    ]


def inaccessible(page: Page) -> list[str]:
    """Return what axe objects to by day and by night."""
    page.emulate_media(color_scheme="light")
    found = [f"by day: {one}" for one in accessibility(page)]
    page.emulate_media(color_scheme="dark")
    return found + [f"by night: {one}" for one in accessibility(page, rules=("color-contrast",))]


def reading(name: str) -> str:
    """Return the language in which a page is judged for accessibility each time; the long checks take the other."""
    return LANGUAGES[crc32(name.encode()) % 2]


def foreign_words(page: Page, words: Words) -> list[str]:
    """Return the texts of a page that are interface words of the other language."""
    texts: list[str] = page.evaluate(TEXTS)
    return [text for text in texts if (is_left_english(text) if words.is_chinese else is_left_chinese(text))]


def is_left_english(text: str) -> bool:
    """Say whether a text of a Chinese page is English alone, or holds an English message of the catalogue."""
    if not LATIN_WORD.search(text):
        return False
    if not CJK.search(text):
        return not any(pattern.fullmatch(text) for pattern in (SAME, CODE, FIGURE))
    return any(message in text for message in long_messages())


@cache
def long_messages() -> tuple[str, ...]:
    """List the English messages so long that they do not stand in a record by chance."""
    messages = (message.rpartition("|")[2] for message in chinese())
    return tuple(message for message in messages if message.count(" ") >= 2 and "%" not in message)


def is_left_chinese(text: str) -> bool:
    """Say whether a text of an English page is Chinese alone; records may hold both, such as `演练 EXERCISE`."""
    return bool(CJK.search(text)) and not LATIN_WORD.search(text)


def judge(desk: Desk, *, accessibly: bool = True) -> None:
    """Hold the present page to what every page must be; without `accessibly` to its language and its faults alone."""
    found = inaccessible(desk.page) if accessibly else []
    found += [f"not in {desk.words.language}: {one}" for one in foreign_words(desk.page, desk.words)]
    assert found == [], "\n".join(found)
    desk.stays_clean()
