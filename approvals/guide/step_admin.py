"""A step of the catalogue in the administration: texts of a version in force, everything of a draft."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import CharField, JSONField, Q, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin import ParkAdmin
from accounts.i18n import localized
from accounts.permissions import administers
from approvals.conditions import ConditionError, parse_condition
from approvals.guide.upkeep import keeps
from approvals.judging import variables_of
from approvals.models import Catalogue, DocumentRequirement, Fee, LegalBasis, Step, StepDependency, StepVariant

State = Catalogue.State
STRUCTURE = [
    "code",
    "seq",
    "phase",
    "line",
    "initiated_by",
    "pre_review",
    "commitment",
    "allows_deferral",
    "correction_notice_days",
    "conditional",
    "condition_expr",
]


def may_edit(user, catalogue: Catalogue) -> bool:
    """Texts: of a draft and of the version in force; what has retired stays as it was."""
    return catalogue.state != State.RETIRED and keeps(user, catalogue)


def may_rebuild(user, catalogue: Catalogue | None) -> bool:
    """Rows come and go in drafts only; without a catalogue: whether this person keeps any draft."""
    if catalogue is not None:
        return catalogue.state == State.DRAFT and keeps(user, catalogue)
    return drafts_of(user).exists()


def drafts_of(user):
    drafts = Catalogue.objects.filter(state=State.DRAFT)
    if not administers(user):
        return drafts.none()
    return drafts if user.is_superuser else drafts.filter(park=user.organization.park_id)


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]

    def validate(self, value):
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        for line in value:
            super().run_validators(line)

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class PartInline(admin.TabularInline):
    """A part of a step. ``is_text``: rows may come and go in a version in force too."""

    extra = 0
    formfield_overrides = {
        CharField: {"widget": forms.TextInput(attrs={"size": 16})},
        TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 26})},
    }
    is_text = False
    structure: list[str] = []

    def has_view_permission(self, request, obj=None):
        return administers(request.user)

    def has_change_permission(self, request, obj=None):
        return may_rebuild(request.user, None) if obj is None else may_edit(request.user, obj.catalogue)

    def has_add_permission(self, request, obj):
        if obj is not None and self.is_text:
            return may_edit(request.user, obj.catalogue)
        return may_rebuild(request.user, obj and obj.catalogue)

    def has_delete_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None or may_rebuild(request.user, obj.catalogue) else self.structure


class DocumentInline(PartInline):
    model = DocumentRequirement
    structure = ["code", "seq", "deferrable", "shared", "same_as", "due_before"]


class VariantInline(PartInline):
    model = StepVariant
    structure = ["key", "seq", "when"]


class FeeInline(PartInline):
    model = Fee
    is_text = True


class LegalBasisInline(PartInline):
    model = LegalBasis
    is_text = True


class DependencyInline(PartInline):
    model = StepDependency
    fk_name = "step"
    structure = ["earlier", "is_hard"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("predecessor").order_by("predecessor__seq")

    def get_fields(self, request, obj=None):
        may_choose = self.has_add_permission(request, obj)
        return ["predecessor", "is_hard"] if may_choose else self.structure

    @admin.display(description=_("Waits for"))
    def earlier(self, obj):
        return obj.predecessor

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("predecessor"):
            catalogues = [obj.catalogue_id] if obj else drafts_of(request.user)
            field.queryset = Step.objects.filter(catalogue__in=catalogues)
            field.label = _("Waits for")
        return formset


class StepForm(forms.ModelForm):
    """Refuses at once what the checks of the whole catalogue would refuse later."""

    def clean(self):
        super().clean()
        self._check_life()
        own = self.instance.catalogue if self.instance.catalogue_id else None
        catalogue = self.cleaned_data.get("catalogue") or own
        if catalogue is not None:
            self._check_condition(catalogue)
            for name in ("phase", "line"):
                row = self.cleaned_data.get(name)
                if row is not None and row.catalogue_id != catalogue.pk:
                    self.add_error(name, _("This belongs to another version of the catalogue."))
        return self.cleaned_data

    def _value(self, name):
        return self.cleaned_data[name] if name in self.cleaned_data else getattr(self.instance, name, None)

    def _check_life(self):
        kind, months = self._value("validity_kind"), self._value("validity_months")
        if bool(kind) != bool(months):
            self._complain("validity_months", _("Name both the life of the result and its months, or neither."))
        if self._value("validity_renewals") and not self._value("validity_renewal_months"):
            self._complain("validity_renewal_months", _("Say how many months a renewal lasts."))

    def _check_condition(self, catalogue: Catalogue):
        source = self._value("condition_expr")
        if bool(self._value("conditional")) != bool(source):
            self._complain("condition_expr", _("A conditional step, and only that, has a condition."))
        if source:
            try:
                parse_condition(source, variables_of(catalogue.variables))
            except ConditionError as error:
                self._complain("condition_expr", str(error))

    def _complain(self, name, text):
        self.add_error(name if name in self.fields else None, text)


def version_in_words(catalogue: Catalogue) -> str:
    """Number, state and park: enough to tell versions of one title apart."""
    owner = localized(catalogue.park, "name") if catalogue.park else _("common")
    return f"v{catalogue.version} {catalogue.get_state_display()} · {owner}"


class VersionFilter(admin.SimpleListFilter):
    title = _("version")
    parameter_name = "version"

    def lookups(self, request, model_admin):
        shown = model_admin.get_queryset(request).order_by().values("catalogue")
        rows = Catalogue.objects.filter(pk__in=shown).select_related("park")
        return [(str(row.pk), version_in_words(row)) for row in rows]

    def queryset(self, request, queryset):
        return queryset.filter(catalogue=self.value()) if (self.value() or "").isdigit() else queryset


@admin.register(Step)
class StepAdmin(ParkAdmin):
    """Guide of a step. Changed limits hold for projects registered from then on; live projects keep theirs."""

    form = StepForm
    list_display = ["code", "name_zh", "version", "phase", "line", "committed_limit_wd"]
    list_filter = [VersionFilter]
    list_select_related = ["catalogue__park", "phase", "line"]
    search_fields = ["code", "name_zh", "name_en", "department_lead_zh"]
    formfield_overrides = {TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 90})}}
    inlines = [DocumentInline, VariantInline, DependencyInline, FeeInline, LegalBasisInline]
    fieldsets = [
        (None, {"fields": ["code", "seq", "phase", "line", "name_zh", "name_en", "item_type_zh",
                           "initiated_by"]}),
        (_("What it is"), {"fields": ["guide_zh", "guide_en"]}),
        (_("Where and whom"), {
            "fields": ["department_lead_zh", "department_lead_en", "department_cooperating_zh", "window_zh",
                       "window_en", "address", "contact_name", "contact_phone"],
            "description": _("What a park enters under “Contacts of steps” stands before this."),
        }),
        (_("Limits"), {
            "fields": ["statutory_value", "statutory_unit", "statutory_text", "statutory_certainty", "clock_start",
                       "committed_limit_wd", "committed_note", "committed_certainty", "correction_notice_days",
                       "time_excluded_zh"],
            "description": _("Live projects keep the limits they were registered with."),
        }),
        (_("Result and its life"), {
            "fields": ["result_zh", "result_en", "validity_zh", "validity_kind", "validity_months",
                       "validity_renewals", "validity_renewal_months", "validity_remind_days", "validity_certainty"],
        }),
        (_("Promises and outstanding papers"), {
            "fields": ["commitment", "commitment_note", "commitment_text_zh", "commitment_check_days",
                       "allows_deferral", "deferral_note", "documents_certainty"],
        }),
        (_("When it is needed"), {
            "fields": ["conditional", "condition_expr", "condition_zh", "condition_en", "pre_review"],
        }),
        (_("Fees"), {"fields": ["fee_note"]}),
    ]  # fmt: skip

    def own_rows(self, request):
        common_or_own = Q(catalogue__park=None) | Q(catalogue__park=request.user.organization.park_id)
        return super().own_rows(request).filter(common_or_own)

    @admin.display(description=_("version"), ordering="catalogue")
    def version(self, obj):
        return version_in_words(obj.catalogue)

    def get_fieldsets(self, request, obj=None):
        (title, first), *others = self.fieldsets
        shown = ["catalogue" if obj is None else "version", *first["fields"]]
        return [(title, {"fields": shown}), *others]

    def has_add_permission(self, request):
        return may_rebuild(request.user, None)

    def has_change_permission(self, request, obj=None):
        return administers(request.user) if obj is None else may_edit(request.user, obj.catalogue)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and may_rebuild(request.user, obj.catalogue)

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["version"] if may_rebuild(request.user, obj.catalogue) else ["version", *STRUCTURE]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, JSONField):
            return LinesField(label=capfirst(db_field.verbose_name), required=False, help_text=_("One a line."))
        if db_field.name == "commitment":
            choices = [
                ("no", _("not possible")),
                ("conditional", _("possible under conditions")),
                ("yes", _("possible")),
            ]
            return forms.ChoiceField(label=capfirst(db_field.verbose_name), choices=choices, initial="no")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        catalogues = [obj.catalogue_id] if obj else drafts_of(request.user)
        for name in {"phase", "line"} & form.base_fields.keys():
            form.base_fields[name].queryset = form.base_fields[name].queryset.filter(catalogue__in=catalogues)
        if "catalogue" in form.base_fields:
            form.base_fields["catalogue"].queryset = drafts_of(request.user)
        return form
