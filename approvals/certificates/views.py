"""Pages of certificates. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals.actions.records import require
from approvals.certificates import actions, book, forms, queries
from approvals.models import Certificate

PAGE_SIZE = 50
ORDER = ("valid_until", "pk")


def _visible(request):
    """Certificates the person may see; the enterprise has its own on its page and on the step: 404."""
    if request.user.role is None or request.user.role.scope == "enterprise":
        raise Http404
    return Certificate.objects.visible_to(request.user)


def _filtered(request, visible):
    form = forms.CertificateFilter(request.GET, user=request.user, today=clock.today())
    return form, queries.with_start(form.narrow(visible)).order_by(*ORDER)


@require_safe
def certificate_list(request):
    """Who opens it wants to know which permits end next, and which have ended without anybody saying so."""
    visible = _visible(request)
    form, rows = _filtered(request, visible)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    address = f"{reverse('approvals:certificate_export')}?{request.GET.urlencode()}"
    context = {
        "form": form,
        "page_obj": page,
        "rows": queries.rows_of(page, clock.today()),
        "export_url": address if may(request.user, Verb.EXPORT_LEDGER) else "",
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "approvals/certificates/_rows.html", context)
    context["stats"] = queries.counts(visible, clock.today())
    return render(request, "approvals/certificates/list.html", context)


@require_safe
def certificate_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    visible = _visible(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    _form, rows = _filtered(request, visible)
    return attachment(book.workbook(queries.rows_of(rows, clock.today())), f"certificates-{clock.today():%Y%m%d}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_renew(request, pk):
    """Who opens it has granted, or was told of, a renewal."""
    return _record(request, pk, forms.RenewForm, actions.renew, _("Record a renewal"), [])


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_void(request, pk):
    """Who opens it has to record that a certificate that ended counts no more."""
    consequences = [
        _("The certificate counts no more; the decision itself stays on record."),
        _("Your name and the reason are shown on the step."),
    ]
    return _record(request, pk, forms.VoidForm, actions.record_void, _("Record as void"), consequences)


def _record(request, pk, form_class, action, title, consequences):
    rows = queries.with_start(Certificate.objects.visible_to(request.user))
    row = queries.Row(get_object_or_404(rows, pk=pk), clock.today())
    require(request.user, Verb.DECIDE_STEP, row.step)
    form = form_class(request.POST or None, row=row, today=clock.today())
    if request.method == "POST" and form.is_valid():
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        try:
            action(row.certificate, **form.cleaned_data, **edge)
        except Conflict:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded: %(what)s.") % {"what": title})
            return redirect(row.url)
    context = {"row": row, "form": form, "title": title, "consequences": consequences}
    return render(request, "approvals/certificates/form.html", context, status=422 if form.errors else 200)
