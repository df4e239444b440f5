"""Administration of parks, organizations, roles and people. A park's administrator sees the own park only."""

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin_history import KeepsValues, changes_in_html
from accounts.models import Organization, Park, Role, User
from accounts.permissions import Verb, administers

IN_SHORT = 40  # characters of a text in the list of the log


@login_not_required
def admin_sign_in(request, extra_context=None):
    """The administration has no sign-in page of its own; who is signed in already and stands here may not enter."""
    if request.user.is_authenticated and not administers(request.user):
        raise PermissionDenied
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))


admin.site.site_header = admin.site.site_title = _("Project Navigator")
admin.site.index_title = _("Administration")
admin.site.has_permission = lambda request: administers(request.user)
admin.site.login = admin_sign_in
admin.site.unregister(Group)


class ParkAdmin(KeepsValues, admin.ModelAdmin):
    """Base for every table: open to administrators, rows and choices of their own park; superusers see all. Changes are
    logged with the old and the new values.

    Rows come from ``visible_to`` where the model has it; a model without it belongs to no park and is read-only for
    a park's administrator. Deleting is for superusers.
    """

    list_per_page = 50

    def own_rows(self, request):
        """Rows of the park administrator's park."""
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def get_queryset(self, request):
        return super().get_queryset(request) if request.user.is_superuser else self.own_rows(request)

    def may_write(self, request) -> bool:
        """Whether this person may add and change rows here."""
        return administers(request.user) and (
            request.user.is_superuser or hasattr(self.model._default_manager.none(), "visible_to")
        )

    def has_module_permission(self, request):
        return administers(request.user)

    def has_view_permission(self, request, obj=None):
        return administers(request.user)

    def has_add_permission(self, request):
        return self.may_write(request)

    def has_change_permission(self, request, obj=None):
        return self.may_write(request)

    def has_delete_permission(self, request, obj=None):
        return administers(request.user) and request.user.is_superuser

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        rows = db_field.remote_field.model._default_manager.all()
        if not request.user.is_superuser and "queryset" not in kwargs:
            if db_field.remote_field.model is Park:
                kwargs["queryset"] = rows.filter(pk=request.user.organization.park_id)
            elif hasattr(rows, "visible_to"):
                kwargs["queryset"] = rows.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Park)
class ParksAdmin(ParkAdmin):
    list_display = ["code", "name_zh", "name_en", "contact_name", "contact_phone"]
    search_fields = ["code", "name_zh", "name_en"]

    def own_rows(self, request):
        return super().own_rows(request).filter(pk=request.user.organization.park_id)

    def has_change_permission(self, request, obj=None):
        return administers(request.user)

    def get_readonly_fields(self, request, obj=None):
        return [] if request.user.is_superuser else ["code"]


@admin.register(Organization)
class OrganizationAdmin(ParkAdmin):
    list_display = ["name", "short_name", "kind", "park", "parent", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["park", "parent"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["parent"]


class RoleForm(forms.ModelForm):
    verbs = forms.MultipleChoiceField(
        label=_("verbs"), choices=Verb.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


@admin.register(Role)
class RoleAdmin(ParkAdmin):
    """Roles belong to the installation: a park's administrator reads them."""

    form = RoleForm
    list_display = ["code", "name_zh", "name_en", "scope"]
    search_fields = ["code", "name_zh", "name_en"]


@admin.register(User)
class PeopleAdmin(ParkAdmin, UserAdmin):
    list_display = ["username", "display_name", "organization", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active", "is_staff"]
    list_select_related = ["organization", "role"]
    search_fields = ["username", "display_name", "phone", "email", "organization__name"]
    autocomplete_fields = ["organization"]
    filter_horizontal = []
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]
    person = ("display_name", "organization", "role", "phone", "email")
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (_("Person"), {"fields": person}),
    )

    def own_rows(self, request):
        return super().own_rows(request).filter(is_superuser=False)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        access = ("is_active", "is_staff", "is_superuser") if request.user.is_superuser else ("is_active", "is_staff")
        return (
            (None, {"fields": ("username", "password")}),
            (_("Person"), {"fields": self.person}),
            (_("Access"), {"fields": access}),
            (_("Dates"), {"fields": ("last_login", "date_joined")}),
        )

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if not request.user.is_superuser:
            # Without an organization the account would leave the park and this administrator's sight.
            for name in {"organization", "role"} & form.base_fields.keys():
                form.base_fields[name].required = True
        return form


@admin.register(LogEntry)
class LogEntryAdmin(ParkAdmin):
    """What was done in the administration, by whom, with the values before and after. Read-only."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "in_short"]
    fields = ["action_time", "user", "content_type", "object_repr", "action_flag", "message", "changes"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "change_message", "user__username", "user__display_name"]
    date_hierarchy = "action_time"

    def own_rows(self, request):
        return super().own_rows(request).filter(user__in=User.objects.visible_to(request.user))

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    @admin.display(description=_("in words"))
    def message(self, obj):
        return "" if obj.is_deletion() else obj.get_change_message()

    @admin.display(description=_("before → after"))
    def in_short(self, obj):
        return changes_in_html(obj, IN_SHORT) or self.message(obj)

    @admin.display(description=_("before → after"))
    def changes(self, obj):
        return changes_in_html(obj) or self.message(obj)

    def may_write(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
