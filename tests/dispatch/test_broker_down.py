"""The broker stopped, and hung (accepts and never answers): pages and forms go on, nothing waits, nothing is lost.

Source: reliability.md C5, R2, 3.5. The twin rings in the request, as is often done, and hangs.
"""

import time
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch import tasks as dispatch_tasks
from dispatch.models import Heartbeat, JobRun
from projects.ledger import actions as imports
from projects.ledger import tasks
from projects.models import ImportBatch
from tests.access import routes
from tests.access import world as worlds
from tests.access.matrix import EXPECTED
from tests.conftest import broker_at
from tests.factories import AT, TODAY
from tests.harness.hung import silent_server
from tests.projects.ledger.adapter import workbook
from tests.standing import standing
from tools.servers import free_port

SECONDS = 2.0
MAKING = 10.0  # a file that is made in the request takes its time; a hung broker takes for ever
PAGES = sorted(name for name, method in EXPECTED if method == "GET" and not name.startswith("api:") and name != "admin")
RED_IS_RIGHT = {"healthz_jobs"}

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]


def build():
    world = worlds.build()
    for person in filter(None, world.people.values()):
        routes.sign_in(person)
    return world


built = standing(build)


@pytest.fixture
def world(built, db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return built


@pytest.fixture(params=["stopped", "hung"])
def broken(request):
    """The broker of the web process is away, or there and silent."""
    if request.param == "stopped":
        with broker_at(f"redis://127.0.0.1:{free_port()}/0"):
            yield request.param
    else:
        with silent_server() as port, broker_at(f"redis://127.0.0.1:{port}/0"):
            yield request.param


def limit(name):
    return MAKING if name.endswith(("_pdf", "_docx", "_xlsx")) else SECONDS


def timed(work):
    """(answer, seconds); a slow one gets a second chance, since a busy machine is no hang."""
    for _ in range(2):
        begun = time.monotonic()
        answer = work()
        seconds = time.monotonic() - begun
        if seconds < SECONDS:
            break
    return answer, seconds


@pytest.mark.parametrize("role", ["staff", "unit", "enterprise"])
def test_every_page_answers(world, broken, role):
    ids, wrong = routes.ids_of(world.a, world), []
    for name in PAGES if broken == "hung" else PAGES[::8]:
        response, seconds = timed(partial(routes.call, world.people[role], "GET", routes.url(name, ids)))
        expected = EXPECTED[name, "GET"][role]
        if response.status_code != expected or seconds > limit(name):
            wrong.append((name, response.status_code, round(seconds, 1)))
    assert [line for line in wrong if line[0] not in RED_IS_RIGHT] == []


def test_forms_of_three_roles_are_saved(world, broken, monkeypatch):
    monkeypatch.setattr(imports, "SMALL_FILE", 0)  # so that the import is handed to a worker
    side = world.a
    file = SimpleUploadedFile("台账.xlsx", workbook("A1_project_ledger_clean.xlsx"))
    sent = {
        "staff": (reverse("projects:import_new"), {"file": file, "report_year": "2026", "report_month": "2"}),
        "unit": (reverse("dispatch:ledger_move", args=[side.item.pk, "sign"]), {"version": side.item.version}),
        "enterprise": (reverse("accounts:password_change"), {"old_password": "wrong"}),
    }
    before = ImportBatch.objects.count()
    for role, (address, data) in sent.items():
        begun = time.monotonic()
        response = routes.call(world.people[role], "POST", address, data)
        assert (response.status_code in (200, 302, 422), time.monotonic() - begun < SECONDS) == (True, True), role
    assert ImportBatch.objects.count() == before + 1
    assert ImportBatch.objects.latest("pk").state == "uploaded"


def test_the_tick_plans_and_says_that_the_broker_is_away(world, broken, monkeypatch):
    monkeypatch.setattr(dispatch_tasks, "resweeps", [lambda now: pytest.fail("handed on without a broker")])
    begun = time.monotonic()
    dispatch_tasks.minute(now=AT)
    assert time.monotonic() - begun < 30
    assert JobRun.objects.filter(state="due").exists()
    assert Heartbeat.objects.get(part="tick").facts["broker"] != ""


def test_the_twin_that_rings_in_the_request_hangs(world):
    with silent_server() as port, broker_at(f"redis://127.0.0.1:{port}/0"):
        begun = time.monotonic()
        assert tasks.ring(1) is False
        assert time.monotonic() - begun > SECONDS
