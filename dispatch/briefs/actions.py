"""Freezing, publishing and restating a brief. What has been frozen never changes; each revision stays readable."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.briefs import telling
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.snapshot import build
from dispatch.briefs.weeks import FROZEN_AT, ZONE, Week, freeze_day, moment
from dispatch.reports.snapshot import digest
from projects.text import tidy
from workdays.arithmetic import WorkCalendar

State = WeeklyBrief.State


def freeze_brief(
    *, park: Park, week: Week, by: User | None, at: datetime, calendar: WorkCalendar
) -> tuple[WeeklyBrief, bool]:
    """(the first revision of the week, whether this call made it); a week that is frozen stays as it is.

    ``by`` None: the job at noon. By hand it may be done from the morning of the day on. Facts recorded up to noon are
    in it, or up to ``at`` when that is earlier. Raises PermissionDenied; Refused for a week without workdays, before
    its day, or when a later week is frozen already.
    """
    _permit(by, park)
    day = _day_of(week, at, calendar)
    with transaction.atomic():
        if present := WeeklyBrief.objects.of(park, week).filter(revision=0).first():
            return present, False
        if _later(park, week).exists():
            raise Refused(_("A later week is frozen already; an earlier one cannot be added any more."))
        until = min(at, moment(day, FROZEN_AT))
        snapshot = build(park=park, week=week, as_of=day, until=until, last=last_before(park, week), calendar=calendar)
        try:
            with transaction.atomic():
                return _create(park, week, day, snapshot, by=by, at=at), True
        except IntegrityError:
            present = WeeklyBrief.objects.of(park, week).filter(revision=0).first()
            if present is None:
                raise
            return present, False


def publish(brief: WeeklyBrief, *, by: User | None, at: datetime, version: int) -> WeeklyBrief:
    """Publishes a frozen brief and tells leaders and the centre. ``by`` None: the job at 17:00.

    Raises PermissionDenied; Refused when it is published, not frozen yet at ``at``, or a newer revision is there;
    Conflict.
    """
    _permit(by, brief.park)
    if brief.is_published:
        raise Refused(_("This brief has been published already."))
    if at < brief.frozen_at:
        raise Refused(_("A brief is published after it is frozen."))
    if _newer(brief).exists():
        raise Refused(_("There is a newer revision of this brief; publish that one."))
    with transaction.atomic():
        frozen = WeeklyBrief.objects.filter(pk=brief.pk, version=version, state=State.FROZEN)
        if not frozen.update(state=State.PUBLISHED, published_at=at, version=version + 1):
            raise _conflict()
        brief.refresh_from_db()
        telling.published(brief, by=by, at=at)
    return brief


def publish_week(*, park: Park, week: Week, at: datetime) -> WeeklyBrief | None:
    """The job's part: publishes the newest revision; None when it was. Raises Refused when none is frozen."""
    brief = WeeklyBrief.objects.of(park, week).first()
    if brief is None:
        raise Refused(_("This week's brief has not been frozen yet."))
    return None if brief.is_published else publish(brief, by=None, at=at, version=brief.version)


def restate(brief: WeeklyBrief, *, reason: str, by: User, at: datetime, version: int, calendar: WorkCalendar):
    """A new frozen revision with today's facts as of the same day; the earlier one stays untouched.

    Raises PermissionDenied; Refused without a reason, for a revision that is not the newest, or when nothing differs;
    Conflict.
    """
    _permit(by, brief.park)
    reason = tidy(reason)
    if not reason:
        raise Refused(_("A restatement needs a reason."))
    if brief.version != version:
        raise _conflict()
    if _newer(brief).exists():
        raise Refused(_("There is a newer revision of this brief; restate that one."))
    week = Week(brief.starts_on)
    with transaction.atomic():
        snapshot = build(
            park=brief.park,
            week=week,
            as_of=brief.as_of,
            until=datetime.fromisoformat(brief.snapshot["until"]),
            last=last_before(brief.park, week),
            calendar=calendar,
        )
        if snapshot == {name: value for name, value in brief.snapshot.items() if name != "restated"}:
            raise Refused(_("Nothing has changed since; there is nothing to restate."))
        revision = brief.revision + 1
        snapshot["restated"] = {"revision": revision, "reason": reason}
        try:
            with transaction.atomic():
                return _create(brief.park, week, brief.as_of, snapshot, revision=revision, reason=reason, by=by, at=at)
        except IntegrityError:
            raise _conflict() from None


def last_before(park: Park, week: Week) -> WeeklyBrief | None:
    """The newest revision of the latest earlier week."""
    rows = WeeklyBrief.objects.filter(park=park, starts_on__lt=week.monday)
    return rows.order_by("-starts_on", "-revision").first()


def _permit(by: User | None, park: Park) -> None:
    if by is not None and (not may(by, Verb.MAKE_BRIEF) or by.park is None or by.park.pk != park.pk):
        raise PermissionDenied


def _day_of(week: Week, at: datetime, calendar: WorkCalendar) -> date:
    day = freeze_day(week, calendar)
    if day is None:
        raise Refused(_("Nobody works in this week; its facts go into the next brief."))
    if at.astimezone(ZONE).date() < day:
        raise Refused(_("This week is frozen on %(day)s.") % {"day": day.isoformat()})
    return day


def _create(
    park: Park, week: Week, day: date, snapshot: dict, *, by: User | None, at: datetime, revision=0, reason=""
) -> WeeklyBrief:
    return WeeklyBrief.objects.create(
        park=park, year=week.year, week=week.number, revision=revision, reason=reason, starts_on=week.monday,
        ends_on=week.sunday, as_of=day, snapshot=snapshot, sha256=digest(snapshot), frozen_at=at, frozen_by=by,
    )  # fmt: skip


def _later(park: Park, week: Week):
    return WeeklyBrief.objects.filter(park=park, starts_on__gt=week.monday)


def _newer(brief: WeeklyBrief):
    same = Q(park=brief.park_id, year=brief.year, week=brief.week)
    return WeeklyBrief.objects.filter(same, revision__gt=brief.revision)


def _conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this brief in the meantime. Please reload and try again."))
