"""Reading the lines a person pastes or uploads."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from workdays.notice import MAX_BYTES, YearTable, decode, read_notice

SPRING = YearTable(((date(2027, 2, 5), "春节"),), ((date(2027, 2, 20), "春节"),))


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-05 off 春节\n2027-02-20 work 春节",
        "2027-02-20 WORK 春节\r\n\r\n2027-02-05\toff\t春节\r\n",
        "date,kind,name\n2027-02-05,off,春节\n2027-02-20,work,春节",
        '2027/2/5,休,"春节",,\n2027/2/20,班,春节',
        "2027年2月5日 放假 春节  # 除夕\n2027年2月20日 上班 春节",
        "\ufeff2027.2.5，off，春节\n2027.2.20，work，春节",
        "2027-02-05\u3000off\u3000春节\n2027-02-20\u3000work\u3000春节",
    ],
)
def test_readable_notices(text):
    assert read_notice(text) == SPRING


def test_name_may_be_left_out_or_hold_spaces():
    table = read_notice("2027-02-05 off\n2027-02-06 off Spring Festival (eve)")
    assert table.off == ((date(2027, 2, 5), ""), (date(2027, 2, 6), "Spring Festival (eve)"))


@pytest.mark.parametrize(
    "line",
    [
        "2027-02-30 off 春节",
        "2027-02-05",
        "2027-02-05 maybe 春节",
        "5 Feb off",
        "off 2027-02-05",
        "2027-02-05 off a\x00b",
    ],
)
def test_unreadable_line_is_named(line):
    with pytest.raises(ValidationError) as caught:
        read_notice(f"2027-01-01 off 元旦\n{line}")
    assert len(caught.value.messages) == 1
    assert "2" in caught.value.messages[0]


def test_many_bad_lines_give_a_short_answer():
    with pytest.raises(ValidationError) as caught:
        read_notice("1 bad\n" * 500)
    assert len(caught.value.messages) == 20


def test_nothing_is_an_empty_table():
    assert read_notice(" \n# remark\n") == YearTable()


names = st.text(st.characters(categories=("L", "Nd")), max_size=20)
tables = st.lists(st.tuples(st.dates(date(2027, 1, 1), date(2027, 12, 31)), names), unique_by=lambda day: day[0])


@given(tables, tables)
def test_text_reads_back_to_the_same_table(off, make_up):
    table = YearTable.of(off, make_up)
    assert read_notice(table.as_text()) == table
    assert read_notice(table.as_text()).fingerprint() == table.fingerprint()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        read_notice(text)
    except ValidationError as error:
        assert error.messages


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_decode(encoding):
    assert decode("2027-02-05,off,春节".encode(encoding)) == "2027-02-05,off,春节"


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"x" * (MAX_BYTES + 1)])
def test_decode_refuses(content):
    with pytest.raises(ValidationError):
        decode(content)
