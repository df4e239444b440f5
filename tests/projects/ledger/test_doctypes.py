"""No document type and no entity in any part of a workbook, read or not, in any encoding, however far down."""

import pytest

from projects.ledger.findings import Refusal
from projects.ledger.jail_reader import read_in_jail
from projects.ledger.workbook import read_workbook
from tests.projects.ledger.books import LINKS, TYPES, WORKBOOK
from tests.projects.ledger.hostile import LAUGHS, PLAIN, packed_parts

HERE = "http://127.0.0.1:9/x"
BELOW = 70_000  # bytes, more than is unpacked at once
KINDS = {
    "entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "parameter": f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{HERE}"> %x;]>',
    "dtd": f'<!DOCTYPE a SYSTEM "{HERE}">',
    "public": f'<!DOCTYPE a PUBLIC "-//x//y" "{HERE}">',
    "bare": "<!DOCTYPE a>",
    "laughs": LAUGHS,
    "below_a_remark": f"<!--{'x' * BELOW}-->{LAUGHS}",
    "below_blanks": " " * BELOW + LAUGHS,
}
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")
PARTS = {
    "[Content_Types].xml": TYPES.split("?>", 1)[1],
    "_rels/.rels": "<a/>",
    "customXml/item1.xml": "<a/>",
    "docProps/app.xml": "<a/>",
    "docProps/core.xml": "<a/>",
    "xl/_rels/workbook.xml.rels": LINKS,
    "xl/comments1.xml": "<a/>",
    "xl/drawings/vmlDrawing1.vml": "<a/>",
    "xl/media/image1.png": "<a/>",
    "xl/media/image1.svg": "<a/>",
    "xl/sharedStrings.xml": "<a/>",
    "xl/styles.xml": "<a/>",
    "xl/theme/theme1.xml": "<a/>",
    "xl/workbook.xml": WORKBOOK,
    "xl/worksheets/sheet1.xml": PLAIN,
}


def with_type(part: str, declaration: str, encoding: str) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding[:6]}"?>{declaration}{PARTS[part]}'
    return packed_parts({part: text.encode(encoding)})


@pytest.mark.parametrize("part", PARTS)
def test_no_part_has_one(part):
    for kind, declaration in KINDS.items():
        for encoding in ENCODINGS:
            with pytest.raises(Refusal) as caught:
                read_workbook(with_type(part, declaration, encoding))
            assert caught.value.code == "XML_UNSAFE", (kind, encoding)


@pytest.mark.parametrize("part", PARTS)
def test_without_one_they_are_read(part):
    """The twin: remarks and blanks alone are no fault, in any encoding that says what it is."""
    for declaration in ("", f"<!--{'x' * BELOW}-->", " " * BELOW):
        for encoding in ("utf-8", "utf-16"):
            assert len(read_workbook(with_type(part, declaration, encoding)).sheets) == 1


def test_the_child_refuses_it_too():
    with pytest.raises(Refusal, match="XML_UNSAFE"):
        read_in_jail(with_type("xl/media/image1.svg", KINDS["below_a_remark"], "utf-16-be"), "projects")


def test_a_part_that_nobody_reads_may_be_broken():
    assert read_workbook(packed_parts({"docProps/app.xml": "<a"})).sheets


def test_a_remark_without_end_is_refused():
    with pytest.raises(Refusal) as caught:
        read_workbook(packed_parts({"docProps/app.xml": "<!--" + "x" * 3_000_000}))
    assert caught.value.code in ("TOO_LARGE", "ZIP_BOMB")
