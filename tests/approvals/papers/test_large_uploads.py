"""A body of 2 GB against a real server: refused at once, little read, no memory used."""

import os
import re
import socket
import subprocess
import sys
import time
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.uploads import FORM_ROOM
from tests.approvals.papers import files
from tools.servers import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[3]
MB = 1024 * 1024
LIMIT = 2 * MB
BOUNDARY = "------------------------papers"
PATIENCE = 120  # seconds for an answer: a worker loads everything on the first request, on a busy machine too


@pytest.fixture
def server(transactional_db, tmp_path):
    """A gunicorn of ours on this test's database, with a limit of 2 MB: (port, process id of its worker)."""
    from tests.conftest import database_url

    port = free_port()
    own = {
        "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings", "PAPER_UPLOAD_MAX_MB": "2",
        "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "2", "--no-control-socket"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stderr=subprocess.PIPE)
    try:
        wait_for_port(port, process)
        yield port, worker_of(process.pid)
    finally:
        process.terminate()
        process.wait(15)
        process.stderr.close()


def worker_of(parent: int) -> int:
    for _attempt in range(100):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise AssertionError("no worker came up")


def peak(pid: int) -> int:
    """Most bytes the process has had in memory so far."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def signed_in() -> tuple[str, str, str]:
    """(cookies, CSRF token, address of an upload) of an enterprise's person."""
    from tests import factories
    from tests.approvals.cases import project, step_of

    park = factories.park()
    owner = factories.organization(park, "enterprise")
    made = project(park, enterprise=factories.enterprise(park, owner))
    client = Client()
    client.force_login(factories.user(park, "enterprise", owner))
    step = step_of(made, "S02")
    asked = step.step.documents.filter(shared=False).first()
    address = reverse("approvals:paper_upload", args=[made.pk, "S02", asked.pk])
    token = "a" * 32
    cookies = SimpleCookie({"sessionid": client.cookies["sessionid"].value, "csrftoken": token})
    return cookies.output(attrs=[], header="", sep=";").strip(), token, address


def head(port, address, cookies, length) -> bytes:
    lines = [
        f"POST {address} HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookies}", "Accept-Language: zh-hans",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}", length, "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def form(token: str, name: str = "a.pdf") -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()


def send(port: int, start: bytes, body: bytes, most: int, patience: float = 0.2) -> tuple[int, bytes]:
    """Sends start and pieces of ``body`` until the server answers or ``most`` bytes are out: (bytes sent, answer)."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        connection.sendall(start)
        sent = 0
        connection.settimeout(patience)
        try:
            while sent < most:
                sent += connection.send(body[: most - sent])
        except (TimeoutError, ConnectionError):
            pass
        connection.settimeout(PATIENCE)
        answer = b""
        try:
            while more := connection.recv(65536):
                answer += more
        except (TimeoutError, ConnectionError):
            pass
        return sent, answer


def warm_up(port: int, cookies: str, token: str, address: str) -> None:
    """A small upload that is taken, so that the worker has loaded everything."""
    small = form(token) + files.pdf() + f"\r\n--{BOUNDARY}--\r\n".encode()
    _sent, answer = send(port, head(port, address, cookies, f"Content-Length: {len(small)}"), small, len(small))
    assert answer.startswith(b"HTTP/1.1 302"), answer[:300]


@pytest.mark.slow
@pytest.mark.once
def test_two_gigabytes_are_refused_at_once(server, settings):
    port, worker = server
    cookies, token, address = signed_in()
    warm_up(port, cookies, token, address)
    before = peak(worker)

    total = 2 * 1024 * MB
    start = head(port, address, cookies, f"Content-Length: {total}") + form(token) + b"%PDF-1.7\n"
    sent, answer = send(port, start, b"0" * 65536, total)

    assert answer.startswith(b"HTTP/1.1 413") and "2 MB" in answer.decode()
    assert sent <= LIMIT + FORM_ROOM
    assert peak(worker) - before <= 20 * MB


@pytest.mark.slow
@pytest.mark.once
def test_a_body_that_does_not_say_its_size_is_cut_off_at_the_limit(server):
    """Announces little more than the limit: read up to the limit and refused. In chunks: nothing is read."""
    port, worker = server
    cookies, token, address = signed_in()
    warm_up(port, cookies, token, address)
    before = peak(worker)
    announced = LIMIT + FORM_ROOM - 1000
    start = form(token) + b"%PDF-1.7\n"
    rest = b"0" * (announced - len(start))
    sent, answer = send(
        port, head(port, address, cookies, f"Content-Length: {announced}") + start, rest, len(rest), patience=20
    )
    assert answer.startswith(b"HTTP/1.1 413") and sent == len(rest)

    piece = form(token) + b"%PDF-1.7\n"
    start = head(port, address, cookies, "Transfer-Encoding: chunked") + b"%x\r\n" % len(piece) + piece + b"\r\n"
    sent, answer = send(port, start, b"10000\r\n" + b"0" * 65536 + b"\r\n", 64 * MB)
    assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 302")) and sent < 16 * MB
    assert peak(worker) - before <= 20 * MB


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "limit"), [("projects:import_new", 10), ("api:me", 50), ("accounts:profile", 50)])
def test_every_route_has_a_limit(client, name, limit):
    """The ledger its own; the answer of the API is a problem document."""
    from tests import factories

    client.force_login(factories.user(factories.park()))
    body = form("x") + b"0" * ((limit + 2) * MB) + f"\r\n--{BOUNDARY}--\r\n".encode()
    with translation.override("en"):  # the middleware's choice would outlive the test
        answer = client.post(
            reverse(name),
            data=body,
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
            headers={"Accept-Language": "en"},
        )

    assert answer.status_code == 413 and f"{limit} MB" in answer.content.decode()
    assert answer["Content-Type"].startswith("application/problem+json" if name.startswith("api") else "text/html")
