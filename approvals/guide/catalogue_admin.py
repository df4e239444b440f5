"""Versions of the catalogue in the administration: copy the one in force, edit the draft, check it, put it in force."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.admin import ParkAdmin
from accounts.errors import Refused
from accounts.models import Park
from accounts.permissions import administers
from approvals.guide import upkeep
from approvals.guide.problem_words import in_words
from approvals.guide.step_admin import may_edit, may_rebuild
from approvals.models import Bundle, Catalogue, Line, MilestoneGate, Phase, Step

ACT = "admin/approvals/catalogue/act.html"


class PartOfCatalogue(admin.TabularInline):
    """Phases, lines, bundles and gates: in drafts only."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return administers(request.user)

    def has_change_permission(self, request, obj=None):
        return may_rebuild(request.user, obj)

    def has_add_permission(self, request, obj):
        return may_rebuild(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return may_rebuild(request.user, obj)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("steps"):
            field.queryset = Step.objects.filter(catalogue=obj)
        return formset

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)


class PhaseInline(PartOfCatalogue):
    model = Phase


class LineInline(PartOfCatalogue):
    model = Line


class BundleInline(PartOfCatalogue, admin.StackedInline):
    model = Bundle


class GateInline(PartOfCatalogue, admin.StackedInline):
    model = MilestoneGate


class ParkForm(forms.Form):
    park = forms.ModelChoiceField(Park.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        parks = Park.objects.order_by("name_zh")
        self.fields["park"].queryset = parks if user.is_superuser else parks.filter(pk=user.organization.park_id)
        self.fields["park"].label = _("Park")
        if not user.is_superuser:
            self.fields["park"].initial = user.organization.park_id


@admin.register(Catalogue)
class CatalogueAdmin(ParkAdmin):
    list_display = ["version", "title_zh", "park", "state", "as_of", "based_on", "loaded_at"]
    list_filter = ["state"]
    list_select_related = ["park", "based_on"]
    fields = ["version", "park", "based_on", "state", "title_zh", "as_of", "loaded_at"]
    readonly_fields = ["version", "park", "based_on", "state", "loaded_at"]
    inlines = [PhaseInline, LineInline, BundleInline, GateInline]
    change_list_template = "admin/approvals/catalogue/change_list.html"
    change_form_template = "admin/approvals/catalogue/change_form.html"

    def own_rows(self, request):
        return super().own_rows(request).filter(Q(park=None) | Q(park=request.user.organization.park_id))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return administers(request.user) if obj is None else may_rebuild(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        def at(route, view, name):
            return path(route, self.admin_site.admin_view(view), name=f"approvals_catalogue_{name}")

        return [
            at("copy/", self.copy, "copy"),
            at("<int:pk>/put-in-force/", self.put_in_force, "put_in_force"),
            at("<int:pk>/discard/", self.discard, "discard"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        shown = self.get_object(request, object_id)
        more = {}
        if shown is not None:
            more = {
                "is_draft": may_rebuild(request.user, shown),
                "may_edit_steps": may_edit(request.user, shown),
                "problems": in_words(upkeep.problems(shown)) if may_rebuild(request.user, shown) else [],
            }
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def copy(self, request):
        """Choose the park, then copy what is in force there."""
        form = ParkForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                draft = upkeep.copy_for(form.cleaned_data["park"], by=request.user, at=clock.now())
            except Refused as refused:
                messages.error(request, str(refused))
                return redirect("admin:approvals_catalogue_changelist")
            self.log_addition(request, draft, [{"added": {}}])
            messages.success(request, _("The draft is ready: nothing changes until you put it in force."))
            return redirect("admin:approvals_catalogue_change", draft.pk)
        text = _("The version in force in the park is copied as a draft of its own, which you may then edit.")
        return self._page(request, _("Copy the catalogue in force"), text, _("Copy"), form=form)

    def put_in_force(self, request, pk):
        """Show what it does and what forbids it, then do it."""
        draft = self._draft(request, pk)
        found = in_words(upkeep.problems(draft))
        if request.method == "POST" and not found:
            try:
                upkeep.put_in_force(draft, by=request.user, at=clock.now())
            except Refused as refused:
                messages.error(request, str(refused))
            else:
                self.log_change(request, draft, _("Put in force."))
                messages.success(request, _("This version is in force for new projects of the park."))
            return redirect("admin:approvals_catalogue_change", draft.pk)
        text = _("New projects of the park get these steps from now on. Live projects keep the version they have.")
        return self._page(request, _("Put in force"), text, _("Put in force"), draft=draft, problems=found)

    def discard(self, request, pk):
        """Ask, then remove the draft."""
        draft = self._draft(request, pk)
        if request.method == "POST":
            self.log_deletions(request, [draft])
            upkeep.discard(draft, by=request.user)
            messages.success(request, _("The draft has been removed."))
            return redirect("admin:approvals_catalogue_changelist")
        text = _("The draft and everything edited in it will be lost. No project refers to it.")
        return self._page(request, _("Remove the draft"), text, _("Remove"), draft=draft, is_grave=True)

    def _draft(self, request, pk) -> Catalogue:
        draft = self.get_queryset(request).filter(pk=pk).first()
        if draft is None:
            raise Http404
        if not may_rebuild(request.user, draft):
            raise PermissionDenied
        return draft

    def _page(self, request, title, text, button, **context):
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": title, "text": text}
        back = reverse("admin:approvals_catalogue_changelist")
        if draft := context.get("draft"):
            back = reverse("admin:approvals_catalogue_change", args=[draft.pk])
        return TemplateResponse(request, ACT, frame | {"button": button, "back": back} | context)
