"""Standing members of meetings in the administration: the 1 and the 7 of a park."""

from django.contrib import admin

from accounts.admin import ParkAdmin
from accounts.permissions import administers
from dispatch.meetings.models import StandingMember


@admin.register(StandingMember)
class StandingMemberAdmin(ParkAdmin):
    """A park's own choice; what is there at first is our default by the names of the units (domain.md 3.5)."""

    list_display = ["kind", "part", "organization", "order", "park"]
    list_filter = ["kind", "part"]

    def own_rows(self, request):
        return admin.ModelAdmin.get_queryset(self, request).filter(park=request.user.organization.park_id)

    def may_write(self, request) -> bool:
        return administers(request.user)

    def has_delete_permission(self, request, obj=None):
        return administers(request.user)

    def get_changeform_initial_data(self, request):
        """The park of the person, and the joint meeting."""
        return {"park": request.user.park, "kind": "joint"}
