"""Pages on which a plan is changed: what they answer, what a preview leaves alone, who may not."""

from datetime import date

import pytest
from django.urls import reverse

from dispatch.plan import changes
from dispatch.plan.actions import baselines, editing
from dispatch.plan.baseline_page import field_words
from dispatch.plan.models import Goal, Plan, PlanBaseline, PlanEntry, PlanForecast, PlanLink, PlanTask
from projects.actions import suspend
from tests import factories
from tests.approvals import cases
from tests.factories import AT, TODAY
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
PAGES = ("plan_target", "plan_template_copy", "plan_pull", "plan_task_add", "plan_link_add", "plan_baseline_add")


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def project():
    return cases.project(factories.park())


@pytest.fixture
def staff(client, project):
    user = factories.user(project.park, "staff")
    client.force_login(user)
    return user


def url(name, project, *more):
    return reverse(f"dispatch:{name}", args=[project.pk, *more])


def edge(user):
    return {"by": user, "at": AT, "today": TODAY, "calendar": load_calendar()}


def counts():
    return [model.objects.count() for model in (Plan, PlanTask, PlanLink, PlanEntry, PlanForecast)]


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_and_refuse_an_empty_answer(client, project, staff, name):
    assert client.get(url(name, project)).status_code == 200
    assert client.post(url(name, project)).status_code == 422
    assert counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("key", ["S01", "S17", "L08", "L03", "W1"])
def test_page_of_a_task(client, project, staff, key):
    answer = client.get(url("plan_task", project, key))
    assert answer.status_code == 200
    assert answer.context["why"]


@pytest.mark.parametrize("key", ["S99", "T1", "x" * 300, "%07", "<b>"])
def test_unknown_tasks_are_not_there(client, project, staff, key):
    assert client.get(f"/plans/{project.pk}/tasks/{key}/").status_code == 404
    assert client.get(url("plan_link_edit", project, "S12", key)).status_code == 404
    answer = client.post(url("plan_preview", project), {"key": key, "duration_wd": "3", "version": "0"})
    assert answer.status_code == 422


def test_a_drag_is_previewed_then_saved_with_the_form_of_the_answer(client, project, staff):
    answer = client.post(url("plan_preview", project), {"key": "S06", "duration_wd": "70", "version": "0"})
    assert answer.status_code == 200
    assert [one.days for one in answer.context["knock_on"].moved if one.key == "L08"] == [10]
    assert counts() == [0, 0, 0, 0, 0]
    sent = dict(answer.context["carried"])
    assert sent == {"duration_wd": "70", "version": "0"}
    assert client.post(answer.context["action"], sent).status_code == 302
    assert PlanTask.objects.get().duration_wd == 70
    assert client.post(answer.context["action"], sent).status_code == 302  # nothing differs: nothing to be overtaken by
    assert client.post(answer.context["action"], sent | {"duration_wd": "71"}).status_code == 409


def test_a_page_shows_its_preview_without_script(client, project, staff):
    given = {"target_on": "2026-06-30", "goal": "L08", "version": "0", "do": "preview"}
    answer = client.post(url("plan_target", project), given)
    assert answer.context["knock_on"].short_after > 0
    assert b'name="target_on" value="2026-06-30"' in answer.content
    assert counts() == [0, 0, 0, 0, 0]
    assert client.post(url("plan_target", project), given | {"do": "save"}).status_code == 302
    assert Plan.objects.get().target_on == date(2026, 6, 30)


def test_fields_that_were_not_sent_stay(client, project, staff):
    editing.set_task(project, "S06", {"planned_on": date(2026, 4, 1), "person_name": "王"}, version=0, **edge(staff))
    client.post(url("plan_task", project, "S06"), {"duration_wd": "5", "version": "1"})
    row = PlanTask.objects.get()
    assert (row.duration_wd, row.planned_on, row.person_name) == (5, date(2026, 4, 1), "王")


@pytest.mark.parametrize(
    "given",
    [
        {"duration_wd": "9" * 5000},
        {"duration_wd": "-1"},
        {"duration_wd": "2001"},
        {"duration_wd": "NaN"},
        {"planned_on": "1999-12-31"},
        {"planned_on": "9999-99-99"},
        {"person_name": "a\x07b"},
        {"person_name": "x" * 61},
        {"fixed_on": "2026-05-01"},
        {"version": "-1"},
        {"version": "9" * 30},
    ],
)
def test_hostile_values_are_refused_on_both_ways(client, project, staff, given):
    sent = {"version": "0", "key": "S06"} | given
    assert client.post(url("plan_preview", project), sent).status_code == 422
    assert client.post(url("plan_task", project, "S06"), sent).status_code in (409, 422)
    assert counts() == [0, 0, 0, 0, 0]


