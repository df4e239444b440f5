"""The bulletins of the closed months: drafted by the job, polished, checked by a second person, issued under a number;
one of them restated. With the warnings of their day."""

from datetime import date, timedelta

from accounts.models import User
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.models import Bulletin
from dispatch.reports.actions import draft_bulletin, restate
from dispatch.reports.editing import edit_sentence
from dispatch.reports.issuing import Addressed, check, issue
from dispatch.reports.sentences import notice
from dispatch.warnings.evaluate import evaluate
from projects.models import Project
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

MONTHS = 3
POLISHED = "s7.1"
POLISH = "请各责任单位倒排工期、逐项落实。"
REASON = "一个项目的形象进度报送有误，按核实后的情况重述。"
VERIFIED = "主体结构施工至二层（经现场核实）。"


def write_bulletins(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> None:
    """Issues the bulletins of the three months before ``as_of``, the oldest first; the oldest is restated."""
    ends, first = [], as_of.replace(day=1)
    for _month in range(MONTHS):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    second = _second(cast)
    for end in reversed(ends):
        evaluate(as_of=end, at=at_work(end), park=cast.park)
        after = max(min(end + timedelta(days=4), as_of - timedelta(days=1)), end)
        bulletin = draft_bulletin(
            park=cast.park, year=end.year, month=end.month, as_of=end, by=None, at=at_work(end, 50)
        )
        _polish(bulletin, cast.staff, after)
        _issue(bulletin, cast.staff, second, after, 55)
        if end == ends[-1] and _verify(projects):
            _issue(_restated(bulletin, cast.staff, after), cast.staff, second, after, 58)


def _second(cast: Cast) -> User:
    """Somebody else at the centre."""
    others = [user for user in cast.users.values() if user.role_id and user.role.code == "staff" and user != cast.staff]
    return others[0] if others else cast.staff


def _polish(bulletin: Bulletin, by: User, day: date) -> None:
    sentence = next(one for one in notice(bulletin.snapshot).sentences if one.key == POLISHED)
    edge = {"by": by, "at": at_work(day, 51), "version": bulletin.version}
    edit_sentence(bulletin, POLISHED, after=f"{sentence.assembled}{POLISH}", **edge)


def _issue(bulletin: Bulletin, by: User, second: User, day: date, minute: int) -> None:
    check(bulletin, by=second, at=at_work(day, minute - 2), version=bulletin.version)
    number = Addressed(number=bulletin.month)
    issue(bulletin, by=by, at=at_work(day, minute), version=bulletin.version, addressed=number)


def _verify(projects: dict[int, Project]) -> bool:
    """The progress of one project that is being built was reported wrongly; False when none is being built."""
    building = next((project for project in projects.values() if project.stage == Stage.STARTED), None)
    if building is None:
        return False
    Project.objects.filter(pk=building.pk).update(physical_progress=VERIFIED)
    return True


def _restated(bulletin: Bulletin, by: User, day: date) -> Bulletin:
    return restate(bulletin, reason=REASON, by=by, at=at_work(day, 56))
