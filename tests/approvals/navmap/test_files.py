"""The map as a file and on the project's page: for whom, and what is in it."""

import io
import re
import sys
from xml.etree import ElementTree

import pypdf
import pytest
from django.urls import reverse
from PIL import Image

from accounts import clock, pdf
from accounts.errors import Refused
from approvals.models import Catalogue
from tests import factories
from tests.approvals.cases import project
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

CODES = [f"S{n:02}" for n in range(1, 23)]
TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def made():
    park = factories.park(name_zh="云岭测试区")
    owner = factories.organization(park, kind="enterprise")
    return project(park, name="测试电机项目", enterprise=factories.enterprise(park, owner))


def file(client, made, fmt="svg"):
    return client.get(reverse("approvals:project_map_file", args=[made.pk, fmt]))


def guide(client, park, fmt="svg"):
    return client.get(reverse("approvals:guide_map_file", args=[park.code, fmt]))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_guides_map_needs_no_account(client, made):
    for fmt in TYPES:
        response = guide(client, made.park, fmt)
        assert response.status_code == 200 and response["Content-Type"] == TYPES[fmt]
        assert response["Content-Disposition"].startswith("attachment")


def test_the_svg_stands_alone_and_names_park_and_day(client, made):
    root = ElementTree.fromstring(guide(client, made.park).content)
    text = "".join(root.itertext())

    assert all(code in text for code in CODES)
    assert "云岭测试区" in text and "2026-03-02" in text
    assert Catalogue.objects.in_force(made.park).title_zh in text
    for element in root.iter():
        assert not {"class", "style", "href"} & set(element.attrib) or element.get("class", "").startswith("navmap")
        assert element.tag.split("}")[1] in {
            "svg", "title", "rect", "path", "text", "tspan", "g", "circle"
        }  # fmt: skip


def test_the_pdf_is_one_page_of_a3_with_its_text(client, made):
    client.force_login(factories.user(made.park))
    response = file(client, made, "pdf")
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    page = reader.pages[0]

    assert len(reader.pages) == 1
    size = [float(length) / 72 * 25.4 for length in (page.mediabox.width, page.mediabox.height)]
    assert size == pytest.approx([420, 297], abs=0.5)
    text = squeezed(page.extract_text())
    assert all(code in text for code in CODES)
    assert made.name in text and "云岭测试区" in text and "建设工程规划" in text
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts and all("Noto" in font or "Navigator" in font for font in fonts)


def test_the_png_opens_and_is_large_enough_for_paper(client, made):
    client.force_login(factories.user(made.park))
    picture = Image.open(io.BytesIO(file(client, made, "png").content))

    assert picture.width == 3400 and picture.height == pytest.approx(3400 * 297 / 420, abs=3)
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 20


@pytest.mark.parametrize("role", ["staff", "leader", "admin"])
def test_the_park_sees_the_map_of_its_projects(client, made, role):
    client.force_login(factories.user(made.park, role))

    assert file(client, made).status_code == 200
    page = client.get(reverse("projects:detail", args=[made.pk]), {"tab": "steps"})
    assert page.status_code == 200 and page.content.decode().count('data-code="S13"') == 2
    assert reverse("approvals:project_map_file", args=[made.pk, "pdf"]) in page.content.decode()
    assert reverse("approvals:step", args=[made.pk, "S13"]) in page.content.decode()


def test_a_unit_sees_the_map_of_the_projects_it_is_in_charge_of_only(client, made):
    person = factories.user(made.park, "unit")
    client.force_login(person)
    assert file(client, made).status_code == 404

    made.responsible_unit = person.organization
    made.save()

    assert file(client, made).status_code == 200


def test_an_enterprise_has_the_map_of_its_own_project_only(client, made):
    other = project(made.park, name="别家的项目")
    client.force_login(factories.user(made.park, "enterprise", made.enterprise.organization))

    assert file(client, made).status_code == 200
    assert file(client, other).status_code == 404


def test_nobody_else_has_a_projects_map(client, made):
    assert file(client, made).status_code == 302

    client.force_login(factories.user(factories.park()))
    assert file(client, made).status_code == 404


def test_other_kinds_of_file_and_other_parks_are_unknown(client, made):
    assert guide(client, made.park, "exe").status_code == 404
    assert client.get("/guide/nowhere/map.svg").status_code == 404


def test_a_project_without_steps_has_no_file(client):
    bare = factories.project(factories.park())
    client.force_login(factories.user(bare.park))

    assert file(client, bare).status_code == 404
    page = client.get(reverse("projects:detail", args=[bare.pk]), {"tab": "steps"})
    assert page.status_code == 200 and "navmap" not in page.content.decode()


def test_without_a_catalogue_there_is_no_guide(client, no_catalogue):
    assert guide(client, factories.park()).status_code == 404


def test_the_page_asks_as_often_for_many_steps_as_for_few(client, made, django_assert_max_num_queries):
    client.force_login(factories.user(made.park))
    address = reverse("projects:detail", args=[made.pk])
    with django_assert_max_num_queries(100) as many:
        client.get(address, {"tab": "steps"})
    made.steps.filter(seq__gt=6).delete()
    with django_assert_max_num_queries(100) as few:
        client.get(address, {"tab": "steps"})

    assert len(many) == len(few)


def test_a_pdf_fetches_nothing_and_says_so_by_leaving_it_out(tmp_path, caplog):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")

    made = pdf.from_html(f'<p>ok</p><object data="{secret.as_uri()}"></object><img src="{secret.as_uri()}">')

    text = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "ok" in text and "geheim" not in text


def test_missing_system_libraries_are_a_refusal_that_the_page_explains(client, made, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf._weasyprint.cache_clear()

    with pytest.raises(Refused):
        pdf.from_html("<p>")
    assert guide(client, made.park, "pdf").status_code == 409
    assert guide(client, made.park, "svg").status_code == 200
