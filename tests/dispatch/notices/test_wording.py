"""Placeholders reach the facts and nothing else; texts are cut to bytes between characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.notices import wording

HOSTILE = [
    "{user.password}", "{0}", "{}", "{by!r}", "{by:>9999999999}", "{by.__class__.__init__.__globals__}", "{by[0]}",
    "{{by}}", "{by", "by}", "{ by }", "{BY}", "{%load x%}", "{{ settings.SECRET_KEY }}", "{by}{", "{__class__}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_placeholders_are_refused(text):
    assert wording.faults(text, {"by"})


@pytest.mark.parametrize("text", HOSTILE)
def test_and_do_nothing_if_they_came_in_all_the_same(text):
    class Loud(str):
        def __format__(self, spec):
            raise AssertionError("formatted")

    filled = wording.fill(text, {"by": Loud("甲")})
    assert filled == text.replace("{by}", "甲")


@pytest.mark.parametrize("text", ["", "plain", "{by}：{title}", "{by}{by}", "100 % \\n"])
def test_good_texts_pass(text):
    assert wording.faults(text, {"by", "title"}) == []


def test_unknown_names_are_told():
    assert wording.faults("{by} {whose}", {"by"}) == ["{whose}"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"by": "张三"}, "张三"),
        ({}, "—"),
        ({"by": ""}, "—"),
        ({"by": None}, "—"),
        ({"by": 0}, "0"),
        ({"by": ["甲", "乙"]}, "甲、乙"),
        ({"by": {"a": 1}}, "—"),
        ({"by": "a\r\nBcc: x@y\u2028z"}, "a Bcc: x@y z"),
        ({"by": "a\u202etxt.exe"}, "atxt.exe"),
        ({"by": "{title}"}, "{title}"),
    ],
)
def test_facts_become_one_line(facts, expected):
    assert wording.fill("{by}", facts) == expected


def test_a_long_fact_is_cut():
    assert len(wording.fill("{by}", {"by": "长" * 9999})) == wording.LONGEST_FACT


@given(st.text(max_size=200), st.integers(0, 300))
def test_cutting_keeps_characters_whole_and_the_limit(text, limit):
    cut = wording.cut_line(text, limit)
    assert wording.size(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


@given(st.lists(st.text("甲乙ab", min_size=1, max_size=60), min_size=1, max_size=30), st.integers(40, 900))
def test_a_message_never_exceeds_its_channel_and_says_what_is_left_out(parts, limit):
    text = wording.fit("头", parts, "脚", limit=limit, more="… {count}")
    assert wording.size(text) <= limit
    shown = text.split("\n")[1:-1]
    if shown and shown[-1].startswith("… "):
        assert int(shown[-1][2:]) == len(parts) - (len(shown) - 1)
        assert shown[:-1] == parts[: len(shown) - 1] or len(shown) == 2
    else:
        assert shown == parts or len(parts) == 1
