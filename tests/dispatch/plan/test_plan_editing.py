"""Changes of a plan, saved: exact rows and history, what is refused, and that a preview tells the truth."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals.models import Step
from dispatch.plan import building, changes, effects, template_actions
from dispatch.plan.actions import editing
from dispatch.plan.models import Plan, PlanEntry, PlanForecast, PlanLever, PlanLink, PlanTask, PlanTemplate
from dispatch.plan.values import DurationFrom
from projects.actions import suspend, terminate
from projects.errors import InvalidFields
from projects.models import Milestone
from projects.planning.network import Link, LinkKind
from tests import factories
from tests.approvals import cases
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park, "staff")


@pytest.fixture
def project(park):
    return cases.project(park)


@pytest.fixture
def edge(staff):
    return {"by": staff, "at": AT, "today": TODAY, "calendar": cases.PLAIN}


def read(project):
    return effects.read(project, today=TODAY, calendar=cases.PLAIN)


def dates(plan):
    placed = plan.schedule(today=TODAY, calendar=cases.PLAIN)
    return {key: (here.start, here.finish, here.latest_finish) for key, here in placed.tasks.items()}


def entries(project):
    rows = PlanEntry.objects.filter(plan__project=project).order_by("pk")
    return [(row.verb, row.changes, row.note) for row in rows]


def test_first_change_opens_the_plan_with_the_goal_that_counted(project, staff, edge):
    Milestone.objects.create(project=project, stage="L08", baseline_on=date(2026, 8, 3))
    editing.set_task(project, "S06", {"duration_wd": 70, "preparation_wd": 4}, version=0, **edge)
    plan = Plan.objects.get()
    assert (plan.goal, plan.target_on, plan.version, plan.updated_by) == ("L08", date(2026, 8, 3), 1, staff)
    assert entries(project) == [
        (
            "task",
            [
                {"field": "S06.duration_wd", "old": None, "new": 70},
                {"field": "S06.preparation_wd", "old": None, "new": 4},
            ],
            "",
        )
    ]
    forecast = PlanForecast.objects.get()
    assert forecast.short_wd == read(project).schedule().short_wd


def test_without_a_difference_nothing_is_written(project, edge):
    editing.set_task(project, "S06", {"duration_wd": None, "person_name": "  "}, version=0, **edge)
    editing.set_goal(project, target_on=None, version=7, **edge)
    assert not Plan.objects.exists() and not PlanForecast.objects.exists()


def test_a_target_that_is_the_baseline_all_the_same_is_a_promise_somebody_makes(project, edge):
    project.milestones.create(stage="L08", baseline_on=date(2027, 3, 1))
    editing.set_goal(project, goal="L08", target_on=date(2027, 3, 1), version=0, **edge)
    assert Plan.objects.get().target_on == date(2027, 3, 1)
    assert [change["new"] for entry in entries(project) for change in entry[1]] == ["L08", "2027-03-01"]
    editing.set_goal(project, goal="L08", target_on=date(2027, 3, 1), version=1, **edge)
    assert Plan.objects.get().version == 1


def test_somebody_else_was_first(project, edge):
    editing.set_task(project, "S06", {"duration_wd": 70}, version=0, **edge)
    for seen in (0, 2):
        with pytest.raises(Conflict):
            editing.set_task(project, "S06", {"duration_wd": 71}, version=seen, **edge)
    assert PlanTask.objects.get().duration_wd == 70 and len(entries(project)) == 1


def test_only_planners_of_the_park(park, project, edge):
    for user in (factories.user(park, "leader"), factories.user(park, "unit"), factories.user(factories.park())):
        with pytest.raises(PermissionDenied):
            editing.set_task(project, "S06", {"duration_wd": 70}, version=0, **edge | {"by": user})
    assert not Plan.objects.exists()


@pytest.mark.parametrize("halt", [suspend, terminate])
def test_halted_projects_keep_their_plan(project, staff, edge, halt):
    halt(project, on=TODAY, reason="资金", by=staff, at=AT, today=TODAY)
    with pytest.raises(Refused):
        editing.set_task(project, "S06", {"duration_wd": 70}, version=0, **edge)
    assert not Plan.objects.exists()


def test_goal_and_target(project, edge):
    editing.set_goal(project, goal="L13", target_on=date(2027, 6, 30), note="县里要求", version=0, **edge)
    assert entries(project) == [
        (
            "goal",
            [
                {"field": "goal", "old": "L08", "new": "L13"},
                {"field": "target_on", "old": None, "new": "2027-06-30"},
            ],
            "县里要求",
        )
    ]
    for wrong in ({"goal": "L09"}, {"goal": "L08", "target_on": date(1999, 1, 1)}):
        with pytest.raises(InvalidFields):
            editing.set_goal(project, version=1, **{"target_on": None} | wrong, **edge)


REFUSED = [
    ("S06", {"duration_wd": -1}),
    ("S06", {"duration_wd": 2001}),
    ("S06", {"duration_wd": True}),
    ("S06", {"preparation_wd": 10**30}),
    ("S06", {"planned_on": date(1999, 12, 31)}),
    ("S06", {"fixed_on": date(2101, 1, 1), "fixed_reason": "会议"}),
    ("S06", {"fixed_on": date(2026, 5, 1)}),
    ("S06", {"not_before_on": date(2026, 5, 1)}),
    ("S06", {"person_name": "a\0b"}),
    ("S06", {"person_name": "长" * 61}),
    ("S06", {"started_on": TODAY}),
    ("S06", {"unit_id": 1}),
    ("S06", {"name": "别的"}),
    ("L08", {"duration_wd": 3}),
    ("L08", {"finished_on": TODAY}),
    ("W1", {"finished_on": TODAY + timedelta(days=1)}),
    ("W1", {"started_on": TODAY, "finished_on": TODAY - timedelta(days=1)}),
    ("W1", {"unit_id": 10**9}),
    ("S99", {"duration_wd": 3}),
    ("T1", {"duration_wd": 3}),
    ("", {"duration_wd": 3}),
    ("S06\0", {"duration_wd": 3}),
]


@pytest.mark.parametrize(("key", "values"), REFUSED)
def test_values_that_cannot_be(project, edge, key, values):
    with pytest.raises(Refused):
        editing.set_task(project, key, values, version=0, **edge)
    assert not Plan.objects.exists() and not PlanTask.objects.exists()


def test_a_unit_of_another_park_is_refused_and_ones_own_is_named(project, park, edge):
    with pytest.raises(InvalidFields):
        editing.set_task(project, "W1", {"unit_id": factories.organization(factories.park()).pk}, version=0, **edge)
    unit = factories.organization(park, name="住建局")
    editing.set_task(project, "W1", {"unit_id": unit.pk}, version=0, **edge)
    assert entries(project)[0][1] == [{"field": "W1.unit", "old": None, "new": "住建局"}]
    assert building.read_one(project, today=TODAY, calendar=cases.PLAIN).info["W1"].unit_name == "住建局"


def test_a_confirmed_day_changes_with_a_reason_only(project, edge):
    first = {"fixed_on": date(2026, 9, 1), "fixed_reason": "土地出让公告"}
    editing.set_task(project, "S09", first, version=0, **edge)
    for values in ({"fixed_on": date(2026, 9, 8)}, {"fixed_on": None}):
        with pytest.raises(InvalidFields) as refusal:
            editing.set_task(project, "S09", values, version=1, **edge)
        assert list(refusal.value.errors) == ["reason"]
    editing.set_task(project, "S09", {"fixed_on": None}, reason="公告撤回", version=1, **edge)
    row = PlanTask.objects.get()
    assert (row.fixed_on, row.fixed_reason) == (None, "")
    assert entries(project)[-1][2] == "公告撤回"


def test_what_has_happened_no_longer_moves(project, edge):
    cases.finish(project, "S01")
    for values in ({"planned_on": TODAY}, {"duration_wd": 3}, {"fixed_on": TODAY, "fixed_reason": "x"}):
        with pytest.raises(Refused):
            editing.set_task(project, "S01", values, version=0, **edge)
    editing.set_task(project, "S01", {"person_name": "李工"}, version=0, **edge)  # who it was may still be noted


def test_facts_of_works_are_kept_and_corrected_with_a_reason(project, edge):
    editing.set_task(project, "W1", {"started_on": TODAY - timedelta(days=5)}, version=0, **edge)
    with pytest.raises(InvalidFields):
        editing.set_task(project, "W1", {"started_on": TODAY}, version=1, **edge)
    editing.set_task(project, "W1", {"started_on": TODAY}, reason="写错了", version=1, **edge)
    assert PlanTask.objects.get().started_on == TODAY


def test_own_tasks_are_numbered_once(project, edge):
    editing.add_task(project, "地勘", 8, after=("S09",), before=("S17",), version=0, **edge)
    editing.add_task(project, "临时用电", 5, version=1, **edge)
    assert set(PlanTask.objects.values_list("key", "name")) == {("T1", "地勘"), ("T2", "临时用电")}
    assert set(PlanLink.objects.values_list("before", "after")) == {("S09", "T1"), ("T1", "S17")}
    editing.apply(project, changes.DropTask("T2", "不需要"), version=2, **edge)
    editing.add_task(project, "临时用水", 5, version=3, **edge)
    assert PlanTask.objects.filter(key="T3", is_dropped=False).exists()
    editing.apply(project, changes.RestoreTask("T2"), version=4, **edge)
    assert "T2" in read(project).plan.network.tasks


def test_steps_stay_and_works_may_go(project, edge):
    for key in ("S08", "L08"):
        with pytest.raises(Refused):
            editing.apply(project, changes.DropTask(key, "不要"), version=0, **edge)
    editing.apply(project, changes.DropTask("W3", "利旧设备"), version=0, **edge)
    plan = read(project).plan
    assert "W3" not in plan.network.tasks
    assert any((link.before, link.after) == ("L09", "L11") for link in plan.network.links)


def test_a_circle_is_named_by_its_tasks(project, edge):
    with pytest.raises(Refused) as refusal:
        editing.add_task(project, "补充勘察", 3, after=("S13",), before=("S12",), version=0, **edge)
    assert all(word in str(refusal.value) for word in ("S12", "S13", "T1", "补充勘察"))
    assert not Plan.objects.exists()


def test_the_law_can_be_worked_beside_but_not_removed(project, edge):
    with pytest.raises(Refused):
        editing.apply(project, changes.RemoveLink("S12", "S13", "想省时间"), version=0, **edge)
    for values in ({"is_hard": False}, {"kind": "ss"}, {"lag_wd": -3}):
        with pytest.raises(Refused):
            editing.set_link(project, "S12", "S13", **values, version=0, **edge)
    with pytest.raises(Refused):
        editing.set_link(project, "S17", "L08", kind="ff", version=0, **edge)
    with pytest.raises(Refused):  # the catalogue has no pre-review of S11
        editing.set_link(project, "S09", "S11", kind="ff", version=0, **edge)
    editing.set_link(project, "S12", "S13", kind="ff", version=0, **edge)
    assert PlanLink.objects.get().kind == "ff"
    editing.set_link(project, "S12", "S13", version=1, **edge)  # as the catalogue says: no row of our own
    assert not PlanLink.objects.exists()


def test_links_that_are_no_law_go_with_a_reason(project, edge):
    with pytest.raises(InvalidFields):
        editing.apply(project, changes.RemoveLink("L09", "W3"), version=0, **edge)
    editing.apply(project, changes.RemoveLink("L09", "W3", "设备先到货"), version=0, **edge)
    row = PlanLink.objects.get()
    assert row.is_removed
    assert not any((x.before, x.after) == ("L09", "W3") for x in read(project).plan.network.links)
    with pytest.raises(InvalidFields):
        editing.apply(project, changes.RemoveLink("L09", "W3", "再一次"), version=1, **edge)
    editing.set_link(project, "L09", "W3", version=1, **edge)
    assert not PlanLink.objects.exists()


def test_a_planned_start_comes_forward_by_hand_only(project, edge):
    later = date(2026, 10, 12)
    editing.set_task(project, "S07", {"planned_on": later}, version=0, **edge)
    assert read(project).schedule()["S07"].start == later
    editing.set_task(project, "S01", {"duration_wd": 0}, version=1, **edge)
    assert read(project).schedule()["S07"].start == later
    editing.apply(project, changes.PullForward(("S07",)), version=2, **edge)
    assert read(project).schedule()["S07"].start == TODAY
    with pytest.raises(InvalidFields):
        editing.apply(project, changes.PullForward(("S07",)), version=3, **edge)


def template(park, **fields):
    rows = [
        {"key": "S06", "name": "", "duration_wd": 45, "preparation_wd": 5},
        {"key": "W1", "name": "", "duration_wd": 200, "preparation_wd": None},
        {"key": "T1", "name": "地勘", "duration_wd": 10, "preparation_wd": None},
    ]
    links = [{"before": "S09", "after": "T1", "kind": "fs", "lag_wd": 2, "is_hard": True}]
    made = {"name": "新建厂房", "rows": rows, "links": links, "updated_at": AT} | fields
    return PlanTemplate.objects.create(park=park, **made)


def test_a_template_is_copied_and_its_later_edits_do_not_reach_the_plan(project, park, edge):
    editing.set_task(project, "W1", {"duration_wd": 150}, version=0, **edge)
    one = template(park)
    editing.copy_template(project, one, version=1, **edge)
    values = {key: (wd, name) for key, wd, name in PlanTask.objects.values_list("key", "duration_wd", "name")}
    assert values == {"W1": (150, ""), "S06": (45, ""), "T1": (10, "地勘")}
    assert PlanLink.objects.values_list("before", "after", "lag_wd").get() == ("S09", "T1", 2)
    PlanTemplate.objects.filter(pk=one.pk).update(rows=[], version=2)
    assert read(project).plan.network.tasks["S06"].duration_wd == 50
    with pytest.raises(InvalidFields):
        editing.copy_template(project, template(factories.park()), version=2, **edge)


def test_a_second_template_replaces_what_came_from_the_first(project, park, edge):
    editing.copy_template(project, template(park), version=0, **edge)
    other = template(park, name="技改", rows=[{"key": "S06", "duration_wd": 20, "preparation_wd": None}], links=[])
    editing.copy_template(project, other, version=1, **edge)
    row = PlanTask.objects.get(key="S06")
    assert (row.duration_wd, row.preparation_wd) == (20, None)


def test_a_change_takes_as_many_queries_for_many_tasks(project, edge, django_assert_max_num_queries):
    for number in range(15):
        editing.add_task(project, f"任务{number}", 2, after=("S01",), version=number, **edge)
    with django_assert_max_num_queries(52):
        editing.set_task(project, "S01", {"duration_wd": 3}, version=15, **edge)


def _random_change(rng, present):
    tasks = list(present.plan.network.tasks)
    day = TODAY + timedelta(days=rng.randrange(-200, 500))
    key, other = rng.choice(tasks), rng.choice(tasks)
    own = [row.key for row in present.ground.draft.tasks.values()]
    wd = rng.choice([None, 0, 1, 7, 60, 400])
    return rng.choice(
        [
            lambda: changes.SetTask(key, {"duration_wd": wd}),
            lambda: changes.SetTask(key, {"preparation_wd": wd}),
            lambda: changes.SetTask(key, {"planned_on": rng.choice([None, day])}),
            lambda: changes.SetTask(key, {"not_before_on": day, "not_before_reason": "雨季"}),
            lambda: changes.SetTask(key, {"fixed_on": day, "fixed_reason": "会议"}, rng.choice(["", "改期"])),
            lambda: changes.SetTask(key, {"started_on": day}),
            lambda: changes.SetTask(key, {"finished_on": day}, "更正"),
            lambda: changes.SetGoal(rng.choice(["L08", "L10", "L13"]), rng.choice([None, day])),
            lambda: changes.AddTask("新任务", rng.randrange(0, 30), (key,), (other,)),
            lambda: changes.SetLink(
                key, other, rng.choice(["fs", "ff", "ss"]), rng.randrange(-9, 9), rng.random() < 0.7
            ),
            lambda: changes.RemoveLink(*_some_link(rng, present), "不需要"),
            lambda: changes.DropTask(rng.choice([*own, key]), "不需要"),
            lambda: changes.PullForward((rng.choice([*own, key]),)),
        ]
    )()


def _some_link(rng, present):
    link = rng.choice(present.plan.plain.links)
    return link.before, link.after


def _steady(present):
    """Facts and confirmed days as the engine sees them."""
    tasks = present.plan.network.tasks.values()
    facts = {task.key: (task.started_on, task.finished_on) for task in tasks if task.started_on or task.is_done}
    return facts, {task.key: task.fixed_on for task in tasks if task.fixed_on}


def _untouched(before, after, change):
    """Whether facts and confirmed days that the change is not about are as they were."""
    keys = {getattr(change, "key", "")}
    for old, new in zip(before, after, strict=True):
        if any(new[key] != day for key, day in old.items() if key in new and key not in keys):
            return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_preview_is_what_is_saved_and_facts_and_confirmed_days_stay(park, staff, edge, seed):
    rng = random.Random(seed)
    project = cases.project(park)
    cases.finish(project, "S01", "S07")
    cases.move(cases.step_of(project, "S06"), "receive", date(2026, 2, 2))
    editing.set_goal(project, goal="L08", target_on=date(2026, 7, 1), version=0, **edge)
    present, known = read(project), {"S01", "S06", "S07"}
    first = _steady(present)[0]
    for turn in range(55):
        change = _random_change(rng, present)
        history = PlanEntry.objects.count()
        try:
            foreseen = effects.after(present, change)
        except Refused:
            with pytest.raises(Refused):
                editing.apply(project, change, version=_version(project), **edge)
            assert PlanEntry.objects.count() == history
            continue
        editing.apply(project, change, version=_version(project), **edge)
        before, present = _steady(present), read(project)
        assert present.plan.network == foreseen.plan.network
        assert dates(present.plan) == dates(foreseen.plan)
        assert _untouched(before, _steady(present), change)
        assert {key: _steady(present)[0][key] for key in known} == {key: first[key] for key in known}
        if turn % 10 == 9:
            plan = Plan.objects.get()
            step = rng.choice(["S09", "S12", "S14", "S17"])
            PlanLever.objects.create(plan=plan, kind="shorten", keys=[step], wd=2, by=staff, at=AT)
            before, present = _steady(present), read(project)
            assert _steady(present) == before


def _version(project):
    plan = Plan.objects.filter(project=project).first()
    return plan.version if plan else 0


def test_levers_pulled_stay_in_the_network_of_a_preview(project, staff, edge):
    editing.set_goal(project, goal="L08", target_on=date(2026, 5, 1), version=0, **edge)
    plan = Plan.objects.get()
    PlanLever.objects.create(plan=plan, kind="shorten", keys=["S06"], wd=10, by=staff, at=AT)
    present = read(project)
    assert present.plan.network.tasks["S06"].duration_wd == 10
    foreseen = effects.after(present, changes.SetTask("S09", {"duration_wd": 5}))
    editing.set_task(project, "S09", {"duration_wd": 5}, version=1, **edge)
    assert dates(read(project).plan) == dates(foreseen.plan)


def test_a_template_edited_since_is_copied_again_and_what_was_typed_stays(project, park, staff, edge):
    editing.set_task(project, "W1", {"duration_wd": 150}, version=0, **edge)
    one = template(park)
    editing.copy_template(project, one, version=1, **edge)
    rows = [row | {"duration_wd": 30} if row["key"] != "T1" else row for row in one.rows]
    one = template_actions.edit_template(one, {"rows": rows}, version=1, by=staff, at=AT)
    assert read(project).plan.info["S06"].duration_from is DurationFrom.TEMPLATE
    editing.copy_template(project, one, version=2, **edge)
    values = dict(PlanTask.objects.values_list("key", "duration_wd"))
    assert values == {"W1": 150, "S06": 30, "T1": 10}


def test_another_template_is_copied_after_a_task_of_the_first_was_taken_out(project, park, edge):
    editing.copy_template(project, template(park), version=0, **edge)
    editing.apply(project, changes.DropTask("W1", "租赁厂房"), version=1, **edge)
    other = template(park, name="技改", rows=[{"key": "S06", "duration_wd": 20, "preparation_wd": None}], links=[])
    editing.copy_template(project, other, version=2, **edge)
    assert PlanTask.objects.get(key="S06").duration_wd == 20
    assert PlanTask.objects.get(key="W1").is_dropped


def test_a_unit_that_has_left_the_park_does_not_block_other_changes(project, park, edge):
    unit = factories.organization(park)
    editing.add_task(project, "地勘", 5, values={"unit_id": unit.pk}, version=0, **edge)
    unit.park = factories.park()
    unit.save()
    editing.set_goal(project, target_on=date(2026, 8, 3), version=1, **edge)
    assert Plan.objects.get().target_on == date(2026, 8, 3)
    with pytest.raises(InvalidFields):
        editing.set_task(project, "W1", {"unit_id": factories.organization(factories.park()).pk}, version=2, **edge)


@pytest.mark.parametrize(
    "said",
    [{"is_removed": True}, {"is_hard": False}, {"kind": "ss"}, {"lag_wd": -3}, {"kind": "ff"}],
)
def test_what_the_catalogue_makes_law_later_binds_whatever_the_project_said_before(project, edge, said):
    editing.set_goal(project, target_on=date(2026, 8, 3), version=0, **edge)
    pair = next((link.before, link.after) for link in read(project).plan.plain.links if link.after == "S11")
    Step.objects.filter(code="S11").update(pre_review=False)
    PlanLink.objects.create(plan=Plan.objects.get(), before=pair[0], after=pair[1], **said)
    assert Link(*pair) in read(project).plan.plain.links
    Step.objects.filter(code="S11").update(pre_review=True)
    side_by_side = Link(*pair, LinkKind.FF) in read(project).plan.plain.links
    assert side_by_side == (said == {"kind": "ff"})
