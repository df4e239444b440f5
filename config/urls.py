"""All addresses; composition only."""

import json

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from accounts.api_problems import CONTENT_TYPE, problem
from dispatch.desk.views import desk
from dispatch.jobs.views import healthz as healthz_jobs


def healthz(request):
    """Answers as long as the web process serves; used by health checks."""
    return HttpResponse("ok", content_type="text/plain")


def not_found(request, exception=Http404):
    """The page for an address that leads nowhere; below /api/ a problem for programs (RFC 9457)."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    answer = problem(404, _("There is nothing here that you may see."))
    return HttpResponse(json.dumps(answer.data, ensure_ascii=False), status=404, content_type=CONTENT_TYPE)


handler404 = not_found
urlpatterns = [
    path("", desk, name="desk"),
    path("healthz", healthz, name="healthz"),
    path("healthz/jobs", healthz_jobs, name="healthz_jobs"),
    path("accounts/", include("accounts.urls")),
    path("projects/", include("projects.urls")),
    path("", include("approvals.urls")),
    path("", include("dispatch.urls")),
    path("api/v1/", include("config.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
