"""`youbei roads matrix --server`: a routing server's times, or our own where it does not answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.answering import serving
from server.process import youbei


@pytest.fixture
def places(tmp_path: Path) -> str:
    path = tmp_path / "places.csv"
    path.write_text("id,lat,lon\na,30,120\nb,30.1,120\n")
    return str(path)


def test_a_routing_server_is_asked(own_sqlite: Path, places: str) -> None:
    def answers(path: str, _: Any) -> tuple[int, bytes]:
        return 200, json.dumps({"code": "Ok", "durations": [[0, 61.5], [60.0, 0]]}).encode()

    with serving(answers) as url:
        done = youbei(own_sqlite, "roads", "matrix", "--from", places, "--server", f"osrm={url}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["site,place,seconds", "a,a,0.0", "a,b,61.5", "b,a,60.0", "b,b,0.0"]


def test_our_own_times_are_taken_where_it_does_not_answer(own_sqlite: Path, places: str) -> None:
    with serving(lambda path, body: (500, b"")) as url:
        done = youbei(own_sqlite, "roads", "matrix", "--from", places, "--server", f"osrm={url}")
    assert done.returncode == 0, done.stderr
    assert "did not answer (status 500" in done.stderr
    there = float(done.stdout.splitlines()[2].split(",")[2])
    assert there > 300  # eleven kilometres


def test_another_kind_of_server_is_refused(own_sqlite: Path, places: str) -> None:
    done = youbei(own_sqlite, "roads", "matrix", "--from", places, "--server", "other=http://127.0.0.1:1")
    assert done.returncode == 2
    assert "osrm or valhalla" in done.stderr


def test_a_table_of_places_that_is_none_is_refused_in_a_sentence(own_sqlite: Path, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("id,lat,lon\n" + "a" * 200_000 + ",30,120\n")
    done = youbei(own_sqlite, "roads", "matrix", "--from", str(path))
    assert done.returncode == 2
    assert "is no CSV file" in done.stderr
    assert "Traceback" not in done.stderr
