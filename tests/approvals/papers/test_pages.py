"""Pages of papers: who sees and does what, downloads by person, session and time, all papers as one ZIP."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from approvals.models import PaperDownload, StepFile
from approvals.papers import downloads
from tests import factories
from tests.approvals.cases import AT, TODAY, step_of
from tests.approvals.papers import files
from tests.approvals.papers.conftest import hand_in, paper, review, upload
from tests.approvals.papers.test_checks import HOSTILE


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: AT)


def url(case, name, *more):
    return reverse(f"approvals:{name}", args=[case.made.pk, "S13", *more])


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(client, case) -> str:
    return client.get(url(case, "step")).content.decode()


# Handing in on the page ---------------------------------------------------------------------------------------------


def test_the_enterprise_hands_in_on_the_page(client, case, store):
    client.force_login(case.owner)
    address = url(case, "paper_upload", paper(case.step, 1).pk)
    assert address in text_of(client, case)
    form = client.get(address).content.decode()
    assert 'enctype="multipart/form-data"' in form and "image/*" in form and "capture" not in form

    answer = client.post(address, {"file": upload("申请 表.pdf")})

    assert answer.status_code == 302 and answer["Location"] == f"{url(case, 'step')}#papers"
    file = StepFile.objects.get()
    assert file.uploaded_by == case.owner and len(store()) == 1
    page = text_of(client, case)
    assert "申请 表.pdf" in page and reverse("approvals:paper_file", args=[file.pk]) in page


@pytest.mark.parametrize("kind", ["empty", "two endings", "drawing as png", "zip behind a jpeg", "pdf script"])
def test_a_refusal_is_one_sentence_and_nothing_stays(client, case, store, kind):
    client.force_login(case.owner)
    name, content, _code = HOSTILE[kind]

    answer = client.post(url(case, "paper_upload", paper(case.step, 1).pk), {"file": upload(name, content)})

    assert answer.status_code == 422 and len(answer.context["form"].non_field_errors()) == 1
    assert (StepFile.objects.count(), store()) == (0, [])


def test_without_a_file_the_form_says_so(client, case):
    client.force_login(case.owner)
    assert client.post(url(case, "paper_upload", paper(case.step, 1).pk), {"a": "b"}).status_code == 422


def test_what_each_may_do_is_offered(client, case):
    hand_in(case.step, by=case.owner)
    shared, mine = url(case, "paper_upload", paper(case.step, 2).pk), url(case, "paper_upload", paper(case.step, 4).pk)
    found = {}
    for who in ("staff", "owner"):
        client.force_login(getattr(case, who))
        page = text_of(client, case)
        found[who] = [address in page for address in (shared, mine, url(case, "paper_review"))]
    client.force_login(factories.user(case.park, "leader"))
    page = text_of(client, case)
    assert not any(address in page for address in (shared, mine, url(case, "paper_review")))
    assert found == {"staff": [True, True, True], "owner": [False, True, False]}


@pytest.mark.parametrize("name", ["paper_review", "paper_notice"])
def test_pages_of_staff_are_closed_to_others(client, case, name):
    expected = {"staff": 200, "owner": 403, "other": 404}
    for who, status in expected.items():
        client.force_login(getattr(case, who))
        assert client.get(url(case, name)).status_code == status
        assert client.post(url(case, name), {"a": "b"}).status_code == (422 if status == 200 else status)


# Review and notice --------------------------------------------------------------------------------------------------


def test_one_pass_then_one_notice_then_the_answer(client, case):
    good, bad = hand_in(case.step, by=case.owner), hand_in(case.step, 4, by=case.owner)
    client.force_login(case.staff)
    page = client.get(url(case, "paper_review"))
    assert len(page.context["form"].rows) == 2
    case.step.refresh_from_db()
    fields = {"version": case.step.version, f"outcome_{good.pk}": "accepted", f"outcome_{bad.pk}": "returned"}
    assert client.post(url(case, "paper_review"), fields).status_code == 422  # no reason
    fields[f"reason_{bad.pk}"] = "缺少签字"
    assert client.post(url(case, "paper_review"), fields).status_code == 302
    assert client.post(url(case, "paper_review"), fields).status_code in (409, 422)  # an old version

    assert url(case, "paper_notice") in text_of(client, case)
    case.step.refresh_from_db()
    assert client.post(url(case, "paper_notice"), {"version": case.step.version, "remarks": "x"}).status_code == 302

    client.force_login(case.owner)
    page = text_of(client, case)
    assert "缺少签字" in page and url(case, "paper_resubmit") not in page
    later = AT + timedelta(minutes=1)
    hand_in(step_of(case.made, "S13"), 4, by=case.owner, at=later)
    assert url(case, "paper_resubmit") in text_of(client, case)
    version = step_of(case.made, "S13").version
    assert client.get(url(case, "paper_resubmit")).status_code == 200
    assert client.post(url(case, "paper_resubmit"), {"version": version}).status_code == 302
    assert step_of(case.made, "S13").pauses.get().ended_on == TODAY


def test_the_verb_of_the_step_leads_to_the_same_notice(client, case):
    waiting = hand_in(case.step, by=case.owner)
    client.force_login(case.staff)
    page = text_of(client, case)

    assert url(case, "paper_notice") in page and url(case, "step_move", "notify_correction") not in page
    assert client.get(url(case, "paper_notice")).context["waiting"][0].newest == waiting


def test_a_paper_is_used_again_with_one_click(client, case):
    first, second = step_of(case.made, "S16"), step_of(case.made, "S17")
    source = actions_add(first, "S16-D2", case.owner)
    same = second.step.documents.get(code="S17-D5")
    address = reverse("approvals:paper_use", args=[case.made.pk, "S17", same.pk, source.pk])
    client.force_login(case.owner)
    assert address in client.get(reverse("approvals:step", args=[case.made.pk, "S17"])).content.decode()

    assert client.post(address).status_code == 302

    assert second.documents.get().files.get().file.name == source.file.name
    client.force_login(case.other)
    assert client.post(address).status_code == 404


def actions_add(step, code, by):
    from approvals.papers.actions import add_file

    return add_file(step, step.step.documents.get(code=code), upload(), by=by, at=AT, today=TODAY)


# Downloads ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(case):
    return hand_in(case.step, by=case.owner, file=upload("方案（终稿）.pdf"))


def signed(client, file, query="") -> str:
    answer = client.get(reverse("approvals:paper_file", args=[file.pk]) + query)
    assert answer.status_code == 302
    return answer["Location"]


def test_a_paper_is_an_attachment_and_its_reading_recorded(client, case, file):
    client.force_login(case.owner)
    answer = client.get(signed(client, file))

    assert answer.status_code == 200 and body(answer) == files.pdf()
    assert answer["Content-Type"] == "application/pdf" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%96%B9")
    assert answer["Content-Security-Policy"].startswith("sandbox;") and "no-store" in answer["Cache-Control"]
    assert PaperDownload.objects.values_list("file", "by", "way", "at").get() == (file.pk, case.owner.pk, "saved", AT)


@pytest.mark.parametrize(("name", "kind"), [("a.pdf", "inline"), ("a.png", "inline"), ("a.docx", "attachment")])
def test_only_pdf_and_pictures_are_shown(client, case, name, kind):
    content = {"pdf": files.pdf(), "png": files.picture("PNG"), "docx": files.docx()}[name[2:]]
    shown = hand_in(case.step, by=case.owner, file=upload(name, content))
    client.force_login(case.staff)
    answer = client.get(signed(client, shown, "?inline=1"))

    assert answer["Content-Disposition"].startswith(kind) and answer["Content-Security-Policy"].startswith("sandbox;")
    assert PaperDownload.objects.get().way == "shown"


def test_nobody_without_the_right_learns_of_a_paper(client, case, file):
    people = [case.other, factories.user(case.park, "unit"), factories.user(factories.park())]
    for person in people:
        client.force_login(person)
        own = downloads.sign(file.pk, str(person.pk), client.session.session_key)
        for address in (
            reverse("approvals:paper_file", args=[file.pk]),
            reverse("approvals:paper_download", args=[file.pk, own]),
        ):  # fmt: skip
            absent = client.get(address.replace(f"/{file.pk}/", "/999999/"))
            assert client.get(address).status_code == absent.status_code == 404
    client.logout()
    assert client.get(reverse("approvals:paper_file", args=[file.pk])).status_code == 302  # to the sign-in page
    assert not PaperDownload.objects.exists()


def test_a_copied_address_is_worth_nothing(client, case, file):
    """In another session, for another person, after five minutes, for another file, or changed by a letter."""
    colleague = factories.user(case.park)
    client.force_login(case.staff)
    address = signed(client, file)
    another = hand_in(case.step, 4, by=case.owner)
    assert client.get(address).status_code == 200
    assert client.get(address.replace(f"/{file.pk}/", f"/{another.pk}/")).status_code == 404
    assert client.get(address[:-2] + ("A" if address[-2] != "A" else "B") + "/").status_code == 404

    client.logout()
    client.force_login(case.staff)
    assert client.get(address).status_code == 404
    client.force_login(colleague)
    assert client.get(address).status_code == 404
    assert client.get(signed(client, file)).status_code == 200


def test_an_address_lasts_five_minutes(client, case, file):
    with time_machine.travel(AT, tick=False) as now:
        client.force_login(case.staff)
        address = signed(client, file)
        now.shift(299)
        assert client.get(address).status_code == 200
        now.shift(2)
        assert client.get(address).status_code == 404


def test_quarantined_and_lost_files_are_never_served(client, case, file, settings):
    client.force_login(case.staff)
    address = signed(client, file)
    (settings.MEDIA_ROOT / file.file.name).unlink()
    assert client.get(address).status_code == 404
    StepFile.objects.update(scan="quarantined")
    assert client.get(address).status_code == client.get(reverse("approvals:paper_file", args=[file.pk])).status_code
    assert client.get(address).status_code == 404
    assert reverse("approvals:paper_file", args=[file.pk]) not in text_of(client, case)
    assert not PaperDownload.objects.exists()


def test_the_web_server_may_send_the_bytes(client, case, file, settings):
    settings.PAPERS_ACCEL_PREFIX = "/protected/"
    client.force_login(case.staff)
    answer = client.get(signed(client, file))

    assert answer["X-Accel-Redirect"] == f"/protected/{file.file.name}" and answer.content == b""
    assert answer["Content-Disposition"].startswith("attachment")


# All papers of a project --------------------------------------------------------------------------------------------


def test_all_papers_stand_on_the_project_page(client, case, file):
    review(file, "returned", "缺章", by=case.staff)
    newer = hand_in(step_of(case.made, "S13"), by=case.owner, file=upload("二稿.pdf"))
    client.force_login(case.staff)
    page = client.get(reverse("projects:detail", args=[case.made.pk]), {"tab": "papers"}).content.decode()

    for each in (file, newer):
        assert each.original_name in page and reverse("approvals:paper_file", args=[each.pk]) in page
    assert "缺章" in page and reverse("approvals:papers_zip", args=[case.made.pk]) in page
    client.force_login(case.owner)
    own = client.get(reverse("approvals:papers", args=[case.made.pk]))
    assert (own.context["papers_count"], own.context["files_count"], own.context["to_review"]) == (1, 2, 1)
    client.force_login(case.other)
    assert client.get(reverse("approvals:papers", args=[case.made.pk])).status_code == 404


def test_all_papers_as_one_zip_with_an_index(client, case, file):
    review(file, "returned", "=1+1", by=case.staff)
    hand_in(step_of(case.made, "S13"), by=case.owner, file=upload("二稿.pdf"))
    picture = hand_in(step_of(case.made, "S13"), 4, by=case.owner, file=upload("图.png", files.picture("PNG")))
    client.force_login(case.owner)
    answer = client.post(reverse("approvals:papers_zip", args=[case.made.pk]))

    assert answer.streaming and answer["Content-Disposition"].startswith("attachment")
    package = zipfile.ZipFile(io.BytesIO(body(answer)))
    inside = [name for name in package.namelist() if name != "index.xlsx"]
    assert len(inside) == 2 and all(name.startswith("S13/S13-D") for name in inside) and package.testzip() is None
    assert package.read(inside[0]) == files.pdf()
    rows = list(load_workbook(io.BytesIO(package.read("index.xlsx"))).active.values)
    assert [(row[2], row[4], row[13] or "") for row in rows[1:]] == [
        ("S13-D1", 2, inside[0]), ("S13-D1", 1, ""), ("S13-D4", 1, inside[1]),
    ]  # fmt: skip
    assert rows[2][10] == "=1+1" and load_workbook(io.BytesIO(package.read("index.xlsx"))).active["K3"].data_type == "s"
    assert sorted(PaperDownload.objects.values_list("way", flat=True)) == ["zip", "zip"]
    assert PaperDownload.objects.filter(file=picture, by=case.owner).exists()
    client.force_login(case.other)
    assert client.post(reverse("approvals:papers_zip", args=[case.made.pk])).status_code == 404


def test_without_papers_there_is_no_zip(client, case):
    client.force_login(case.staff)
    assert client.post(reverse("approvals:papers_zip", args=[case.made.pk])).status_code == 409


def test_more_papers_cost_no_more_queries(client, case, django_assert_max_num_queries):
    client.force_login(case.staff)
    page = reverse("approvals:papers", args=[case.made.pk])
    for n in (1, 4, 5, 6):
        hand_in(case.step, n, by=case.staff)
        hand_in(case.step, n, by=case.staff)
    with django_assert_max_num_queries(9):
        assert client.get(page).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(url(case, "paper_review")).status_code == 200
