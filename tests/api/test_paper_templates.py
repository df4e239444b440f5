"""Templates of bulletins and of minutes over the API: handed in, listed, withdrawn, as on the pages."""

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch.meetings.models import MinutesTemplate
from dispatch.reports.models import BulletinTemplate
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db
KINDS = {
    "bulletin-templates/": (BulletinTemplate, "{{ title }}"),
    "minutes-templates/": (MinutesTemplate, "{{ title }}"),
}


def paper(text: str) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def upload(api, url, content, name="红头.docx", **values):
    return api.client.post(f"/api/v1/{url}", {"file": SimpleUploadedFile(name, content)} | values)


@pytest.fixture
def park(as_of):
    return factories.park()


@pytest.fixture
def staff(park):
    return Api(factories.user(park, "staff"))


@pytest.mark.slow
@pytest.mark.parametrize("url", KINDS)
def test_handed_in_listed_and_withdrawn(staff, park, url):
    model, text = KINDS[url]
    more = {"kind": "joint"} if "minutes" in url else {}
    answer = upload(staff, url, paper(text), **more)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert row | {"original_name": "红头.docx", "withdrawn_at": None} | more == row
    assert staff.get(url).json()["results"] == [row]
    stranger = Api(factories.user(factories.park(code="other"), "staff"))
    assert stranger.get(url).json()["results"] == []
    assert stranger.post(f"{url}{row['id']}/withdraw/").status_code == 404
    away = staff.post(f"{url}{row['id']}/withdraw/").json()
    assert away["withdrawn_at"] and staff.post(f"{url}{row['id']}/withdraw/").json() == away
    assert staff.get(url).json()["results"] == [] and model.objects.get().withdrawn_at


@pytest.mark.parametrize("url", KINDS)
def test_what_is_no_template_is_refused(staff, park, url):
    assert upload(staff, url, b"%PDF-1.4 nothing", "x.pdf").status_code == 409
    assert upload(staff, url, b"").status_code == 409
    assert upload(staff, url, b"x", nothing="1").status_code == 400
    assert staff.post(url).status_code == 415
    for role, status in (("leader", 403), ("unit", 403), ("enterprise", 404)):
        other = Api(factories.user(park, role))
        assert (upload(other, url, paper("x")).status_code, other.get(url).status_code) == (status, status)
    assert not KINDS[url][0].objects.exists()


def test_minutes_are_of_a_kind_of_meeting(staff):
    assert list(upload(staff, "minutes-templates/", b"x", kind="nothing").json()["errors"]) == ["kind"]
