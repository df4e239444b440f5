"""Minutes as .docx: read back they say what the rows say; a hostile template is refused, hostile data stays text."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from accounts.errors import Refused
from dispatch.meetings import actions, default_paper, docx_fill, papers
from dispatch.meetings.minutes import INSIDE, PLACEHOLDERS, minutes_of, sample
from dispatch.meetings.models import MinutesTemplate
from tests.dispatch.meetings.meeting_cases import EDGE, closed, decided, point, running, zone
from tests.factories import AT, TODAY

HOSTILE = "A&B <x> {{ 7*7 }} {% if %} {{ cycler }} \"q\" 's' ]]> </w:t>"


def text_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


def template_with(*lines: str) -> bytes:
    paper = Document()
    for line in lines:
        paper.add_paragraph(line)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def test_the_default_template_asks_only_for_what_there_is():
    used, filled = docx_fill.check(default_paper.template(), sample())
    assert used <= set(PLACEHOLDERS)
    assert HOSTILE[:20] in text_of(filled)
    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        assert 'w:eastAsia="仿宋"' in package.read("word/document.xml").decode()


def test_data_stays_text_and_what_xml_cannot_hold_goes():
    facts = sample() | {"title": HOSTILE, "summary": "前\x00后\x0b\ud800末"}
    filled = text_of(docx_fill.fill(default_paper.template(), facts))
    assert HOSTILE in filled
    assert "前后末" in filled
    assert "49" not in filled


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{{ nobody }}", "UNKNOWN"),
        ("{{ title.nobody }}", "UNKNOWN"),
        ("{{ title", "SYNTAX"),
        ("{% for x in points %}", "SYNTAX"),
        ("{{ title.__class__.__mro__[1].__subclasses__() }}", "SYNTAX"),
        ("{{ lipsum(9999999) }}", "UNKNOWN"),
        ("{% include '/etc/passwd' %}{{ title }}", "SYNTAX"),
        ("没有占位符", "NONE"),
    ],
)
def test_templates_that_cannot_be_filled_are_named(line, code):
    with pytest.raises(docx_fill.Unfit) as unfit:
        docx_fill.check(template_with(line), sample())
    assert unfit.value.code == code


def test_inside_names_are_those_of_the_rows():
    facts = sample()
    assert all(set(inner) <= set(facts[name][0]) for name, inner in INSIDE.items())


def _meeting(place):
    meeting = running(place, "joint")
    for seat in meeting.attendance.all():
        came = "excused" if seat.organization == place.other else "present"
        actions.mark(seat, came, by=place.staff)
    first = point(place, meeting, "用电扩容")
    actions.discuss(first, text="供电公司表示\n两周内完成", by=place.staff, version=1)
    decided(place, first, text="完成用电扩容")
    decided(place, first, text=HOSTILE, days=7, person_name="A&B")
    decided(place, first, text="各单位按周报送", unit=None, due_on=None)
    gone = decided(place, first, text="撤回的事项")
    actions.withdraw(gone, reason="误记", version=1, by=place.staff, **EDGE)
    point(place, meeting, "未议事项")
    return closed(place, meeting, summary="会议强调时限")


@pytest.mark.django_db
def test_the_minutes_read_back_are_the_rows():
    place = zone()
    meeting = _meeting(place)
    paper = Document(io.BytesIO(papers.minutes_docx(meeting)))
    (table,) = paper.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    tasks = list(meeting.decisions.filter(item__isnull=False, withdrawn_at=None).order_by("order"))
    assert rows[1:] == [
        [str(n), task.text, place.unit.name, task.person_name, str(task.due_on), task.item.number]
        for n, task in enumerate(tasks, 1)
    ]
    text = text_of(papers.minutes_docx(meeting))
    for expected in (
        meeting.number, meeting.title, "陆主任", "项目中心", "供电公司表示\n两周内完成", "各单位按周报送", "未议事项",
        "会议强调时限", str(TODAY + timedelta(days=7)),
    ):  # fmt: skip
        assert expected in text
    assert "撤回的事项" not in text
    facts = minutes_of(meeting)
    assert (facts["standing"], facts["carried"]) == (place.unit.name, ["未议事项"])
    assert facts["absent"].startswith(place.other.name)


def upload(place, content, name="纪要.docx", kind=""):
    file = SimpleUploadedFile(name, content)
    return papers.upload_template(park=place.park, kind=kind, upload=file, by=place.staff, at=AT)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_parks_own_template_is_tried_in_the_jail_and_then_in_force():
    place = zone()
    meeting = _meeting(place)
    upload(place, template_with("通用 {{ number }}"))
    loop = ("{%p for d in decisions %}", "{{ d.text }}", "{%p endfor %}")
    own = upload(place, template_with("本区纪要 {{ title }}", *loop), kind="joint")
    assert papers.template_of(meeting) == own
    text = text_of(papers.minutes_docx(meeting))
    assert text.splitlines()[:3] == [f"本区纪要 {meeting.title}", "完成用电扩容", HOSTILE]
    papers.withdraw_template(own, by=place.staff, at=AT)
    assert text_of(papers.minutes_docx(meeting)) == f"通用 {meeting.number}"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (template_with("{{ nobody }}"), "a.docx"),
        (template_with("{% for a in title %}{% for b in title %}{% for c in title %}{% for d in title %}{% for e in "
                       "title %}{% for f in title %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}"
                       "{% endfor %}"), "bomb.docx"),
        (b"no zip at all", "b.docx"),
        (template_with("{{ title }}"), "c.pdf"),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused_and_not_kept(content, name, monkeypatch):
    monkeypatch.setattr(papers, "WALL", 4)
    place = zone()
    with pytest.raises(Refused):
        upload(place, content, name)
    assert not MinutesTemplate.objects.exists()
