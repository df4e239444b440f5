"""A text stays a text: in every .xlsx there is no formula, and LibreOffice calculates nothing."""

import csv
import io
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest

from approvals.figures.workbook import Heading
from approvals.figures.workbook import workbook as figures_workbook
from projects.ledger.base import HEADERS
from projects.ledger.export import export
from projects.ledger.lists import Keyed, ListSheet, list_workbook
from projects.ledger.sheet import CELL_LIMIT, CUT_MARK, csv_text, safe_text
from projects.ledger.template import project_template
from projects.ledger.text import GUARDED
from projects.models import Project
from tests.factories import TODAY, enterprise, organization, park, project, user
from tests.projects.ledger.importing import uploaded

LEADS = ["=", "+", "-", "@", "\t", "\r", "\x00", "＝", "＋", "－", "＠"]
PAYLOADS = [
    *(f"{lead}1+1" for lead in LEADS),
    *(f'{before}=HYPERLINK("http://example.invalid","点")' for before in ("", '"', ";", ",", "|", "'", " ", "\n")),
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", '=WEBSERVICE("http://example.invalid")',
    "{=1+1}", "=1+1&\"<f>1</f>\"", "</t></is><f>1+1</f>", "#REF!", "_x003D_1+1", "a\ud800b", "\x07\x1b甲",
    "长" * 40_000, "=" + "A" * 40_000,
]  # fmt: skip
STORED = [text for text in PAYLOADS if len(text) <= 4000 and "\x00" not in text and "\ud800" not in text]


def formulas(data):
    """Elements that a spreadsheet calculates, validations of templates apart."""
    found = 0
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                found += len(re.findall(rb"<f[ >/]", package.read(name)))
    return found


def texts(data):
    """Every cell that is a text, and that it is typed as one."""
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    assert cell.data_type == "s", (cell.coordinate, cell.value)
                    found.append(cell.value)
    return found


def all_books(person):
    """What the common writers make of the payloads, by name."""
    lists = ListSheet("甲", ["=标题", "乙"], [10, 10], [Keyed([text, text], text, None) for text in PAYLOADS])
    with export(Project.objects.order_by("pk"), park=person.park, year=2025, month=4) as file:
        yield "ledger", file.read()
    yield "list", list_workbook(lists, name="=名称")
    with figures_workbook(
        sheet="甲",
        title="=1+1",
        about="@1",
        headings=[Heading("=1")],
        rows=[[text] for text in PAYLOADS],
        notes=PAYLOADS[:5],
    ) as file:
        yield "figures", file.read()
    with project_template(person, TODAY) as file:
        yield "template", file.read()


@pytest.fixture
def person(db):
    """A park whose every text is a payload."""
    here = park(name_zh="=1+1", centre_name_zh="@1+1")
    made = user(here)
    for number, text in enumerate(STORED):
        unit, firm = organization(here, name=f"{text}{number}"[:90]), enterprise(here, name=f"{text}{number}"[:190])
        project(
            here, name=f"{text}{number}"[:190], enterprise=firm, responsible_unit=unit, industry=text[:50], issue=text,
            remark=text,
            contact_name=text[:50], location=text[:190], content=text,
        )  # fmt: skip
    return made


def test_no_book_has_a_formula_and_texts_are_typed(person):
    for name, data in all_books(person):
        assert formulas(data) == 0, name
        assert texts(data), name


def test_long_texts_are_cut_with_a_mark_and_controls_are_left_out():
    assert safe_text("长" * 40_000).endswith(CUT_MARK) and len(safe_text("长" * 40_000)) == CELL_LIMIT
    assert safe_text("a\ud800b\x00\x07\r\n乙") == "ab\n乙"
    assert safe_text("=1+1") == "=1+1"


def test_import_restores_the_original(person):
    with export(Project.objects.order_by("pk"), park=person.park, year=2025, month=4) as file:
        batch = uploaded(file.read(), person)
    changed = {(each["field"], each["old"], each["new"]) for row in batch.rows.all() for each in row.changes}
    assert {each for each in changed if each[0] in ("issue", "remark")} == set()


def test_csv_quotes_all_and_guards():
    data = csv_text([PAYLOADS, ["甲,乙", '"', 1, None, True, "a\nb"]])
    assert data.startswith(b"\xef\xbb\xbf")
    first, second = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert second == ["甲,乙", '"', "1", "", "是", "a\nb"]
    assert not [
        text
        for text in first
        if text.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    ]
    for text, written in zip(PAYLOADS, first, strict=True):
        if text.startswith(("=", "+", "-", "@", "＝")) and len(text) < 4000:
            assert GUARDED.sub("", written, count=1) == text


@pytest.mark.slow
def test_libreoffice_leaves_text_as_text(person, tmp_path):
    """Opened, calculated anew and saved by LibreOffice: no formula appears, and the texts are the same."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.fail("soffice is missing: apt-get install libreoffice-calc-nogui")
    for name, data in all_books(person):
        (tmp_path / f"{name}.xlsx").write_bytes(data)
        command = [
            soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--norestore", "--convert-to",
            "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / f"{name}.xlsx"),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        after = (tmp_path / "out" / f"{name}.xlsx").read_bytes()
        assert formulas(after) == 0, name
        before = {text for text in texts(data) if "\n" not in text and not text.startswith("_x")}
        assert before - set(texts(after)) == set(), name
    assert HEADERS[0] in texts((tmp_path / "out" / "ledger.xlsx").read_bytes())
