"""Names are found the way people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.content.language import lexicon
from youbei.engine.words.expression import holds
from youbei.engine.words.match import Match, Reason, match
from youbei.engine.words.query import Stage, ask, read_query
from youbei.engine.words.tokens import Words, tokens_of

PLACES = "海州江宁安平石泉长清丰乐青云龙凤金山"
KINDS = ("应急管理局", "危险化学品救援队", "第一小学", "人民医院", "物资储备库", "消防救援大队", "矿山救护队")
characters = st.sampled_from(sorted({*PLACES, *"".join(KINDS)}))
names = st.builds(
    lambda a, b, kind: f"{a}{b}{kind}", st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(KINDS)
)


def found(typed: str, words: Words) -> Match | None:
    """Search as a database does: by the stages, and then by looking at the names."""
    query = read_query(typed, lexicon())
    assert query is not None
    tokens = tokens_of(words, lexicon().readings)
    for stage in Stage:
        asked = ask(query, stage, lexicon())
        if asked is not None and holds(asked, tokens) and (fits := match(query, words, lexicon())) is not None:
            return fits
    return None


def reason(typed: str, *names: str, code: str = "x-1") -> Reason | None:
    fits = found(typed, Words(code, names))
    return fits.reason if fits else None


@pytest.mark.parametrize(
    ("typed", "name", "why"),
    [
        ("应急", "海州市应急管理局", Reason.INSIDE),
        ("局", "海州市应急管理局", Reason.INSIDE),
        ("海州市应急管理局", "海州市应急管理局", Reason.NAME),
        ("海州", "海州市应急管理局", Reason.START),
        ("小学东校区", "滨海第一小学（东校区）", Reason.INSIDE),
        ("管理局 海州", "海州市应急管理局", Reason.INSIDE),
        ("第3中学", "海州第3中学", Reason.INSIDE),
        ("危化", "海州港危险化学品应急救援队", Reason.SYNONYM),
        ("空呼", "正压式空气呼吸器", Reason.SYNONYM),
        ("haizhou", "海州市应急管理局", Reason.PINYIN),
        ("yingjiguan", "海州市应急管理局", Reason.PINYIN),
        ("yingjigu", "海州市应急管理局", Reason.PINYIN),
        ("haizh", "海州市应急管理局", Reason.PINYIN),
        ("xiaomin", "王小明", Reason.PINYIN),
        ("lvbu", "吕布", Reason.PINYIN),
        ("lyubu", "吕布", Reason.PINYIN),
        ("xianlvyou", "西安旅游公司", Reason.PINYIN),
        ("hz", "海州市应急管理局", Reason.INITIALS),
        ("yjglj", "海州市应急管理局", Reason.INITIALS),
        ("wxm", "王小明", Reason.INITIALS),
        ("王晓明", "王小明", Reason.SOUND),
        ("海洲应急", "海州应急管理局", Reason.SOUND),
        ("王木明", "王小明", Reason.SLIP),
        ("应管理局", "海州市应急管理局", Reason.SLIP),
        ("应急理管局", "海州市应急管理局", Reason.SLIP),
        ("应急应管理局", "海州市应急管理局", Reason.SLIP),
        ("急应", "海州市应急管理局", Reason.SLIP),
        ("emergency manag", "Haizhou Emergency Management Bureau", Reason.INSIDE),
        ("bureau", "Haizhou Emergency Management Bureau", Reason.INSIDE),
        ("emergnecy", "Haizhou Emergency Management Bureau", Reason.SLIP),
        ("burreau", "Haizhou Emergency Management Bureau", Reason.SLIP),
        ("haizoushi", "海州市应急管理局", Reason.SLIP),
        ("ＨＡＩＺＨＯＵ", "海州市应急管理局", Reason.PINYIN),
        ("cafe", "Café Haizhou", Reason.START),
    ],
)
def test_a_name_is_found_and_it_is_said_why(typed: str, name: str, why: Reason) -> None:
    assert reason(typed, name) is why


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("应理", "海州市应急管理局"),
        ("海安", "海州市应急管理局"),
        ("hzx", "海州市应急管理局"),
        ("emergency", "海州市应急管理局"),
    ],
)
def test_what_does_not_fit_is_not_found(typed: str, name: str) -> None:
    assert reason(typed, name) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("shanxiongxin", "单雄信"),
        ("zengguofan", "曾国藩"),
        ("qiuying", "仇英"),
        ("ouyang", "欧阳修"),
        ("xiejin", "解缙"),
        ("piaoshi", "朴实"),
        ("yuchigong", "尉迟恭"),
        ("zhangsunwuji", "长孙无忌"),
        ("chongqing", "重庆市应急管理局"),
        ("xiamen", "厦门港"),
        ("luan", "六安市消防"),
        ("bengbu", "蚌埠市消防"),
        ("shanxian", "单县应急局"),
        ("hongtong", "洪洞县消防"),
        ("yinhang", "工商银行"),
    ],
)
def test_surnames_and_places_are_found_by_the_reading_they_really_have(typed: str, name: str) -> None:
    assert reason(typed, name) in (Reason.PINYIN, Reason.INSIDE)


def test_every_word_whose_reading_is_given_is_found_by_it() -> None:
    from youbei.content import table

    for word, said in table("words/readings.toml")["words"]:
        letters = said.replace(" ", "")
        assert lexicon().readings.spells(letters, word), word
        if len(word) > 1:
            assert reason(letters, word) is Reason.PINYIN, word


def test_codes_are_found_whole_and_from_the_beginning_of_their_parts() -> None:
    words = Words("team-0012345", ("海州队",), ("苏G12345",))
    assert found("TEAM-0012345", words).reason is Reason.CODE  # type: ignore[union-attr]
    assert found("team-0012", words).reason is Reason.START  # type: ignore[union-attr]
    assert found("0012345", words).reason is Reason.INSIDE  # type: ignore[union-attr]
    assert found("12345", words).reason is Reason.INSIDE  # type: ignore[union-attr]
    assert found("苏G12345", words) is not None


def test_better_reasons_come_first() -> None:
    exact = found("应急局", Words("a", ("应急局",)))
    longer = found("应急局", Words("b", ("海州应急局",)))
    shorter = found("应急局", Words("c", ("海应急局",)))
    assert exact is not None
    assert longer is not None
    assert shorter is not None
    assert exact.order < shorter.order < longer.order


def test_nothing_is_searched_for_where_nothing_is_typed() -> None:
    for typed in ("", "  ", "（）", "、、", "%_'\""):
        assert read_query(typed, lexicon()) is None


@given(names, st.data())
def test_two_neighbouring_characters_find_a_name_whatever_they_are(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    fits = found(name[at : at + 2], Words("x", (name,)))
    assert fits is not None
    assert fits.reason <= Reason.INSIDE


@given(names, st.data())
def test_pinyin_and_initials_find_a_name_from_any_of_its_characters(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 3))
    end = data.draw(st.integers(at + 3, len(name)))
    readings = [lexicon().readings.of(one)[0] for one in name[at:end]]
    assert found("".join(readings), Words("x", (name,))) is not None
    assert found("".join(one[0] for one in readings), Words("x", (name,))) is not None


@given(names, characters, st.data())
def test_one_slip_in_four_characters_still_finds_a_name(name: str, other: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 4))
    typed = name[at : at + data.draw(st.integers(4, len(name) - at))]
    slip = data.draw(st.integers(0, len(typed) - 1))
    kinds = {
        "wrong": typed[:slip] + other + typed[slip + 1 :],
        "missing": typed[:slip] + typed[slip + 1 :],
        "more": typed[:slip] + other + typed[slip:],
        "swapped": typed[:slip] + typed[slip + 1 : slip + 2] + typed[slip : slip + 1] + typed[slip + 2 :],
    }
    kind = data.draw(st.sampled_from(sorted(kinds)))
    assert found(kinds[kind], Words("x", (name,))) is not None, (kind, kinds[kind])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_kept_and_asked_for(name: str, typed: str) -> None:
    tokens = tokens_of(Words(name[:20], (name,), (typed,)), lexicon().readings)
    assert all(" " not in token and token for token in tokens)
    query = read_query(typed, lexicon())
    if query is not None:
        for stage in Stage:
            ask(query, stage, lexicon())
        match(query, Words("", (name,)), lexicon())


@given(st.text(min_size=1, max_size=40))
def test_a_text_finds_itself(name: str) -> None:
    query = read_query(name, lexicon())
    if query is not None:
        fits = found(name, Words("", (name,)))
        assert fits is not None
        assert fits.reason in (Reason.NAME, Reason.START)
