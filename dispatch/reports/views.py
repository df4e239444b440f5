"""Bulletins: the months, one month's text and annexes; drafting and refreshing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.permissions import Verb, may
from dispatch.reports import actions, layout, pages
from dispatch.reports.editing import edits_in_force, marked
from dispatch.reports.forms import DraftForm
from dispatch.reports.issuing import author_of, preview
from dispatch.reports.models import Bulletin, BulletinEntry
from dispatch.reports.screen import table
from dispatch.reports.sentences import notice

PAGE_SIZE = 24
HISTORY = 30


@require_safe
def bulletin_list(request):
    rows = pages.bulletins(request.user).defer("snapshot")
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_make": may(request.user, Verb.MAKE_BULLETIN),
        "form": DraftForm(today=clock.today()),
    }
    return render(request, "dispatch/bulletin_list.html", context)


@require_POST
def bulletin_draft(request):
    """Drafts the chosen month, or brings its draft up to date."""
    pages.bulletins(request.user)
    today = clock.today()
    form = DraftForm(request.POST, today=today)
    if not form.is_valid():
        messages.error(request, _("Please choose a month from the list."))
        return redirect("dispatch:bulletin_list")
    year, month = form.cleaned_data["month"]
    bulletin = actions.draft_bulletin(
        park=request.user.organization.park,
        year=year,
        month=month,
        as_of=actions.last_day(year, month, today),
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("The draft holds the facts up to %(day)s.") % {"day": bulletin.as_of})
    return redirect("dispatch:bulletin_detail", pk=bulletin.pk)


@require_safe
def bulletin_detail(request, pk):
    """The text, or with ``?annex=1`` … ``6`` one annex, or ``changes``."""
    bulletin, user = pages.bulletin_of(request, pk), request.user
    annex = pages.chosen_annex(request.GET.get("annex", ""))
    snapshot = preview(bulletin)
    context = {
        "bulletin": bulletin,
        "snapshot": snapshot,
        "tabs": pages.tabs(bulletin, snapshot, annex),
        "table": table(snapshot, annex) if isinstance(annex, int) else None,
        "changes": layout.change_rows(snapshot["final"]["changes"]) if _shows_changes(snapshot, annex) else None,
        "rates": pages.rates(snapshot),
        **pages.other_revisions(bulletin, user),
        **(_working(bulletin, snapshot, user) if pages.works_on(user) else {"paper": notice(snapshot)}),
    }
    return render(request, "dispatch/bulletin_detail.html", context)


def _shows_changes(snapshot, annex) -> bool:
    return annex == pages.CHANGES and bool((snapshot.get("final") or {}).get("changes"))


def _working(bulletin: Bulletin, snapshot, user) -> dict:
    """What those see who make, check and issue it: marked edits, history, and the next acts."""
    paper, edits = notice(snapshot), edits_in_force(bulletin)
    state, author = bulletin.state, author_of(bulletin)
    is_open = state != Bulletin.State.ISSUED
    rows = marked(paper, edits) if is_open else []
    return {
        "paper": paper,
        "works_on_it": True,
        "marks": {one.sentence.key: one for one in rows},
        "outdated": [one for one in rows if one.is_outdated],
        "author": author,
        "may_edit": is_open and may(user, Verb.MAKE_BULLETIN),
        "may_refresh": is_open and may(user, Verb.MAKE_BULLETIN),
        "may_check": state == Bulletin.State.DRAFT and may(user, Verb.CHECK_BULLETIN) and author != user,
        "waits_for_another": state == Bulletin.State.DRAFT and author == user,
        "may_send_back": is_open and may(user, Verb.CHECK_BULLETIN) and author != user,
        "may_issue": state == Bulletin.State.CHECKED and may(user, Verb.ISSUE_BULLETIN),
        "may_restate": not is_open and may(user, Verb.MAKE_BULLETIN),
        "history": _history(bulletin),
    }


def _history(bulletin: Bulletin) -> list[dict]:
    rows = BulletinEntry.objects.filter(bulletin=bulletin).select_related("by")[:HISTORY]
    job = _("by the monthly job")
    edited = BulletinEntry.Verb.EDITED
    return [
        {
            "at": row.at,
            "who": row.by or job,
            "what": row.get_verb_display(),
            "note": layout.sentence_name(row.note) if row.verb == edited else row.note,
        }
        for row in rows
    ]


@require_POST
def bulletin_refresh(request, pk):
    bulletin = pages.bulletin_of(request, pk)
    before = bulletin.sha256
    bulletin = actions.draft_bulletin(
        park=bulletin.park,
        year=bulletin.year,
        month=bulletin.month,
        as_of=actions.last_day(bulletin.year, bulletin.month, clock.today()),
        by=request.user,
        at=clock.now(),
        version=pages.seen_version(request),
    )
    changed = bulletin.sha256 != before
    messages.success(request, _("The draft is up to date.") if changed else _("Nothing has changed since."))
    return redirect("dispatch:bulletin_detail", pk=bulletin.pk)
