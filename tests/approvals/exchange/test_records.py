"""Files and pushed messages become records; whatever is in them, nothing breaks and nothing is lost."""

import csv
import io
import json
from contextlib import suppress
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.exchange import records
from approvals.exchange.records import ZONE, Unreadable
from tests.approvals.exchange.cases import fields

ROWS = [fields("m1", 1, "2026-02-02 09:00"), fields("m2", 3, "2026-02-03 10:20:30", 备注="<a> & “b”")]


WORKBOOK_TIME = datetime(2026, 2, 3, 10, 20)  # noqa: DTZ001 - workbooks know no zones


def as_csv(rows, encoding="utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["省平台办件状态"])
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows) -> bytes:
    return json.dumps({"messages": rows}, ensure_ascii=False).encode()


def as_xml(rows) -> bytes:
    from xml.sax.saxutils import escape

    body = "".join(
        "<message>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in row.items()) + "</message>" for row in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><messages>{body}</messages>'.encode()


@pytest.mark.parametrize(
    "data",
    [as_csv(ROWS), as_csv(ROWS, "gb18030"), as_xlsx(ROWS), as_json(ROWS), as_json(ROWS)[13:-1], as_xml(ROWS)],
    ids=["csv", "gb18030", "xlsx", "json", "json list", "xml"],
)  # fmt: skip
def test_every_kind_of_file_says_the_same(data):
    one, two = records.read_file(data, "states")
    assert (one.message_id, one.state, one.errors) == ("m1", "1", ())
    assert one.happened_at == datetime(2026, 2, 2, 9, tzinfo=ZONE)
    assert (two.remark, two.happened_at.second, two.raw["unit"]) == ("<a> & “b”", 30, "经发局")
    assert [record.digest for record in records.read_file(as_json(ROWS), "")] == [one.digest, two.digest]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=ZONE)), ("2026/3/1 8:05", datetime(2026, 3, 1, 8, 5, tzinfo=ZONE)),
        ("2026年3月1日", datetime(2026, 3, 1, tzinfo=ZONE)), ("20260301", datetime(2026, 3, 1, tzinfo=ZONE)),
        ("2026年3月1日 8时5分", datetime(2026, 3, 1, 8, 5, tzinfo=ZONE)),
        ("20260301102030", datetime(2026, 3, 1, 10, 20, 30, tzinfo=ZONE)),
        ("2026-03-01T02:20:30Z", datetime(2026, 3, 1, 10, 20, 30, tzinfo=ZONE)),
        ("2026-03-01T10:20:30.123+08:00", datetime(2026, 3, 1, 10, 20, 30, tzinfo=ZONE)),
        ("2026-02-30", None), ("2026-03-01 25:00", None), ("昨天", None), ("", None), ("0001-01-01", None),
    ],
)  # fmt: skip
def test_moments(text, moment):
    assert records.moment_of(text) == moment


def test_workbook_dates_and_numbers():
    row = fields("m1", 11, WORKBOOK_TIME) | {"状态代码": 11, "证照有效期止": date(2029, 2, 2)}
    (record,) = records.read_file(as_xlsx([row]), "x.xlsx")
    assert (record.state, record.certificate_until) == ("11", date(2029, 2, 2))
    assert record.happened_at == datetime(2026, 2, 3, 10, 20, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "headers"), (b"a,b\n1,2\n", "headers"), (b"[1", "broken"), (b"{}", "headers"), (b"<a>", "broken"),
        (b"PK\x03\x04rubbish", "broken"), (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "kind"),
        (b"x" * (10 * 1024 * 1024 + 1), "size"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a><m>&b;</m></a>', "unsafe"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "unsafe"),
        (b"[" * 100_000, "broken"), (b"[" + b"{}," * 20_001 + b"{}]", "many"),
    ],
)  # fmt: skip
def test_files_that_are_refused(data, code):
    with pytest.raises(Unreadable) as refused:
        records.read_file(data, "states")
    assert refused.value.code == code


def test_without_a_number_the_content_is_the_number():
    row = {name: value for name, value in ROWS[0].items() if name != "消息编号"}
    one, same, other = records.read_messages([row, dict(reversed(row.items())), row | {"备注": "x"}])
    assert one.message_id == same.message_id != other.message_id and one.message_id.startswith("sha256:")
    assert len(one.message_id) < 100


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*records.NAMES, "其他"]) | st.text(), VALUES) | VALUES, max_size=5))
def test_whatever_is_pushed_becomes_as_many_records(found):
    made = records.read_messages(found)
    assert len(made) == len(found)
    for record in made:
        assert 0 < len(record.message_id) <= 80 and record.digest and len(record.project_code) <= 40
        again = records.record_of(record.raw, "")
        assert (again.message_id, again.errors, again.happened_at) == (
            record.message_id, record.errors, record.happened_at,
        )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_bytes_come_they_are_read_or_refused(data):
    with suppress(Unreadable):
        records.read_file(data, "x")
