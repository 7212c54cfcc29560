"""Claims about published problems: the published best is found and proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from youbei.engine.siting.center import p_center
from youbei.engine.siting.cover import maximal_cover
from youbei.engine.siting.median import p_median
from youbei.engine.siting.problem import BadSiting, Siting
from youbei.engine.siting.read import read_matrix, read_orlib

DATA = Path(__file__).parents[4] / "shared" / "data" / "siting"
pytestmark = [
    pytest.mark.outside_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/siting is not there"),
]
# Source: J. E. Beasley, OR-Library, pmedopt; p-center: Ilhan, Pinar, An efficient exact algorithm for the vertex
# p-center problem, 2001.
MEDIANS = (5819, 4093, 4250, 3034, 1355, 7824)
CENTERS = (127, 98, 93, 74)


def orlib(number: int) -> tuple[Siting, int]:
    return read_orlib((DATA / "orlib_pmed" / f"pmed{number}.txt").read_bytes())


@pytest.mark.parametrize(("number", "best"), list(enumerate(MEDIANS, start=1)))
def test_the_published_medians_are_proven(number: int, best: int) -> None:
    found = p_median(*orlib(number))
    assert (found.objective, found.bound, found.is_proven) == (best, best, True)


@pytest.mark.parametrize(("number", "best"), list(enumerate(CENTERS, start=1)))
def test_the_published_centers_are_proven(number: int, best: int) -> None:
    found = p_center(*orlib(number))
    assert (found.objective, found.bound, found.is_proven) == (best, best, True)


def test_san_francisco_is_answered_as_published() -> None:
    problem = read_matrix(
        (DATA / "sanfrancisco" / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").read_bytes()
    )
    median = p_median(problem, 4)
    assert median.is_proven
    assert median.objective == pytest.approx(2_848_268_129.7145, abs=1e-3)
    assert median.sites == ("Store_2", "Store_11", "Store_12", "Store_15")
    center = p_center(problem, 4)
    assert center.is_proven
    assert center.objective == pytest.approx(7403.0638, abs=1e-4)
    cover = maximal_cover(problem, 4, 5000.0)
    assert (cover.objective, cover.is_proven) == (875_247, True)


def test_a_file_that_breaks_off_is_refused() -> None:
    content = (DATA / "orlib_pmed" / "pmed1.txt").read_bytes()
    with pytest.raises(BadSiting, match="cut off"):
        read_orlib(content[:900])
