"""Filed on a phone, returned, filed again, accepted; the project's page shows the figure."""

import pytest
from django.urls import reverse

from projects.models import Project
from tests.approvals.papers import files
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(phone, live_server, client):
    """open_as(person, address): the phone shows the page to this person."""

    def open_as(person, address):
        client.force_login(person)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        phone.context.add_cookies([cookie])
        phone.goto(live_server.url + address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        return phone

    return open_as


def test_from_the_site_to_the_register(open_as):
    case = make_case()
    page = open_as(case.worker, reverse("dispatch:filing_mine"))
    page.click(f"#filing-{case.filing().pk} .filing-go a")
    page.fill("#id_month_10k", "300.5")
    assert page.inner_text("[data-filing-total]") == "1,500.5"
    page.fill("#id_physical_percent", "40")
    page.fill("#id_physical_progress", "主体施工至三层")
    page.fill("#id_taken_on", "2026-03-20")
    page.set_input_files(
        "#id_camera", [{"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": files.picture("JPEG")}]
    )
    page.click(".filing-send .btn-primary")
    page.wait_for_selector(".filing-submitted")
    filing = case.filing()
    assert (filing.state, str(filing.ytd_10k), filing.attachments.get().note) == (
        "submitted", "1500.5000", "2026-03-20",
    )  # fmt: skip

    page = open_as(case.staff, reverse("dispatch:filing_return", args=[filing.pk]))
    page.fill("#id_reason", "照片看不清")
    page.click("form.panel .btn-primary")
    page.wait_for_selector(".timeline")

    page = open_as(case.worker, reverse("dispatch:filing_mine"))
    assert "照片看不清" in page.inner_text(".filing-returned")
    page.click(".filing-returned .filing-go a")
    page.fill("#id_month_10k", "301")
    page.click(".filing-send .btn-primary")
    page.wait_for_selector(".filing-submitted")

    page = open_as(case.staff, reverse("dispatch:filing_round", args=[case.round.pk]))
    page.check(f"input[name=filing][value='{filing.pk}']")
    page.click(".filing-bulk .btn-primary")
    page.wait_for_selector(".messages .notice-success, .messages [class*=success]")
    project = Project.objects.get(pk=case.built.pk)
    assert (project.physical_percent, project.investments.get(month=3).ytd_10k) == (40, 1501)
    page = open_as(case.staff, reverse("projects:detail", args=[project.pk]))
    assert page.input_value("#id_physical_percent") == "40"
