"""The outline of a place is drawn without scripts, to scale, and can be typed, uploaded and taken away."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.town import Town, build_town
from youbei.records.models import Site
from youbei.web.registers.outline_chart import SIZE_PX, draw_outline, round_length

SQUARE = {"type": "Polygon", "coordinates": [[[120.0, 36.0], [120.01, 36.0], [120.01, 36.01], [120.0, 36.0]]]}


@given(
    st.lists(st.tuples(st.floats(-179, 179), st.floats(-80, 80)), min_size=2, max_size=8),
    st.none() | st.tuples(st.floats(-80, 80), st.floats(-179, 179)),
)
def test_everything_is_drawn_within_the_square(
    line: list[tuple[float, float]], mark: tuple[float, float] | None
) -> None:
    drawing = draw_outline({"type": "LineString", "coordinates": line}, mark)
    assert drawing is not None
    numbers = [float(one) for one in re.findall(r"-?\d+\.?\d*", drawing.path)]
    assert all(0 <= one <= SIZE_PX for one in (*numbers, *(drawing.mark or ())))
    assert not drawing.path.endswith("Z")


def test_the_bar_says_how_long_it_is() -> None:
    drawing = draw_outline(SQUARE, None)
    assert drawing is not None
    assert drawing.path.endswith("Z")
    across = SIZE_PX - 2 * 16
    # A hundredth of a degree of latitude is 1,112 m.
    assert drawing.bar_px / across == pytest.approx(drawing.bar_m / 1111.95, rel=0.01)
    assert draw_outline(None, (36.0, 120.0)) is None


def test_a_round_length_is_a_third_at_least_and_never_longer() -> None:
    said = [round_length(one) for one in (0.2, 1, 3, 7, 12, 49, 51, 999, 1000)]
    assert said == [1, 1, 2, 5, 10, 20, 50, 500, 1000]
    assert all(a <= b for a, b in pairwise(said))


@pytest.mark.django_db
class TestOutlines:
    @pytest.fixture
    def town(self) -> Town:
        return build_town()

    @pytest.fixture
    def keeper(self, town: Town) -> Client:
        client = Client()
        client.force_login(town.users["keeper"])
        return client

    def test_what_is_typed_is_drawn_on_the_record_and_can_be_taken_away(self, town: Town, keeper: Client) -> None:
        site = Site.objects.order_by("pk").first()
        assert site is not None
        address = f"/registers/site/{site.pk}/outline/"
        assert keeper.post(address, {"outline": "36.0, 120.0\n36.0, 120.01\n36.01, 120.01"}).status_code == 302
        site.refresh_from_db()
        assert site.geometry is not None
        assert len(site.geometry["coordinates"][0]) == 4
        for page in (address, f"/registers/site/{site.pk}/"):
            assert 'class="outline outline-area"' in keeper.get(page).content.decode()
        keeper.post(address, {"outline": ""})
        site.refresh_from_db()
        assert site.geometry is None

    def test_a_wrong_line_is_named_and_what_was_typed_stays(self, town: Town, keeper: Client) -> None:
        site = Site.objects.order_by("pk").first()
        assert site is not None
        answer = keeper.post(f"/registers/site/{site.pk}/outline/", {"outline": "36.0, 120.0\nnorth"})
        assert answer.status_code == 422
        assert "north" in answer.content.decode()

    def test_a_file_is_read(self, town: Town, keeper: Client) -> None:
        site = Site.objects.order_by("pk").first()
        assert site is not None
        text = '{"type": "LineString", "coordinates": [[120.0, 36.0], [120.1, 36.0]]}'
        file = SimpleUploadedFile("line.geojson", text.encode())
        assert keeper.post(f"/registers/site/{site.pk}/outline/", {"file": file}).status_code == 302
        site.refresh_from_db()
        assert site.geometry is not None
        assert site.geometry["type"] == "LineString"

    def test_a_stranger_finds_no_outline(self, town: Town) -> None:
        client = Client()
        client.force_login(town.users["stranger"])
        site = Site.objects.order_by("pk").first()
        assert site is not None
        assert client.get(f"/registers/site/{site.pk}/outline/").status_code == 404
