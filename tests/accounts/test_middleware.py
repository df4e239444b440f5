"""Guards around every request: each with the twin that shows the guard is the reason."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.frame_urls")]


@pytest.fixture
def person():
    return factories.user(factories.park())


@pytest.fixture
def browser(person):
    client = Client()
    client.force_login(person, backend="accounts.backends.OrganizationBackend")
    return client


@pytest.mark.parametrize("address", ["/echo/?text=a%00b", "/echo/%00", "/nowhere/%00/"])
def test_nul_in_address_is_a_bad_request(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "NUL" in answer.content.decode()


def test_nul_in_form_field_or_its_name_is_a_bad_request(client):
    assert client.post("/echo/", {"text": "a\0b"}).status_code == 400
    assert client.post("/echo/", {"te\0xt": "a"}).status_code == 400
    assert client.post("/echo/", "text=a%00b", content_type="application/x-www-form-urlencoded").status_code == 400


@pytest.mark.parametrize("text", ["纯文字", "a\\u0000b", "%00", "😀"])
def test_text_without_nul_passes(client, text):
    answer = client.post("/echo/", {"text": text})
    assert (answer.status_code, answer.content.decode()) == (200, text)


def test_nul_in_file_content_passes(client):
    assert client.post("/echo/", {"text": "a", "file": SimpleUploadedFile("a.bin", b"\0\0")}).status_code == 200


@pytest.mark.parametrize("body", [{"text": "a\0b"}, {"a\0": 1}, {"a": [{"b": "\0"}]}])
def test_nul_in_json_is_a_problem_document(browser, body):
    answer = browser.post("/api/v1/echo/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 400


def test_json_that_only_names_the_escape_passes(browser):
    answer = browser.post("/api/v1/echo/", json.dumps({"text": "\\u0000"}), content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"text": "\\u0000"})


@pytest.mark.parametrize("address", ["/", "/projects/", "/accounts/profile/", "/accounts/password/"])
def test_stranger_is_sent_to_sign_in(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, f"/accounts/sign-in/?next={address}")


def test_stranger_at_the_administration_is_sent_to_the_same_sign_in(client):
    page = client.get("/admin/accounts/user/", follow=True)
    assert page.redirect_chain[-1] == ("/accounts/sign-in/?next=/admin/accounts/user/", 302)


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/healthz", "/echo/"])
def test_open_page_needs_no_account(client, address):
    assert client.get(address).status_code == 200


def test_language_can_be_chosen_before_sign_in(client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/sign-in/"})
    assert "Sign in" in client.get("/accounts/sign-in/").content.decode()


def test_stranger_at_the_api_gets_its_own_answer(client):
    assert client.get("/api/v1/echo/").status_code in {401, 403}


def test_stranger_with_htmx_is_sent_to_sign_in_as_a_whole_page(client):
    answer = client.get(
        "/projects/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/projects/?page=2"}
    )
    assert answer.headers["HX-Redirect"] == "/accounts/sign-in/?next=/projects/%3Fpage%3D2"


def test_closed_account_is_a_stranger(browser, person):
    assert browser.get("/").status_code == 200
    person.is_active = False
    person.save()
    assert browser.get("/").status_code == 302


def test_no_cache_keeps_what_an_account_sees(client, browser):
    assert browser.get("/").headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in client.get("/healthz").headers


@pytest.mark.parametrize(("address", "reason"), [("/refuse/", "理由在此"), ("/conflict/", "别人先改了")])
def test_refusal_is_explained_with_a_way_back(browser, address, reason):
    answer = browser.get(address, headers={"Referer": "http://testserver/projects/?page=2"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert reason in page
    assert 'href="/projects/?page=2"' in page


@pytest.mark.parametrize("referer", ["http://evil.example/x", "//evil.example", "http://testserver//evil.example/", ""])
def test_way_back_never_leaves_the_site(browser, referer):
    page = browser.get("/refuse/", headers={"Referer": referer}).content.decode()
    assert 'href="//' not in page
    assert 'href="http' not in page


def test_refusal_of_an_htmx_request_lands_in_the_messages(browser):
    answer = browser.post("/refuse/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#messages")
    assert "<html" not in answer.content.decode()
    assert "理由在此" in answer.content.decode()


def test_other_faults_are_not_swallowed(browser):
    with pytest.raises(RuntimeError):
        browser.get("/broken/")


def test_server_fault_page_needs_nothing(browser):
    browser.raise_request_exception = False
    answer = browser.get("/broken/")
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()
