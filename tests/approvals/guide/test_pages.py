"""The public guide: every step readable without signing in, unconfirmed facts marked, nothing else shown."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from approvals.guide import upkeep
from approvals.models import PaperTemplate, StepContact
from tests import factories
from tests.approvals.cases import AT, catalogue
from tests.approvals.cases import project as project_with_steps

pytestmark = pytest.mark.django_db
CODES = [f"S{number:02}" for number in range(1, 23)]


@pytest.fixture
def park():
    catalogue()
    return factories.park()


def page(client, park, code, language="zh-hans"):
    answer = client.get(reverse("approvals:guide_step", args=[park.code, code]), headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def template(park, code="S01-D2", **fields):
    row = PaperTemplate(park=park, paper_code=code, title="申请表样本", original_name="申请表.docx", **fields)
    row.file.save("x.docx", ContentFile(b"PK content"))
    return row


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_has_its_page_without_signing_in(client, park, language):
    client.cookies["django_language"] = language
    for step in catalogue().steps.prefetch_related("documents", "fees", "legal_basis", "variants"):
        text = page(client, park, step.code)
        guide = step.guide_en if language == "en" else step.guide_zh
        assert guide in text.replace("&quot;", '"').replace("&#x27;", "'")
        for paper in step.documents.all():
            assert paper.code in text
        for fee in step.fees.all():
            assert fee.name_zh in text
            assert fee.payer_zh in text
        for basis in step.legal_basis.all():
            assert basis.law in text
        for variant in step.variants.all():
            assert variant.name_zh in text
        for excluded in step.time_excluded_zh:
            assert excluded in text
        if step.commitment != "no":
            assert step.commitment_text_zh in text


def facts(client, park, code):
    return client.get(reverse("approvals:guide_step", args=[park.code, code])).context["facts"]


def test_what_is_not_confirmed_is_marked(client, park):
    s02 = facts(client, park, "S02")
    assert set(s02.unsure) == {"committed", "documents", "condition", "commitment", "commitment_text", "deferral"}
    s17 = facts(client, park, "S17")
    assert "validity" not in s17.unsure
    assert "statutory" not in s17.unsure
    assert "validity" in facts(client, park, "S03").unsure
    text = page(client, park, "S03")
    for label in set(facts(client, park, "S03").unsure.values()):
        assert label in text
    assert text.count("pill pill-quiet") >= len(facts(client, park, "S03").unsure)


def test_fees_and_laws_that_are_sure_carry_no_mark(client, park):
    step = catalogue().steps.get(code="S11")
    answer = client.get(reverse("approvals:guide_step", args=[park.code, "S11"]))
    marked = {str(row.get_certainty_display()) for row in [*step.fees.all(), *step.legal_basis.all()]}
    assert marked == {str(step.fees.first().get_certainty_display())}
    fees = answer.content.decode().split(step.fees.first().name_zh)[1].split("</dd>")[0]
    assert "pill" not in fees


def test_papers_say_what_is_asked_what_may_follow_and_what_is_fetched(client, park):
    form = template(park, "S02-D1")
    answer = client.get(reverse("approvals:guide_step", args=[park.code, "S02"]))
    papers = {paper.row.code: paper for paper in answer.context["papers"]}
    assert [t.pk for t in papers["S02-D1"].templates] == [form.pk]
    assert [step.code for step in papers["S02-D4"].also_at] == ["S03", "S04", "S05", "S10", "S15"]
    assert reverse("approvals:guide_template", args=[park.code, form.pk]) in answer.content.decode()


def test_neighbours_and_bundles_are_links(client, park):
    answer = client.get(reverse("approvals:guide_step", args=[park.code, "S13"]))
    context, text = answer.context, answer.content.decode()
    assert [step.code for step in context["before"]] == ["S10", "S11", "S12"]
    assert "S17" in [step.code for step in context["after"]]
    assert [bundle.code for bundle in context["bundles"]] == ["FIVE_CERTS", "LAND_TO_START"]
    for code in ("S10", "S11", "S12", "S14", "S17"):
        assert reverse("approvals:guide_step", args=[park.code, code]) in text
    assert (context["previous"].code, context["next"].code) == ("S12", "S14")


def test_the_first_and_the_last_stop_have_one_neighbour(client, park):
    first = client.get(reverse("approvals:guide_step", args=[park.code, "S01"])).context
    last = client.get(reverse("approvals:guide_step", args=[park.code, "S22"])).context
    assert (first["previous"], first["next"].code) == (None, "S02")
    assert (last["previous"].code, last["next"]) == ("S21", None)


def test_the_parks_contact_stands_before_the_catalogues_own(client, park):
    catalogue().steps.filter(code="S01").update(address="总目录地址", contact_name="总目录联系人")
    StepContact.objects.create(
        park=park, step_code="S01", address="甲区政务大厅3号窗", hours="9:00–17:00", contact_name="甲区联系人",
        contact_phone="0000-1111", online_url="https://example.org/tz",
    )  # fmt: skip
    StepContact.objects.create(park=factories.park(), step_code="S01", contact_name="乙区联系人", address="乙区")

    text = page(client, park, "S01")

    for words in ("甲区政务大厅3号窗", "9:00–17:00", "甲区联系人", "0000-1111", "https://example.org/tz"):
        assert words in text
    for words in ("总目录联系人", "总目录地址", "乙区联系人"):
        assert words not in text


def test_the_list_has_every_step_with_a_link(client, park):
    answer = client.get(reverse("approvals:guide", args=[park.code]))
    text = answer.content.decode()
    for code in CODES:
        assert reverse("approvals:guide_step", args=[park.code, code]) in text
    assert [len(group["steps"]) for group in answer.context["groups"]] == [6, 7, 4, 5]
    assert (answer.context["found"], answer.context["total"]) == (22, 22)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "施工许可证"}, {"S17"}),
        ({"q": "FIRE acceptance"}, {"S19"}),
        ({"q": "S05"}, {"S05"}),
        ({"q": "nothing like this"}, set()),
        ({"line": "EVAL"}, {"S02", "S03", "S04", "S05"}),
        ({"line": "EVAL", "q": "节能报告"}, {"S03"}),
        ({"line": "nowhere"}, set(CODES)),
    ],
)
def test_search(client, park, asked, found):
    answer = client.get(reverse("approvals:guide", args=[park.code]), asked)
    assert answer.status_code == 200
    codes = {facts.step.code for group in answer.context["groups"] for facts in group["steps"]}
    assert found <= codes
    assert len(codes) < 22 or found == set(CODES)
    if not found:
        assert codes == set()


def test_a_search_replaces_the_table_alone(client, park):
    whole = client.get(reverse("approvals:guide", args=[park.code]), {"q": "S05"})
    part = client.get(reverse("approvals:guide", args=[park.code]), {"q": "S05"}, headers={"HX-Request": "true"})
    assert "drawing" in whole.context
    assert "drawing" not in part.context
    assert reverse("approvals:guide_step", args=[park.code, "S05"]) in part.content.decode()


def test_the_map_stands_above_the_table_with_its_files(client, park):
    text = client.get(reverse("approvals:guide", args=[park.code])).content.decode()
    assert text.index("<svg") < text.index("guide-steps")
    for kind in ("svg", "pdf", "png"):
        assert reverse("approvals:guide_map_file", args=[park.code, kind]) in text


def test_hostile_search_is_only_text(client, park):
    text = client.get(reverse("approvals:guide", args=[park.code]), {"q": "<script>x</script>"}).content.decode()
    assert "<script>x</script>" not in text


def test_queries_do_not_grow_with_steps_and_templates(client, park, django_assert_max_num_queries):
    for code in ("S01-D2", "S01-D3", "S01-D4"):
        template(park, code)
    with django_assert_max_num_queries(20):
        client.get(reverse("approvals:guide", args=[park.code]))
    with django_assert_max_num_queries(14):
        client.get(reverse("approvals:guide_step", args=[park.code, "S01"]))


def test_home_leads_to_the_only_park_or_lists_them(client, park):
    assert client.get(reverse("approvals:guide_home")).url == reverse("approvals:guide", args=[park.code])
    other = factories.park()
    text = client.get(reverse("approvals:guide_home")).content.decode()
    assert reverse("approvals:guide", args=[park.code]) in text
    assert reverse("approvals:guide", args=[other.code]) in text
    client.force_login(factories.user(other, "enterprise"))
    answer = client.get(reverse("approvals:guide_home"))
    assert answer.url == reverse("approvals:guide", args=[other.code])


@pytest.mark.usefixtures("no_catalogue")
def test_without_a_catalogue_the_guide_says_so(client):
    park = factories.park()
    assert client.get(reverse("approvals:guide", args=[park.code])).status_code == 200
    assert client.get(reverse("approvals:guide_step", args=[park.code, "S01"])).status_code == 404


def test_unknown_parks_and_steps_are_404(client, park):
    assert client.get(reverse("approvals:guide", args=["nowhere"])).status_code == 404
    assert client.get(reverse("approvals:guide_step", args=[park.code, "S99"])).status_code == 404
    assert client.get(reverse("approvals:guide_step", args=["nowhere", "S01"])).status_code == 404


def test_templates_are_downloads_of_their_own_park_only(client, park):
    mine, foreign = template(park), template(factories.park())
    withdrawn = template(park, is_active=False)

    answer = client.get(reverse("approvals:guide_template", args=[park.code, mine.pk]))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"PK content"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    for other in (foreign, withdrawn):
        assert client.get(reverse("approvals:guide_template", args=[park.code, other.pk])).status_code == 404


def test_a_template_whose_file_is_gone_is_404(client, park):
    row = template(park)
    row.file.storage.delete(row.file.name)
    assert client.get(reverse("approvals:guide_template", args=[park.code, row.pk])).status_code == 404


def test_the_guide_shows_the_parks_own_version(client, park):
    admin = factories.user(park, "admin", is_staff=True)
    draft = upkeep.copy_for(park, by=admin, at=AT)
    draft.steps.filter(code="S01").update(guide_zh="本区自己的说明")
    assert "本区自己的说明" not in page(client, park, "S01")

    upkeep.put_in_force(draft, by=admin, at=AT)

    assert "本区自己的说明" in page(client, park, "S01")
    assert "本区自己的说明" not in page(client, factories.park(), "S01")


def test_nothing_of_projects_or_people_is_public(client, park):
    project = project_with_steps(park, name="机密项目名称")
    project.steps.filter(code="S01").update(handler_name="经办人王某", handler_phone="0000-9999")
    person = factories.user(park, "staff", display_name="内部人员李某")
    for address in [
        reverse("approvals:guide", args=[park.code]),
        *(reverse("approvals:guide_step", args=[park.code, code]) for code in CODES),
    ]:
        text = client.get(address).content.decode()
        for words in (
            "机密项目名称",
            "经办人王某",
            "0000-9999",
            "内部人员李某",
            person.username,
        ):
            assert words not in text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_written(client, park, method):
    for name, arguments in [("guide_home", []), ("guide", [park.code]), ("guide_step", [park.code, "S01"])]:
        assert getattr(client, method)(reverse(f"approvals:{name}", args=arguments)).status_code in (403, 405)


def test_a_projects_step_names_the_same_contact(client, park):
    project = project_with_steps(park)
    StepContact.objects.create(park=park, step_code="S01", address="甲区政务大厅", contact_name="甲区联系人")
    client.force_login(factories.user(park, "staff"))

    text = client.get(reverse("approvals:step", args=[project.pk, "S01"])).content.decode()

    assert "甲区政务大厅" in text
    assert "甲区联系人" in text
    assert reverse("approvals:guide_step", args=[park.code, "S01"]) in text


def test_the_enterprise_is_told_the_parks_contact_and_the_handler_first(client, park):
    owner = factories.organization(park, "enterprise")
    project = project_with_steps(park, enterprise=factories.enterprise(park, owner))
    StepContact.objects.create(
        park=park, step_code="S01", address="甲区政务大厅", contact_name="甲区联系人", contact_phone="0000-1111"
    )
    client.force_login(factories.user(park, "enterprise", owner))
    text = client.get(reverse("approvals:enterprise_home")).content.decode()
    assert "甲区政务大厅" in text
    assert "甲区联系人" in text

    project.steps.filter(code="S01").update(handler_name="经办人", handler_phone="0000-2222")
    text = client.get(reverse("approvals:enterprise_home")).content.decode()
    assert "0000-2222" in text
    assert "甲区联系人" not in text
