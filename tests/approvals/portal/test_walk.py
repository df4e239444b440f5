"""A visitor reads one project and nothing else: every route of the site is tried with a visit in the browser.

The world is that of tests/access: texts of each side hold a token, and INTERNAL where no enterprise may read.
"""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client

from accounts.visitors import ProjectVisitor
from approvals.models import AccessLink, ProjectStep, ProjectStepQuerySet
from approvals.portal.links import digest
from projects.models import ProjectPartQuerySet, ProjectQuerySet
from tests.access import routes
from tests.access import world as worlds
from tests.access.world import INTERNAL, NOBODY, TOKEN_B, TOKEN_C
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY
from tests.standing import standing

pytestmark = [pytest.mark.slow, pytest.mark.once]
OWN = "approvals:my_"
SIBLING = "兄弟Sb3d"


def build():
    """The world, and a second project of the first enterprise."""
    world = worlds.build()
    a = world.a.project
    world.sibling = project_with_steps(a.park, name=f"扩建项目{SIBLING}", enterprise=a.enterprise)
    return world


built = standing(build)


@pytest.fixture
def world(built, db, monkeypatch):
    """With a browser that visits the first project."""
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    visitor = Client()
    assert visitor.post(f"/l/{built.a.secret}/").status_code == 302
    built.visitor = visitor.cookies
    return built


class Nobody:
    """Stands for a person in ``routes.call``; ``cookies`` of a visit or none."""

    def __init__(self, cookies):
        self.cookies = cookies


def ask(cookies, method, address, data=None):
    """The answer to one request; what it changes is taken back."""
    with transaction.atomic():
        response = routes.call(Nobody(cookies) if cookies else None, method, address, data)
        text = routes.body(response) if address.startswith("/my/") else ""
        transaction.set_rollback(True)
    return response, text


def is_own(name):
    return name.startswith(OWN)


def all_ids(world):
    return [routes.ids_of(side, world) for side in (world.a, world.b, world.c)]


ROUTES = [(name, method) for name in routes.names() for method in routes.PAGE_METHODS]
ELSEWHERE = [(name, method) for name, method in ROUTES if not is_own(name) and name != "approvals:link_open"]


def test_the_walk_has_both_kinds_of_routes():
    assert len(ELSEWHERE) > 100
    assert {name for name, _method in ROUTES if is_own(name)} >= {f"{OWN}home", f"{OWN}step", f"{OWN}file", f"{OWN}ask"}


def test_everywhere_else_a_visitor_is_nobody(world):
    """Same status and same way on as for a browser without any cookie, for the own project and for every other."""
    differing = []
    for name, method in ELSEWHERE:
        for ids in all_ids(world):
            address = routes.url(name, ids)
            visited, _text = ask(world.visitor, method, address)
            bare, _other = ask(None, method, address)
            seen = [(answer.status_code, answer.headers.get("Location")) for answer in (visited, bare)]
            if seen[0] != seen[1]:
                differing.append((name, method, *seen))
    assert differing == []


def test_the_own_pages_answer(world):
    ids = routes.ids_of(world.a, world)
    own = {name for name, _method in ROUTES if is_own(name)}
    found = {name: ask(world.visitor, "GET", routes.url(name, ids))[0].status_code for name in own}
    only_written = {f"{OWN}leave", f"{OWN}news_read", f"{OWN}paper_use", f"{OWN}resubmit"}
    assert {name for name, status in found.items() if status == 405} == only_written
    assert {status for name, status in found.items() if name not in only_written} == {200}


def leaks(world, ids, tokens):
    found = []
    for name, method in ROUTES:
        if is_own(name):
            _response, text = ask(world.visitor, method, routes.url(name, ids))
            found += [(name, method, token) for token in tokens if token in text]
    return found


FOREIGN = (TOKEN_B, TOKEN_C, SIBLING, INTERNAL)


