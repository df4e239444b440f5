"""Pages of group robots. Address and secret go in and never come out."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Refused
from dispatch.notices import actions, queries
from dispatch.notices.delivery_views import manager
from dispatch.notices.forms import RobotForm

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def robot_list(request):
    """Who opens it wants to know which groups are told what, and whether it works."""
    manager(request)
    rows = [{"robot": robot, "masked": queries.masked(robot)} for robot in queries.robots(request.user)]
    return render(request, "dispatch/notices/robot_list.html", {"rows": rows})


@require_http_methods(FORM_METHODS)
def robot_new(request):
    """Who opens it has added a robot to a chat group and has its address in hand."""
    manager(request)
    return _form(request, None)


@require_http_methods(FORM_METHODS)
def robot_edit(request, pk):
    """Who opens it wants the group to be told other things, or has a new address."""
    manager(request)
    return _form(request, _robot(request, pk))


def _form(request, robot):
    form = RobotForm(request.POST or None, user=request.user, robot=robot)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_robot(robot, park=request.user.park, values=form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved. Send a test message to see whether it arrives."))
            return redirect("dispatch:robot_list")
    context = {"form": form, "robot": robot, "masked": queries.masked(robot) if robot else ""}
    return render(request, "dispatch/notices/robot_form.html", context, status=422 if form.errors else 200)


@require_POST
def robot_test(request, pk):
    """Who sends it wants to see a message in the group. The sender takes it, not this page."""
    manager(request)
    delivery = actions.try_robot(_robot(request, pk), by=request.user, at=clock.now())
    messages.success(request, _("In the queue. This page says how it went once the sender has taken it."))
    return redirect("dispatch:delivery_detail", delivery.pk)


@require_http_methods(FORM_METHODS)
def robot_delete(request, pk):
    """Who opens it has taken the robot out of the group."""
    manager(request)
    robot = _robot(request, pk)
    if request.method == "POST":
        actions.remove_robot(robot)
        messages.success(request, _("Deleted."))
        return redirect("dispatch:robot_list")
    context = {
        "question": _("Delete the robot of %(name)s?") % {"name": robot},
        "consequences": [
            _("Its address and secret are forgotten, and the list of what was sent to this group."),
            _("To pause it only, switch it off instead."),
        ],
        "cancel_url": reverse("dispatch:robot_list"),
        "danger_text": _("Delete"),
    }
    return render(request, "components/confirm.html", context)


def _robot(request, pk):
    return get_object_or_404(queries.robots(request.user), pk=pk)
