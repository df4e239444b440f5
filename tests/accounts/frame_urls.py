"""A small site for the tests of the frame: the accounts pages, the administration and pages that refuse."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path
from rest_framework.decorators import api_view
from rest_framework.response import Response

from accounts.errors import Conflict, Refused


def desk(request):
    return render(request, "base.html")


def refuse(request):
    raise Refused("理由在此")


def conflict(request):
    raise Conflict("别人先改了")


def broken(request):
    raise RuntimeError("fault")


@login_not_required
def echo(request):
    return HttpResponse(request.POST.get("text", "") or request.GET.get("text", ""))


@login_not_required
def public_broken(request):
    raise RuntimeError("fault")


@api_view(["GET", "POST"])
def api(request):
    return Response({"text": request.data.get("text")})


dispatch = [
    path("ledger/", desk, name="ledger_list"),
    path("bulletins/", desk, name="bulletin_list"),
    path("dashboard/", desk, name="dashboard"),
]
urlpatterns = [
    path("", desk, name="desk"),
    path("projects/", include(([path("", desk, name="list"), path("import/", desk, name="import_list")], "projects"))),
    path("dispatch/", include((dispatch, "dispatch"))),
    path("mine/", include(([path("", desk, name="enterprise_home")], "approvals"))),
    path("healthz", login_not_required(lambda request: HttpResponse("ok")), name="healthz"),
    path("refuse/", refuse),
    path("conflict/", conflict),
    path("broken/", broken),
    path("public-broken/", public_broken),
    path("echo/", echo),
    path("api/v1/echo/", api),
    path("accounts/", include("accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
