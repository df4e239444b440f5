"""The enterprise's pages, each for an account and for the holder of a link: see ``urls.both``."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Conflict, Refused
from approvals.portal import actions, forms, links, pages, queries, visits
from approvals.portal.applicant import Applicant
from approvals.portal.news import preference_of, wishes_of
from workdays.models import load_calendar


def _now():
    return {"today": clock.today(), "now": clock.now(), "calendar": load_calendar()}


def _seen(request, applicant: Applicant, what: str) -> None:
    """A link's use is logged; an account's reading is not."""
    if applicant.link and request.method == "GET":
        links.note_view(applicant.link, what, ip=links.address_of(request), at=clock.now())


def _used(request, applicant: Applicant, what: str) -> None:
    if applicant.link:
        links.note_use(applicant.link, what, ip=links.address_of(request), at=clock.now())


def _may_ask(applicant: Applicant) -> None:
    if not applicant.may_ask:
        raise PermissionDenied(_("Your link does not allow this. Please ask who gave it to you."))


@visits.SAFE
def home(request, applicant):
    """The enterprise wants to know: where am I, what must I do next, with which papers, where, and until when."""
    _seen(request, applicant, "home")
    return render(request, "approvals/enterprise_home.html", pages.home(applicant, **_now()))


@visits.SAFE
def step(request, applicant, code):
    """The enterprise wants to know how one step stands, hand in papers for it, or urge it."""
    context = pages.step(applicant, code, **_now())
    _seen(request, applicant, f"step {context['row'].code}")
    return render(request, "approvals/portal/step.html", context)


@visits.FORM
def urge(request, applicant, code):
    """The enterprise waits too long for somebody and wants them to hurry (催办)."""
    view = pages.view_of(pages.views_of(applicant, clock.today(), load_calendar()), code)
    _may_ask(applicant)
    form = forms.UrgeForm(request.POST or None)
    why_not = pages.why_no_urge(view, queries.urges_of_step(view.row, applicant.principal))

    def record():
        actions.urge(view, **form.cleaned_data, by=applicant, at=clock.now())
        _used(request, applicant, f"urge {view.row.code}")

    done = _("Sent to the handler and to your specialist. The answer will stand here.")
    return _record(request, applicant, form, record, _("Urge this step"), done, view=view, why_not=why_not)


@visits.FORM
def rate(request, applicant, code):
    """The enterprise has a decision in hand and wants to say how it was served."""
    view = pages.view_of(pages.views_of(applicant, clock.today(), load_calendar()), code)
    _may_ask(applicant)
    known = queries.ratings_of(applicant.project, applicant.principal).get((view.row.pk, view.row.round))
    form = forms.RateForm.of(request.POST or None, known)

    def record():
        actions.rate(view.row, **form.cleaned_data, by=applicant, at=clock.now())
        _used(request, applicant, f"rate {view.row.code}")

    return _record(request, applicant, form, record, _("Rate this step"), _("Thank you."), view=view)


@visits.FORM
def ask(request, applicant):
    """The enterprise is stuck and wants somebody of the park to help."""
    _may_ask(applicant)
    steps = queries.steps_to_ask_about(applicant.project, applicant.principal)
    form = forms.HelpForm(request.POST or None, steps=steps.values(), initial={"step": request.GET.get("step")})

    def record():
        about = steps.get(form.cleaned_data["step"])
        text = form.cleaned_data["text"]
        made = actions.ask_for_help(applicant.project, text=text, step=about, by=applicant, at=clock.now())
        _used(request, applicant, f"help {made.item_number}".strip())

    done = _("Your request has been registered. You see on this page how it stands.")
    return _record(request, applicant, form, record, _("Ask for help"), done)


@visits.FORM
def notices(request, applicant):
    """The enterprise wants to choose what it is told, and where."""
    form = forms.NoticeForm(request.POST or None, initial=wishes_of(preference_of(applicant)))

    def record():
        actions.set_notices(applicant.project, **form.cleaned_data, by=applicant, at=clock.now())
        _used(request, applicant, "notices")

    return _record(request, applicant, form, record, _("What I want to be told"), _("Kept."))


@visits.POST
def news_read(request, applicant):
    """The enterprise has read the news and wants to see only newer ones."""
    actions.mark_read(applicant.project, by=applicant, at=clock.now())
    return redirect(applicant.url("home"))


@visits.POST
def leave(request, applicant):
    """Who visits is done, perhaps on somebody else's phone."""
    _used(request, applicant, "left")
    visits.end(request)
    return render(request, "approvals/portal/left.html", {"park": applicant.project.park})


def _record(request, applicant, form, record, title, done, view=None, why_not=""):
    """The form's page; sent and accepted: back to where it belongs. A refusal is shown in the form."""
    back = applicant.url("step", view.row.code) if view else applicant.url("home")
    if request.method == "POST" and form.is_valid():
        try:
            record()
        except Conflict:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "title": title, "view": view, "why_not": why_not, "back": back}
    context |= pages.frame(applicant)
    return render(request, "approvals/portal/form.html", context, status=422 if form.errors else 200)
