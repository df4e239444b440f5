"""No webhook reaches a private network, whatever its address looks like."""

import pytest

from dispatch.notices.channels import Refused
from dispatch.webhooks import addresses, wire

PRIVATE = [
    "https://127.0.0.1/x", "https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/",
    "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/",
    "https://[fc00::1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://2130706433/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/", "https://localhost/", "https://[::]/",
    "https://224.0.0.1/", "https://[ff02::1]/", "https://255.255.255.255/",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused(url, settings):
    settings.WEBHOOK_HOSTS = []
    assert addresses.fault_of(url) == "private"
    with pytest.raises(Refused):
        wire.post(url, b"{}", {})


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://example.com/", "scheme"), ("ftp://example.com/", "scheme"), ("file:///etc/passwd", "scheme"),
        ("https://", "scheme"), ("https://me:pw@example.com/", "form"), ("https://example.com/#x", "form"),
        ("https://exa mple.com/", "form"), ("https://example.com\\@127.0.0.1/", "form"),
        ("https://exämple.com/", "form"),
        ("https://example.com:99999/", "form"), ("https://[::1/", "form"), ("gopher://127.0.0.1/", "scheme"),
        ("https://example.com/\r\nX: y", "form"),
    ],
)  # fmt: skip
def test_forms_that_are_refused(url, fault, settings):
    settings.WEBHOOK_HOSTS = []
    assert addresses.fault_of(url, lambda host, port: ["93.184.215.14"]) == fault


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (["93.184.215.14"], ""), (["93.184.215.14", "10.0.0.1"], "private"), (["::ffff:10.0.0.1"], "private"),
        ([], ""), (["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], ""), (["rubbish"], "private"),
    ],
)  # fmt: skip
def test_a_name_is_judged_by_every_address_it_has(found, fault, settings):
    settings.WEBHOOK_HOSTS = []
    assert addresses.fault_of("https://hooks.example.com/", lambda host, port: found) == fault


def test_own_hosts_are_named_exactly(settings):
    settings.WEBHOOK_HOSTS = ["http://10.0.0.5:8080", "10.0.0.6"]
    assert addresses.fault_of("http://10.0.0.5:8080/x") == ""
    assert addresses.fault_of("https://10.0.0.6/x") == ""
    assert addresses.fault_of("https://10.0.0.5:8080/x") == "private"
    assert addresses.fault_of("http://10.0.0.5/x") == "scheme"
    assert addresses.fault_of("https://10.0.0.7/x") == "private"


def test_the_connection_goes_to_the_address_that_was_judged(receiver, monkeypatch, settings):
    """The name answers a public address while it is judged; a second look would lead to 127.0.0.1."""
    asked = []

    def look_up(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["192.0.2.1"]

    settings.WEBHOOK_HOSTS = []
    monkeypatch.setattr(addresses, "addresses_of", look_up)
    with pytest.raises(Refused):
        wire.post("https://rebinding.example.com/", b"{}", {})
    assert asked == ["rebinding.example.com"] and receiver.asked == 0


def test_redirects_are_not_followed(receiver):
    receiver.mode = "redirect"
    assert wire.post(receiver.url, b"{}", {}).status == 302
    assert receiver.asked == 1


def test_too_large_a_body_does_not_leave(receiver):
    with pytest.raises(Refused):
        wire.post(receiver.url, b"x" * (wire.LARGEST_BODY + 1), {})
    assert receiver.asked == 0
