"""Papers on the enterprise's pages: hand in, use again, answer a notice, read a file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Conflict, Refused
from approvals.models import DocumentRequirement, ProjectStep, StepFile
from approvals.papers import actions as papers
from approvals.papers import downloads
from approvals.papers.forms import UploadForm
from approvals.portal import links, pages, visits
from approvals.portal.applicant import require
from workdays.models import load_calendar


def _step(applicant, code) -> ProjectStep:
    rows = ProjectStep.objects.visible_to(applicant.principal).select_related("project__park", "step", "unit")
    return get_object_or_404(rows, project=applicant.project, code=code)


def _paper(row, requirement) -> DocumentRequirement:
    return get_object_or_404(DocumentRequirement, step=row.step_id, pk=requirement)


def _files(applicant):
    rows = StepFile.objects.visible_to(applicant.principal).filter(scan=StepFile.Scan.AVAILABLE)
    return rows.filter(document__project_step__project=applicant.project)


def _sender(applicant) -> dict:
    """by, link and name, with the moment and the day."""
    who = {"by": applicant.user, "link": applicant.link, "name": applicant.name}
    return who | {"at": clock.now(), "today": clock.today()}


def _used(request, applicant, what: str) -> None:
    if applicant.link:
        links.note_use(applicant.link, what, ip=links.address_of(request), at=clock.now())


def _back(applicant, row):
    return redirect(f"{applicant.url('step', row.code)}#papers")


@visits.FORM
def paper(request, applicant, code, requirement):
    """The enterprise has a paper at hand, as a file or in front of the camera."""
    row = _step(applicant, code)
    asked = _paper(row, requirement)
    if not applicant.may_upload:
        raise PermissionDenied(_("Your link does not allow this. Please ask who gave it to you."))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            papers.add_file(row, asked, form.cleaned_data["file"], **_sender(applicant))
        except Conflict:
            raise
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            _used(request, applicant, f"upload {asked.code}")
            messages.success(request, _("Handed in: %(paper)s.") % {"paper": asked.name})
            return _back(applicant, row)
    context = {"form": form, "row": row, "asked": asked, "back": applicant.url("step", row.code)}
    context |= pages.frame(applicant)
    return render(request, "approvals/portal/paper.html", context, status=422 if form.errors else 200)


@visits.POST
def paper_use(request, applicant, code, requirement, file):
    """The enterprise handed in this paper at another step already and wants it used here."""
    row = _step(applicant, code)
    asked = _paper(row, requirement)
    require(applicant, row.project_id, at=clock.now(), upload=True)
    rows = _files(applicant).select_related("document__project_step", "document__requirement")
    papers.use_file(row, asked, get_object_or_404(rows, pk=file), **_sender(applicant))
    _used(request, applicant, f"upload {asked.code}")
    messages.success(request, _("Handed in: %(paper)s.") % {"paper": asked.name})
    return _back(applicant, row)


@visits.POST
def resubmit(request, applicant, code):
    """The enterprise has answered every point of a notice and wants the case to go on."""
    row = _step(applicant, code)
    require(applicant, row.project_id, at=clock.now(), upload=True)
    papers.resubmit(row, **_sender(applicant), calendar=load_calendar())
    _used(request, applicant, f"upload {row.code}")
    messages.success(request, _("Handed in anew; the case goes on."))
    return redirect(applicant.url("step", row.code))


@visits.SAFE
def file(request, applicant, file):
    """The enterprise wants to read a paper of its project; a link's every reading is recorded here."""
    row = get_object_or_404(_files(applicant), pk=file)
    if not applicant.link:
        return redirect("approvals:paper_file", row.pk)
    response = downloads.respond(row)
    downloads.record([row], at=clock.now(), link=applicant.link)
    _used(request, applicant, f"download {row.document.requirement.code}")
    return response
