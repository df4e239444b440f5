"""The catalogue and the steps in the administration: guides are edited, work on steps is only looked at.

What changes a case goes through ``approvals.actions``. A park edits its own version of the catalogue
(``guide.upkeep``); codes, order and conditions change in drafts only.
"""

from django.contrib import admin

from accounts.admin import ParkAdmin
from approvals.guide.catalogue_admin import CatalogueAdmin
from approvals.guide.contact_admin import ApprovalPolicyAdmin, PaperTemplateAdmin, StepContactAdmin
from approvals.guide.step_admin import StepAdmin
from approvals.models import ProjectStep, StepTransition


class LookOnly:
    """Nobody adds, changes or deletes rows here."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
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


__all__ = [
    "ApprovalPolicyAdmin",
    "CatalogueAdmin",
    "PaperTemplateAdmin",
    "ProjectStepAdmin",
    "StepAdmin",
    "StepContactAdmin",
    "StepTransitionAdmin",
]
