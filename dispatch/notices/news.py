"""News for enterprises that want them by mail: from the rows the portal shows, each told once. Never internal texts."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime

from approvals.models import NoticePreference
from approvals.portal import pages, queries
from approvals.portal.applicant import Applicant, of_link
from approvals.portal.news import News, news_of
from dispatch.notices.compose import CHINESE
from dispatch.notices.models import Notice
from projects.access import is_enterprise
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

EVENT = "enterprise_news"
NAMED = ("project__park", "project__enterprise", "by__role", "by__organization", "link__project__park")


def tell_all(run, at, fence) -> dict:
    """The daily job: one transaction a preference. Returns counts."""
    calendar, counts = load_calendar(), {"asked": 0, "told": 0}
    wanted = NoticePreference.objects.exclude(email="").filter(project__status=Project.Status.ACTIVE)
    for pk in wanted.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            fence()
            preference = wanted.select_related(*NAMED).filter(pk=pk).first()
            if preference is not None:
                counts["asked"] += 1
                counts["told"] += tell_one(preference, as_of=run.as_of, at=at, calendar=calendar)
    return counts


def tell_one(preference: NoticePreference, *, as_of: date, at: datetime, calendar: WorkCalendar) -> int:
    """Writes a notice for every news of this preference that has none yet; returns how many were new."""
    applicant = applicant_of(preference, at)
    if applicant is None or not preference.events:
        return 0
    with translation.override(CHINESE):
        found = _news(applicant, preference, as_of, at, calendar)
        url = applicant.url("home")
    since = localtime(preference.updated_at).date()
    rows = [_row(preference, news, url, as_of, at) for news in found if news.on >= since]
    known = set(Notice.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    fresh = {row.key: row for row in rows if row.key not in known}
    Notice.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    return len(fresh)


def applicant_of(preference: NoticePreference, at: datetime) -> Applicant | None:
    """Who asked to be told, if the account or the link still opens the project."""
    if preference.link is not None:
        return of_link(preference.link) if preference.link.is_open(at) else None
    user = preference.by
    if user is None or not user.is_active or not is_enterprise(user):
        return None
    projects = tuple(
        Project.objects.visible_to(user).select_related("park", "enterprise").order_by("-created_at", "pk")
    )
    if preference.project not in projects:
        return None
    return Applicant(projects=projects, project=preference.project, user=user)


def _news(
    applicant: Applicant, preference: NoticePreference, as_of: date, at: datetime, calendar: WorkCalendar
) -> list[News]:
    views = [view for view in pages.views_of(applicant, as_of, calendar, ("step__documents",)) if view.applies]
    project, principal = applicant.project, applicant.principal
    return news_of(
        applicant, views, preference, urges=queries.urges_of(project, principal),
        requests=queries.requests_of(project, principal), notices=queries.notices_of(project, principal), now=at,
    )  # fmt: skip


def _row(preference: NoticePreference, news: News, url: str, as_of: date, at: datetime) -> Notice:
    what = hashlib.sha256(f"{news.event}/{news.step}/{news.on.isoformat()}/{news.text}".encode()).hexdigest()[:24]
    return Notice(
        park=preference.project.park, key=f"news/{what}/p{preference.pk}", event=EVENT, preference=preference,
        project=preference.project, about_type="preference", about_id=preference.pk, url=url,
        facts={"project": preference.project.name, "text": news.text}, as_of=as_of, created_at=at,
    )  # fmt: skip
