"""`youbei exchange`: from the message of another system to the answers it gets."""

from __future__ import annotations

import json
from pathlib import Path

from tests.asking import envelope, in_hours, line, request

from server.process import youbei

OFFER = f"1:rescue:2:{in_hours(6)}"


def test_requests_are_received_listed_answered_and_written(own_sqlite: Path, tmp_path: Path) -> None:
    document, answers = tmp_path / "asked.xml", tmp_path / "answers.xml"
    asked = [request(line(), f"p:{one}", sent=in_hours(-1)) for one in range(2)]
    asked.append(request("", "p:2", kind="RequestInformation", sent=in_hours(-1)))
    document.write_bytes(envelope(*asked, unit="root"))
    for outcome in ("taken", "repeated"):
        done = youbei(own_sqlite, "exchange", "receive", str(document), "--as", "admin", "--json")
        assert done.returncode == 0, done.stderr
        assert [one["outcome"] for one in json.loads(done.stdout)] == [outcome] * 3
    listed = json.loads(youbei(own_sqlite, "exchange", "requests", "--json").stdout)
    first, second, third = (str(one["pk"]) for one in listed)
    assert listed[0]["lines"] == ["1. 排水泵车 × 3"]
    early = youbei(own_sqlite, "exchange", "answers", first, "--output", str(answers))
    assert (early.returncode, "no answer" in early.stderr) == (2, True)
    new = ("--kind", "flood", "--title", "支援", "--offer", OFFER)
    for words, sentence in (
        ((first, "--offer", "1:rescue:2"), "LINE:WHAT:QUANTITY:TIME"),
        ((first, "--offer", OFFER), "Choose an incident"),
        ((first, "--offer", OFFER, "--incident", "none"), "no incident"),
        (("999", *new), "no request 999"),
        ((third, *new), "asks for information"),
    ):
        refused = youbei(own_sqlite, "exchange", "take", *words)
        assert (refused.returncode, sentence in refused.stderr) == (2, True), (words, refused.stderr)
    assert youbei(own_sqlite, "exchange", "take", first, *new, "--as", "admin").returncode == 0
    assert youbei(own_sqlite, "exchange", "decline", second, "--reason", "不能").returncode == 0
    assert youbei(own_sqlite, "exchange", "answer", third, "--words", "两台").returncode == 0
    assert youbei(own_sqlite, "exchange", "decline", first, "--reason", "x").returncode == 2
    for number, kind in ((first, "Accept"), (second, "Decline"), (third, "ResponseToRequestInformation")):
        assert youbei(own_sqlite, "exchange", "answers", number, "--output", str(answers)).returncode == 0
        assert kind in answers.read_text()
    assert json.loads(youbei(own_sqlite, "exchange", "requests", "--json").stdout) == []
