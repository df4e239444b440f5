"""The files of a bulletin: page = xlsx = docx = pdf = API, the same from the same snapshot, no missing glyph."""

import io
import re
import zipfile
from copy import copy, deepcopy
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import docx
import openpyxl
import pypdf
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse

from accounts.errors import Refused
from dispatch.exports.registry import KINDS
from dispatch.models import Bulletin, BulletinTemplate
from dispatch.reports import actions, editing, files, issuing, papers, printing, red_paper, workbook
from dispatch.reports.changes import diff
from dispatch.reports.comparison import compare
from dispatch.reports.pdf_text import Face
from dispatch.reports.sentences import notice, with_final
from dispatch.reports.snapshot import digest
from projects.models import Project
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AS_OF, AT
from tests.standing import standing

pytestmark = pytest.mark.django_db
filled = standing(lambda: bulletin_park.fill(14, seed=11))
STEPS = [f"S{n:02d}" for n in range(1, 18)]
# the annexes again, independent of layout.py: (path, kind)
COLUMNS = {
    1: [("no", 0), ("name", ""), ("enterprise", ""), ("location", ""), ("nature", ""), ("content", ""), ("years", ""),
        ("total_10k", "yi"), ("land_mu", 2), ("before_10k", 2), ("plan_10k", 2), ("planned_start", ""),
        ("planned_end", ""), ("month_10k", 2), ("ytd_10k", 2), ("percent", "1"), ("ahead_pp", "±"), ("enrolled", ""),
        ("progress", ""), ("issue", ""), ("next_work", ""), ("unit", ""), ("leader", ""), ("light_zh", "")],
    2: [("rank", 0), ("unit", ""), ("projects", 0),
        *((f"rates.{key}.percent", "1") for key in ("formalities", "starts", "enrolment", "investment", "quarter")),
        ("score", "1"), ("rank_before", 0), ("moved", "")],
    3: [("no", 0), ("name", ""), ("unit", ""), ("planned_start", ""), *((f"steps.{code}", "") for code in STEPS),
        ("stuck", ""), ("department", ""), ("expected", "")],
    4: [("no", 0), ("name", ""), ("light_zh", ""), ("reasons", ""), ("late", ""), ("months", 0), ("unit", ""),
        ("response", ""), ("measures", ""), ("until", "")],
    5: [("no", 0), ("number", ""), ("name", ""), ("category", ""), ("text", ""), ("raised_on", ""), ("assigned_on", ""),
        ("unit", ""), ("person", ""), ("due_on", ""), ("progress", ""), ("closed", ""), ("closed_on", ""),
        ("remark", "")],
    6: [("no", 0), ("name", ""), ("matter", ""), ("planned", ""), ("unit", ""), ("remark", "")],
}  # fmt: skip


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def bulletin(park, staff):
    actions.draft_bulletin(park=park, year=2026, month=9, as_of=date(2026, 9, 30), by=None, at=AT)
    row = actions.draft_bulletin(park=park, year=2026, month=10, as_of=AS_OF, by=staff, at=AT)
    editing.edit_sentence(row, "s5.1", after="预警总体可控（㎡、①）。", by=staff, at=AT, version=row.version)
    return row


def issued(row, park):
    second = factories.user(park)
    issuing.check(row, by=second, at=AT, version=row.version)
    return issuing.issue(row, by=second, at=AT, version=row.version)


def shown(row, path, kind):
    """One value as the pages write it; an oracle of its own."""
    value = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value in (None, ""):
        return "" if path == "no" else "—"
    if kind in ("", "1"):
        return str(value)
    if kind == "±":
        return ("+" if Decimal(value) > 0 else "") + value.replace("-", "−")
    places = 4 if kind == "yi" else kind
    number = (Decimal(value) / (10_000 if kind == "yi" else 1)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected(snapshot, number):
    """Every line of an annex as texts."""
    annex, columns = snapshot[f"annex{number}"], COLUMNS[number]
    if number > 1:
        return [[shown(row, *column) for column in columns] for row in annex]
    lines = [[shown(annex["total"], *column) for column in columns]]
    for group in annex["groups"]:
        lines.append([group["heading"]])
        lines += [[shown(row, *column) for column in columns] for row in group["rows"]]
    return lines


def squeezed(text):
    return re.sub(r"\s", "", text)


def texts_of_pdf(raw):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]


