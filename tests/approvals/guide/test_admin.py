"""The administration of the guide: a park's administrator copies, edits and puts in force the own version only."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.admin_history import changes_of
from accounts.models import User
from approvals import actions
from approvals.guide import upkeep
from approvals.guide.problem_words import in_words
from approvals.models import ApprovalPolicy, Catalogue, LegalBasis, PaperTemplate, Step, StepContact
from dispatch.demo import office
from tests import factories
from tests.approvals.cases import AT, catalogue
from tests.approvals.guide.test_upkeep import SPOILED

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    catalogue()
    return factories.park()


@pytest.fixture
def admin(client, park):
    person = factories.user(park, "admin", is_staff=True)
    client.force_login(person)
    return person


@pytest.fixture
def root(client, park):
    person = User.objects.create_superuser("installer", password="x")
    client.force_login(person)
    return person


@pytest.fixture
def draft(park, admin):
    return upkeep.copy_for(park, by=admin, at=AT)


def at(model, view, *arguments):
    return reverse(f"admin:approvals_{model}_{view}", args=arguments)


def filled(client, address) -> dict:
    """What a browser would send back from the page as it is."""
    page = client.get(address)
    assert page.status_code == 200
    data = {}
    context = page.context["adminform"].form, *(each.formset for each in page.context["inline_admin_formsets"])
    for form in context:
        forms = [form] if not hasattr(form, "management_form") else [form.management_form, *form.forms]
        for one in forms:
            for bound in one:
                value = bound.value()
                if value is None or value is False:
                    continue
                data[bound.html_name] = [str(v) for v in value] if isinstance(value, (list, tuple)) else value
    return data


def changes():
    return {(c.old, c.new) for c in changes_of(LogEntry.objects.order_by("-pk").first())}


# Versions ---------------------------------------------------------------------------------------------------------


def test_an_administrator_copies_and_puts_in_force(client, admin, park):
    assert client.get(at("catalogue", "changelist")).status_code == 200
    assert client.get(at("catalogue", "copy")).status_code == 200

    answer = client.post(at("catalogue", "copy"), {"park": park.pk})
    draft = Catalogue.objects.get(park=park)
    assert answer.url == at("catalogue", "change", draft.pk)
    page = client.get(answer.url)
    assert page.context["problems"] == []
    assert at("catalogue", "put_in_force", draft.pk) in page.content.decode()

    assert client.get(at("catalogue", "put_in_force", draft.pk)).status_code == 200
    assert Catalogue.objects.get(pk=draft.pk).state == "draft"
    client.post(at("catalogue", "put_in_force", draft.pk))
    assert Catalogue.objects.in_force(park) == draft
    assert LogEntry.objects.filter(object_id=draft.pk).count() == 2


def test_a_second_draft_is_refused_with_a_message(client, draft, park):
    answer = client.post(at("catalogue", "copy"), {"park": park.pk}, follow=True)
    assert len(list(answer.context["messages"])) == 1
    assert Catalogue.objects.filter(park=park).count() == 1


def test_a_draft_with_problems_shows_them_and_stays_a_draft(client, draft):
    draft.steps.filter(code="S02").update(seq=1)
    page = client.get(at("catalogue", "change", draft.pk))
    assert len(page.context["problems"]) == 1
    assert client.get(at("catalogue", "put_in_force", draft.pk)).context["problems"] == page.context["problems"]
    client.post(at("catalogue", "put_in_force", draft.pk))
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_is_removed_after_a_question(client, draft):
    assert client.get(at("catalogue", "discard", draft.pk)).status_code == 200
    assert Catalogue.objects.filter(pk=draft.pk).exists()
    client.post(at("catalogue", "discard", draft.pk))
    assert not Catalogue.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("view", ["put_in_force", "discard"])
def test_nobody_touches_the_common_version_or_another_parks_draft(client, view, draft):
    common = draft.based_on
    assert client.post(at("catalogue", view, common.pk)).status_code == 403
    stranger = factories.user(factories.park(), "admin", is_staff=True)
    client.force_login(stranger)
    assert client.post(at("catalogue", view, draft.pk)).status_code == 404
    assert client.get(at("catalogue", "change", draft.pk)).status_code == 302
    assert client.get(at("step", "change", draft.steps.first().pk)).status_code == 302
    assert Catalogue.objects.get(pk=draft.pk).state == "draft"


def test_copying_for_another_park_is_no_choice(client, admin):
    other = factories.park()
    assert client.post(at("catalogue", "copy"), {"park": other.pk}).status_code == 200
    assert not Catalogue.objects.filter(park=other).exists()


@pytest.mark.parametrize("role", ["staff", "leader", "enterprise"])
def test_other_roles_do_not_enter(client, role, park, draft):
    client.force_login(factories.user(park, role))
    for address in (at("catalogue", "copy"), at("catalogue", "put_in_force", draft.pk)):
        assert client.post(address, {"park": park.pk}).status_code in (302, 403)
    assert Catalogue.objects.filter(state="draft").count() == 1


def test_phases_bundles_and_gates_of_a_draft_are_edited(client, draft):
    address = at("catalogue", "change", draft.pk)
    data = filled(client, address)
    data["phases-0-name_zh"] = "第一阶段"
    number = int(data["bundles-TOTAL_FORMS"])
    data |= {
        "bundles-TOTAL_FORMS": number + 1,
        f"bundles-{number}-code": "MINE",
        f"bundles-{number}-name_zh": "两证联发",
        f"bundles-{number}-certainty": "likely",
        f"bundles-{number}-steps": [draft.steps.get(code=code).pk for code in ("S10", "S11")],
        f"bundles-{number}-catalogue": draft.pk,
    }

    answer = client.post(address, data)

    assert answer.status_code == 302, answer.context["errors"]
    assert draft.phases.first().name_zh == "第一阶段"
    assert [step.code for step in draft.bundles.get(code="MINE").steps.all()] == ["S10", "S11"]
    assert ("立项", "第一阶段") in changes()


def test_steps_of_other_versions_are_no_choice_in_a_bundle(client, draft):
    address = at("catalogue", "change", draft.pk)
    data = filled(client, address) | {"bundles-0-steps": [draft.based_on.steps.first().pk]}
    assert client.post(address, data).status_code == 200


def test_a_version_in_force_is_only_looked_at(client, draft, admin):
    upkeep.put_in_force(draft, by=admin, at=AT)
    assert client.get(at("catalogue", "change", draft.pk)).status_code == 200
    assert client.post(at("catalogue", "change", draft.pk), {}).status_code == 403


# Steps ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_edited_down_to_its_papers(client, draft, park, admin):
    step = draft.steps.get(code="S15")
    address = at("step", "change", step.pk)
    data = filled(client, address)
    papers = int(data["documents-TOTAL_FORMS"])
    data |= {
        "committed_limit_wd": "8",
        "guide_zh": "本区说明",
        "time_excluded_zh": "外线工程施工\n用户工程",
        "documents-0-name_zh": "报装申请表",
        f"documents-{papers - 1}-DELETE": "on",
        "legal_basis-0-article": "第二十八条第一款",
    }

    answer = client.post(address, data)

    assert answer.status_code == 302, answer.context["errors"]
    step.refresh_from_db()
    assert (step.committed_limit_wd, step.guide_zh) == (8, "本区说明")
    assert step.time_excluded_zh == ["外线工程施工", "用户工程"]
    assert step.documents.count() == papers - 1
    assert step.documents.first().name_zh == "报装申请表"
    kept = changes()
    assert ("10", "8") in kept
    assert ("用电/用水/用气报装申请", "报装申请表") in kept
    assert ("第二十八条", "第二十八条第一款") in kept
    assert "项目备案证" in {old for old, new in kept if not new}
    assert catalogue().steps.get(code="S15").committed_limit_wd == 10


def test_a_step_is_added_to_a_draft_and_removed(client, draft):
    add = at("step", "add") + f"?catalogue={draft.pk}"
    data = filled(client, add) | {
        "catalogue": draft.pk, "code": "S23", "seq": 23, "name_zh": "试生产方案备案", "phase": draft.phases.last().pk,
        "line": draft.lines.last().pk,
        "dependencies-TOTAL_FORMS": 1, "dependencies-0-predecessor": draft.steps.get(code="S21").pk,
        "dependencies-0-is_hard": "on",
    }  # fmt: skip

    answer = client.post(add, data)

    assert answer.status_code == 302, answer.context["errors"]
    step = draft.steps.get(code="S23")
    assert [edge.predecessor.code for edge in step.dependencies.all()] == ["S21"]
    assert upkeep.problems(draft) == []
    assert client.post(at("step", "delete", step.pk), {"post": "yes"}).status_code == 302
    assert draft.steps.count() == 22


@pytest.mark.parametrize(
    "wrong",
    [
        {"condition_expr": "dangerous", "conditional": "on"},
        {"condition_expr": "hazardous_chemical"},
        {"validity_kind": "expires"},
        {"validity_months": "3"},
        {"validity_renewals": "2"},
    ],
)
def test_what_makes_no_sense_is_refused_at_once(client, draft, wrong):
    address = at("step", "change", draft.steps.get(code="S01").pk)
    assert client.post(address, filled(client, address) | wrong).status_code == 200


def test_phases_and_predecessors_of_other_versions_are_no_choice(client, draft):
    step, common = draft.steps.get(code="S02"), draft.based_on
    address = at("step", "change", step.pk)
    for wrong in (
        {"phase": common.phases.first().pk},
        {"dependencies-0-predecessor": common.steps.get(code="S01").pk},
    ):
        assert client.post(address, filled(client, address) | wrong).status_code == 200


def test_texts_and_limits_of_the_own_version_in_force_are_edited_not_its_structure(client, draft, park, admin):
    upkeep.put_in_force(draft, by=admin, at=AT)
    project = factories.project(park)
    actions.give_steps([project], by=None, at=AT)
    step = draft.steps.get(code="S10")
    address = at("step", "change", step.pk)
    data = filled(client, address) | {
        "committed_limit_wd": "2", "guide_zh": "新说明", "code": "X1", "conditional": "on",
        "documents-0-name_zh": "新名称", "documents-0-deferrable": "on", "documents-0-DELETE": "on",
        "fees-TOTAL_FORMS": 1, "fees-0-seq": 1, "fees-0-name_zh": "工本费", "fees-0-certainty": "likely",
    }  # fmt: skip

    answer = client.post(address, data)

    assert answer.status_code == 302, answer.context["errors"]
    step.refresh_from_db()
    assert (step.code, step.conditional, step.committed_limit_wd, step.guide_zh) == ("S10", False, 2, "新说明")
    assert (step.documents.first().name_zh, step.documents.first().deferrable) == ("新名称", False)
    assert step.documents.count() == 4
    assert step.fees.get().name_zh == "工本费"
    assert project.steps.get(code="S10").committed_limit_wd == 3
    assert client.get(at("step", "delete", step.pk)).status_code == 403


def test_the_common_version_is_the_superusers(client, admin):
    step = catalogue().steps.get(code="S10")
    assert client.get(at("step", "change", step.pk)).status_code == 200
    assert client.post(at("step", "change", step.pk), {"guide_zh": "x"}).status_code == 403
    assert client.get(at("step", "add")).status_code == 403


def test_a_superuser_edits_texts_of_the_common_version(client, root):
    step = catalogue().steps.get(code="S10")
    address = at("step", "change", step.pk)
    old = step.guide_zh
    basis = LegalBasis.objects.filter(step=step).count()
    answer = client.post(address, filled(client, address) | {"guide_zh": "安装方的说明", "legal_basis-0-DELETE": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    assert (old, "安装方的说明") in changes()
    assert LegalBasis.objects.filter(step=step).count() == basis - 1
    history = client.get(at("step", "history", step.pk)).content.decode()
    assert f"<del>{old}</del>" in history
    assert "<ins>安装方的说明</ins>" in history


def test_retired_versions_stay_as_they_were(client, draft, park, admin):
    upkeep.put_in_force(draft, by=admin, at=AT)
    upkeep.put_in_force(upkeep.copy_for(park, by=admin, at=AT), by=admin, at=AT)
    assert client.post(at("step", "change", draft.steps.first().pk), {"guide_zh": "x"}).status_code == 403


def test_every_problem_has_words_of_its_own(draft):
    for name, spoil, _expected in SPOILED:
        if name == "no steps":
            continue
        spoil(draft)
    found = upkeep.problems(draft)
    assert found
    assert [problem for problem, words in zip(found, in_words(found), strict=True) if problem == words] == []


# Contacts, forms, rules -------------------------------------------------------------------------------------------


def test_contacts_of_the_own_park_only(client, admin, park):
    foreign = StepContact.objects.create(park=factories.park(), step_code="S01")
    data = {"park": park.pk, "step_code": "S01", "contact_name": "王某", "online_url": "https://example.org"}
    answer = client.post(at("stepcontact", "add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    mine = StepContact.objects.get(park=park)
    client.post(at("stepcontact", "change", mine.pk), data | {"contact_name": "李某"})
    assert changes() == {("王某", "李某")}
    assert client.get(at("stepcontact", "change", foreign.pk)).status_code == 302
    for wrong in (
        {"park": foreign.park_id, "step_code": "S02"},
        {"step_code": "S99"},
        {"step_code": "S01"},
        {"step_code": "S02", "online_url": "javascript:alert(1)"},
    ):
        assert client.post(at("stepcontact", "add"), data | wrong).status_code == 200
    assert StepContact.objects.count() == 2


def upload(name="表.docx", content=None):
    return SimpleUploadedFile(name, office.docx("表", ["一"]) if content is None else content)


def offer(client, park, file, **more):
    data = {"park": park.pk, "paper_code": "S01-D2", "title": "申请表", "is_active": "on", "file": file} | more
    return client.post(at("papertemplate", "add"), data)


def test_a_form_is_offered_replaced_and_removed(client, admin, park, django_capture_on_commit_callbacks):
    answer = offer(client, park, upload())
    assert answer.status_code == 302, answer.context["errors"]
    row = PaperTemplate.objects.get()
    assert (row.original_name, row.updated_by) == ("表.docx", admin)
    assert "表" not in row.file.name
    download = client.get(reverse("approvals:guide_template", args=[park.code, row.pk]))
    assert "%E8%A1%A8.docx" in download["Content-Disposition"]
    former, storage = row.file.name, row.file.storage

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            at("papertemplate", "change", row.pk),
            {"park": park.pk, "paper_code": "S01-D2", "title": "新表", "is_active": "on",
             "file": upload("新.xlsx", office.xlsx([["一"]]))},
        )  # fmt: skip
    row.refresh_from_db()
    assert row.original_name == "新.xlsx"
    assert not storage.exists(former)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at("papertemplate", "delete", row.pk), {"post": "yes"})
    assert not PaperTemplate.objects.exists()
    assert not storage.exists(row.file.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.docx", b"%PDF-1.7"),
        ("a.pdf", b"PK\x03\x04"),
        ("a.html", b"<script>"),
        ("a.docx", b""),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024)),
    ],
)
def test_other_files_are_refused_and_leave_nothing(client, admin, park, name, content):
    answer = offer(client, park, upload(name, content))
    assert answer.status_code in (200, 413)
    assert not PaperTemplate.objects.exists()


def test_templates_of_other_parks_are_out_of_reach(client, admin, park):
    other = factories.park()
    row = PaperTemplate(park=other, paper_code="S01-D2", title="x")
    row.file.save("x.docx", ContentFile(b"PK"))
    assert client.get(at("papertemplate", "change", row.pk)).status_code == 302
    assert offer(client, other, upload()).status_code == 200
    assert offer(client, park, upload(), paper_code="S99-D1").status_code == 200
    assert PaperTemplate.objects.count() == 1


def test_the_parks_own_rules(client, admin, park):
    data = {
        "park": park.pk, "renewal_wd": 3, "at_deadline": "refused", "project_quota_mb": 100, "urge_every_wd": 1,
        "link_days": 30, "supplement_wd": "",
    }  # fmt: skip
    assert client.post(at("approvalpolicy", "add"), data).status_code == 302
    assert ApprovalPolicy.of(park.pk).renewal_wd == 3
    foreign = ApprovalPolicy.objects.create(park=factories.park())
    assert client.get(at("approvalpolicy", "change", foreign.pk)).status_code == 302
    assert client.post(at("approvalpolicy", "add"), data | {"park": foreign.park_id}).status_code == 200


def test_lists_open_for_both(client, admin, park, draft):
    for model in ("catalogue", "step", "stepcontact", "papertemplate", "approvalpolicy"):
        assert client.get(at(model, "changelist")).status_code == 200
    text = client.get(at("step", "changelist")).content.decode()
    rows = client.get(at("step", "changelist"), {"version": draft.pk}).context["cl"].result_list
    assert {step.catalogue_id for step in rows} == {draft.pk}
    assert Step.objects.filter(catalogue=draft).first().name_zh in text
