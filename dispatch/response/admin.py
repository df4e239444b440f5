"""Duty holders and versions of the ladder in the administration. Versions are only looked at; the site's page edits."""

from django.contrib import admin

from accounts.admin import ParkAdmin
from dispatch.response.models import DutyHolder, ResponsePolicy


@admin.register(DutyHolder)
class DutyHolderAdmin(ParkAdmin):
    list_display = ["duty", "organization", "user", "park"]
    list_filter = ["park", "duty"]


@admin.register(ResponsePolicy)
class ResponsePolicyAdmin(ParkAdmin):
    list_display = ["park", "version", "is_enabled", "note", "by", "at"]
    list_filter = ["park"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