def test_nothing_of_others_and_nothing_internal_is_in_any_answer(world):
    for ids in all_ids(world):
        assert leaks(world, ids, FOREIGN) == []


def test_the_internal_light_is_in_no_answer(world):
    """The same pages whatever light the park sees on the project."""
    type(world.a.project).objects.filter(pk=world.a.project.pk).update(light="green")
    calm = ask(world.visitor, "GET", "/my/")[1]
    type(world.a.project).objects.filter(pk=world.a.project.pk).update(light="red")
    alarmed = ask(world.visitor, "GET", "/my/")[1]
    strip = lambda text: text[text.index("<main") : text.index("</main>")].split("csrfmiddlewaretoken")[0]  # noqa: E731
    assert strip(calm) == strip(alarmed)
    assert "light light-" not in alarmed


def test_the_twin_with_the_door_open_the_search_finds_leaks(world, monkeypatch):
    """With ``visitor_scope`` opened the same search does find them, so it can."""
    everything = lambda rows, project_id: ~Q(pk__in=[])  # noqa: E731
    for rows in (ProjectPartQuerySet, ProjectQuerySet, ProjectStepQuerySet):
        monkeypatch.setattr(rows, "visitor_scope", everything)
    monkeypatch.setattr("approvals.portal.paper_views._files", lambda applicant: _all_files())
    monkeypatch.setattr("approvals.portal.queries.urges_of", lambda project, principal: _all_urges())
    found = leaks(world, routes.ids_of(world.b, world), FOREIGN)
    assert {token for _name, _method, token in found} >= {TOKEN_B, TOKEN_C}


def _all_files():
    from approvals.models import StepFile

    return StepFile.objects.all()


def _all_urges():
    from approvals.models import Urge

    return list(Urge.objects.select_related("project_step__step"))


def test_without_the_scope_of_visitors_another_projects_step_would_be_there(world, monkeypatch):
    """The door itself: a visitor's rows are those of one project, and opening it shows the others."""
    visitor = ProjectVisitor(project_id=world.a.project.pk, link_id=world.a.link.pk, name="x")
    own = set(ProjectStep.objects.visible_to(visitor).values_list("project", flat=True))
    assert own == {world.a.project.pk}
    monkeypatch.setattr(ProjectStepQuerySet, "visitor_scope", lambda rows, project_id: ~Q(pk__in=[]))
    more = set(ProjectStep.objects.visible_to(visitor).values_list("project", flat=True))
    assert {world.b.project.pk, world.c.project.pk, world.sibling.pk} <= more


@pytest.mark.parametrize("side", ["b", "c"])
def test_keys_of_others_are_as_absent_as_none(world, side):
    """Files of other enterprises and parks: the answer of a key that nobody has."""
    file = getattr(world, side).file.pk
    asked = world.a.requirement.pk
    for address, method in (
        (f"/my/files/{file}/", "GET"),
        (f"/my/steps/S01/papers/{asked}/use/{file}/", "POST"),
    ):
        mine, _text = ask(world.visitor, method, address)
        none, _other = ask(world.visitor, method, address.replace(str(file), str(NOBODY)))
        assert (mine.status_code, none.status_code) == (404, 404)


def test_the_query_chooses_no_other_project(world):
    """The link says which project it is; nothing in the address does."""
    for pk in (world.sibling.pk, world.b.project.pk, world.c.project.pk):
        response, text = ask(world.visitor, "GET", f"/my/?project={pk}")
        assert response.context["project"] == world.a.project
        assert not any(token in text for token in FOREIGN)


def test_a_link_to_the_sibling_shows_the_sibling_only(world):
    dates = {"created_at": AT, "expires_at": AT.replace(year=2027)}
    AccessLink.objects.create(project=world.sibling, holder_name="李工", secret_sha256=digest("sibling"), **dates)
    browser = Client()
    browser.post("/l/sibling/")
    text = browser.get("/my/").content.decode()
    assert SIBLING in text
    assert world.a.project.name not in text
