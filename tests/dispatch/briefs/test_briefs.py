"""Freezing, publishing, restating; the same facts give the same paper; who is told; the jobs of a month."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict, Refused
from dispatch.briefs import actions, snapshot
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import ZONE, week_from
from dispatch.jobs.actions import plan
from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import JOBS
from dispatch.notices.models import Notice
from dispatch.reports.snapshot import canonical, digest
from projects.models import Project
from tests import factories
from tests.dispatch.briefs import brief_park
from tests.dispatch.briefs.brief_park import BEFORE, FRIDAY, NOON, NOON_BEFORE, WEEK, freeze
from tests.standing import standing
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
FIVE = NOON + timedelta(hours=5)

filled = standing(lambda: brief_park.fill(12, seed=3))


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def staff(park):
    return factories.user(park)


def build(park, last=None):
    return snapshot.build(park=park, week=WEEK, as_of=FRIDAY, until=NOON, last=last, calendar=load_calendar())


def change_a_fact(park, text="主体封顶"):
    for project in Project.objects.filter(park=park).exclude(status="terminated"):
        Project.objects.filter(pk=project.pk).update(physical_progress=text, light="red")


def test_a_brief_holds_everything_and_its_own_fingerprint(park):
    brief = freeze(park)
    stored = WeeklyBrief.objects.get()
    assert (brief.year, brief.week, brief.revision, brief.as_of) == (2026, 47, 0, FRIDAY)
    assert (brief.state, brief.frozen_at, brief.frozen_by) == ("frozen", NOON, None)
    assert stored.sha256 == digest(stored.snapshot) == digest(brief.snapshot)
    assert canonical(stored.snapshot) == canonical(brief.snapshot)


def test_the_same_facts_give_the_same_paper(park):
    before = freeze(park, BEFORE, at=NOON_BEFORE)
    first, second = build(park, before), build(park, before)
    assert digest(first) == digest(second) == freeze(park).sha256
    change_a_fact(park)
    assert digest(build(park, before)) != digest(first)


def test_freezing_twice_is_one_row(park, staff):
    first, made = actions.freeze_brief(park=park, week=WEEK, by=None, at=NOON, calendar=load_calendar())
    change_a_fact(park)
    second, made_again = actions.freeze_brief(park=park, week=WEEK, by=staff, at=FIVE, calendar=load_calendar())
    assert (made, made_again, second.pk, second.sha256) == (True, False, first.pk, first.sha256)
    assert WeeklyBrief.objects.count() == 1


class AnotherProcess:
    """Writes its row after the week was looked for and just before it is inserted: the constraint decides."""

    def __init__(self, park, revision=0):
        self.park, self.revision, self.savepoints, self.wrote = park, revision, 0, False

    def __call__(self, execute, sql, params, many, context):
        self.savepoints += sql.startswith("SAVEPOINT")
        if self.savepoints == 2 and not self.wrote:
            self.wrote = True
            row = {
                "revision": self.revision,
                "starts_on": WEEK.monday,
                "ends_on": WEEK.sunday,
                "as_of": FRIDAY,
                "sha256": "0" * 64,
            }
            WeeklyBrief.objects.create(park=self.park, year=2026, week=47, snapshot={}, frozen_at=NOON, **row)
        return execute(sql, params, many, context)


def test_two_at_once_make_one_row(park):
    other = AnotherProcess(park)
    with connection.execute_wrapper(other):
        brief, made = actions.freeze_brief(park=park, week=WEEK, by=None, at=NOON, calendar=load_calendar())
    assert (other.wrote, made, brief.sha256) == (True, False, "0" * 64)
    assert WeeklyBrief.objects.count() == 1


def test_two_restatements_at_once_make_one(park, staff):
    first = freeze(park)
    change_a_fact(park)
    other = AnotherProcess(park, revision=1)
    with connection.execute_wrapper(other), pytest.raises(Conflict):
        restate(first, staff)
    assert other.wrote
    assert WeeklyBrief.objects.get(revision=0).sha256 == first.sha256


@pytest.mark.parametrize(
    ("key", "at"),
    [
        ("2026-W08", datetime(2026, 2, 23, tzinfo=UTC)),  # the whole week off
        ("2026-W47", datetime(2026, 11, 19, 9, tzinfo=UTC)),  # the day before
        ("2026-W48", NOON),
    ],
)
def test_weeks_that_cannot_be_frozen(park, key, at):
    with pytest.raises(Refused):
        freeze(park, week_from(key), at=at)
    assert not WeeklyBrief.objects.exists()


def test_an_earlier_week_cannot_follow_a_later_one(park):
    freeze(park)
    with pytest.raises(Refused):
        freeze(park, BEFORE)
    assert JOBS["brief_freeze"].work(SimpleNamespace(as_of=date(2026, 11, 13)), FIVE, lambda: None) == {
        "frozen": 0, "already_frozen": 0, "too_late": 1
    }  # fmt: skip


def test_a_late_run_is_stamped_with_its_own_time_but_ends_at_noon(park):
    brief = freeze(park, at=NOON + timedelta(days=1))
    assert (brief.frozen_at, brief.snapshot["until"]) == (NOON + timedelta(days=1), "2026-11-20T12:00:00+08:00")


def test_frozen_by_hand_in_the_morning_the_next_one_goes_on_from_there(park, staff):
    early = NOON_BEFORE - timedelta(hours=2)
    freeze(park, BEFORE, by=staff, at=early)
    found = freeze(park).snapshot
    assert (found["since"], found["until"]) == ("2026-11-13T10:00:00+08:00", "2026-11-20T12:00:00+08:00")


def test_who_may_not(park):
    for person in (factories.user(park, "leader"), factories.user(park, "unit"), factories.user(factories.park())):
        with pytest.raises(PermissionDenied):
            freeze(park, by=person)
    brief = freeze(park)
    for person in (factories.user(park, "leader"), factories.user(factories.park())):
        with pytest.raises(PermissionDenied):
            actions.publish(brief, by=person, at=FIVE, version=1)
        with pytest.raises(PermissionDenied):
            restate(brief, person)
    assert WeeklyBrief.objects.get().state == "frozen"


def restate(brief, by, *, reason="补录漏报", version=None, at=FIVE):
    version = brief.version if version is None else version
    return actions.restate(brief, reason=reason, by=by, at=at, version=version, calendar=load_calendar())


def test_publishing_tells_leaders_and_the_centre_once(park, staff):
    leader, other = factories.user(park, "leader"), factories.user(park, "unit")
    brief = actions.publish(freeze(park), by=staff, at=FIVE, version=1)
    assert (brief.state, brief.published_at, brief.version) == ("published", FIVE, 2)
    told = Notice.objects.filter(event="brief_published")
    assert leader.pk in {notice.recipient_id for notice in told}
    assert not {staff.pk, other.pk} & {notice.recipient_id for notice in told}
    assert told[0].facts["changes"] == "\n".join(s["text"] for s in brief.snapshot["compared"]["sentences"])
    with pytest.raises(Refused):
        actions.publish(brief, by=staff, at=FIVE, version=2)


def test_nothing_is_told_when_publishing_fails(park, staff):
    brief = freeze(park)
    with pytest.raises(Conflict):
        actions.publish(brief, by=staff, at=FIVE, version=9)
    with pytest.raises(Refused):
        actions.publish(brief, by=staff, at=NOON - timedelta(seconds=1), version=1)
    assert (WeeklyBrief.objects.get().state, Notice.objects.filter(event="brief_published").count()) == ("frozen", 0)


def test_publishing_before_the_freeze_is_refused(park):
    with pytest.raises(Refused):
        actions.publish_week(park=park, week=WEEK, at=FIVE)


def test_a_restatement_leaves_the_first_untouched(park, staff):
    first = actions.publish(freeze(park), by=staff, at=FIVE, version=1)
    before = WeeklyBrief.objects.filter(pk=first.pk).values().get()
    with pytest.raises(Refused):
        restate(first, staff)  # nothing differs
    change_a_fact(park)
    with pytest.raises(Refused):
        restate(first, staff, reason="  ")
    with pytest.raises(Conflict):
        restate(first, staff, version=1)
    second = restate(first, staff)
    assert WeeklyBrief.objects.filter(pk=first.pk).values().get() == before
    assert (second.revision, second.reason, second.state, second.as_of) == (1, "补录漏报", "frozen", FRIDAY)
    assert second.snapshot["restated"] == {"revision": 1, "reason": "补录漏报"}
    assert second.snapshot["since"] == first.snapshot["since"]
    with pytest.raises(Refused):
        restate(first, staff)  # there is a newer one
    with pytest.raises(Refused):
        restate(second, staff)


def test_the_job_publishes_the_newest_revision(park, staff):
    first = freeze(park)
    change_a_fact(park)
    second = restate(first, staff, at=NOON + timedelta(hours=1))
    with pytest.raises(Refused):
        actions.publish(first, by=staff, at=FIVE, version=1)
    assert actions.publish_week(park=park, week=WEEK, at=FIVE).pk == second.pk
    assert actions.publish_week(park=park, week=WEEK, at=FIVE) is None
    assert dict(WeeklyBrief.objects.values_list("revision", "state")) == {0: "frozen", 1: "published"}


def test_the_next_week_compares_with_the_restatement(park, staff):
    first = freeze(park, BEFORE, at=NOON_BEFORE)
    change_a_fact(park)
    second = restate(first, staff, at=NOON_BEFORE + timedelta(hours=1))
    known = freeze(park).snapshot["compared"]["with"]
    assert known == {"year": 2026, "week": 46, "revision": 1, "sha256": second.sha256}


def test_the_first_has_nothing_to_compare_with(park):
    found = freeze(park).snapshot["compared"]
    assert (found["with"], [s["key"] for s in found["sentences"]]) == (None, ["first"])


def test_what_is_recorded_after_noon_is_in_the_next_brief(park):
    from projects.models import StageEntry

    project = Project.objects.filter(park=park, status="active").first()
    for hours in (-1, 1):
        at = NOON_BEFORE + timedelta(hours=hours)
        StageEntry.objects.create(
            project=project, from_stage="L01", stage=f"L0{3 + hours}", entered_on=at.date(), at=at
        )
    row = {
        key: next(r for r in freeze(park, week, at=at).snapshot["table"]["rows"] if r["project"] == project.pk)
        for key, week, at in (("then", BEFORE, NOON_BEFORE), ("now", WEEK, NOON))
    }
    assert ("进入洽谈阶段" in row["then"]["progress"], "进入洽谈阶段" in row["now"]["progress"]) == (True, False)
    assert ("进入登记注册阶段" in row["then"]["progress"]) is False
    assert "（11月13日）" in row["now"]["progress"]


@pytest.mark.slow
def test_the_queries_of_a_freeze_do_not_grow():
    used = set()
    for n, size in enumerate((6, 60)):
        park = brief_park.fill(size, seed=20 + n)
        freeze(park, BEFORE, at=NOON_BEFORE)
        with CaptureQueriesContext(connection) as queries:
            build(park, WeeklyBrief.objects.get(park=park))
        used.add(len(queries))
    assert max(used) <= 60
    assert len(used) == 1, used


def moments(first, last):
    """A minute before noon and 17:00, and the hours themselves, of every day."""
    for days in range((last - first).days):
        for minutes in (719, 720, 1019, 1020):
            yield first + timedelta(days=days, minutes=minutes)


@pytest.mark.slow
def test_the_jobs_of_a_month_with_a_holiday_week():
    """Planned around noon and five from 2 February to 1 March 2026: one brief for each week that is worked."""
    load_seed(SEED_FILE, at=factories.AT)
    park = factories.park()
    names = ("brief_freeze", "brief_publish")
    for now in moments(datetime(2026, 2, 2, tzinfo=ZONE), datetime(2026, 3, 2, tzinfo=ZONE)):
        plan(now=now)
        for run in JobRun.objects.filter(job__in=names, state="due").order_by("as_of", "job"):
            JOBS[run.job].work(run, now, lambda: None)
            JobRun.objects.filter(pk=run.pk).update(state="done")
        JobRun.objects.filter(state="due").update(state="done")
    rows = WeeklyBrief.objects.filter(park=park).order_by("starts_on")
    assert [(row.week, row.as_of.isoformat(), row.frozen_at, row.published_at) for row in rows] == [
        (week, day, datetime.fromisoformat(f"{day}T12:00+08:00"), datetime.fromisoformat(f"{day}T17:00+08:00"))
        for week, day in ((6, "2026-02-06"), (7, "2026-02-13"), (9, "2026-02-27"))
    ]
    assert JobRun.objects.filter(job="brief_freeze").count() == 3
    assert rows.last().snapshot["compared"]["with"]["week"] == 7
