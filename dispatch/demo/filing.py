"""Monthly filing of the example park: last month locked with two restatements, this month open in every state."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

from django.core.files.base import ContentFile, File
from PIL import Image, ImageDraw

from accounts.models import User
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.filing import actions, restating, rounds, scope
from dispatch.filing.models import Filing, FilingDuty, FilingEntry, FilingRound
from dispatch.filing.windows import OPENS_DAY
from projects.models import MonthlyInvestment, Project
from workdays.arithmetic import WorkCalendar

MISSING_EVERY = 9  # of last month's filings this one was not accepted
SAID = (
    "主体结构施工至三层，材料进场正常。",
    "基础施工完成，正在回填。",
    "钢结构吊装完成八成。",
    "厂房封闭，设备基础施工。",
)
# States of this month's filings in the order of the list; the rest have not begun.
STATES = ("accepted", "submitted", "returned", "draft", "submitted")
REASONS = ("十月漏报设备到货发票一张，现按入账凭证更正。", "合同款与实际支付口径不一致，按支付凭证更正。")


def write_filing(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Both months; returns how many filings."""
    _name_enterprise(cast)
    before = as_of.replace(day=1) - timedelta(days=1)
    _last_month(cast, before, as_of, calendar)
    if as_of.day >= OPENS_DAY:
        _this_month(cast, as_of, calendar)
    return Filing.objects.filter(round__park=cast.park).count()


def _name_enterprise(cast: Cast) -> None:
    """The enterprise with an account files for its own project, where it is asked for figures."""
    for person in cast.users.values():
        if person.role_id and person.role.scope == "enterprise":
            own = Project.objects.filter(park=cast.park, enterprise__organization=person.organization_id)
            for project in own:
                FilingDuty.objects.get_or_create(project=project, organization=person.organization)


def _listed(window: FilingRound):
    named = ("round__park", "project__filing_duty", "project__responsible_unit", "project__enterprise")
    return Filing.objects.with_filer().filter(round=window).select_related(*named).order_by("project__name_key")


def _last_month(cast: Cast, end: date, as_of: date, calendar: WorkCalendar) -> None:
    window, _new = rounds.open_round(cast.park, end.year, end.month, calendar=calendar)
    rounds.refresh_list(window)
    reports = MonthlyInvestment.objects.filter(project__park=cast.park, year=end.year, month=end.month)
    known = {row.project_id: row for row in reports}
    filings = [filing for filing in _listed(window) if filing.project_id in known]
    accepted = [filing for number, filing in enumerate(filings, 1) if number % MISSING_EVERY]
    at = at_work(window.closes_on, 5)
    for number, filing in enumerate(accepted):
        _as_reported(filing, known[filing.project_id], cast, number, at)
    Filing.objects.bulk_update(accepted, [*_COLUMNS], batch_size=200)
    Project.objects.bulk_update([filing.project for filing in accepted], ["physical_percent"], batch_size=200)
    entries = [_entries(filing, cast, at) for filing in accepted]
    FilingEntry.objects.bulk_create([row for rows in entries for row in rows], batch_size=200)
    rounds.lock(window, by=None, at=at_work(window.locks_on, 59), today=window.locks_on)
    _restate(cast, list(_listed(window).filter(state=Filing.State.ACCEPTED, month_10k__gt=0)[:2]), as_of, calendar)


_COLUMNS = (
    "month_10k", "ytd_10k", "physical_percent", "physical_progress", "state", "submitted_at", "submitted_by",
    "checked_at", "checked_by", "version",
)  # fmt: skip


def _as_reported(filing: Filing, report: MonthlyInvestment, cast: Cast, number: int, at: datetime) -> None:
    """What the register says of the month, as it had been filed."""
    filing.month_10k, filing.ytd_10k = report.month_10k, report.ytd_10k
    if scope.has_started(filing.project):
        filing.physical_percent = filing.project.physical_percent = _percent(filing.project, report.ytd_10k)
        filing.physical_progress = SAID[number % len(SAID)]
    filing.state, filing.version = Filing.State.ACCEPTED, 4
    filing.submitted_at, filing.submitted_by = at, _filer(cast, filing)
    filing.checked_at, filing.checked_by = at + timedelta(days=1), cast.staff