def cells(table):
    """The texts of a .docx table; a merged cell once in its row."""
    return [[written(cell) for cell in row.tc_lst] for row in table._tbl.tr_lst]


def written(cell):
    return "".join(node.text or "" for node in cell.iter() if node.tag.endswith("}t"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 21])
def test_page_xlsx_docx_pdf_and_api_say_the_same(client, seed):
    park = bulletin_park.fill(9, seed=seed)
    staff = factories.user(park)
    client.force_login(staff)
    row = actions.draft_bulletin(park=park, year=2026, month=10, as_of=AS_OF, by=None, at=AT)
    editing.edit_sentence(row, "s1.4", after="红黄灯情况见附件4。", by=staff, at=AT, version=row.version)
    row = issued(row, park)
    snapshot = row.snapshot
    api = client.get(f"/api/v1/bulletins/{row.pk}/").json()
    assert api["snapshot"] == snapshot
    sentences = [one["text"] for one in api["sentences"]]
    assert "红黄灯情况见附件4。" in sentences
    paper = docx.Document(io.BytesIO(papers.render(snapshot)))
    in_docx = squeezed("".join(line.text for line in paper.paragraphs))
    raw = printing.render(snapshot)
    paper_name = squeezed(notice(snapshot).title.text + notice(snapshot).issue)
    in_pdf = re.sub(r"第\d+页，共\d+页", "", squeezed("".join(texts_of_pdf(raw)))).replace(paper_name, "")
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(snapshot)))
    in_xlsx = squeezed("".join(str(cell.value) for cell in book["通报"]["A"]))
    html = client.get(reverse("dispatch:bulletin_detail", args=[row.pk])).content.decode()
    page = squeezed(re.sub(r"<[^>]+>", "", html))
    for sentence in sentences[1:]:
        for where in (in_docx, in_pdf, in_xlsx, page.replace("&quot;", '"')):
            assert squeezed(sentence) in where, sentence
    for number in range(1, 7):
        lines = expected(snapshot, number)
        head = 2 if number == 1 else 1
        assert cells(paper.tables[number - 1])[head:] == lines
        html = client.get(reverse("dispatch:bulletin_detail", args=[row.pk]), {"annex": number}).content.decode()
        for line in lines:
            for text in line:
                assert squeezed(text) in in_pdf
                assert text.split(" ")[-1].split("（")[0] in html
        check_sheet(book[f"附件{number}"], lines, COLUMNS[number], 5 if number == 1 else 4)


def check_sheet(sheet, lines, columns, first):
    """The workbook has numbers: they are compared as they are shown."""
    for offset, line in enumerate(lines):
        if len(line) == 1:
            assert sheet.cell(first + offset, 2).value == line[0]
            continue
        for at, (text, (_path, kind)) in enumerate(zip(line, columns, strict=True), 1):
            value = sheet.cell(first + offset, at).value
            if value is None:
                assert text in ("—", "")
            elif isinstance(value, int | float):
                places = Decimal(1).scaleb(-{"yi": 4, "±": 1, "1": 2}.get(kind, kind or 0))
                shown_number = Decimal(text.replace(",", "").replace("−", "-").replace("+", ""))
                assert Decimal(str(value)).quantize(places, ROUND_HALF_UP) == shown_number.quantize(places)
            else:
                assert (value.date().isoformat() if hasattr(value, "date") else value) == text


def test_an_issued_bulletin_gives_the_same_files_for_ever(bulletin, park):
    row = issued(bulletin, park)
    kept = {fmt: files.made(row, fmt, row.snapshot).content for fmt in ("xlsx", "pdf", "docx")}
    Project.objects.filter(park=park).update(physical_progress="后来的事", name="改名")
    again = Bulletin.objects.get(pk=row.pk)
    assert digest(again.snapshot) == row.sha256
    assert files.made(again, "xlsx", again.snapshot).content == kept["xlsx"]
    assert texts_of_pdf(files.made(again, "pdf", again.snapshot).content) == texts_of_pdf(kept["pdf"])
    made = files.made(again, "docx", again.snapshot).content
    with zipfile.ZipFile(io.BytesIO(kept["docx"])) as one, zipfile.ZipFile(io.BytesIO(made)) as other:
        assert one.read("word/document.xml") == other.read("word/document.xml")
        assert one.testzip() is None


