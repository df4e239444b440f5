"""Notices in the administration: deliveries and templates to look at. Robots have their own page: it hides secrets."""

from django.contrib import admin

from accounts.admin import ParkAdmin
from dispatch.notices.models import Delivery, NoticeTemplate


class ReadOnly(ParkAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ["reference", "channel", "address", "subject", "state", "attempts", "created_at", "sent_at"]
    list_filter = ["channel", "state"]
    fields = [*list_display, "error", "send_from"]


@admin.register(NoticeTemplate)
class NoticeTemplateAdmin(ReadOnly):
    list_display = ["event", "language", "version", "subject", "by", "at"]
    list_filter = ["event", "language"]
