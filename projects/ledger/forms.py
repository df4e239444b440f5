"""Forms of the import pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from projects.ledger.registry import kind_of


class UploadForm(forms.Form):
    """A workbook; year and month only where its headers do not name them, or name the wrong ones."""

    file = forms.FileField(
        label=_("Workbook (.xlsx or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=200,
        error_messages={"max_length": _("The name of the file is too long.")},
    )
    report_year = forms.IntegerField(
        label=_("Report year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("Leave empty to take year and month from the headers of the file."),
    )
    report_month = forms.TypedChoiceField(
        label=_("Report month"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("as in the file")), *((str(month), str(month)) for month in range(1, 13))],
    )

    kind = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, kind: str = "projects", **options) -> None:
        super().__init__(*args, initial={"kind": kind}, **options)
        if not kind_of(kind).months:
            del self.fields["report_year"], self.fields["report_month"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.LEDGER_UPLOAD_MAX_BYTES:
            limit = settings.LEDGER_UPLOAD_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(_("The file is larger than %(limit)s MB."), params={"limit": limit})
        return file

    def clean(self):
        values = super().clean()
        given = [bool(values.get(name)) for name in ("report_year", "report_month")]
        if any(given) and not all(given) and not self.errors:
            self.add_error("report_year", _("Please give year and month, or neither."))
        return values


class ConfirmForm(forms.Form):
    """Asks for the valid rows only where there are others."""

    valid_rows_only = forms.BooleanField(label=_("Import the valid rows only"), required=False)
