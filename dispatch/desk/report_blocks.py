"""Blocks of the desk about filings and papers: what I still owe, what waits to be checked or published. Reads only."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import Verb, may
from dispatch.briefs.models import WeeklyBrief
from dispatch.desk.frame import MOST_SHOWN, Block, Desk, Entry, address, whole
from dispatch.filing import scope
from dispatch.filing.models import Filing, FilingRestatement, FilingRound
from dispatch.ranking.models import Appeal, Ranking
from dispatch.reports.models import Bulletin


def filings(desk: Desk) -> Block:
    """For who files: what is not handed in, or was returned; for the centre: what waits to be checked."""
    rows = Filing.objects.visible_to(desk.user).exclude(round__state=FilingRound.State.LOCKED)
    if scope.may_check(desk.user):
        rows = rows.filter(state=Filing.State.SUBMITTED)
        title, fine, list_name = (
            _("Filings to check"),
            _("Every filing has been checked."),
            "dispatch:filing_round_list",
        )
    else:
        rows = rows.with_filer().filter(scope.filed_by(desk.user))
        rows = rows.filter(state__in=[Filing.State.DRAFT, Filing.State.RETURNED])
        title, fine, list_name = _("Filings to hand in"), _("Everything has been handed in."), "dispatch:filing_mine"
    number = rows.count()
    first = rows.select_related("project", "round").order_by("-state", "round__closes_on", "pk")[:MOST_SHOWN]
    entries = [_of_filing(filing, desk) for filing in (first if number else [])]
    return Block("filings", title, number, entries, fine, whole(list_name, "", number))


def _of_filing(filing: Filing, desk: Desk) -> Entry:
    waits = filing.state != Filing.State.SUBMITTED
    return Entry(
        title=filing.project.name,
        url=address("dispatch:filing_edit" if waits else "dispatch:filing_detail", "", filing.pk),
        text=filing.return_reason if filing.state == Filing.State.RETURNED else "",
        state=f"{filing.round} · {filing.get_state_display()}",
        days=_left(filing, desk) if waits else None,
    )


def _left(filing: Filing, desk: Desk) -> int:
    """Working days to the end of the window, negative when it is over."""
    closes, today = filing.round.closes_on, desk.today
    return desk.calendar.count(today, closes) if closes >= today else -desk.calendar.count(closes, today)


def papers(desk: Desk) -> Block:
    """Restatements and appeals to decide; bulletins, briefs and rankings to check, issue or publish."""
    entries = [*_restatements(desk), *_appeals(desk), *_bulletins(desk), *_briefs(desk), *_rankings(desk)]
    title, fine = _("Papers that wait for you"), _("No paper waits to be checked, issued or published.")
    return Block("reports", title, len(entries), entries[:MOST_SHOWN], fine)


def _restatements(desk: Desk) -> list[Entry]:
    if not scope.may_check(desk.user):
        return []
    rows = FilingRestatement.objects.filter(
        filing__in=Filing.objects.visible_to(desk.user).values("pk"), state=FilingRestatement.State.ASKED
    ).exclude(by=desk.user)
    return [
        Entry(
            row.filing.project.name, address("dispatch:filing_decide", "", row.pk), row.reason, state=_("restatement")
        )
        for row in rows.select_related("filing__project").order_by("at", "pk")[:MOST_SHOWN]
    ]


def _appeals(desk: Desk) -> list[Entry]:
    if not may(desk.user, Verb.MAKE_RANKING):
        return []
    rows = Appeal.objects.visible_to(desk.user).filter(state=Appeal.State.OPEN).select_related("ranking", "unit")
    return [
        Entry(str(row.unit), address("dispatch:appeal_detail", "", row.pk), row.text[:80], state=_("appeal"))
        for row in rows.order_by("at", "pk")[:MOST_SHOWN]
    ]


def _bulletins(desk: Desk) -> list[Entry]:
    """Checked ones for who issues; drafts of months that are over for who checks, unless it is their own draft."""
    wanted = Q(pk__in=[])
    if may(desk.user, Verb.ISSUE_BULLETIN):
        wanted |= Q(state=Bulletin.State.CHECKED)
    if may(desk.user, Verb.CHECK_BULLETIN):
        over = Q(year__lt=desk.today.year) | Q(year=desk.today.year, month__lt=desk.today.month)
        wanted |= Q(over, state=Bulletin.State.DRAFT)
    rows = Bulletin.objects.visible_to(desk.user).filter(wanted).defer("snapshot")
    return [
        Entry(
            _("Bulletin of %(month)s") % {"month": row},
            address("dispatch:bulletin_detail", "", row.pk),
            state=str(row.get_state_display()),
        )
        for row in rows.order_by("year", "month")[:MOST_SHOWN]
    ]


def _briefs(desk: Desk) -> list[Entry]:
    if not may(desk.user, Verb.MAKE_BRIEF):
        return []
    rows = WeeklyBrief.objects.visible_to(desk.user).filter(state=WeeklyBrief.State.FROZEN).defer("snapshot")
    return [
        Entry(
            _("Weekly brief %(week)s") % {"week": row},
            address("dispatch:brief_detail", "", row.pk),
            state=str(row.get_state_display()),
        )
        for row in rows.order_by("year", "week")[:MOST_SHOWN]
    ]


def _rankings(desk: Desk) -> list[Entry]:
    if not may(desk.user, Verb.MAKE_RANKING):
        return []
    rows = Ranking.objects.visible_to(desk.user).filter(state=Ranking.State.FROZEN).defer("snapshot")
    return [
        Entry(str(row), address("dispatch:ranking_detail", "", row.pk), state=str(row.get_state_display()))
        for row in rows.order_by("as_of", "pk")[:MOST_SHOWN]
    ]