def test_a_link_is_added_changed_and_taken_out(client, project, staff):
    made = {"before": "W1", "after": "S18", "kind": "fs", "lag_wd": "3", "is_hard": "on", "version": "0"}
    assert client.post(url("plan_link_add", project), made).status_code == 302
    assert client.get(url("plan_link_edit", project, "W1", "S18")).context["form"].initial["lag_wd"] == 3
    changed = made | {"version": "1", "lag_wd": "5"}
    assert client.post(url("plan_link_edit", project, "W1", "S18"), changed).status_code == 302
    assert PlanLink.objects.get().lag_wd == 5
    remove = url("plan_link_remove", project, "W1", "S18")
    assert client.get(remove).status_code == 200
    assert client.post(remove, {"version": "2", "reason": "不再需要"}).status_code == 302
    assert not PlanLink.objects.exists()
    assert client.get(remove).status_code == 404


def test_a_circle_and_the_law_are_refused_as_a_whole(client, project, staff):
    circle = {"before": "S13", "after": "S12", "kind": "fs", "lag_wd": "0", "is_hard": "on", "version": "0"}
    answer = client.post(url("plan_link_add", project), circle)
    assert answer.status_code == 409
    assert "S12" in answer.content.decode() and "S13" in answer.content.decode()
    law = url("plan_link_remove", project, "S12", "S13")
    assert client.get(law).status_code == 200
    assert client.post(law, {"version": "0", "reason": "想省时间"}).status_code == 409


def test_an_own_task_comes_and_goes(client, project, staff):
    given = {"name": "地勘", "duration_wd": "8", "after": ["S09"], "before": ["S17"], "version": "0"}
    assert client.post(url("plan_preview", project), given | {"change": "add"}).status_code == 200
    assert client.post(url("plan_task_add", project), given).status_code == 302
    assert client.get(url("plan_task", project, "T1")).status_code == 200
    drop = url("plan_task_drop", project, "T1")
    assert client.get(drop).status_code == 200
    assert client.post(drop, {"version": "1", "reason": "已包含在设计中"}).status_code == 302
    assert client.get(url("plan_task", project, "T1")).status_code == 404
    assert client.post(url("plan_task_drop", project, "S01"), {"version": "2", "reason": "?"}).status_code == 409


def test_what_was_taken_out_is_put_back(client, project, staff):
    editing.apply(project, changes.DropTask("W3", "利旧"), version=0, **edge(staff))
    assert client.get(url("plan_task", project, "W3")).status_code == 404
    target = client.get(url("plan_target", project))
    assert [key for key, _name in target.context["dropped"]] == ["W3"]
    client.post(url("plan_task_restore", project, "W3"), {"version": "0"})
    assert PlanTask.objects.get().is_dropped
    client.post(url("plan_task_restore", project, "W3"), {"version": "1"})
    assert not PlanTask.objects.get().is_dropped
    assert client.post(url("plan_task_restore", project, "S01"), {"version": "2"}).status_code == 302


def test_baselines_compared_and_taken_away(client, project, staff):
    first = {"basis": "forecast", "reason": "首版", "version": "0"}
    assert client.post(url("plan_baseline_add", project), first).status_code == 302
    editing.set_task(project, "S06", {"duration_wd": 70}, version=1, **edge(staff))
    shown = client.get(url("plan_baselines", project)).context["shown"]
    assert {line.key: line.days for line in shown.lines}["L08"] == 10
    second = first | {"version": "2", "reason": "调整"}
    assert client.post(url("plan_baseline_add", project), second).status_code == 302
    shown = client.get(url("plan_baselines", project), {"left": "2", "right": "1"}).context["shown"]
    assert {line.key: line.days for line in shown.lines}["L08"] == -10
    assert client.get(url("plan_baselines", project), {"left": "x", "right": "9" * 40}).status_code == 200
    answer = client.get(url("plan_baselines_xlsx", project), {"left": "1", "right": "2"})
    assert answer.content[:2] == b"PK"
    assert PlanBaseline.objects.count() == 2


def test_a_target_that_cannot_be_kept_is_asked_about(client, project, staff):
    editing.set_goal(project, goal="L08", target_on=date(2026, 4, 1), version=0, **edge(staff))
    given = {"basis": "latest", "reason": "省里要求", "version": "1"}
    answer = client.post(url("plan_baseline_add", project), given)
    assert answer.status_code == 409 and len(answer.context["asked"]) == 2
    assert not PlanBaseline.objects.exists()
    assert client.post(url("plan_baseline_add", project), given | {"acknowledged": "on"}).status_code == 302


