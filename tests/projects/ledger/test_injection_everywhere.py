"""Every file the site hands out, with every text of the database made dangerous: no formula, texts typed as texts.

The world of the access tests has one row of everything. Each text in it that a person may have written is given a
start that spreadsheets act upon; then every address, every file made in a worker and every template is asked for.
"""

import csv
import inspect
import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from itertools import cycle

import docx
import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import get_resolver

from accounts.downloads import DOCX, XLSX
from dispatch.exports.registry import KINDS as FILE_KINDS
from dispatch.exports.registry import permit
from projects.ledger.registry import KINDS as IMPORT_KINDS
from projects.ledger.registry import kind_of
from tests.access import routes
from tests.access.conftest import build
from tests.factories import TODAY
from tests.projects.ledger.test_injection import formulas, texts
from tests.standing import standing

pytestmark = [pytest.mark.slow, pytest.mark.once]

STARTS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "＝1+1", "＋1", "－1", "＠1", "\t=1+1", '=HYPERLINK("http://example.invalid")',
    "=cmd|' /C calc'!A0", "</t></is><f>1+1</f>", "</w:t><w:fldSimple/>", "'=1+1", ' =1+1', ";=1+1", "_x003D_1",
]  # fmt: skip
MARK = "※"  # in every text that was made dangerous
WRITTEN = re.compile("[\u4e00-\u9fff]")  # what a person has written; codes and keys are plain letters
UPLOAD = b"PK"  # what the world has in place of files that people upload: they come back as they were
APPS = ("accounts", "projects", "approvals", "dispatch")
ROLES = ("staff", "unit", "admin")
BY_NAME = re.compile("export|xlsx|docx|download|minutes|template|archive|csv")
FILES = re.compile(r"attachment\(|FileResponse|StreamingHttpResponse|XLSX|DOCX|text/csv")
ALWAYS = re.compile("_export$|_xlsx$|_docx$|ranking_download|bulletin_download|bulletin-download")


def poison(text, start, limit):
    return f"{start}{MARK}{text}"[:limit]


def poison_json(value, starts):
    """Texts of the value, at any depth; keys stay."""
    if isinstance(value, dict):
        return {key: poison_json(each, starts) for key, each in value.items()}
    if isinstance(value, list):
        return [poison_json(each, starts) for each in value]
    if isinstance(value, str) and WRITTEN.search(value):
        return poison(value, next(starts), None)
    return value


def poison_all():
    """Rows of every table; returns how many texts were changed."""
    starts, changed = cycle(STARTS), 0
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            fields = [field for field in model._meta.concrete_fields if _is_text(field)]
            for row in model._base_manager.order_by("pk").values("pk", *(field.attname for field in fields)):
                for field in fields:
                    changed += _poison_one(model, field, row, starts)
    return changed


def _is_text(field):
    if isinstance(field, models.FileField) or field.choices:
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def _poison_one(model, field, row, starts):
    value = row[field.attname]
    if isinstance(field, models.JSONField):
        new = poison_json(value, starts)
    elif isinstance(value, str) and WRITTEN.search(value):
        new = poison(value, next(starts), field.max_length)
    else:
        return 0
    if new == value:
        return 0
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row["pk"]).update(**{field.attname: new})
    except IntegrityError:
        return 0
    return 1


def poisoned():
    made = build()
    assert poison_all() > 300
    return made


built = standing(poisoned)


