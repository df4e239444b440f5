"""The holiday tables in the admin: look at them, and load a year. Days are never edited one by one."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workdays import actions
from workdays.forms import LoadYearForm
from workdays.models import CalendarChange, CalendarDay, CalendarYear

TEMPLATE = "admin/workdays/calendaryear/load.html"


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class DayInline(ReadOnlyInline):
    model = CalendarDay
    fields = ["on", "is_workday", "name"]


class ChangeInline(ReadOnlyInline):
    model = CalendarChange
    fields = ["version", "at", "by", "source", "status_before", "status_after", "off_before", "off_after"]
    fields += ["make_up_before", "make_up_after"]


@admin.register(CalendarYear)
class CalendarYearAdmin(admin.ModelAdmin):
    list_display = ["year", "status", "days_off", "make_up_days", "version", "updated_at"]
    list_filter = ["status"]
    inlines = [DayInline, ChangeInline]
    change_list_template = "admin/workdays/calendaryear/change_list.html"
    change_form_template = "admin/workdays/calendaryear/change_form.html"

    def get_queryset(self, request):
        worked = Count("days", filter=Q(days__is_workday=True))
        return super().get_queryset(request).annotate(worked=worked, off=Count("days") - worked)

    @admin.display(description=gettext_lazy("Days off"), ordering="off")
    def days_off(self, obj):
        return obj.off

    @admin.display(description=gettext_lazy("Make-up workdays"), ordering="worked")
    def make_up_days(self, obj):
        return obj.worked

    def get_readonly_fields(self, request, obj=None):
        return ["year", "status", "note", "version", "updated_at"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        load = self.admin_site.admin_view(self.load_year)
        return [path("load/", load, name="workdays_calendaryear_load"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"may_load": self.has_change_permission(request)} | (extra_context or {})
        )

    def load_year(self, request):
        """Show the form, then what it would change, then change it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, LoadYearForm(initial=_initial(request.GET.get("year", ""))))
        form = LoadYearForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        if "confirm" not in request.POST or form.cleaned_data["previewed"] != form.content_key():
            return self._page(request, _to_confirm(form), preview=_preview(form))
        try:
            change = _load(form, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self._page(request, form)
        text = _("%(year)d is loaded.") if change else _("%(year)d was already so; nothing has changed.")
        messages.success(request, text % {"year": form.cleaned_data["year"]})
        return redirect(reverse("admin:workdays_calendaryear_changelist"))

    def _page(self, request, form, preview=None):
        context = self.admin_site.each_context(request) | {
            "opts": self.model._meta,
            "title": _("Load a year"),
            "form": form,
            "preview": preview,
        }
        return TemplateResponse(request, TEMPLATE, context)


def _load(form, *, by):
    data = form.cleaned_data
    return actions.load_year(
        data["year"],
        status=data["status"],
        off=data["table"].off,
        make_up=data["table"].make_up,
        note=data["note"],
        by=by,
        at=timezone.now(),  # noqa: TID251 this app knows no other, and a page is the edge
        expected_version=data["version"],
    )


def _initial(year):
    """The stored table of the year in the address, so that a small correction need not start from nothing."""
    found = (
        CalendarYear.objects.filter(pk=year).first() if year.isascii() and year.isdigit() and len(year) == 4 else None
    )
    if found is None:
        return {"status": CalendarYear.Status.OFFICIAL}
    text = actions.table_of(found.year).as_text()
    return {"year": found.year, "status": found.status, "note": found.note, "text": text}


def _preview(form):
    table, year = form.cleaned_data["table"], form.cleaned_data["year"]
    before = actions.table_of(year)
    return {
        "year": year,
        "current": CalendarYear.objects.filter(pk=year).first(),
        "off_before": len(before.off),
        "off": len(table.off),
        "make_up_before": len(before.make_up),
        "make_up": len(table.make_up),
        "days": actions.differences(before, table),
    }


def _to_confirm(form):
    """A form that holds the lines just read, what the preview shows and the version it was compared with."""
    data = form.cleaned_data
    version = CalendarYear.objects.filter(pk=data["year"]).values_list("version", flat=True).first()
    keep = {name: data[name] for name in ("year", "status", "note")}
    seen = {"version": version or 0, "previewed": form.content_key()}
    return LoadYearForm(initial=keep | seen | {"text": data["table"].as_text()})
