"""The admin page "Load a year": preview, then confirm what was shown."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import factories
from workdays import actions
from workdays.models import CalendarChange, CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
NOTICE = "2027-02-05 off 春节\n2027-02-20 work 春节"
POST = {"year": "2027", "status": "official", "note": "", "text": NOTICE}


@pytest.fixture
def url():
    return reverse("admin:workdays_calendaryear_load")


def preview(client, url, **changes):
    response = client.post(url, POST | changes)
    assert response.status_code == 200
    return response


def confirmation(response):
    """What the browser would send back from the preview page."""
    return response.context["form"].initial | {"confirm": "1"}


def test_preview_counts_and_changes_nothing(admin_client, url):
    response = preview(admin_client, url)
    shown = response.context["preview"]
    assert (shown["off_before"], shown["off"], shown["make_up_before"], shown["make_up"]) == (0, 1, 0, 1)
    assert [day["on"] for day in shown["days"]] == ["2027-02-05", "2027-02-20"]
    assert 'name="confirm"' in response.text
    assert not CalendarYear.objects.exists()


def test_confirm_loads_and_names_the_person(admin_client, admin_user, url):
    response = admin_client.post(url, confirmation(preview(admin_client, url)))
    assert response.status_code == 302
    assert response.url == reverse("admin:workdays_calendaryear_changelist")
    assert list(CalendarDay.objects.values_list("on", "is_workday")) == [
        (date(2027, 2, 5), False),
        (date(2027, 2, 20), True),
    ]
    change = CalendarChange.objects.get()
    assert (change.by, change.source, change.version) == (admin_user, "page", 1)


def test_upload_of_a_csv_file(admin_client, url):
    content = "日期,类型,名称\n2027/2/5,休,春节\n2027/2/20,班,春节\n".encode("gb18030")
    upload = SimpleUploadedFile("2027.csv", content)
    response = preview(admin_client, url, text="", file=upload)
    assert response.context["form"].initial["text"] == NOTICE
    admin_client.post(url, confirmation(response))
    assert CalendarYear.objects.get().status == "official"


def test_lines_edited_after_the_preview_are_previewed_again(admin_client, url):
    sent = confirmation(preview(admin_client, url)) | {"text": NOTICE + "\n2027-10-01 off 国庆节"}
    response = admin_client.post(url, sent)
    assert response.context["preview"]["off"] == 2
    assert not CalendarYear.objects.exists()


def test_confirm_without_a_preview_is_previewed_first(admin_client, url):
    assert preview(admin_client, url, confirm="1").context["preview"]["off"] == 1
    assert not CalendarYear.objects.exists()


def test_year_changed_between_preview_and_confirm_is_refused(admin_client, url):
    sent = confirmation(preview(admin_client, url))
    actions.load_year(2027, status="provisional", off={date(2027, 1, 1): "元旦"}, make_up={}, by=None, at=AT)
    response = admin_client.post(url, sent)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert CalendarYear.objects.get().version == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": "nonsense 1"},
        {"text": "2026-02-05 off 春节"},
        {"text": "2027-02-19 work 春节"},
        {"text": "2027-02-05 off a\x00b"},
        {"text": "2027-02-05 off " + "长" * 40_000},
        {"text": "2027-02-05 off 😀\n2027-02-05 off 😀"},
        {"file": SimpleUploadedFile("a.csv", b"\xff\xff\xff"), "text": ""},
        {"year": "99999"},
        {"year": "MMXXVII"},
        {"status": "rumour"},
    ],
)
def test_bad_input_gets_a_message_and_changes_nothing(admin_client, url, changes):
    response = admin_client.post(url, POST | changes)
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert response.context["form"].errors
    assert not CalendarYear.objects.exists()


def test_emoji_in_a_name_is_fine(admin_client, url):
    sent = confirmation(preview(admin_client, url, text="2027-02-05 off 春节😀"))
    assert admin_client.post(url, sent).status_code == 302
    assert CalendarDay.objects.get().name == "春节😀"


def test_stored_year_is_offered_for_correction(admin_client, url):
    actions.load_year(2027, status="provisional", off={date(2027, 1, 1): "元旦"}, make_up={}, by=None, at=AT)
    form = admin_client.get(url, {"year": "2027"}).context["form"]
    assert form.initial["text"] == "2027-01-01 off 元旦"
    assert admin_client.get(url, {"year": "²²²²"}).status_code == 200
    assert admin_client.get(url).context["form"].initial == {"status": "official"}


def test_lists_and_page_of_a_year_are_read_only(admin_client):
    actions.load_year(2027, status="provisional", off={date(2027, 1, 1): "元旦"}, make_up={}, by=None, at=AT)
    assert (
        reverse("admin:workdays_calendaryear_load")
        in admin_client.get(reverse("admin:workdays_calendaryear_changelist")).text
    )
    page = admin_client.get(reverse("admin:workdays_calendaryear_change", args=[2027]))
    assert "元旦" in page.text
    assert 'name="status"' not in page.text
    assert admin_client.get(reverse("admin:workdays_calendaryear_add")).status_code == 403
    assert admin_client.get(reverse("admin:workdays_calendaryear_delete", args=[2027])).status_code == 403


def test_staff_without_the_permission_may_not_load(client, url):
    """Whom the administration is closed to ends at its sign-in, which refuses those who are signed in."""
    client.force_login(get_user_model().objects.create_user("clerk", password="x", is_staff=True))
    assert client.get(url, follow=True).status_code == 403
    assert client.post(url, POST, follow=True).status_code == 403
    assert not CalendarYear.objects.exists()


def test_administrator_of_a_park_may_not_load_the_calendar_of_all(client, url):
    client.force_login(factories.user(factories.park(), "admin", is_staff=True))
    assert client.get(url).status_code == 403
    assert client.post(url, POST).status_code == 403
    assert not CalendarYear.objects.exists()


def test_visitor_is_sent_to_sign_in(client, url):
    assert client.get(url).status_code == 302
