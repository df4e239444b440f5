"""The form of a comment. It only reads input; the rules are in the action."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dispatch.ledger.forms import NOTE, PlainTextForm, text_field
from dispatch.ledger.telling import who_sees


class PersonChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person):
        return f"{person} · {person.organization}"


class CommentForm(PlainTextForm):
    """People are mentioned by @name in the text, or by ticking them. Offered are those who see the item."""

    text = text_field(
        pgettext_lazy("on an item", "Comment"),
        rows=2,
        max_length=NOTE,
        help_text=_("Enterprises never see comments. @name tells that person."),
    )
    mentioned = PersonChoice(
        User.objects.none(), label=_("Tell these people"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, item, user, **kwargs):
        super().__init__(*args, auto_id="id_comment_%s", **kwargs)
        keys = [person.pk for person in who_sees(item) if person.pk != user.pk]
        people = User.objects.filter(pk__in=keys).select_related("organization")
        self.fields["mentioned"].queryset = people.order_by("organization__kind", "organization__name", "display_name")
