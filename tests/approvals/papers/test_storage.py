"""Where papers are kept: whole or not at all, swept at night, on S3, scanned by a clamd."""

import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.core.management import call_command

from accounts.errors import Refused
from approvals.models import StepFile
from approvals.papers import scanner
from approvals.papers.storage import papers
from approvals.papers.sweep import sweep
from tests.approvals.cases import AT
from tests.approvals.papers import files
from tests.approvals.papers.conftest import hand_in, upload

ROOT = Path(__file__).resolve().parents[3]
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Breaking(File):
    """A file whose second half cannot be read."""

    def chunks(self, chunk_size=None):
        yield b"first half"
        raise OSError("the disk is gone")


def test_a_file_is_there_as_a_whole_or_not_at_all(store):
    name = papers().save("papers/a.pdf", ContentFile(b"whole"))
    with pytest.raises(OSError, match="gone"):
        papers().save("papers/b.pdf", Breaking(BytesIO(), "b.pdf"))

    assert store() == ["a.pdf"] and papers().open(name).read() == b"whole"


# The nightly sweep ---------------------------------------------------------------------------------------------------


def age(settings, name: str, days: float) -> None:
    then = (AT - timedelta(days=days)).timestamp()
    os.utime(settings.MEDIA_ROOT / name, (then, then))


def test_the_sweep_finds_orphans_both_ways(case, store, settings):
    kept, lost = hand_in(case.step, by=case.owner), hand_in(case.step, 4, by=case.owner)
    StepFile.objects.update(uploaded_at=AT - timedelta(days=3))
    (settings.MEDIA_ROOT / lost.file.name).unlink()
    for name, days in (("papers/old.pdf", 2), ("papers/new.pdf", 0.5), ("papers/.tmp.part", 2)):
        (settings.MEDIA_ROOT / name).write_bytes(b"x")
        age(settings, name, days)
    age(settings, kept.file.name, 3)

    found = sweep(at=AT, delete=False)
    assert found.orphans == ["papers/.tmp.part", "papers/old.pdf"] and found.lost == [lost.pk] and len(store()) == 4

    sweep(at=AT, delete=True)
    assert store() == sorted(["new.pdf", kept.file.name.removeprefix("papers/")])
    assert StepFile.objects.count() == 2


def test_the_command_says_what_it_found(case, settings):
    (settings.MEDIA_ROOT / "papers").mkdir(parents=True)
    (settings.MEDIA_ROOT / "papers" / "old.pdf").write_bytes(b"x")
    age(settings, "papers/old.pdf", 9)
    said = StringIO()
    call_command("sweep_papers", stdout=said)
    call_command("sweep_papers", "--delete", stdout=said)

    assert "orphan papers/old.pdf\n" in said.getvalue() and "orphan papers/old.pdf removed\n" in said.getvalue()
    assert not (settings.MEDIA_ROOT / "papers" / "old.pdf").exists()


def test_an_empty_store_is_no_trouble(db, store):
    assert sweep(at=AT, delete=True).as_dict() == {"orphans": 0, "lost": 0, "released": 0, "infected": 0}


# The virus scanner ---------------------------------------------------------------------------------------------------


class Clamd(socketserver.BaseRequestHandler):
    """Speaks INSTREAM: whoever sends the test virus is told so."""

    def handle(self):
        with self.request.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", sent.read(4))[0]:
                content += sent.read(size)
        if self.server.answer is not None:
            self.request.sendall(self.server.answer)
        elif EICAR in content:
            self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0")


@pytest.fixture
def clamd(tmp_path, settings):
    """A scanner on a Unix socket; set ``answer`` to make it say something else."""
    place = tmp_path / "clamd.ctl"
    server = socketserver.ThreadingUnixStreamServer(str(place), Clamd)
    server.answer = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CLAMD_SOCKET = str(place)
    yield server
    server.shutdown()
    server.server_close()


def infected() -> bytes:
    found = files.pdf_holding(EICAR)
    assert EICAR in found
    return found


def test_the_scanner_speaks_its_language(clamd, settings):
    assert scanner.scan(BytesIO(b"a" * 200_000), settings.CLAMD_SOCKET) == ""
    assert scanner.scan(BytesIO(EICAR), settings.CLAMD_SOCKET) == "Eicar-Test-Signature"
    for answer in (b"INSTREAM size limit exceeded. ERROR\0", b""):
        clamd.answer = answer
        with pytest.raises(scanner.Unreachable):
            scanner.scan(BytesIO(b"a"), settings.CLAMD_SOCKET)


def test_over_tcp_too():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        server.answer = None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert scanner.scan(BytesIO(EICAR), f"127.0.0.1:{server.server_address[1]}") == "Eicar-Test-Signature"
        server.shutdown()


def test_a_virus_is_refused(case, clamd, store):
    with pytest.raises(Refused, match="Eicar-Test-Signature"):
        hand_in(case.step, by=case.owner, file=upload("a.pdf", infected()))
    assert store() == [] and hand_in(case.step, by=case.owner).scan == "available"


