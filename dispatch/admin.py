"""Warning rules and job runs in the administration. A changed threshold is a new version; old ones stay."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.admin import ParkAdmin
from dispatch.meetings import admin as _meetings  # noqa: F401 registers itself
from dispatch.models import JobRun, WarningRule
from dispatch.notices import admin as _notices_admin  # noqa: F401
from dispatch.response import admin as response_admin  # noqa: F401
from dispatch.warnings import rules


class NewVersionForm(forms.ModelForm):
    """A new version of a known default; thresholds that are left out keep theirs. Parks change theirs on their page."""

    code = forms.ChoiceField(label=_("rule"), choices=[(code, names[0]) for code, names in rules.DEFAULTS.items()])

    class Meta:
        model = WarningRule
        fields = ["code", "params", "is_enabled", "note"]

    def clean(self):
        cleaned = super().clean()
        wrong = rules.check_params(cleaned.get("code", ""), cleaned.get("params") or {})
        if wrong:
            text = _("Unknown threshold, or not a number from 0 up: %(names)s")
            self.add_error("params", forms.ValidationError(text, params={"names": "、".join(wrong)}))
        return cleaned


@admin.register(WarningRule)
class WarningRuleAdmin(ParkAdmin):
    list_display = ["code", "park", "version", "name_zh", "params", "is_enabled", "follows_default", "note", "by", "at"]
    list_filter = ["code"]
    list_select_related = ["park", "by"]
    form = NewVersionForm

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.name_zh, obj.name_en, _params = rules.DEFAULTS[obj.code]
        obj.version = rules.next_version(obj.code)
        obj.by, obj.at = request.user, clock.now()
        super().save_model(request, obj, form, change)


@admin.register(JobRun)
class JobRunAdmin(ParkAdmin):
    """What ran when, what it did and what went wrong; only looked at."""

    list_display = ["job", "period_key", "state", "attempts", "is_late", "started_at", "finished_at"]
    list_filter = ["job", "state"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
