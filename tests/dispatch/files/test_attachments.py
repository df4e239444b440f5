"""Attached files: who adds, reads and takes back; nothing hostile gets in; the sweep leaves them alone."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Conflict, Refused
from approvals.models import ApprovalPolicy
from approvals.papers import sweep
from dispatch.files import keeping, queries
from dispatch.files.models import Attachment
from dispatch.ledger import actions as ledger
from dispatch.meetings.models import Attendance, Meeting
from dispatch.supervision.models import Instruction
from dispatch.visits.models import Visit
from tests import factories
from tests.approvals.papers import files
from tests.approvals.papers.test_checks import HOSTILE
from tests.dispatch import ledger_cases
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
KINDS = ("item", "visit", "meeting", "instruction")


def upload(name="证据.pdf", content=None):
    return SimpleUploadedFile(name, files.pdf() if content is None else content)


def things(cast):
    """One thing of each kind that the cast's unit has to do with."""
    company = factories.enterprise(cast.park)
    item = ledger_cases.assigned(cast, project=factories.project(cast.park, enterprise=company))
    visit = Visit.objects.create(
        park=cast.park, enterprise=company, visited_on=TODAY, organization=cast.unit, visitor=cast.worker, created_at=AT
    )
    meeting = Meeting.objects.create(
        park=cast.park, number="1", kind="team", title="专班周会", held_on=TODAY, created_at=AT
    )
    Attendance.objects.create(meeting=meeting, organization=cast.unit)
    instruction = Instruction.objects.create(
        park=cast.park,
        number="1",
        leader=cast.leader,
        text="请抓紧",
        item=item,
        issued_on=TODAY,
        created_at=AT,
        year=TODAY.year,
        serial=1,
    )
    return {"item": item, "visit": visit, "meeting": meeting, "instruction": instruction}


@pytest.fixture
def case(db, store):
    cast = ledger_cases.cast()
    return SimpleNamespace(cast=cast, store=store, **things(cast))


def attach(thing, by, file=None, **more):
    return keeping.attach(thing, file or upload(), **{"role": "evidence", "by": by, "at": AT} | more)


def test_a_file_is_checked_kept_and_recorded(case):
    photo = upload("现场.jpg", files.photo_with_place())
    row = attach(case.visit, case.cast.worker, photo, role="photo", note=" 车间 ")

    assert (row.park, row.visit, row.item, row.role, row.note) == (case.cast.park, case.visit, None, "photo", "车间")
    assert (row.original_name, row.content_type, row.scan, row.by, row.at) == (
        "现场.jpg", "image/jpeg", "available", case.cast.worker, AT,
    )  # fmt: skip
    kept = row.file.open("rb").read()
    assert b"Kamera-Geheim" not in kept and len(kept) == row.size and case.store() == [row.file.name[7:]]
    assert queries.files_of(case.visit) == [row] and queries.files_of(case.item) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_hostile_gets_in(case, kind):
    name, content, _code = HOSTILE[kind]
    file = upload("x", content)
    file._name = name
    with pytest.raises(Refused):
        attach(case.item, case.cast.worker, file)
    assert (Attachment.objects.count(), case.store()) == (0, [])


