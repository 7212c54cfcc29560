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


@pytest.fixture
def square(own_sqlite: Path, tmp_path: Path) -> Path:
    """Four corners, driven round one way in a minute each, half of it with a siren; they are stored."""
    nodes, arcs = tmp_path / "nodes.csv", tmp_path / "arcs.csv"
    nodes.write_text("id,lat,lon\n1,30,120\n2,30,120.01\n3,30.01,120.01\n4,30.01,120\n")
    arcs.write_text("from,to,seconds,siren_seconds\n" + "".join(f"{a},{a % 4 + 1},60,30\n" for a in (1, 2, 3, 4)))
    done = youbei(own_sqlite, "roads", "import", "--nodes", str(nodes), "--arcs", str(arcs))
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_matrix_is_the_same_whichever_side_is_searched_from(own_sqlite: Path, square: Path) -> None:
    pytest.importorskip("numba")
    (square / "four.csv").write_text("id,lat,lon\na,30,120\nb,30,120.01\nc,30.01,120.01\nfar,40,120\n")
    (square / "one.csv").write_text("id,lat,lon\nb,30,120.01\n")
    four, one = str(square / "four.csv"), str(square / "one.csv")
    to_one = youbei(own_sqlite, "roads", "matrix", "--from", four, "--to", one)
    assert to_one.stdout.splitlines() == ["site,place,seconds", "a,b,60.0", "b,b,0.0", "c,b,180.0", "far,b,"]
    assert "no road within 3000 m of 'far'" in to_one.stderr
    from_one = youbei(own_sqlite, "roads", "matrix", "--from", one, "--to", four, "--siren")
    assert from_one.stdout.splitlines() == ["site,place,seconds", "b,a,90.0", "b,b,0.0", "b,c,30.0", "b,far,"]
    out = square / "all.csv"
    done = youbei(own_sqlite, "roads", "matrix", "--from", four, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert len(out.read_text().splitlines()) == 17
    assert not Path(f"{out}.part").exists()


def test_a_table_that_cannot_be_written_leaves_nothing_half_done(own_sqlite: Path, square: Path) -> None:
    pytest.importorskip("numba")
    (square / "one.csv").write_text("id,lat,lon\nb,30,120.01\n")
    (square / "kept").mkdir()
    for out in (square / "kept", square / "nowhere" / "all.csv"):
        done = youbei(own_sqlite, "roads", "matrix", "--from", str(square / "one.csv"), "--out", str(out))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert not Path(f"{out}.part").exists()