@pytest.fixture
def here(built, db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    return built


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def hands_out(name):
    """Whether a route may answer with a file: its name says so, or the source of its view does."""
    if BY_NAME.search(name):
        return True
    *spaces, last = name.split(":")
    resolver = get_resolver()
    for space in spaces:
        _prefix, resolver = resolver.namespace_dict[space]
    views = {pattern.callback for pattern in resolver.url_patterns if getattr(pattern, "name", None) == last}
    return any(FILES.search(inspect.getsource(inspect.unwrap(view))) for view in views)


def from_addresses(here):
    """{route: the file} of every address that answers with one, to the first role that gets it."""
    found = {}
    for name in filter(hands_out, routes.names()):
        for role in ROLES:
            with transaction.atomic():
                answer = routes.call(here.people[role], "GET", routes.url(name, routes.ids_of(here.a, here)))
                data = content(answer) if answer.status_code == 200 else UPLOAD
                transaction.set_rollback(True)
            kind = answer.headers.get("Content-Type", "").partition(";")[0]
            if data != UPLOAD and (kind in (XLSX, DOCX, "text/csv") or data[:4] == b"PK\x03\x04"):
                found[name] = data
                break
    return found


def from_workers(here):
    """Every kind of file that is made in the background."""
    person = here.people["staff"]
    own = here.people["unit"]
    params = {"own_report": ({"report": own.saved_reports.get().pk}, own)}
    params |= {f"bulletin_{fmt}": ({"bulletin": here.bulletin.pk}, person) for fmt in ("xlsx", "docx", "pdf")}
    params |= {name: ({"query": ""}, person) for name in ("project_ledger", "wall_pdf", "wall_xlsx")}
    assert set(FILE_KINDS) == set(params)
    for name, (values, who) in params.items():
        made = permit(name, who, values).make(who, values, lambda done, total: None)
        with made.opened() as file:
            yield name, file.read()


def from_templates(here):
    for key in IMPORT_KINDS:
        with kind_of(key).template(here.people["staff"]) as file:
            yield f"template {key}", file.read()


def opened(name, data):
    """The books and papers in an answer, those inside an archive too."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        if "[Content_Types].xml" in names:
            yield name, data, "xlsx" if "xl/workbook.xml" in names else "docx"
            return
        for inner in names:
            if inner.endswith((".xlsx", ".docx")) and "/" not in inner:
                yield from opened(f"{name} {inner}", package.read(inner))


@pytest.fixture
def files(here):
    return from_addresses(here) | dict(from_workers(here)) | dict(from_templates(here))


def paper_texts(data):
    """All texts of a .docx, headers and tables included."""
    paper = docx.Document(io.BytesIO(data))
    assert not [part for part in paper.part.package.iter_parts() if "vba" in str(part.partname).lower()]
    fields = paper.element.body.xpath(".//w:fldSimple | .//w:instrText")
    assert not [each for each in fields if MARK in "".join(each.itertext())]
    return ["".join(each.itertext()) for each in paper.element.body.xpath(".//w:p")]


def csv_cells(data):
    return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row]


def test_every_file_holds_texts_only(files, tmp_path):
    books, dangerous = {}, 0
    for name, data in files.items():
        if not data.startswith(b"PK"):
            if not data.startswith(b"%PDF"):
                assert not [cell for cell in csv_cells(data) if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))], name
            continue
        for inner, package, kind in opened(name, data):
            if kind == "xlsx":
                assert formulas(package) == 0, inner
                books[inner] = package
            said = texts(package) if kind == "xlsx" else paper_texts(package)
            assert said, inner
            dangerous += any(MARK in text for text in said)
    assert dangerous > 35
    assert {name for name in routes.names() if ALWAYS.search(name)} - files.keys() == set()
    if shutil.which("soffice"):
        recalculated(books, tmp_path)


def recalculated(books, tmp_path):
    """LibreOffice opens each book, calculates and saves it: still no formula."""
    paths = {}
    for number, (name, data) in enumerate(books.items()):
        paths[name] = f"{number}.xlsx"
        (tmp_path / paths[name]).write_bytes(data)
    command = [
        shutil.which("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--norestore",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"),
        *(str(tmp_path / path) for path in paths.values()),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for name, path in paths.items():
        after = (tmp_path / "out" / path).read_bytes()
        assert formulas(after) == 0, name
        before = {text for text in texts(books[name]) if MARK in text and "\n" not in text and "_x" not in text}
        assert before - set(texts(after)) == set(), name
