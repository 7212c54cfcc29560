"""`youbei incident report`."""

from __future__ import annotations

import json
from pathlib import Path

from server.process import youbei

BASE = ("incident", "report", "--organisation", "root", "--kind", "ammonia_leak", "--title", "液氨泄漏")


def test_a_report_is_entered_with_all_its_fields(own_sqlite: Path) -> None:
    done = youbei(
        own_sqlite,
        *BASE,
        *("--place", "3 号罐区", "--lat", "36.05", "--lon", "120.3", "--description", "阀门破裂"),
        *("--occurred-at", "2026-01-01T08:00", "--known-at", "2026-01-01T08:05:00+08:00"),
        *("--source", "phone", "--reporter", "张三", "--reporter-phone", "12345", "--as", "admin", "--json"),
        *("--fact", "serious_injured=2", "--fact", "leak_continues=是", "--title-en", "Ammonia leaks"),
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["number"]
    assert result["is_grade_lower_bound"] in (True, False)


def test_what_cannot_be_is_refused_with_a_sentence(own_sqlite: Path) -> None:
    refused = (
        (("--fact", "nothing"), "KEY=VALUE"),
        (("--fact", "no_such_fact=1"), "no fact"),
        (("--lat", "36"), "both"),
        (("--lat", "360", "--lon", "0"), "latitude"),
        (("--lat", "nan", "--lon", "0"), "latitude"),
        (("--occurred-at", "soon"), "ISO 8601"),
        (("--occurred-at", "2999-01-01T00:00"), "not come yet"),
        (("--category", "natural"), "category"),
        (("--as", "nobody"), "no account"),
        (("--organisation", "none"), "no organisation"),
        (("--kind", "none"), "no kind"),
        (("--title", " "), "title"),
    )
    for words, sentence in refused:
        done = youbei(own_sqlite, *BASE, *words)
        assert done.returncode == 2, (words, done.stdout, done.stderr)
        assert sentence in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr, words


def test_a_report_without_what_is_required_is_refused() -> None:
    assert youbei(Path("unused"), "incident", "report").returncode == 2


def test_bytes_that_are_no_text_and_long_words_do_no_harm(own_sqlite: Path) -> None:
    for title in ("a\udcffb", "x" * 5000, "\u202e"):
        done = youbei(own_sqlite, *BASE, "--title", title)
        assert done.returncode in (0, 2)
        assert "Traceback" not in done.stderr
