"""The words of a text, against tables and against an independent slow oracle."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.measures import indexing
from dispatch.measures.tokens import LONGEST_WORD, MOST_TOKENS, STOP_WORDS, as_column, tokenise

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("用地指标未落实，。 abcXYZ019-_〇㎡①ＡＢ"), st.characters()), max_size=80
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("用地指标", ["用地", "地指", "指标"]),
        ("水", ["水"]),
        ("10千伏线路", ["10", "千伏", "伏线", "线路"]),
        ("ＧＢ５００１６ 规范", ["gb50016", "规范"]),
        ("PPP项目 ppp", ["ppp", "项目"]),
        ("6.67公顷", ["6", "67", "公顷"]),
        ("100㎡", ["100m2"]),
        ("一、二", ["一", "二"]),
        ("用地，用地", ["用地"]),
        ("进行协调", ["行协", "协调"]),
        ("the plan of it", ["plan", "it"]),
        ("", []),
        ("，。！ —", []),
    ],
)
def test_words(text, words):
    assert tokenise(text) == words


def test_texts_do_not_run_into_each_other():
    assert tokenise("用地", "指标") == ["用地", "指标"]


def test_the_column_finds_whole_words_only():
    column = as_column(tokenise("施工用电 s14"))
    assert column == " 施工 工用 用电 s14 "
    assert (" s1 " in column, " s14 " in column) == (False, True)
    assert as_column([]) == ""


def oracle(text: str) -> list[str]:
    """By regular expressions: every run, then every pair of it."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    han = "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003134f々〇]"
    found = []
    for run in re.findall(f"{han}+|(?:(?!{han})[^\\W_]|(?!{han})[\u00b2])+", folded):
        if re.match(han, run):
            found += [run] if len(run) == 1 else [run[i] + run[i + 1] for i in range(len(run) - 1)]
        else:
            found.append(run[:LONGEST_WORD])
    return [word for place, word in enumerate(found) if word not in found[:place] and word not in STOP_WORDS]


@given(st.text(alphabet="用地指标未落实以及水，。 abXY019-_〇㎡ＡＢthe", max_size=60))
def test_the_oracle_agrees(text):
    assert tokenise(text) == oracle(text)


@given(TEXTS)
def test_the_same_text_gives_the_same_words_and_nothing_but_words(text):
    words = tokenise(text)
    assert words == tokenise(text) == tokenise(unicodedata.normalize("NFKC", text))
    assert len(set(words)) == len(words)
    assert all(word and word.isalnum() and len(word) <= LONGEST_WORD for word in words)
    assert as_column(words).split() == words


@given(TEXTS, TEXTS)
def test_more_text_never_loses_a_word(first, second):
    assert set(tokenise(first)) | set(tokenise(second)) == set(tokenise(first, second))


def test_a_very_long_text_is_bounded():
    assert len(tokenise("".join(chr(0x4E00 + n) for n in range(9000)))) == MOST_TOKENS


def test_only_written_texts_change_the_column():
    class Row:
        title, description, measures, progress = "用地", "", "协调", ""

    assert indexing.item_column(Row, {"due_on": None}) == {}
    assert indexing.item_column(Row, {"progress": "已办结"}) == {"tokens": " 用地 协调 已办 办结 "}
    assert indexing.item_column(None, {"title": "用地"}) == {"tokens": " 用地 "}
