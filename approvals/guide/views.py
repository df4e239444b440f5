"""The public guide: open to everybody, about the steps of a park and nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Park
from approvals.guide import queries
from approvals.guide.forms import FindForm
from approvals.models import Catalogue, PaperTemplate
from approvals.navmap import drawings


def _catalogue(park: Park) -> Catalogue | None:
    try:
        return Catalogue.objects.in_force(park)
    except Catalogue.DoesNotExist:
        return None


@login_not_required
@require_safe
def home(request):
    """Who opens it knows the product but not yet the address of the park's guide."""
    own = request.user.park if request.user.is_authenticated else None
    parks = [own] if own else list(Park.objects.order_by("name_zh"))
    if len(parks) == 1:
        return redirect("approvals:guide", park=parks[0].code)
    return render(request, "approvals/guide/home.html", {"parks": parks})


def _address_in(park: Park):
    """The way from a stop's code to its page."""
    return lambda code: reverse("approvals:guide_step", args=[park.code, code])


@login_not_required
@require_safe
def guide(request, park):
    """Who opens it wants to know which steps there are, in which order, where and how long."""
    park = get_object_or_404(Park, code=park)
    catalogue = _catalogue(park)
    context = {"park": park, "catalogue": catalogue}
    if catalogue is not None:
        form = FindForm(request.GET, lines=queries.line_choices(catalogue))
        wanted = form.wanted()
        context |= {"form": form, **queries.overview(catalogue, park, **wanted)}
        if not request.htmx:  # a search replaces the table alone
            context["drawing"] = drawings.of_catalogue(catalogue, _address_in(park))
    return render(request, "approvals/guide/guide.html", context)


@login_not_required
@require_safe
def step(request, park, code):
    """Who opens it prepares for this step: what, where, with which papers, how long, at what cost."""
    park = get_object_or_404(Park, code=park)
    catalogue = _catalogue(park)
    context = queries.stop(catalogue, park, code) if catalogue else None
    if context is None:
        raise Http404
    return render(request, "approvals/guide/step.html", context | {"park": park, "catalogue": catalogue})


@login_not_required
@require_safe
def template(request, park, pk):
    """Who opens it wants the form to fill in."""
    row = get_object_or_404(PaperTemplate, park__code=park, pk=pk, is_active=True)
    try:
        file = row.file.open("rb")
    except OSError:
        raise Http404 from None
    answer = FileResponse(file, as_attachment=True, filename=row.original_name or row.file.name.rsplit("/", 1)[-1])
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
