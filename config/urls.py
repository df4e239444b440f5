"""All addresses; composition only."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from dispatch.desk.views import desk


def healthz(request):
    """Answers as long as the web process serves; used by health checks."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", desk, name="desk"),
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("accounts.urls")),
    path("projects/", include("projects.urls")),
    path("", include("approvals.urls")),
    path("", include("dispatch.urls")),
    path("api/v1/", include("config.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
