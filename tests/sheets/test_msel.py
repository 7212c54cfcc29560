"""The list of injects as a workbook: ours both ways without loss, and those of other programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from youbei import content
from youbei.engine.exercises.grid import rows_of_openaev, rows_of_t3sf, with_rows
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.read import ExerciseUnreadable, read_exercise
from youbei.engine.exercises.write import exercise_to_data
from youbei.sheets.msel import read_msel, write_msel

FOREIGN = Path(__file__).parents[3] / "shared" / "data" / "exercises"
BASE = {"id": "foreign", "version": "1", "type": "tabletop", "plan": "p", "sponsor": "", "title": "Foreign"}
foreign = pytest.mark.skipif(not FOREIGN.exists(), reason="the foreign examples are not here")


@pytest.mark.parametrize("name", content.exercise_texts())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_that_is_written_and_read_is_the_same(name: str, language: str, tmp_path: Path) -> None:
    exercise = read_exercise(content.exercise_texts()[name])
    path = tmp_path / "msel.xlsx"
    write_msel(path, exercise, language=language)
    assert with_rows(exercise_to_data(exercise), read_msel(path, path.name)) == exercise


def test_a_mistake_in_a_cell_is_named_with_its_row(tmp_path: Path) -> None:
    exercise = read_exercise(content.exercise_texts()["lanwan-loading-arm"])
    path = tmp_path / "msel.xlsx"
    write_msel(path, exercise, language="en")
    rows = [(number, {**row, "within": "soon" if row["within"] else ""}) for number, row in read_msel(path, path.name)]
    with pytest.raises(ExerciseUnreadable) as refused:
        with_rows(exercise_to_data(exercise), rows)
    assert refused.value.problems[0].line == 2


@foreign
def test_a_list_of_t3sf_is_read(tmp_path: Path) -> None:
    found = with_rows(BASE, read_msel(FOREIGN / "t3sf" / "MSEL.xlsx", "MSEL.xlsx"))
    assert isinstance(found, Exercise)
    first = found.injects[0]
    assert (first.id, first.kind, first.at.clock) == ("i1", "email", "19:29")
    assert first.content.sender.en == "Amazon Web Services"
    assert len(found.injects) == 12
    data = json.loads((FOREIGN / "t3sf" / "MSEL_EXAMPLE.json").read_text("utf-8"))
    same = with_rows(BASE, enumerate(rows_of_t3sf(data), start=1))
    assert [(one.id, one.title, one.at, one.kind) for one in same.injects] == [
        (one.id, one.title, one.at, one.kind) for one in found.injects
    ]


@foreign
def test_an_export_of_openaev_is_read() -> None:
    data = json.loads((FOREIGN / "openaev" / "import-scenario-with-attack-pattern.json").read_text("utf-8"))
    found = with_rows(BASE, enumerate(rows_of_openaev(data), start=1))
    assert [inject.title.en for inject in found.injects] == ["whoami"]
