"""The form that adds files to a thing. It only reads input; the rules are in ``keeping``."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.papers.kinds import ACCEPT
from dispatch.files.models import Attachment

PICTURES = ".png,.jpg,.jpeg"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Files chosen in one field: a list, empty when nothing was chosen."""

    widget = ManyFilesInput

    def __init__(self, **options):
        super().__init__(**{"allow_empty_file": True, "max_length": 255} | options)

    def clean(self, data, initial=None):
        chosen = data if isinstance(data, (list, tuple)) else [data]
        chosen = [each for each in chosen if each]
        if not chosen:
            return [super().clean(None)] if self.required else []
        return [super(ManyFilesField, self).clean(each) for each in chosen]


class AttachForm(forms.Form):
    """One or more files with what they are."""

    file = ManyFilesField(
        label=_("Files"), widget=ManyFilesInput(attrs={"accept": f"image/*,application/pdf,{ACCEPT}"})
    )
    role = forms.ChoiceField(label=pgettext_lazy("file", "What it is"), choices=Attachment.Role.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
