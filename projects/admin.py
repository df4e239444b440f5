"""Projects in the administration: to look things up. Changes are made on the pages, where their rules and history are.

To edit here: which organization (and so which accounts) an enterprise belongs to, and why it gets nothing on trust.
"""

from django.contrib import admin

from accounts.admin import ParkAdmin
from projects.models import (
    AnnualPlan,
    Enterprise,
    ImportBatch,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    StatusChange,
    TeamMember,
)


class LookUp(ParkAdmin):
    """Rows of the own park, read-only."""

    def may_write(self, request):
        return False


class Lines(admin.TabularInline):
    """Parts of a project, read-only."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def lines_of(table) -> type[Lines]:
    """Read-only lines for one table."""
    return type(f"{table.__name__}Lines", (Lines,), {"model": table})


@admin.register(Project)
class ProjectAdmin(LookUp):
    list_display = ["name", "enterprise", "code", "stage", "light", "status", "responsible_unit", "updated_at"]
    list_filter = ["stage", "light", "status", "level"]
    list_select_related = ["enterprise", "responsible_unit"]
    search_fields = ["search_text"]
    ordering = ["name_key"]
    exclude = ["search_text", "name_key"]
    inlines = [lines_of(t) for t in (Milestone, AnnualPlan, MonthlyInvestment, TeamMember, StageEntry, StatusChange)]


@admin.register(Enterprise)
class EnterpriseAdmin(ParkAdmin):
    list_display = ["name", "credit_code", "credit_bar_reason", "organization", "park"]
    list_select_related = ["organization", "park"]
    search_fields = ["name", "credit_code"]
    fields = ["park", "name", "credit_code", "organization", "credit_bar_reason"]
    readonly_fields = ["park", "name", "credit_code"]

    def has_add_permission(self, request):
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "organization":
            field.queryset = field.queryset.filter(kind="enterprise")
        return field


@admin.register(ProjectChange)
class ProjectChangeAdmin(LookUp):
    list_display = ["at", "project", "verb", "by", "note"]
    list_filter = ["verb", "at"]
    list_select_related = ["project", "by"]
    search_fields = ["project__search_text"]
    ordering = ["-at"]
    show_full_result_count = False


@admin.register(ImportBatch)
class ImportBatchAdmin(LookUp):
    list_display = ["file_name", "state", "rows_total", "created_at", "created_by"]
    list_filter = ["state"]
    list_select_related = ["created_by"]
    exclude = ["file"]