MAY_ADD = {
    "item": {"staff", "leader", "worker"},
    "visit": {"staff", "worker"},
    "meeting": {"staff"},
    "instruction": {"staff", "leader", "worker"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_add(case, kind):
    cast = case.cast
    people = {
        "staff": cast.staff, "leader": cast.leader, "worker": cast.worker, "stranger": cast.stranger,
        "enterprise": factories.user(cast.park, "enterprise"), "elsewhere": factories.user(factories.park(), "admin"),
    }  # fmt: skip
    allowed = set()
    for name, person in people.items():
        try:
            keeping.permit(getattr(case, kind), person)
        except PermissionDenied:
            continue
        allowed.add(name)
    assert allowed == MAY_ADD[kind]


def test_cooperating_units_add_evidence_too(case):
    with pytest.raises(PermissionDenied):
        attach(case.item, case.cast.stranger)
    case.item.cooperating_units.add(case.cast.stranger.organization)
    assert attach(case.item, case.cast.stranger).by == case.cast.stranger


def test_whoever_sees_the_thing_sees_its_files_and_nobody_else(case):
    cast, other = case.cast, ledger_cases.cast()
    rows = {attach(getattr(case, kind), cast.staff).pk for kind in KINDS}
    foreign = {attach(thing, other.staff).pk for thing in things(other).values()}

    def seen(person):
        return set(Attachment.objects.visible_to(person).values_list("pk", flat=True))

    for person in (cast.staff, cast.leader, cast.worker):
        assert seen(person) == rows
    # The office below the unit sees what its own branch has: nothing of the unit above it.
    for person in (cast.stranger, cast.office_worker, factories.user(cast.park, "enterprise")):
        assert seen(person) == set()
    assert seen(other.staff) == foreign


def test_who_takes_back(case, django_capture_on_commit_callbacks):
    cast = case.cast
    row = attach(case.item, cast.worker)
    for person in (cast.leader, cast.stranger, cast.office_worker, factories.user(factories.park(), "admin")):
        with pytest.raises(PermissionDenied):
            keeping.remove(row, by=person, at=AT)
    assert len(case.store()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        keeping.remove(row, by=cast.staff, at=AT)

    assert (row.removed_by, row.removed_at, case.store(), queries.files_of(case.item)) == (cast.staff, AT, [], [])
    with pytest.raises(Conflict):
        keeping.remove(row, by=cast.staff, at=AT)


def test_a_rolled_back_removal_keeps_the_bytes(case):
    row = attach(case.item, case.cast.worker)
    with pytest.raises(RuntimeError), transaction.atomic():
        keeping.remove(row, by=case.cast.worker, at=AT)
        raise RuntimeError
    assert len(case.store()) == 1 and queries.files_of(case.item) == [row]


def test_a_settled_thing_keeps_its_files_and_takes_no_more(case):
    cast = case.cast
    row = attach(case.item, cast.worker)
    ledger.sign(case.item, by=cast.worker, version=1, at=AT, on=TODAY)
    ledger.ask_close(case.item, evidence="见附件", by=cast.worker, version=2, at=AT, on=TODAY)
    ledger.close(case.item, by=cast.staff, version=3, at=AT, on=TODAY)
    row = Attachment.objects.get(pk=row.pk)
    with pytest.raises(Refused):
        keeping.remove(row, by=cast.staff, at=AT)
    with pytest.raises(Refused):
        attach(case.item, cast.worker)
    minutes = attach(case.meeting, cast.staff, role="minutes")
    Meeting.objects.update(state="closed")
    case.meeting.refresh_from_db()
    assert attach(case.meeting, cast.staff, role="minutes")  # the signed ones come later
    with pytest.raises(Refused):
        keeping.remove(Attachment.objects.get(pk=minutes.pk), by=cast.staff, at=AT)
    assert len(case.store()) == 3


def test_the_quota_of_the_project_holds(case):
    ApprovalPolicy.objects.create(park=case.cast.park, project_quota_mb=1)
    attach(case.item, case.cast.worker)
    Attachment.objects.update(size=1024 * 1024 - 100)
    with pytest.raises(Refused):
        attach(case.item, case.cast.worker)
    assert attach(case.meeting, case.cast.staff) and len(case.store()) == 2
    Attachment.objects.filter(item=case.item).update(removed_at=AT)
    assert attach(case.item, case.cast.worker)


def test_one_bad_file_of_several_keeps_none(case):
    with pytest.raises(Refused, match=r"b\.pdf"), keeping.stored([upload(), upload("b.pdf", b"MZ")]):
        raise AssertionError
    assert case.store() == []


# Pages --------------------------------------------------------------------------------------------------------------


def post(client, case, kind="item", person=None, *sent):
    client.force_login(person or case.cast.worker)
    data = {"file": list(sent) or [upload()], "role": "evidence"}
    return client.post(reverse("dispatch:file_add", args=[kind, getattr(case, kind).pk]), data)


def test_files_come_in_by_the_page_and_go_out_safely(client, case):
    answer = post(client, case, "item", None, upload("a.pdf"), upload("b.png", files.picture("PNG")))
    assert (answer.status_code, answer["Location"]) == (302, reverse("dispatch:ledger_detail", args=[case.item.pk]))
    picture, paper = queries.files_of(case.item)
    page = client.get(answer["Location"]).content.decode()
    for row in (picture, paper):
        assert reverse("dispatch:file_download", args=[row.pk]) in page

    for row, query, way in ((paper, "", "attachment"), (paper, "?inline", "inline"), (picture, "?inline", "inline")):
        sent = client.get(reverse("dispatch:file_download", args=[row.pk]) + query)
        assert sent["Content-Disposition"].startswith(way) and sent["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in sent["Content-Security-Policy"] and sent["Cache-Control"] == "private, no-store"
        assert b"".join(sent.streaming_content)
    word = attach(case.item, case.cast.worker, upload("c.docx", files.docx()))
    sent = client.get(reverse("dispatch:file_download", args=[word.pk]) + "?inline")
    assert sent["Content-Disposition"].startswith("attachment")
    assert b"".join(sent.streaming_content)


def test_a_refused_upload_says_so_and_keeps_nothing(client, case):
    answer = post(client, case, "item", None, upload("a.pdf", b"MZ"))
    assert answer.status_code == 422 and case.store() == []
    client.force_login(case.cast.worker)
    empty = client.post(reverse("dispatch:file_add", args=["item", case.item.pk]), {"role": "evidence"})
    assert empty.status_code == 422


def test_quarantine_and_taken_back_are_not_served(client, case, django_capture_on_commit_callbacks):
    row = attach(case.item, case.cast.worker)
    client.force_login(case.cast.worker)
    address = reverse("dispatch:file_download", args=[row.pk])
    Attachment.objects.update(scan="quarantined")
    assert client.get(address).status_code == 404
    Attachment.objects.update(scan="available")
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)

    assert client.get(reverse("dispatch:file_remove", args=[row.pk])).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("dispatch:file_remove", args=[row.pk])).status_code == 302
    assert client.get(address).status_code == 404 and case.store() == []


def test_other_peoples_files_do_not_exist(client, case):
    row = attach(case.item, case.cast.worker)
    other = ledger_cases.cast()
    for person in (case.cast.stranger, other.staff, factories.user(case.cast.park, "enterprise")):
        client.force_login(person)
        for name, args in (
            ("file_download", [row.pk]),
            ("file_remove", [row.pk]),
            ("file_add", ["item", case.item.pk]),
        ):
            assert client.get(reverse(f"dispatch:{name}", args=args)).status_code == 404
    client.force_login(case.cast.staff)
    assert client.get(reverse("dispatch:file_add", args=["project", 1])).status_code == 404


# The nightly sweep --------------------------------------------------------------------------------------------------


def age(settings, name, days=3):
    then = (AT - timedelta(days=days)).timestamp()
    os.utime(settings.MEDIA_ROOT / name, (then, then))


@pytest.fixture
def swept(case, settings):
    """Rows: kept, lost (its bytes are gone) and taken back (its bytes are still there); and bytes without a row."""
    rows = [attach(case.item, case.cast.worker) for _n in range(3)]
    Attachment.objects.update(at=AT - timedelta(days=3))
    Attachment.objects.filter(pk=rows[2].pk).update(removed_at=AT)
    (settings.MEDIA_ROOT / rows[1].file.name).unlink()
    (settings.MEDIA_ROOT / "papers" / "old.pdf").write_bytes(b"x")
    for name in (rows[0].file.name, rows[2].file.name, "papers/old.pdf"):
        age(settings, name)
    return rows


def test_the_sweep_knows_attached_files_both_ways(case, swept):
    kept, lost, taken_back = swept
    found = sweep.sweep(at=AT, delete=True)

    assert sorted(found.orphans) == sorted(["papers/old.pdf", taken_back.file.name])
    assert found.lost == [("attachment", lost.pk)] and case.store() == [kept.file.name.removeprefix("papers/")]


def test_without_the_seam_it_would_remove_them(swept, monkeypatch):
    monkeypatch.setattr(sweep, "keepers", {"paper": sweep.keepers["paper"]})
    found = sweep.sweep(at=AT, delete=False)
    assert swept[0].file.name in found.orphans and found.lost == []


def test_the_item_page_needs_no_more_queries_with_more_files(client, case):
    client.force_login(case.cast.worker)
    page = reverse("dispatch:ledger_detail", args=[case.item.pk])
    client.get(page)
    counts = []
    for _round in range(2):
        attach(case.item, case.cast.worker)
        attach(case.item, case.cast.worker)
        with CaptureQueriesContext(connection) as seen:
            client.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1]
