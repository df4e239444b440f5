"""Services on behalf: who may record what for whom, cancelling, counts of a period, pages and workbook."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.errors import Conflict, Refused
from approvals.agency import actions, queries
from approvals.agency.forms import USUAL
from approvals.models import AgentAction
from projects.models import Project, TeamMember
from tests import factories
from tests.approvals.cases import AT, TODAY, step_of
from tests.approvals.cases import project as project_with_steps
from tests.sheets import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    park = factories.park()
    unit, owner = factories.organization(park), factories.organization(park, "enterprise")
    agent, boss = factories.user(park, "unit", unit), factories.user(park, "enterprise", owner)
    project = project_with_steps(park, enterprise=factories.enterprise(park, owner))
    TeamMember.objects.create(project=project, role="agent", user=agent, person_name="代办员", organization=unit)
    return SimpleNamespace(
        park=park, project=project, agent=agent, boss=boss, staff=factories.user(park),
        colleague=factories.user(park, "unit", unit), leader=factories.user(park, "leader"),
    )  # fmt: skip


def record(scene, by, **changes):
    values = {"agent": scene.agent, "on_behalf_of": "某公司", "on": TODAY, "what": "代交材料"} | changes
    return actions.record(scene.project, by=by, at=AT, today=TODAY, **values)


def test_an_entry_says_who_did_what_for_whom(scene):
    step = step_of(scene.project, "S10")
    row = record(scene, scene.agent, step=step, on_behalf_of=" 某公司\n二厂 ")
    row.refresh_from_db()
    assert (row.agent, row.by, row.project_step, row.on) == (scene.agent, scene.agent, step, TODAY)
    assert (row.on_behalf_of, row.what, row.cancelled_reason) == ("某公司 二厂", "代交材料", "")


def test_agents_record_their_own_and_staff_anybodys(scene):
    assert record(scene, scene.staff).by == scene.staff
    assert record(scene, scene.staff, agent=scene.staff).agent == scene.staff
    for by, agent in [
        (scene.agent, scene.staff), (scene.colleague, scene.colleague), (scene.leader, scene.leader),
        (scene.boss, scene.boss),
    ]:  # fmt: skip
        with pytest.raises(PermissionDenied):
            record(scene, by, agent=agent)
    assert AgentAction.objects.count() == 2


def test_staff_of_another_park_may_not(scene):
    with pytest.raises(PermissionDenied):
        record(scene, factories.user(factories.park()))


@pytest.mark.parametrize(
    "changes",
    [
        {"on": date(2026, 3, 3)}, {"what": "  "}, {"on_behalf_of": ""}, {"what": "a\x00b"},
        {"on_behalf_of": "长" * 101}, {"agent": "boss"}, {"agent": "foreign"}, {"step": "foreign"},
    ],
)  # fmt: skip
def test_what_is_refused(scene, changes):
    foreign = factories.park()
    rows = {
        "boss": scene.boss,
        "foreign": factories.user(foreign) if "agent" in changes else step_of(project_with_steps(scene.park), "S01"),
    }
    with pytest.raises(Refused):
        record(scene, scene.staff, **{name: rows.get(value, value) for name, value in changes.items()})
    assert not AgentAction.objects.exists()


def test_a_terminated_project_is_closed(scene):
    Project.objects.filter(pk=scene.project.pk).update(status="terminated")
    scene.project.refresh_from_db()
    with pytest.raises(Refused):
        record(scene, scene.staff)


def test_a_mistake_is_cancelled_once_with_a_reason_and_stays(scene):
    row, other = record(scene, scene.agent), record(scene, scene.staff, agent=scene.staff)
    with pytest.raises(Refused):
        actions.cancel(row, reason=" ", by=scene.agent, at=AT)
    with pytest.raises(PermissionDenied):
        actions.cancel(other, reason="误记", by=scene.agent, at=AT)
    actions.cancel(row, reason="误记", by=scene.agent, at=AT)
    row.refresh_from_db()
    assert (row.cancelled_reason, row.cancelled_by, row.cancelled_at) == ("误记", scene.agent, AT)
    with pytest.raises(Conflict):
        actions.cancel(row, reason="再次", by=scene.staff, at=AT)
    assert AgentAction.objects.count() == 2


@pytest.fixture
def busy(scene):
    """Three entries of two agents in March, one in February, one cancelled."""
    record(scene, None, step=step_of(scene.project, "S10"))
    record(scene, None, step=step_of(scene.project, "S10"), on=date(2026, 3, 1))
    record(scene, None, agent=scene.staff)
    record(scene, None, on=date(2026, 2, 27))
    actions.cancel(record(scene, None), reason="误记", by=None, at=AT)
    return scene


def in_march():
    return AgentAction.objects.filter(on__gte=date(2026, 3, 1))


def test_counts_leave_cancelled_entries_out(busy):
    found = {(t.name, t.entries, t.projects, t.last_on) for t in queries.totals(in_march(), "agent")}
    assert found == {(str(busy.agent), 2, 1, TODAY), (str(busy.staff), 1, 1, TODAY)}
    assert [(t.name, t.entries) for t in queries.totals(in_march(), "project")] == [(busy.project.name, 3)]
    assert {(t.key, t.entries) for t in queries.totals(in_march(), "step")} == {("S10", 2), ("", 1)}
    assert queries.numbers(in_march()) == {"entries": 3, "agents": 2, "projects": 1, "enterprises": 1}


def test_the_enterprise_sees_what_was_done_for_it(busy):
    assert len(queries.done_for(busy.project, busy.boss)) == 4
    assert queries.done_for(busy.project, factories.user(busy.park, "enterprise")) == []


def client(user):
    own = Client()
    own.force_login(user)
    return own


@pytest.mark.parametrize(("group", "key"), [("agent", "agent"), ("project", "project"), ("step", "step")])
def test_every_count_leads_to_exactly_its_entries(busy, group, key):
    page = client(busy.staff).get(reverse("approvals:agency"), {"group": group})
    assert page.context["page_obj"].paginator.count == 4
    for total, href in page.context["totals"]:
        if href:
            inside = client(busy.staff).get(reverse("approvals:agency") + href)
            assert sum(not row.cancelled_reason for row in inside.context["page_obj"]) == total.entries


def test_the_workbook_holds_the_counts_and_the_entries(busy):
    answer = client(busy.staff).get(reverse("approvals:agency_export"), {"since": "2026-02-01"})
    counts, entries = seen(answer.content).values()
    assert [row[2] for row in counts[1:]] == [3, 1]
    assert len(entries) == 6


def test_an_agent_needs_to_name_only_what_was_done(scene):
    address = reverse("approvals:agency_record", args=[scene.project.pk])
    own = client(scene.agent)
    form = own.get(f"{address}?step=S10").context["form"]
    filled = {name: form[name].value() for name in ("on", "on_behalf_of", "agent", "step")}
    assert filled["agent"] == scene.agent.pk
    assert own.post(address, filled | {"kind": "handed_in", "detail": ""}).status_code == 302
    row = AgentAction.objects.get()
    assert (row.what, row.agent, row.by) == (str(dict(USUAL)["handed_in"]), scene.agent, scene.agent)
    assert (row.project_step.code, row.on_behalf_of, row.on) == ("S10", scene.project.enterprise.name, TODAY)
    assert own.post(address, filled | {"kind": "other", "detail": ""}).status_code == 422
    # Naming somebody else is not among an agent's choices.
    assert own.post(address, filled | {"kind": "handed_in", "agent": scene.staff.pk}).status_code == 422
    assert AgentAction.objects.count() == 1


def test_cancelling_on_the_page(scene):
    row = record(scene, scene.agent)
    address = reverse("approvals:agency_cancel", args=[row.pk])
    assert client(scene.colleague).get(address).status_code in (403, 404)
    assert client(scene.agent).post(address, {"reason": "误记"}).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_reason == "误记"


@pytest.mark.parametrize("person", ["staff", "agent", "leader"])
def test_the_project_page_offers_what_the_person_may_do(busy, person):
    page = client(getattr(busy, person)).get(reverse("projects:detail", args=[busy.project.pk]), {"tab": "enterprise"})
    text = page.content.decode()
    assert page.status_code == 200
    assert (reverse("approvals:agency_record", args=[busy.project.pk]) in text) == (person != "leader")
    assert "误记" in text


def test_the_page_takes_the_same_queries_for_any_number_of_entries(scene, django_assert_max_num_queries):
    own = client(scene.staff)
    for n in (1, 30):
        for _n in range(n):
            record(scene, None, step=step_of(scene.project, "S10"))
        with django_assert_max_num_queries(16):
            assert own.get(reverse("approvals:agency")).status_code == 200
