"""The broker stopped, and hung (accepts and never answers): pages and forms go on, nothing waits, nothing is lost.

Source: reliability.md C5, R2, 3.5. The twin rings in the request, as is often done, and hangs.
"""

import time

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

LONG = 60.0  # seconds; a page takes one or two, also on a busy machine
RING = 1.0  # seconds that a ring at a hung broker takes at least
PAGES = sorted(name for name, method in EXPECTED if method == "GET" and not name.startswith("api:") and name != "admin")
RED_IS_RIGHT = {"healthz_jobs"}
LOOK_AFTER_IT = {"healthz", "healthz_jobs"}

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
    """The broker of the web process is away (then None), or there and silent."""
    if request.param == "stopped":
        with broker_at(f"redis://127.0.0.1:{free_port()}/0"):
            yield None
    else:
        with silent_server() as silent, broker_at(silent.url):
            yield silent


def asked(broken) -> int:
    """How often anybody has turned to the broker that is there and silent."""
    return len(broken.held) if broken else 0


@pytest.mark.parametrize("role", ["staff", "unit", "enterprise"])
def test_every_page_answers(world, broken, role):
    ids, wrong = routes.ids_of(world.a, world), []
    for name in PAGES if broken else PAGES[::8]:
        before = asked(broken)
        status = routes.call(world.people[role], "GET", routes.url(name, ids)).status_code
        if status != EXPECTED[name, "GET"][role] and name not in RED_IS_RIGHT:
            wrong.append((name, status))
        if asked(broken) > before and name not in LOOK_AFTER_IT:
            wrong.append((name, "waits for the broker"))
    assert wrong == []


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
        assert (response.status_code in (200, 302, 422), time.monotonic() - begun < LONG) == (True, True), role
    assert ImportBatch.objects.count() == before + 1
    assert ImportBatch.objects.latest("pk").state == "uploaded"


def test_the_tick_plans_and_says_that_the_broker_is_away(world, broken, monkeypatch):
    monkeypatch.setattr(dispatch_tasks, "resweeps", [lambda now: pytest.fail("handed on without a broker")])
    begun = time.monotonic()
    dispatch_tasks.minute(now=AT)
    assert time.monotonic() - begun < LONG
    assert JobRun.objects.filter(state="due").exists()
    assert Heartbeat.objects.get(part="tick").facts["broker"] != ""


def test_the_twin_that_rings_in_the_request_hangs(world):
    with silent_server() as silent, broker_at(silent.url):
        begun = time.monotonic()
        assert tasks.ring(1) is False
        assert time.monotonic() - begun > RING
        assert asked(silent) > 0
