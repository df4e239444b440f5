"""The catalogue and the steps in the administration: guide texts can be edited, work on steps only looked at.

What changes a case goes through ``approvals.actions``; codes, order and conditions come from a catalogue file.
"""

from django.contrib import admin

from accounts.admin import ParkAdmin
from approvals.models import Catalogue, DocumentRequirement, Fee, LegalBasis, ProjectStep, Step, StepTransition


class LookOnly:
    """Nobody adds, changes or deletes rows here."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Catalogue)
class CatalogueAdmin(LookOnly, ParkAdmin):
    list_display = ["version", "title_zh", "state", "as_of", "loaded_at"]


class PartInline(admin.TabularInline):
    """A part of a step; its rows are kept, since projects refer to them."""

    extra = 0
    can_delete = False


class DocumentInline(PartInline):
    model = DocumentRequirement
    readonly_fields = ["code"]

    def has_add_permission(self, request, obj=None):
        return False


class FeeInline(PartInline):
    model = Fee
    can_delete = True


class LegalBasisInline(PartInline):
    model = LegalBasis
    can_delete = True


@admin.register(Step)
class StepAdmin(ParkAdmin):
    """Guide of a step. Changed limits hold for projects registered from then on; live projects keep theirs."""

    list_display = ["code", "name_zh", "phase", "line", "department_lead_zh", "contact_name", "contact_phone"]
    list_filter = ["catalogue", "phase", "line"]
    list_select_related = ["phase", "line"]
    search_fields = ["code", "name_zh", "name_en", "department_lead_zh"]
    readonly_fields = ["catalogue", "code", "seq", "phase", "line", "conditional", "condition_expr"]
    inlines = [DocumentInline, FeeInline, LegalBasisInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ProjectStep)
class ProjectStepAdmin(LookOnly, ParkAdmin):
    list_display = ["project", "code", "applicability", "state", "unit", "committed_due_on", "statutory_due_on"]
    list_filter = ["code", "state", "applicability"]
    list_select_related = ["project", "unit"]
    search_fields = ["project__name"]


@admin.register(StepTransition)
class StepTransitionAdmin(LookOnly, ParkAdmin):
    list_display = ["project_step", "verb", "from_state", "to_state", "on", "by", "at"]
    list_filter = ["verb"]
    list_select_related = ["project_step__step", "by"]
    search_fields = ["project_step__project__name"]
