"""Saved reports of the example park: one shared in its unit, one that comes every week."""

from datetime import date

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.own_reports.examples import BY_KEY
from dispatch.own_reports.models import SavedReport
from workdays.arithmetic import WorkCalendar

# (user name, example, name, shared, rhythm)
KEPT = (
    ("zhuanyuan", "not_started", "未开工项目清单", True, "weekly"),
    ("zhuanyuan", "investment_by_unit", "各单位年度投资完成", False, "never"),
    ("lingdao", "milestones_month", "本月到期里程碑", False, "never"),
)


def write_own_reports(cast: Cast, projects, *, as_of: date, calendar: WorkCalendar) -> int:
    """Returns how many reports there are; people who are not in the cast are passed over."""
    at, written = at_work(as_of), 0
    for user_name, key, name, shared, rhythm in KEPT:
        person = cast.users.get(user_name)
        if person is None:
            continue
        SavedReport.objects.create(
            park=cast.park, owner=person, organization=person.organization, name=name, is_shared=shared,
            schedule=rhythm, created_at=at, updated_at=at, **BY_KEY[key].raw,
        )  # fmt: skip
        written += 1
    return written