def test_without_an_answer_the_file_waits_in_quarantine(case, clamd, settings, store):
    address, settings.CLAMD_SOCKET = settings.CLAMD_SOCKET, "/nowhere/clamd.ctl"
    clean = hand_in(case.step, by=case.owner)
    sick = hand_in(case.step, 4, by=case.owner, file=upload("a.pdf", infected()))
    assert (clean.scan, sick.scan) == ("quarantined", "quarantined")
    assert sweep(at=AT, delete=True).released == 0

    settings.CLAMD_SOCKET = address
    found = sweep(at=AT, delete=True)

    assert (found.released, found.infected) == (1, [sick.pk])
    assert set(StepFile.objects.values_list("pk", "scan")) == {(clean.pk, "available"), (sick.pk, "quarantined")}


def test_without_a_scanner_nothing_is_scanned(case, settings):
    settings.CLAMD_SOCKET = ""
    assert hand_in(case.step, by=case.owner, file=upload("a.pdf", infected())).scan == "available"


# S3 ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket():
    """Address of a real HTTP server that speaks S3, with an empty bucket."""
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("moto.server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for line in process.stderr:
        if b"Running on" in line:
            break
    threading.Thread(target=process.stderr.read, daemon=True).start()
    address = f"http://127.0.0.1:{port}"
    login = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **login).create_bucket(Bucket="papers")
    yield address
    process.terminate()
    process.wait(10)


PROGRAM = """
import django, json
django.setup()
from django.conf import settings
print(json.dumps(settings.STORAGES["papers"]))
"""


def settings_with(**environment) -> subprocess.CompletedProcess:
    own = {"DJANGO_SETTINGS_MODULE": "config.settings", "DJANGO_SECRET_KEY": "x"}
    command = [sys.executable, "-c", PROGRAM]
    own = os.environ | own | environment
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)


@pytest.fixture
def on_s3(bucket, settings, monkeypatch):
    """Papers go to the bucket, with the very options that the environment gives."""
    import json

    done = settings_with(
        PAPERS_S3_BUCKET="papers", PAPERS_S3_ENDPOINT=bucket, PAPERS_S3_KEY="key", PAPERS_S3_SECRET="secret",
        PAPERS_S3_REGION="us-east-1",
    )  # fmt: skip
    settings.STORAGES = settings.STORAGES | {"papers": json.loads(done.stdout)}
    field = StepFile._meta.get_field("file")
    monkeypatch.setattr(field, "storage", storages["papers"])
    return storages["papers"]


@pytest.mark.slow
def test_papers_on_s3(case, on_s3, store, client):
    from django.urls import reverse

    file = hand_in(case.step, by=case.owner, file=upload("a.pdf"))
    other = hand_in(case.step, 4, by=case.owner, file=upload("b.png", files.picture("PNG")))

    assert store() == [] and on_s3.exists(file.file.name) and on_s3.size(other.file.name) == other.size
    client.force_login(case.owner)
    answer = client.get(reverse("approvals:paper_file", args=[file.pk]), follow=True)
    assert b"".join(answer.streaming_content) == files.pdf() and "sandbox" in answer["Content-Security-Policy"]
    zipped = client.post(reverse("approvals:papers_zip", args=[case.made.pk]))
    assert b"".join(zipped.streaming_content)[:4] == b"PK\x03\x04"

    on_s3.save("papers/orphan.pdf", ContentFile(b"x"))
    far = AT + timedelta(days=3650)
    assert sweep(at=far, delete=True).orphans == ["papers/orphan.pdf"]
    assert not on_s3.exists("papers/orphan.pdf") and on_s3.exists(file.file.name)
    case.step.version -= 1
    before = set(on_s3.listdir("papers")[1])
    from accounts.errors import Conflict

    with pytest.raises(Conflict):
        hand_in(case.step, 5, by=case.staff)
    assert set(on_s3.listdir("papers")[1]) == before


def test_the_environment_decides_and_says_what_is_missing(tmp_path):
    assert "DiskStorage" in settings_with(PAPERS_S3_BUCKET="").stdout
    wanting = settings_with(PAPERS_S3_BUCKET="papers", PAPERS_S3_KEY="key")
    assert wanting.returncode and "PAPERS_S3_SECRET" in wanting.stderr


def test_the_nightly_job_sweeps(case, settings):
    from dispatch.jobs.registry import JOBS

    (settings.MEDIA_ROOT / "papers").mkdir(parents=True)
    (settings.MEDIA_ROOT / "papers" / "old.pdf").write_bytes(b"x")
    age(settings, "papers/old.pdf", 9)
    fenced = []

    counts = JOBS["papers"].work(None, AT, lambda: fenced.append(1))

    assert (counts["orphans"], fenced) == (1, [1])
    assert not (settings.MEDIA_ROOT / "papers" / "old.pdf").exists()