def _percent(project: Project, ytd_10k: Decimal) -> Decimal:
    """Physical progress that goes with the money spent, a little behind it, in whole per cent."""
    if not project.total_investment_10k:
        return Decimal(10)
    spent = ((project.invested_before_10k or 0) + ytd_10k) * 100 / project.total_investment_10k
    return min(max(spent - 3, Decimal(1)), Decimal(96)).quantize(Decimal(1), ROUND_HALF_UP)


def _filer(cast: Cast, filing: Filing) -> User:
    """Somebody of the organization that files, else the centre's specialist."""
    wanted = scope.filer_of(filing)
    people = (user for user in cast.users.values() if user.organization_id == wanted and user.role_id)
    return next((user for user in people if scope.may_file(filing, user)), cast.users["zhuanyuan"])


def _entries(filing: Filing, cast: Cast, at: datetime) -> list[FilingEntry]:
    return [
        FilingEntry(filing=filing, verb=FilingEntry.Verb.SUBMITTED, by=filing.submitted_by, at=at),
        FilingEntry(filing=filing, verb=FilingEntry.Verb.ACCEPTED, by=cast.staff, at=filing.checked_at),
    ]


def _restate(cast: Cast, filings: list[Filing], as_of: date, calendar: WorkCalendar) -> None:
    """The first is granted, the second still waits."""
    for number, filing in enumerate(filings):
        day = min(calendar.add(filing.round.locks_on, 3 + number), as_of)
        values = {"month_10k": (filing.month_10k or Decimal(0)) + Decimal("35.5")}
        edge = {"today": day, "by": _asker(cast, filing), "at": at_work(day, 20 + number)}
        row = restating.ask(filing, values, reason=REASONS[number % 2], version=filing.version, **edge)
        if number == 0:
            decided = {"by": _other(cast, row.by), "at": at_work(day, 40), "today": day, "version": 1}
            restating.decide(row, grant=True, decision="凭证齐全，同意更正。", **decided)


def _asker(cast: Cast, filing: Filing) -> User:
    return _filer(cast, filing)


def _other(cast: Cast, person: User | None) -> User:
    """Somebody of the centre who is not this person."""
    people = (user for user in cast.users.values() if user.role_id and scope.may_check(user))
    return next(user for user in people if person is None or user.pk != person.pk)


def _this_month(cast: Cast, as_of: date, calendar: WorkCalendar) -> None:
    window, _new = rounds.open_round(cast.park, as_of.year, as_of.month, calendar=calendar)
    rounds.refresh_list(window)
    day = max(window.opens_on, calendar.subtract(as_of, 1))
    started = [filing for filing in _listed(window) if scope.has_started(filing.project)]
    for number, (filing, state) in enumerate(zip(started, STATES, strict=False)):
        _file(cast, filing, state, number, day)


def _file(cast: Cast, filing: Filing, state: str, number: int, day: date) -> None:
    by, at = _filer(cast, filing), at_work(day, 10 + number)
    values = {
        "month_10k": Decimal(120 + 35 * number), "physical_progress": SAID[number % len(SAID)],
        "physical_percent": min((filing.project.physical_percent or Decimal(10)) + 3, Decimal(99)),
        "acknowledged": "本月集中支付设备款，凭证已附。", "next_work": "下月完成二层结构。",
    }  # fmt: skip
    if state == "draft":
        actions.save(filing, values | {"acknowledged": ""}, by=by, at=at, version=filing.version)
        return
    actions.hand_in(filing, values, actions.Photos((_photo(number),), day), by=by, at=at, version=filing.version)
    edge = {"by": _other(cast, by), "at": at + timedelta(hours=3), "today": day, "version": filing.version}
    if state == "accepted":
        actions.accept(filing, **edge)
    elif state == "returned":
        actions.send_back(filing, reason="形象进度与照片不符，请补充主体结构照片。", **edge)


def _photo(number: int) -> File:
    """A drawn building site: a crane and as many floors as have been built."""
    image = Image.new("RGB", (640, 420), "#dfe7ec")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 340, 640, 420), fill="#b7a98d")
    for floor in range(2 + number % 4):
        draw.rectangle((150, 290 - 55 * floor, 470, 340 - 55 * floor), fill="#8a949b", outline="#4b545a", width=3)
    draw.rectangle((520, 60, 532, 340), fill="#c2531d")
    draw.rectangle((300, 60, 610, 70), fill="#c2531d")
    raw = BytesIO()
    image.save(raw, "JPEG", quality=80)
    return ContentFile(raw.getvalue(), name=f"现场{number + 1}.jpg")
