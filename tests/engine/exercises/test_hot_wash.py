"""What participants say after an exercise: honest about out of how many, and silent where one could be told by it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from youbei import content
from youbei.engine.exercises.hot_wash import (
    FEWEST_ANONYMOUS,
    QuestionKind,
    hot_wash_section,
    result_of,
    sound_answers,
)

QUESTIONS = content.questionnaires()["short"].questions


def come_to(answers: list[dict[str, Any]], *, asked: int = 10, is_anonymous: bool = True) -> Any:
    return result_of(QUESTIONS, answers, asked=asked, is_anonymous=is_anonymous)


def test_the_mean_is_of_those_who_answered_and_the_share_of_those_who_were_asked() -> None:
    result = come_to([{"told": 5}, {"told": 4}, {"ready": 1}, {"change": "radios"}])
    told = result.grades[0]
    assert (told.counts, told.answered, told.mean) == ((0, 0, 0, 1, 1), 2, 4.5)
    assert result.share == 0.4


def test_of_few_anonymous_answers_nothing_is_shown_by_name_everything_is() -> None:
    answers = [{"told": 1, "change": "the siren"}] * (FEWEST_ANONYMOUS - 1)
    withheld = come_to(answers)
    assert (withheld.answered, withheld.is_withheld, withheld.percent) == (2, True, None)
    assert not any(one.texts for one in withheld.words)
    assert come_to(answers, is_anonymous=False).words[0].texts == ("the siren", "the siren")


def test_more_answers_than_asked_have_no_share_and_the_report_says_so() -> None:
    result = come_to([{"told": 3}] * 4, asked=3)
    assert result.share is None
    assert "More answered than were asked" in " ".join(one.en for one in hot_wash_section(result).paragraphs)


def test_the_report_keeps_it_apart_from_the_official_rating() -> None:
    section = hot_wash_section(come_to([{"told": 3, "change": "radios"}] * 3))
    assert "no part of the official rating" in section.paragraphs[0].en
    assert section.tables[0].rows[0][-1].en == "3.0"
    assert section.sections[0].points[0].en == "radios"


def test_what_does_not_belong_to_the_questions_is_left_out() -> None:
    assert sound_answers(QUESTIONS, {"told": "6", "ready": "2", "other": "5", "change": "  "}) == {"ready": 2}


@given(st.lists(st.fixed_dictionaries({}, optional={one: st.integers(1, 5) for one in ("told", "plan_fits", "ready")})))
def test_every_grade_given_is_counted_once_and_the_view_lies_between_0_and_100(answers: list[dict[str, int]]) -> None:
    result = come_to(list(answers), is_anonymous=False)
    assert sum(one.answered for one in result.grades) == sum(len(one) for one in answers)
    assert result.percent is None or 0 <= result.percent <= 100


def test_every_questionnaire_asks_for_grades_and_for_words_in_both_languages() -> None:
    assert len(content.agreement_scale()) == 5
    for one in content.questionnaires().values():
        assert {question.kind for question in one.questions} == set(QuestionKind), one.id
        assert all(question.text.zh and question.text.en for question in one.questions), one.id
        assert len({question.id for question in one.questions}) == len(one.questions), one.id
