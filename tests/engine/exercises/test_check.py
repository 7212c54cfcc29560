"""Every code of the checker of exercises has an example that gives it alone; the sound exercise gives none."""

from __future__ import annotations

import pytest

from youbei.engine.exercises.check import CODES, check_exercise
from youbei.engine.exercises.check.examples import EXAMPLES, SOUND, sound_plan
from youbei.engine.exercises.read import read_exercise
from youbei.engine.incidents import fact_kind_from_data

PLAN = sound_plan()
FACTS = {
    "leak_continues": fact_kind_from_data(
        {"key": "leak_continues", "type": "boolean", "zh": "泄漏持续", "en": "Leak continues"}
    )
}


def test_the_sound_exercise_has_no_findings():
    assert check_exercise(read_exercise(SOUND), PLAN, FACTS) == ()


def test_every_code_has_an_example():
    assert EXAMPLES.keys() == CODES.keys()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_given_for_its_example_and_nothing_else(code):
    found = check_exercise(EXAMPLES[code].exercise(), PLAN, FACTS)
    assert {one.code for one in found} == {code}, [(one.code, one.place, one.sentence.en) for one in found]
    assert found[0].sentence.zh
    assert found[0].cure.en
