"""Claims about siting files: both forms of matrix are read, the last of repeated edges counts, faults are named."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.siting.problem import BadSiting
from youbei.engine.siting.read import read_matrix, read_orlib


def test_the_last_of_repeated_edges_counts() -> None:
    problem, p = read_orlib(b"3 4 1\n1 2 50\n2 3 9\n1 3 100\n2 1 5\n")
    assert p == 1
    assert problem.distance.tolist() == [[0, 5, 14], [5, 0, 9], [14, 9, 0]]


def test_what_no_edge_joins_is_infinitely_far() -> None:
    problem, _ = read_orlib(b"3 1 1\n1 2 50\n")
    assert problem.distance[0].tolist() == [0, 50, math.inf]


def test_a_long_table_and_a_wide_one_say_the_same() -> None:
    long = read_matrix("站点,需求点,距离,权重\n甲,x,1,3\n甲,y,2.5,4\n乙,x,4,3\n乙,y,,4\n".encode())
    wide = read_matrix("\ufeff,x,y\n甲,1,2.5\n乙,4,\n".encode())
    assert long.distance.tolist() == wide.distance.tolist() == [[1, 2.5], [4, math.inf]]
    assert long.weight.tolist() == [3, 4]
    assert long.sites == wide.sites == ("甲", "乙")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no OR-Library"),
        (b"3 1", "is no OR-Library"),
        (b"3 1 1 1 2 x", "'x'"),
        (b"3 1 1 1 2 1_0", "'1_0'"),
        (b"3 1 1 1 2 " + b"9" * 5000, "is not a whole number"),
        (b"3 1 1 1 9 5", "Line 2, `1 9 5`"),
        (b"3 1 1 1 2 -5", "lengths 1 to"),
        (b"3 1 1 1 2 5 6", "too much"),
        (b"0 0 1", "0 nodes"),
        (b"999999999 0 1", "999999999 nodes"),
    ],
)
def test_faulty_files_of_edges_are_refused_with_what_is_wrong(content: bytes, says: str) -> None:
    with pytest.raises(BadSiting) as refused:
        read_orlib(content)
    assert says in refused.value.text.en
    assert refused.value.text.zh


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"site,place,distance\n", "empty"),
        (b"\xff\xfe", "UTF-8"),
        (b"site,place,distance\na,b\n", "Line 2 has 2 cells"),
        (b"site,place,distance\na,b,-4\n", "'-4' in line 2"),
        (b"site,place,distance\na,b,nan\n", "'nan' in line 2"),
        (b"site,place,distance\na,b,1\na,b,2\n", "1.0 before"),
        (b"site,place,distance,weight\na,b,1,1\nc,b,2,2\n", "weighed 1.0 before"),
        (b"only\nrows\n", "not understood"),
    ],
)
def test_faulty_matrices_are_refused_with_what_is_wrong(content: bytes, says: str) -> None:
    with pytest.raises(BadSiting) as refused:
        read_matrix(content)
    assert says in refused.value.text.en
    assert refused.value.text.zh


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_content_breaks_the_readers(content: bytes) -> None:
    for read in (read_orlib, read_matrix):
        with contextlib.suppress(BadSiting):
            read(content)
