"""What a park adds to the guide, in the administration: contacts, forms to download, its own rules."""

from uuid import uuid4

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import URLField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.admin import ParkAdmin
from accounts.errors import Refused
from approvals.models import ApprovalPolicy, Catalogue, DocumentRequirement, PaperTemplate, Step, StepContact
from approvals.papers.checks import checked

KINDS = ("pdf", "docx", "xlsx")
LARGEST = 10 * 1024 * 1024  # bytes


def catalogues_for(user) -> list[int]:
    """Keys of the versions whose codes this person may choose from."""
    in_force = Catalogue.objects.by_park()
    if user.is_superuser:
        return [row.pk for row in in_force.values()]
    own = in_force.get(user.organization.park_id) or in_force.get(None)
    return [own.pk] if own else []


def code_field(rows, label, current: str) -> forms.ChoiceField:
    """A choice of codes with names; a code that is gone stays choosable where it is used."""
    names = {row.code: f"{row.code} {row.name}" for row in rows}
    if current and current not in names:
        names[current] = current
    return forms.ChoiceField(label=label, choices=[("", "—"), *sorted(names.items())])


class OfThePark(ParkAdmin):
    """Rows that a park's administrator may also remove; the history keeps what they said."""

    def has_delete_permission(self, request, obj=None):
        return self.may_write(request)


@admin.register(StepContact)
class StepContactAdmin(OfThePark):
    list_display = ["step_code", "park", "window_zh", "address", "hours", "contact_name", "contact_phone"]
    list_filter = [("park", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["park"]
    search_fields = ["step_code", "window_zh", "address", "contact_name"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        rows = Step.objects.filter(catalogue__in=catalogues_for(request.user))
        form.base_fields["step_code"] = code_field(rows, _("Step"), obj.step_code if obj else "")
        return form


class TemplateForm(forms.ModelForm):
    class Meta:
        model = PaperTemplate
        fields = ["park", "paper_code", "title", "file", "is_active"]
        widgets = {"file": forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)})}

    def clean_file(self):
        """The checked content under a name of its own; the name it came with is kept beside it."""
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload
        if upload.size > LARGEST:
            raise ValidationError(_("The file is larger than 10 MB."))
        try:
            with checked(upload) as found:
                if found.kind.extension not in KINDS:
                    raise ValidationError(_("Only PDF, Word (.docx) and Excel (.xlsx) files can be offered."))
                if not found.is_scanned:
                    raise ValidationError(_("The file could not be checked for viruses; please try again later."))
                self.instance.original_name = found.name[-200:]
                return ContentFile(found.file.read(), name=f"{uuid4().hex}.{found.kind.extension}")
        except Refused as refused:
            raise ValidationError(str(refused)) from refused


@admin.register(PaperTemplate)
class PaperTemplateAdmin(OfThePark):
    form = TemplateForm
    list_display = ["paper_code", "title", "park", "original_name", "is_active", "updated_at", "updated_by"]
    list_filter = [("park", admin.RelatedOnlyFieldListFilter), "is_active"]
    list_select_related = ["park", "updated_by"]
    search_fields = ["paper_code", "title"]
    readonly_fields = ["download", "updated_by", "updated_at"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        rows = DocumentRequirement.objects.filter(step__catalogue__in=catalogues_for(request.user))
        form.base_fields["paper_code"] = code_field(rows, _("Paper"), obj.paper_code if obj else "")
        return form

    @admin.display(description=_("download"))
    def download(self, obj):
        if not obj.pk or not obj.is_active:
            return obj.original_name or "—"
        address = reverse("approvals:guide_template", args=[obj.park.code, obj.pk])
        return format_html('<a href="{}">{}</a>', address, obj.original_name)

    def save_model(self, request, obj, form, change):
        obj.updated_by, obj.updated_at = request.user, clock.now()
        former = PaperTemplate.objects.filter(pk=obj.pk).values_list("file", flat=True).first() if change else None
        super().save_model(request, obj, form, change)
        if former and former != obj.file.name:
            _remove(obj.file.storage, former)

    def delete_model(self, request, obj):
        storage, name = obj.file.storage, obj.file.name
        super().delete_model(request, obj)
        _remove(storage, name)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)


def _remove(storage, name: str) -> None:
    """The file goes when the change is certain."""
    transaction.on_commit(lambda: storage.delete(name))


@admin.register(ApprovalPolicy)
class ApprovalPolicyAdmin(OfThePark):
    list_display = [
        "park",
        "supplement_wd",
        "renewal_wd",
        "at_deadline",
        "project_quota_mb",
        "urge_every_wd",
        "link_days",
    ]
    list_select_related = ["park"]
