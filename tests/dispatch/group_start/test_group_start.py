"""集中开工: who can start on a day, what each lacks and until when, list and history, ledger, who sees it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.errors import Conflict, Refused
from approvals import hooks
from approvals.models import ProjectStep
from dispatch.group_start import actions, papers, queries, words
from dispatch.group_start.models import GroupStart, GroupStartEntry
from dispatch.group_start.readiness import Outcome, Readiness, Ready, outcome, readiness
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from projects import seams
from projects.models import Milestone
from projects.planning.engine import schedule
from projects.planning.network import Link, Network, Task
from projects.stages import GATES, Stage
from tests import factories
from tests.approvals import cases
from tests.factories import AT, TODAY
from workdays.arithmetic import WorkCalendar

PLAIN = WorkCalendar(years={2026: "official"})
DAY = date(2026, 8, 28)
GATE = ["S02", "S03", "S04", "S05", "S17"]


class TestReadiness:
    """Pure: a step of ten working days before the start."""

    def of(self, on, wd=10, lacks=1):
        network = Network.of([Task("S17", wd), Task("L08")], [Link("S17", "L08")])
        return readiness(schedule(network, today=TODAY, calendar=PLAIN, goal="L08", target_on=on), lacks)

    @pytest.mark.parametrize(
        ("on", "ready", "days"),
        [
            (date(2026, 3, 13), Ready.NO, 1),
            (date(2026, 3, 16), Ready.TIGHT, 0),
            (date(2026, 3, 20), Ready.TIGHT, 4),
            (date(2026, 3, 22), Ready.TIGHT, 4),  # a Sunday: the Friday before it counts
            (date(2026, 3, 23), Ready.YES, 5),
            (date(2026, 3, 2), Ready.NO, 10),
        ],
    )
    def test_days_to_spare(self, on, ready, days):
        assert self.of(on) == Readiness(ready, days, date(2026, 3, 16))

    def test_nothing_lacking_is_a_yes_even_tomorrow(self):
        assert self.of(date(2026, 3, 3), wd=0, lacks=0).ready is Ready.YES
        assert self.of(date(2026, 3, 3), wd=0, lacks=1).ready is Ready.TIGHT

    @pytest.mark.parametrize(
        ("today", "on", "done", "ready"),
        [
            (date(2026, 3, 7), date(2026, 3, 7), True, Ready.YES),  # a Saturday, on the day itself
            (date(2026, 3, 7), date(2026, 3, 8), True, Ready.YES),
            (date(2026, 3, 6), date(2026, 3, 7), True, Ready.YES),
            (date(2026, 3, 7), date(2026, 3, 8), False, Ready.NO),  # units do not decide on a Sunday
            (date(2026, 3, 9), date(2026, 3, 8), True, Ready.NO),  # the day is over
        ],
    )
    def test_a_day_off_is_no_hindrance_when_nothing_is_lacking(self, today, on, done, ready):
        step = Task("S17", 10, finished_on=date(2026, 3, 2)) if done else Task("S17", 0)
        network = Network.of([step, Task("L08")], [Link("S17", "L08")])
        found = schedule(network, today=today, calendar=PLAIN, goal="L08", target_on=on)
        told = readiness(found, 0 if done else 1)
        assert told.ready is ready
        assert (told.forecast_on <= on) is (ready is Ready.YES)

    def test_without_a_goal_nothing_is_known(self):
        network = Network.of([Task("L08", finished_on=TODAY)])
        assert readiness(schedule(network, today=TODAY, calendar=PLAIN, goal="L08"), 0) == Readiness(Ready.UNKNOWN)

    def test_the_readiest_comes_first(self):
        rows = [Readiness(Ready.NO, 9), Readiness(Ready.UNKNOWN), Readiness(Ready.YES, 3), Readiness(Ready.NO, 2)]
        rows += [Readiness(Ready.YES, 30), Readiness(Ready.TIGHT, 1)]
        assert [row.days for row in sorted(rows, key=lambda row: row.order)] == [30, 3, 1, 2, 9, 0]

    @pytest.mark.parametrize(
        ("actual", "is_done", "became"),
        [
            (None, False, Outcome.NOT_STARTED),
            (None, True, Outcome.DAY_UNKNOWN),
            (DAY, False, Outcome.ON_THE_DAY),
            (DAY - timedelta(days=1), False, Outcome.EARLIER),
            (DAY + timedelta(days=1), False, Outcome.LATER),
        ],
    )
    def test_what_became_of_it(self, actual, is_done, became):
        assert outcome(DAY, actual, is_done) is became


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


class Case:
    def __init__(self):
        self.park = factories.park()
        self.staff = factories.user(self.park)
        self.unit = factories.organization(self.park)
        self.worker = factories.user(self.park, "unit", self.unit)
        self.leader = factories.user(self.park, "leader")
        self.company = factories.user(self.park, "enterprise")
        self.one = self.project("甲项目", responsible_unit=self.unit, total_investment_10k=30000)
        self.two = self.project("乙项目", total_investment_10k=80000)
        self.who = {"by": self.staff, "at": AT}

    def project(self, name, **fields):
        project = cases.project(self.park, name=name, enterprise=factories.enterprise(self.park), **fields)
        project.steps.exclude(code__in=GATE).update(
            applicability=ProjectStep.Applicability.NOT_APPLICABLE, not_applicable_reason="不需要"
        )
        project.steps.filter(code__in=GATE).update(applicability=ProjectStep.Applicability.APPLIES, unit=None)
        return project

    def done(self, project, *codes):
        project.steps.filter(code__in=codes).update(state=11, decided_on=date(2026, 2, 2))

    def candidates(self, *projects, on=DAY):
        return queries.candidates(projects or [self.one, self.two], on=on, today=TODAY, calendar=PLAIN)

    def start(self, *projects, on=DAY):
        fields = {"on": on, "title": "三季度集中开工", "place": "东园", "today": TODAY}
        return actions.create(park=self.park, projects=projects, **fields, **self.who)


@pytest.fixture
def case():
    return Case()


def history(start):
    return list(start.history.order_by("pk").values_list("verb", flat=True))


# What a project lacks


def test_a_project_lacks_the_open_steps_of_the_gate(case):
    case.done(case.one, "S02", "S03")
    case.one.steps.filter(code="S17").update(unit=case.unit)
    first, second = case.candidates()
    assert [lack.step.code for lack in first.lacks] == ["S04", "S05", "S17"]
    assert [lack.step.code for lack in second.lacks] == GATE
    assert first.lacks[-1].unit_name == case.unit.name
    assert first.readiness.ready is Ready.YES and first.readiness.forecast_on < DAY


def test_the_sentences_are_those_of_the_gate_itself(case):
    case.done(case.one, "S02")
    case.one.steps.filter(code="S04").update(applicability=ProjectStep.Applicability.UNDETERMINED)
    for row in case.candidates():
        wanted = seams.missing_for(row.project, GATES[Stage.STARTED], TODAY)
        assert [(lack.step.code, lack.text, lack.url) for lack in row.lacks] == [
            (one.code, one.text, one.url) for one in wanted
        ]
    assert hooks.unmet_steps([], GATES[Stage.STARTED], TODAY) == {}


def test_the_latest_finish_keeps_the_day(case):
    """Found independently: with that step finished on its latest day the start is on time, a day later it is not."""
    plan = queries.building.read([case.one], today=TODAY, calendar=PLAIN)[case.one.pk]
    (row,) = case.candidates(case.one)
    assert {lack.step.code: lack.latest_on for lack in row.lacks}["S17"] == DAY
    for lack in row.lacks:
        kept, late = (
            schedule(
                plan.network.with_tasks(Task(lack.step.code, not_before=lack.latest_on + timedelta(days=days))),
                today=TODAY, calendar=PLAIN, goal="L08", target_on=DAY,
            )
            for days in (0, 3)
        )  # fmt: skip
        assert (kept.short_wd, late.short_wd > 0) == (0, True), lack.step.code


def test_a_day_too_near_is_short_by_working_days(case):
    (row,) = case.candidates(case.one)
    forecast = row.readiness.forecast_on
    (near,) = case.candidates(case.one, on=PLAIN.subtract(forecast, 3))
    assert (near.readiness.ready, near.readiness.days) == (Ready.NO, 3)
    assert any(lack.is_late for lack in near.lacks) and not any(lack.is_late for lack in row.lacks)


def test_only_active_projects_before_the_start_wait(case):
    for fields in ({"stage": Stage.STARTED}, {"status": "suspended"}, {"status": "terminated"}):
        factories.project(case.park, **fields)
    done = factories.project(case.park)
    Milestone.objects.create(project=done, stage="L08", actual_on=date(2026, 2, 2))
    assert set(queries.waiting_projects(case.staff)) == {case.one, case.two}
    assert set(queries.waiting_projects(case.worker)) == {case.one}
    assert not queries.waiting_projects(case.company).exists()


@pytest.mark.slow
def test_as_many_queries_for_sixty_projects_as_for_one(case):
    def cost(projects):
        with CaptureQueriesContext(connection) as found:
            case.candidates(*projects)
        return len(found)

    one = cost([case.one])
    many = [case.project(f"项目{n}") for n in range(60)]
    assert cost(many[:3]) <= one and cost(many) <= one


# The list and its history


def test_a_group_start_is_planned_with_its_projects(case):
    start = case.start(case.one, case.two)
    assert (start.on, start.title, start.state) == (DAY, "三季度集中开工", "planned")
    assert set(start.entries.values_list("project", flat=True)) == {case.one.pk, case.two.pk}
    assert history(start) == ["created", "taken_in", "taken_in"]
    found = queries.starts_of(case.staff).get()
    assert (found.number, found.investment_10k) == (2, 110000)


def test_not_for_a_day_that_is_over_nor_for_projects_that_do_not_wait(case):
    with pytest.raises(Refused):
        case.start(case.one, on=TODAY - timedelta(days=1))
    foreign = factories.project(factories.park())
    for project in (factories.project(case.park, stage=Stage.STARTED), foreign):
        with pytest.raises(Refused):
            case.start(project)
    assert not GroupStart.objects.exists() and not GroupStartEntry.objects.exists()
    assert case.start(case.one, on=TODAY)


@pytest.mark.parametrize("who", ["worker", "leader", "company", "stranger"])
def test_only_who_holds_the_verb_edits(case, who):
    start = case.start(case.one)
    entry = start.entries.get()
    by = factories.user(factories.park()) if who == "stranger" else getattr(case, who)
    now, dated = {"by": by, "at": AT, "version": 1}, {"today": TODAY}
    for attempt in (
        lambda: actions.edit(start, fields={"title": "改"}, **now, **dated),
        lambda: actions.take_in(start, [case.two], **now),
        lambda: actions.take_out(entry, reason="改", **now),
        lambda: actions.set_note(entry, note="改", **now),
        lambda: actions.hold(start, **now, **dated),
        lambda: actions.cancel(start, reason="改", **now),
        lambda: actions.put_on_ledger(entry, GATE, calendar=PLAIN, **now, **dated),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    start.refresh_from_db()
    assert start.version == 1 and history(start) == ["created", "taken_in"]


def test_a_project_leaves_with_a_reason_and_comes_back(case):
    start = case.start(case.one)
    entry = start.entries.get()
    with pytest.raises(Refused):
        actions.take_out(entry, reason=" ", version=1, **case.who)
    actions.take_out(entry, reason="土地未交付", version=1, **case.who)
    last = start.history.order_by("-pk").first()
    assert (last.verb, last.note, last.changes[0]["new"]) == ("taken_out", "土地未交付", "甲项目")
    assert queries.rows_of(start, case.staff, today=TODAY, calendar=PLAIN) == []
    with pytest.raises(Refused):
        actions.take_out(entry, reason="再来", version=2, **case.who)
    assert actions.take_in(start, [case.one, case.two], version=2, **case.who) == 2
    assert actions.take_in(start, [case.one], version=3, **case.who) == 0
    assert actions.take_in(start, [], version=1, **case.who) == 0  # nothing chosen, nothing written
    start.refresh_from_db()
    assert start.version == 4
    assert start.entries.filter(is_out=False).count() == 2


def test_who_is_second_learns_it(case):
    start = case.start(case.one)
    other = GroupStart.objects.get(pk=start.pk)
    actions.edit(start, fields={"title": "新名称"}, version=1, today=TODAY, **case.who)
    with pytest.raises(Conflict):
        actions.take_in(other, [case.two], version=1, **case.who)
    actions.edit(start, fields={"title": "新名称"}, version=1, today=TODAY, **case.who)  # nothing differs
    start.refresh_from_db()
    assert start.version == 2 and history(start) == ["created", "taken_in", "edited"]


def test_held_on_the_day_at_the_earliest_and_then_kept(case):
    start = case.start(case.one)
    with pytest.raises(Refused):
        actions.hold(start, version=1, today=DAY - timedelta(days=1), **case.who)
    actions.hold(start, version=1, today=DAY, **case.who)
    assert GroupStart.objects.get().state == "held" and history(start)[-1] == "held"
    for attempt in (
        lambda: actions.edit(start, fields={"title": "改"}, version=2, today=TODAY, **case.who),
        lambda: actions.take_in(start, [case.two], version=2, **case.who),
        lambda: actions.cancel(start, reason="改", version=2, **case.who),
    ):
        with pytest.raises(Refused):
            attempt()


def test_cancelled_keeps_list_and_history(case):
    start = case.start(case.one)
    actions.cancel(start, reason="领导行程变化", version=1, **case.who)
    assert GroupStart.objects.get().state == "cancelled" and start.entries.count() == 1
    assert start.history.order_by("-pk").first().note == "领导行程变化"


def test_afterwards_one_reads_what_really_started(case):
    three = case.project("丙项目")
    start = case.start(case.one, case.two, three)
    Milestone.objects.create(project=case.one, stage="L08", actual_on=DAY)
    Milestone.objects.create(project=three, stage="L08", actual_on=DAY + timedelta(days=4))
    rows = queries.rows_of(start, case.staff, today=DAY + timedelta(days=10), calendar=PLAIN)
    assert {row.project.name: row.outcome for row in rows} == {
        "甲项目": Outcome.ON_THE_DAY, "乙项目": Outcome.NOT_STARTED, "丙项目": Outcome.LATER,
    }  # fmt: skip
    assert [number for _words, number in queries.outcomes(rows)] == [1, 1, 1]
    assert all(bool(row.lacks) is (row.project == case.two) for row in rows)


@pytest.mark.parametrize("status", ["suspended", "terminated"])
def test_a_project_that_has_stopped_cannot_start_and_gets_no_items(case, client, status):
    start = case.start(case.one)
    type(case.one).objects.filter(pk=case.one.pk).update(status=status)
    (row,) = queries.rows_of(start, case.staff, today=TODAY, calendar=PLAIN)
    assert (row.readiness, row.status) == (Readiness(Ready.UNKNOWN), row.project.get_status_display())
    assert row.status in row.answer and [lack.latest_on for lack in row.lacks] == [None] * len(GATE)
    with pytest.raises(Refused):
        actions.put_on_ledger(start.entries.get(), GATE, version=1, today=TODAY, calendar=PLAIN, **case.who)
    assert not LedgerItem.objects.exists()
    client.force_login(case.staff)
    text = client.get(reverse("dispatch:group_start_detail", args=[start.pk])).content.decode()
    ledger_page = reverse("dispatch:group_start_ledger", args=[start.pk, row.entry.pk])
    assert ledger_page not in text and str(row.status) in text


def test_of_a_project_without_steps_nothing_is_known(case):
    bare = factories.project(case.park)
    (row,) = case.candidates(bare)
    assert (row.readiness.ready, row.lacks) == (Ready.UNKNOWN, [])
    case.one.steps.update(applicability=ProjectStep.Applicability.NOT_APPLICABLE, not_applicable_reason="不需要")
    assert case.candidates(case.one)[0].readiness.ready is Ready.YES  # steps that it does not need


@pytest.mark.parametrize(("days", "shown"), [(-1, True), (0, True), (1, False)])
def test_on_the_day_itself_one_still_reads_who_can_start(case, client, monkeypatch, days, shown):
    case.done(case.one, *GATE)
    start = case.start(case.one)
    monkeypatch.setattr(clock, "today", lambda: DAY + timedelta(days=days))
    client.force_login(case.leader)
    page = client.get(reverse("dispatch:group_start_detail", args=[start.pk]))
    cell = page.content.decode().split('data-label="', 1)[1].split("</td>", 1)[0]
    assert ("light-green" in cell) is shown, cell
    assert bool(page.context["outcomes"]) is (days >= 0)


# The ledger


def test_what_is_lacking_goes_on_the_ledger_once(case):
    case.done(case.one, "S02", "S03", "S04")
    case.one.steps.filter(code="S17").update(unit=case.unit)
    entry = case.start(case.one).entries.get()
    dated = {"today": TODAY, "calendar": PLAIN}
    items = actions.put_on_ledger(entry, GATE, version=1, **dated, **case.who)
    (row,) = case.candidates(case.one)
    latest = {lack.step.pk: lack.latest_on for lack in row.lacks}
    assert [(item.project_step.code, item.due_on == latest[item.project_step_id]) for item in items] == [
        ("S05", True), ("S17", True),
    ]  # fmt: skip
    assert {(item.source, item.kind, item.state, item.unit, item.project) for item in items} == {
        ("plan", "task", "assigned", case.unit, case.one)
    }
    assert history(entry.group_start)[-1] == "ledger"
    with pytest.raises(Refused):
        actions.put_on_ledger(entry, GATE, version=2, **dated, **case.who)
    assert LedgerItem.objects.count() == 2
    worker = {"by": case.worker, "at": AT, "on": TODAY}
    item = ledger.sign(items[0], version=1, **worker)
    item = ledger.ask_close(item, evidence="已办结", version=2, **worker)
    ledger.close(item, version=3, by=factories.user(case.park), at=AT, on=TODAY)
    again = actions.put_on_ledger(entry, ["S05"], version=2, **dated, **case.who)
    assert [item.project_step.code for item in again] == ["S05"]


def test_only_the_chosen_steps_and_never_due_in_the_past(case):
    entry = case.start(case.one, on=TODAY).entries.get()
    items = actions.put_on_ledger(entry, ["S02"], version=1, today=TODAY, calendar=PLAIN, **case.who)
    assert [(item.project_step.code, item.due_on) for item in items] == [("S02", TODAY)]
    with pytest.raises(Refused):
        actions.put_on_ledger(entry, ["S01"], version=2, today=TODAY, calendar=PLAIN, **case.who)
    with pytest.raises(Conflict):
        actions.put_on_ledger(entry, ["S03"], version=1, today=TODAY, calendar=PLAIN, **case.who)


# Who sees what, pages


def test_a_unit_sees_its_own_projects_of_a_group_start(case):
    both, other = case.start(case.one, case.two), case.start(case.two)
    assert list(queries.starts_of(case.worker)) == [both]
    assert [row.project for row in queries.rows_of(both, case.worker, today=TODAY, calendar=PLAIN)] == [case.one]
    told = str(queries.history_of(both, case.worker))
    assert "甲项目" in told and "乙项目" not in told
    assert set(queries.starts_of(case.leader)) == {both, other}
    assert not queries.starts_of(factories.user(factories.park())).exists()
    assert not queries.starts_of(case.company).exists()


def test_looking_at_a_day_saves_nothing(case, client):
    client.force_login(case.leader)
    page = client.get(reverse("dispatch:group_start_preview"), {"on": DAY.isoformat()})
    text = page.content.decode()
    assert page.status_code == 200 and "甲项目" in text and "乙项目" in text and 'name="projects"' not in text
    assert not GroupStart.objects.exists()
    client.force_login(case.worker)
    text = client.get(reverse("dispatch:group_start_preview"), {"on": DAY.isoformat()}).content.decode()
    assert "甲项目" in text and "乙项目" not in text
    assert client.get(reverse("dispatch:group_start_new")).status_code == 403
    client.force_login(case.company)
    assert client.get(reverse("dispatch:group_start_preview")).status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"least": "50000"}, ["乙项目"]),
        ({"q": "甲"}, ["甲项目"]),
        ({"sort": "investment"}, ["乙项目", "甲项目"]),
        ({"ready": "no"}, []),
        ({"industry": "芯片"}, []),
        ({"on": "nonsense", "least": "x", "unit": "999999"}, ["甲项目", "乙项目"]),
    ],
)
def test_filters_and_order(case, client, query, names):
    client.force_login(case.staff)
    page = client.get(reverse("dispatch:group_start_preview"), {"on": DAY.isoformat()} | query)
    assert [row.project.name for row in page.context["rows"]] == names or (
        "sort" not in query and {row.project.name for row in page.context["rows"]} == set(names)
    )
    assert page.status_code == 200


def test_the_whole_way_through_the_pages(case, client):
    client.force_login(case.staff)
    made = {"on": DAY.isoformat(), "title": "集中开工", "projects": [case.one.pk]}
    page = client.post(reverse("dispatch:group_start_new"), made)
    start = GroupStart.objects.get()
    entry = start.entries.get()
    here = reverse("dispatch:group_start_detail", args=[start.pk])
    assert page.status_code == 302 and page["Location"] == here
    client.post(reverse("dispatch:group_start_add", args=[start.pk]), {"version": 1, "projects": [case.two.pk]})
    address = reverse("dispatch:group_start_ledger", args=[start.pk, entry.pk])
    assert client.get(address).status_code == 200 and not LedgerItem.objects.exists()
    assert client.post(address, {"version": 2, "codes": ["S02", "S17"]}).status_code == 302
    assert LedgerItem.objects.filter(project=case.one, source="plan").count() == 2
    stale = client.post(reverse("dispatch:group_start_note", args=[start.pk, entry.pk]), {"version": 2, "note": "改"})
    assert stale.status_code == 409
    assert client.post(
        reverse("dispatch:group_start_note", args=[start.pk, entry.pk]), {"version": 3, "note": "开工仪式主会场"}
    ).status_code == 302  # fmt: skip
    early = client.post(reverse("dispatch:group_start_hold", args=[start.pk]), {"version": 4})
    assert early.status_code == 409 and GroupStart.objects.get().state == "planned"
    text = client.get(here).content.decode()
    assert "开工仪式主会场" in text and "甲项目" in text and "乙项目" in text
    out = reverse("dispatch:group_start_take_out", args=[start.pk, entry.pk])
    assert client.post(out, {"version": 4}).status_code == 422
    assert client.post(out, {"version": 4, "reason": "土地未交付"}).status_code == 302
    assert client.get(out).status_code == 404
    cancel = reverse("dispatch:group_start_cancel", args=[start.pk])
    assert client.get(cancel).status_code == 200 and GroupStart.objects.get().state == "planned"
    assert client.post(cancel, {"version": 5, "reason": "改期"}).status_code == 302
    assert GroupStart.objects.get().state == "cancelled"


def test_a_project_that_cannot_be_chosen_any_more_is_said(case, client):
    """Somebody else recorded its start while the page was open."""
    start = case.start(case.two)
    Milestone.objects.create(project=case.one, stage="L08", actual_on=TODAY)
    client.force_login(case.staff)
    made = {"on": DAY.isoformat(), "title": "集中开工", "version": 1, "projects": [case.one.pk]}
    for address in (
        reverse("dispatch:group_start_new"),
        reverse("dispatch:group_start_add", args=[start.pk]),
    ):
        page = client.post(address, made)
        assert page.status_code == 409 and page.context["form"].non_field_errors(), address
    assert GroupStart.objects.count() == 1 and start.entries.count() == 1


def test_the_list_as_workbook_and_paper(case, client):
    case.done(case.two, *GATE)
    start = case.start(case.one, case.two)
    client.force_login(case.staff)
    sheet = load_workbook(
        BytesIO(client.get(reverse("dispatch:group_start_export", args=[start.pk])).content)
    ).active  # fmt: skip
    assert sheet.title == papers.NAME
    named = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert (named.count("甲项目"), named.count("乙项目")) == (len(GATE), 1)
    client.force_login(case.worker)
    content = client.get(reverse("dispatch:group_start_export", args=[start.pk])).content
    names = [row[1] for row in load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True)]
    assert set(names) == {"甲项目"}


def test_the_workbook_has_no_number_where_nothing_is_known(case, client):
    start = case.start(case.one, case.two)
    type(case.two).objects.filter(pk=case.two.pk).update(status="suspended")
    Milestone.objects.create(project=case.one, stage="L08", actual_on=DAY)
    client.force_login(case.staff)
    content = client.get(reverse("dispatch:group_start_export", args=[start.pk])).content
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    found = {row[1]: row[5:9] for row in rows}
    (begun, days, _forecast, on), (stopped, *nothing) = found["甲项目"], found["乙项目"]
    assert (begun, days, on.date()) == (words.OUTCOME_NAMES[Outcome.ON_THE_DAY], None, DAY)
    assert (stopped, nothing) == (type(case.two).Status.SUSPENDED.label, [None, None, None])


@pytest.mark.slow
@pytest.mark.parametrize(("size", "width"), [("A4", 841.9), ("A3", 1190.6), ("nonsense", 841.9)])
def test_the_paper_lies_across(case, client, size, width):
    import pypdfium2

    start = case.start(case.one, case.two)
    client.force_login(case.leader)
    page = client.get(reverse("dispatch:group_start_print", args=[start.pk]), {"size": size})
    assert page["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(page.content)
    assert document[0].get_width() == pytest.approx(width, abs=1)
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    assert "甲项目" in text and "2026-08-28" in text
