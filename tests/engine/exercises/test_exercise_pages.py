"""The pages of the exercise language are made from the language, and the schema accepts what ships."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from youbei.engine.exercises.check.examples import SOUND
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.read import ExerciseUnreadable, exercise_from_data, read_exercise
from youbei.engine.exercises.write import exercise_to_data, json_schema

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"


def test_the_pages_are_up_to_date():
    made = runpy.run_path(str(ROOT / "tools" / "exercise_pages.py"))
    pages = {
        "exercise-checker.md": "checker_page",
        "exercise-language.md": "language_page",
        "exercise.schema.json": "schema_text",
    }
    for name, page in pages.items():
        assert (REFERENCE / name).read_text("utf-8") == made[page](), f"{name} is old: run tools/exercise_pages.py"


def test_every_kind_of_inject_has_its_section():
    page = (REFERENCE / "exercise-language.md").read_text("utf-8")
    assert all(f"`{kind}`" in page for kind in INJECTS)


def test_data_and_text_give_the_same_exercise():
    exercise = read_exercise(SOUND)
    assert exercise_from_data(json.loads(json.dumps(exercise_to_data(exercise)))) == exercise


def test_the_schema_accepts_the_sound_exercise_and_refuses_a_wrong_kind():
    jsonschema = pytest.importorskip("jsonschema")
    data = exercise_to_data(read_exercise(SOUND))
    jsonschema.validate(data, json_schema())
    data["injects"][0]["kind"] = "telepathy"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())


@pytest.mark.parametrize(
    ("change", "place", "word"),
    [
        (('kind = "call"', 'kind = "cal"'), "injects[0].kind", "call"),
        (('clock = "09:05"', 'clock = "9.05"'), "injects[0].at.clock", "09:30"),
        (('within = "PT20M"', 'within = "20"'), "injects[0].expects[0].within", "PT30M"),
        (('id = "pump"', 'id = "call"'), "injects[1].id", "another identifier"),
        (('activate = "IV"', 'actvate = "IV"'), "roles[0].reactions[0].does[0]", "activate"),
        (('sender = {zh = "外操", en = "Operator"}\n', ""), "injects[0]", "sender"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_cure(change, place, word):
    with pytest.raises(ExerciseUnreadable) as refused:
        read_exercise(SOUND.replace(*change, 1))
    problem = refused.value.problems[0]
    assert problem.path == place
    assert word in problem.what.en + problem.cure.en
    assert problem.line
    assert "演练文件" in refused.value.text.zh
