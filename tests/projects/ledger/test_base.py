"""Three-way comparison of a row: every combination by a table, and against a slow oracle that keeps whole values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.ledger.base import Side, known, merge, stamp
from projects.ledger.fields import FIELDS, to_json
from projects.ledger.row_keys import RowKey, key_text, read_key

SAME, MINE, THEIRS, CONFLICT = Side.SAME, Side.MINE, Side.THEIRS, Side.CONFLICT


@pytest.mark.parametrize(
    ("base", "mine", "here", "expected"),
    [  # each of the three filled or empty: the eight combinations, and where several are filled every way to differ
        (None, None, None, SAME),
        (None, None, "甲", SAME),  # blank in the file never erases
        (None, "甲", None, MINE),
        ("甲", None, None, SAME),
        ("甲", None, "甲", SAME),  # emptied in the file: kept
        ("甲", None, "乙", SAME),
        ("甲", "甲", None, THEIRS),  # emptied here, untouched in the file
        ("甲", "乙", None, CONFLICT),
        (None, "甲", "甲", SAME),
        (None, "甲", "乙", CONFLICT),
        ("甲", "甲", "甲", SAME),
        ("甲", "乙", "甲", MINE),
        ("甲", "甲", "乙", THEIRS),
        ("甲", "乙", "乙", SAME),  # both to the same
        ("甲", "乙", "丙", CONFLICT),
    ],
)
def test_every_combination(base, mine, here, expected):
    assert merge(stamp({"f": base}), {"f": mine}, {"f": here}) == {"f": expected}


def test_without_a_base_a_difference_is_a_change():
    for base in (None, "", "nonsense", stamp({"other": "甲"}), stamp({"f": "甲"})[:-1], "1"):
        assert merge(base, {"f": "乙"}, {"f": "丙"}) == {"f": MINE}
        assert merge(base, {"f": "乙"}, {"f": "乙"}) == {"f": SAME}
        assert merge(base, {"f": None}, {"f": "乙"}) == {"f": SAME}


def test_kinds_of_values_stay_apart_and_alike_texts_together():
    base = stamp({"a": "0", "b": False, "c": "ＡＢ 区（一期）", "d": None, "e": to_json(Decimal("1.50"))})
    mine = {"a": "0", "b": False, "c": "AB区(一期)", "d": "", "e": "1.5"}
    assert set(merge(base, mine, mine).values()) == {SAME}
    assert merge(base, {"b": 0}, {"b": False}) == {"b": MINE}
    assert merge(base, {"c": "AB区(一期)"}, {"c": "丙"}) == {"c": THEIRS}


def test_done_without_a_day_never_replaces_a_day():
    day = {"value": "2025-04-30", "precision": "day"}
    done = {"value": None, "precision": None, "done": True}
    assert merge(stamp({"d": None}), {"d": done}, {"d": day}) == {"d": SAME}
    assert merge(stamp({"d": None}), {"d": done}, {"d": None}) == {"d": MINE}
    assert merge(stamp({"d": day}), {"d": done}, {"d": None}) == {"d": CONFLICT}


values = st.sampled_from([None, "", "甲", "乙", "丙", "0", False, True, {"value": "2025-01-01", "precision": "month"}])
rows = st.dictionaries(st.sampled_from("abcd"), values)


@given(rows, rows, rows)
def test_against_whole_values(base, mine, here):
    def said(row, field):
        value = row.get(field)
        return None if value == "" else value

    expected = {}
    for field in mine:
        was, file, now = said(base, field), said(mine, field), said(here, field)
        if file is None or (type(file), file) == (type(now), now):
            expected[field] = SAME
        elif field not in base or (type(was), was) == (type(now), now):
            expected[field] = MINE
        else:
            expected[field] = THEIRS if (type(was), was) == (type(file), file) else CONFLICT
    assert merge(stamp(base), mine, here) == expected


@given(st.dictionaries(st.text(), st.text()), st.data())
def test_a_stamp_is_whole_or_not_read(given_values, data):
    text = stamp(given_values)
    assert len(known(text)) == len(given_values)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda each: each != text[at]))
    assert known(text[:at] + other + text[at + 1 :]) is None


def test_no_two_fields_share_a_name():
    assert len(known(stamp(dict.fromkeys(FIELDS)))) == len(FIELDS)


@given(st.integers(1, 2**63 - 1), st.integers(1, 10**6))
def test_keys_come_back_for_their_own_park_and_kind(pk, park_id):
    text = key_text("visits", pk, park_id=park_id)
    assert read_key(f" {text}\n", "visits", park_id=park_id) == RowKey(pk)
    assert read_key(text, "filings", park_id=park_id) == RowKey(None, "kind")
    assert read_key(text, "visits", park_id=park_id + 1) == RowKey(None, "check")


@given(st.data())
def test_a_changed_key_means_nothing(data):
    text = key_text("projects", 4711, park_id=3)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(blacklist_categories=["Cs", "Zs", "Cc"]).filter(lambda each: each != text[at]))
    assert read_key(text[:at] + other + text[at + 1 :], "projects", park_id=3).pk is None


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.just("x" * 300)))
def test_nonsense_is_no_key(value):
    found = read_key(value, "projects", park_id=1)
    assert found.pk is None
    assert found.why == ("check" if value is not None and str(value).strip() else "missing")