def test_history_is_listed_for_readers_and_not_for_enterprises(client, project, staff):
    editing.set_task(project, "S06", {"duration_wd": 70}, version=0, **edge(staff))
    client.force_login(factories.user(project.park, "leader"))
    answer = client.get(url("plan_history", project))
    (change,) = answer.context["lines"][0].changes
    assert (change["old"], change["new"]) == (None, 70) and change["field"].startswith("S06 · ")
    assert client.get(url("plan_task", project, "S06")).status_code == 403
    client.force_login(factories.user(factories.park(), "staff"))
    assert client.get(url("plan_history", project)).status_code == 404
    assert client.post(url("plan_preview", project), {"key": "S06"}).status_code == 404


def test_without_a_planned_start_there_is_no_form_to_pull_forward(client, project, staff):
    assert "keys" not in client.get(url("plan_pull", project)).content.decode()
    editing.set_task(project, "S06", {"planned_on": date(2027, 1, 5)}, version=0, **edge(staff))
    page = client.get(url("plan_pull", project)).content.decode()
    assert 'name="keys"' in page and 'value="S06"' in page


@pytest.mark.parametrize("name", ["goal", "target_on", "S06.unit", "link.S09.T1.lag_wd", "baseline", "lever.x", "?"])
def test_every_field_of_the_history_has_words(name):
    words = field_words(name)
    assert words and "." not in words


def test_a_suspended_project_is_not_changed(client, project, staff):
    suspend(project, on=TODAY, reason="资金", by=staff, at=AT, today=TODAY)
    answer = client.post(url("plan_task", project, "S06"), {"duration_wd": "3", "version": "0"})
    assert answer.status_code == 409
    assert counts()[:4] == [0, 0, 0, 0]


def test_pages_ask_as_often_for_one_task_as_for_many(client, project, staff, django_assert_max_num_queries):
    for number in range(20):
        editing.add_task(project, f"任务{number}", 2, after=("S01",), version=number, **edge(staff))
    client.get(url("plan_task", project, "S01"))
    with django_assert_max_num_queries(34):
        assert client.get(url("plan_task", project, "S01")).status_code == 200
    with django_assert_max_num_queries(34):
        client.post(url("plan_preview", project), {"key": "S01", "duration_wd": "3", "version": "20"})


def test_history_says_values_as_people_do(client, project, staff):
    editing.add_task(project, "临时道路", 5, before=("L08",), version=0, **edge(staff))
    editing.set_goal(project, goal="L10", target_on=date(2027, 9, 1), version=1, **edge(staff))
    lines = client.get(url("plan_history", project)).context["lines"]
    said = {(change["old"], change["new"]) for line in lines for change in line.changes}
    assert (Goal.STARTED.label, Goal.COMPLETED.label) in said and (None, PlanLink.Kind.FS.label) in said
    assert not {value for pair in said for value in pair} & {"L08", "L10", "fs"}
    assert not any(isinstance(value, bool) for pair in said for value in pair)


def test_a_halted_project_is_compared_with_the_forecast_of_the_halt(client, project, staff, monkeypatch):
    editing.set_goal(project, goal="L08", target_on=date(2027, 9, 1), version=0, **edge(staff))
    baselines.save_baseline(project, basis="forecast", reason="首版", version=1, **edge(staff))
    suspend(project, on=TODAY, reason="资金", by=staff, at=AT, today=TODAY)
    then = {line.key: line.right for line in client.get(url("plan_baselines", project)).context["shown"].lines}
    monkeypatch.setattr("accounts.clock.today", lambda: date(2026, 9, 1))
    later = {line.key: line.right for line in client.get(url("plan_baselines", project)).context["shown"].lines}
    reading = client.get(reverse("projects:detail", args=[project.pk]), {"tab": "schedule"}).context["reading"]
    assert later == then and later["S17"] == reading.schedule["S17"].finish


@pytest.mark.parametrize(
    ("name", "more", "given"),
    [
        ("plan_target", (), {"goal": "L08", "target_on": "2027-03-01"}),
        ("plan_task", ("S06",), {"duration_wd": "71"}),
        ("plan_task_drop", ("T1",), {"reason": "不做了"}),
        ("plan_baseline_add", (), {"basis": "forecast", "reason": "首版"}),
    ],
)
def test_who_was_overtaken_keeps_the_text_and_can_send_it_again(client, project, staff, name, more, given):
    editing.add_task(project, "临时道路", 5, version=0, **edge(staff))
    answer = client.post(url(name, project, *more), given | {"version": "0"})
    assert answer.status_code == 409 and answer.context["form"]["version"].value() == "1"
    assert {field: answer.context["form"][field].value() for field in given} == given
    assert client.post(url(name, project, *more), given | {"version": "1"}).status_code == 302