def test_no_number_of_the_workbook_ends_in_a_lone_point(bulletin):
    """#,##0.## shows 12 as "12."."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(issuing.preview(bulletin))))
    formats = {cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "#,##0.00" in formats and not any(".#" in one for one in formats)


def test_the_pdf_has_every_glyph_and_no_empty_page(bulletin):
    raw = printing.render(issuing.preview(bulletin))
    reader = pypdf.PdfReader(io.BytesIO(raw))
    sizes = [(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages]
    assert sizes[0] == (595, 842) and set(sizes) == {(595, 842), (842, 595), (1191, 842)}
    texts = texts_of_pdf(raw)
    assert all(f"第 {n} 页，共 {len(texts)} 页" in text for n, text in enumerate(texts, 1))
    face = Face()
    assert {char for text in texts for char in text if not char.isspace() and not face.has(char)} == set()
    assert "\ufffd" not in "".join(texts) and "〓" not in "".join(texts)
    document = pypdfium2.PdfDocument(raw)
    try:
        for page in document:
            assert page.render(scale=0.4).to_pil().convert("L").getextrema()[0] < 120
    finally:
        document.close()


def test_a_character_the_font_does_not_have_is_marked_and_can_be_copied(bulletin):
    snapshot = deepcopy(bulletin.snapshot)
    rows = next(group["rows"] for group in snapshot["annex1"]["groups"] if group["rows"])
    rows[0]["name"] = "𠮷祥👍项目"
    assert "〓祥〓项目" in squeezed("".join(texts_of_pdf(printing.render(snapshot))))
    face = Face()
    assert b"/ActualText <feffd842dfb7>" in face.shown("𠮷祥") and not face.has("𠮷") and face.has("祥")


def test_the_head_stands_on_every_page_and_rows_stay_whole(bulletin):
    snapshot = deepcopy(bulletin.snapshot)
    row = snapshot["annex1"]["groups"][0]["rows"][0]
    snapshot["annex1"]["groups"][0]["rows"] = [dict(row, no=n, name=f"甲{n:03d}乙") for n in range(90)]
    snapshot["annex1"]["groups"][0]["rows"][5]["content"] = "很长的内容。" * 900  # higher than a page
    texts = [text for text in texts_of_pdf(printing.render(snapshot)) if "附件1　云溪高新区" in text]
    assert len(texts) > 3
    assert all("项目名称" in text and "占年度" in text for text in texts)
    whole = squeezed("".join(texts))
    assert all(f"甲{n:03d}乙" in whole for n in range(90))
    assert whole.count("很长的内容") > 800


@pytest.mark.parametrize("text", ["一二三，四五六", "（一）二三四五六七", "abc def 1,234.56 中文"])
def test_lines_keep_punctuation_and_width(text):
    face = Face()
    for room in (22, 30, 50):
        lines = face.lines(text, 7, room)
        assert squeezed("".join(lines)) == squeezed(text)
        assert all(face.width(line, 7) <= room + 0.01 for line in lines)
        assert not any(line[0] in "，。）" for line in lines[1:])


def test_the_docx_is_red_headed_with_sheets_across(bulletin):
    paper = docx.Document(io.BytesIO(papers.render(issuing.preview(bulletin))))
    first = paper.paragraphs[0]
    assert str(first.runs[0].font.color.rgb) == "C00000"
    fonts = {node.get(docx.oxml.ns.qn("w:eastAsia")) for node in paper.element.iter(docx.oxml.ns.qn("w:rFonts"))}
    assert {"仿宋", "黑体", "楷体"} <= fonts
    assert [section.orientation for section in paper.sections] == [0] + [1] * 6
    xml = paper.tables[0]._tbl.xml
    assert xml.count("<w:tblHeader/>") == 2
    assert xml.count('w:vMerge w:val="restart"') == 17 and xml.count("w:gridSpan") >= 2
    assert "NUMPAGES" in paper.sections[0].footer._element.xml


HOSTILE = ("{{ title.__class__.__mro__ }}", "{{ secrets }}", "{% for x in %}", "没有占位符", "{{ cycler }}")


def template_with(text):
    paper = docx.Document()
    paper.add_paragraph(text)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def upload(content, name="红头.docx"):
    return SimpleUploadedFile(name, content)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_a_template_that_cannot_be_filled_is_refused(park, staff, text):
    with pytest.raises(Refused):
        papers.upload_template(park=park, upload=upload(template_with(text)), by=staff, at=AT)
    assert not BulletinTemplate.objects.exists()


def test_what_is_no_docx_is_refused(park, staff):
    with pytest.raises(Refused):
        papers.upload_template(park=park, upload=upload(b"%PDF-1.4 nothing", "x.pdf"), by=staff, at=AT)
    with pytest.raises(PermissionDenied):
        papers.upload_template(park=park, upload=upload(red_paper.template()), by=factories.user(park, "leader"), at=AT)


def test_a_parks_own_template_is_used_and_withdrawn(client, bulletin, park, staff):
    client.force_login(staff)
    here = reverse("dispatch:bulletin_template_list")
    assert client.post(here, {"file": upload(template_with("本区专用：{{ title }}"))}).status_code == 302
    row = BulletinTemplate.objects.get()
    answer = client.get(reverse("dispatch:bulletin_docx", args=[bulletin.pk]))
    paper = docx.Document(io.BytesIO(answer.content))
    assert paper.paragraphs[0].text == f"本区专用：{bulletin.snapshot['text']['title']}"
    assert len(paper.tables) == 6
    assert client.get(reverse("dispatch:bulletin_template", args=[row.pk])).content[:2] == b"PK"
    client.post(reverse("dispatch:bulletin_template_withdraw", args=[row.pk]))
    assert papers.template_of(park.pk) is None
    bad = client.post(here, {"file": upload(template_with("{{ nothing }}"))})
    assert bad.status_code == 409
    default = client.get(reverse("dispatch:bulletin_template_default")).content
    assert docx.Document(io.BytesIO(default)).paragraphs[0].text == "{{ centre }}"


def test_long_ones_are_offered_in_the_background(client, bulletin, staff, monkeypatch):
    client.force_login(staff)
    monkeypatch.setattr(files, "LONGEST_AT_ONCE", 1)
    address = reverse("dispatch:bulletin_pdf", args=[bulletin.pk])
    page = client.get(address)
    assert "bulletin_pdf" in page.content.decode() and page["Content-Type"].startswith("text/html")
    assert client.get(address, {"now": 1}).content[:5] == b"%PDF-"


@pytest.mark.parametrize("fmt", ["xlsx", "docx", "pdf"])
def test_a_worker_makes_them_for_whom_the_page_is(bulletin, park, staff, fmt):
    kind, params, seen = KINDS[f"bulletin_{fmt}"], {"bulletin": bulletin.pk}, []
    made = kind.make(staff, params, lambda done, total: seen.append((done, total)))
    assert made.name.endswith(fmt) and made.content
    assert seen[-1][0] == seen[-1][1] == files.rows_in(bulletin.snapshot)
    for person in (factories.user(park, "unit"), factories.user(park, "enterprise"), factories.user(factories.park())):
        with pytest.raises(Http404):
            kind.may(person, params)
    for wrong in ({}, {"bulletin": "1"}, {"bulletin": bulletin.pk, "more": 1}):
        with pytest.raises(Http404):
            kind.may(staff, wrong)


def first_schema(snapshot):
    """The snapshot as the first release wrote it."""
    later = ("figures", "before", "policy", "weights")
    old = deepcopy({key: value for key, value in snapshot.items() if key not in later})
    text = old["text"]
    old["schema"] = 1
    text["salutation"] = text["salutation"] + text.pop("opening")
    text["addressees"] = f"主送：{text.pop('send_to')}　抄送：{text.pop('copy_to')}"
    for section in text["sections"]:
        section["paragraphs"] = [one["text"] for one in section.pop("sentences")]
    return old


def test_a_bulletin_of_the_first_release_still_shows_and_hashes(client, bulletin, park, staff):
    old = first_schema(bulletin.snapshot)
    Bulletin.objects.filter(pk=bulletin.pk).update(
        snapshot=old, sha256=digest(old), state="issued", issued_at=AT, issued_by=staff
    )
    client.force_login(factories.user(park, "unit"))
    for name in ("bulletin_detail", "bulletin_download", "bulletin_docx", "bulletin_pdf", "bulletin_compare"):
        assert client.get(reverse(f"dispatch:{name}", args=[bulletin.pk])).status_code == 200
    row = Bulletin.objects.get(pk=bulletin.pk)
    assert digest(row.snapshot) == row.sha256
    paper = notice(row.snapshot)
    assert (paper.send_to, paper.copy_to) == ("各部门、各街道（镇），各项目单位", "党工委、管委会领导")
    assert (
        paper.sections[0].sentences[0].text
        in client.get(reverse("dispatch:bulletin_detail", args=[bulletin.pk])).content.decode()
    )
    now = actions.draft_bulletin(park=park, year=2026, month=11, as_of=date(2026, 11, 20), by=None, at=AT)
    assert now.snapshot["text"]["sections"][0]["sentences"][-1]["text"].startswith("与上月比，项目数")
    assert diff(row.snapshot, now.snapshot)["figures"]


@pytest.mark.parametrize("annex", ["9" * 5000, "07", "0", "-1", "²", "x"])
def test_an_annex_that_does_not_exist_is_the_notice(client, bulletin, staff, annex):
    client.force_login(staff)
    page = client.get(reverse("dispatch:bulletin_detail", args=[bulletin.pk]), {"annex": annex})
    assert page.status_code == 200 and page.context["table"] is None


def test_two_months_side_by_side(client, bulletin, park, staff):
    other = Bulletin.objects.get(month=9)
    found = compare(other.snapshot, bulletin.snapshot)
    rates = {line.key: line for line in found.rates}
    for key, line in rates.items():
        old, new = other.snapshot["rates"][key], bulletin.snapshot["rates"][key]
        if Decimal(old["denominator"]) and Decimal(new["denominator"]):
            change = Decimal(new["numerator"]) / Decimal(new["denominator"]) - Decimal(old["numerator"]) / Decimal(
                old["denominator"]
            )
            shown_change = (change * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert Decimal(line.change.replace("−", "-")) == shown_change
    assert (found.came, found.left) == ([], [])
    snapshot = with_final(deepcopy(other.snapshot))
    gone = snapshot["annex1"]["groups"][0]["rows"].pop()
    assert compare(snapshot, bulletin.snapshot).came == [gone["name"]]
    client.force_login(staff)
    page = client.get(reverse("dispatch:bulletin_compare", args=[bulletin.pk])).content.decode()
    assert "2026-09" in page and rates["starts"].now.split("（")[0] in page
    for wrong in ("x", "0", "99999999", str(bulletin.pk)):
        assert client.get(reverse("dispatch:bulletin_compare", args=[bulletin.pk]), {"with": wrong}).status_code == 404


def test_a_sentence_is_edited_on_its_page_and_in_place(client, bulletin, park, staff):
    client.force_login(staff)
    address = reverse("dispatch:bulletin_sentence", args=[bulletin.pk, "s2.1"])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<form") and "<html" not in part
    assert "<html" in client.get(address).content.decode()
    answer = client.post(address, {"version": bulletin.version, "after": "手写一句<b>。"})
    assert answer.url.endswith(f"/bulletins/{bulletin.pk}/#s2.1")
    page = client.get(reverse("dispatch:bulletin_detail", args=[bulletin.pk])).content.decode()
    assert "手写一句&lt;b&gt;。" in page and page.count("sentence-edited") == 2
    stale = client.post(address, {"version": bulletin.version, "after": "另一句"})
    assert stale.status_code == 409 and "另一句" in stale.content.decode()
    bulletin.refresh_from_db()
    client.post(address, {"version": bulletin.version, "after": "x", "revert": "1"})
    assert not notice(issuing.preview(bulletin)).sections[1].sentences[0].is_edited
    client.force_login(factories.user(park, "leader"))
    assert client.get(address).status_code == 403
    page = client.get(reverse("dispatch:bulletin_detail", args=[bulletin.pk])).content.decode()
    assert "sentence-edit " not in page and "预警总体可控" in page
