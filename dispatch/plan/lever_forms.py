"""Levers as addresses and forms carry them, and the form of the ledger item that follows from one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from dispatch.ledger.forms import NOTE, PlainTextForm, day_field, text_field
from dispatch.plan import duties, possible
from dispatch.plan.duties import Duty
from dispatch.plan.possible import Option, Options
from projects.planning.levers import Lever, LeverKind
from projects.text import number_in

LONGEST_CODE = 200


def lever_of(code: str) -> Lever | None:
    """The lever of a code such as ``shorten:S14:5``; None when it is none."""
    kind, *keys = code[:LONGEST_CODE].split(":")
    if kind not in tuple(LeverKind) or not keys:
        return None
    if kind != LeverKind.SHORTEN:
        return Lever(LeverKind(kind), tuple(keys))
    wd = number_in(keys[-1])
    return Lever(LeverKind.SHORTEN, tuple(keys[:-1]), wd) if wd is not None and len(keys) > 1 else None


def days_field(step: str) -> str:
    """Name of the input with the working days of a shorter limit."""
    return f"wd_{step}"


def duty_prefix(lever: Lever) -> str:
    """Before the names of its inputs: of the lever, not of its place, so that nobody else's words become its own."""
    return f"duty-{lever.name.replace(':', '-')}"


def offered(options: Options, data) -> list[Option]:
    """The open options with the working days asked for in ``data`` (a QueryDict); what cannot be stays as proposed."""
    return [_asked(option, data) for option in options.open]


def _asked(option: Option, data) -> Option:
    codes = [lever for code in data.getlist("lever") if (lever := lever_of(code)) and lever.name == option.lever.name]
    typed = number_in(data.get(days_field(option.lever.step), ""))
    for wd in (typed, *(lever.wd for lever in codes)):
        asked = option if wd is None else possible.with_wd(option, wd)
        if wd is not None and possible.is_shorter(asked):
            return asked
    return option


def picked(found: Iterable[Option], data) -> list[Option]:
    """Those of the options that are ticked."""
    names = {lever.name for code in data.getlist("lever") if (lever := lever_of(code))}
    return [option for option in found if option.lever.name in names]


def strangers(found: Iterable[Option], data) -> int:
    """How many of the ticked levers cannot be pulled (any more)."""
    known = {option.lever.name for option in found}
    asked = {lever.name if (lever := lever_of(code)) else code for code in data.getlist("lever")}
    return len(asked - known)


class VersionForm(forms.Form):
    """The version of the plan that the person has seen, 0 without one."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class DutyForm(PlainTextForm):
    """Unit, person, deadline and the five elements of the ledger item of one lever."""

    unit = forms.ModelChoiceField(Organization.objects.none(), label=_("Responsible unit"))
    person_name = forms.CharField(label=_("Person"), max_length=60, required=False)
    due_on = day_field(_("Until"))
    leader = forms.CharField(label=_("Leader"), max_length=60, required=False)
    measures = text_field(_("Measures"), rows=2, max_length=NOTE)
    standard = text_field(_("Acceptance standard"), rows=2, max_length=NOTE)
    reward_penalty = text_field(_("Reward and penalty"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, user, duty: Duty, **kwargs: Any) -> None:
        initial = {name: getattr(duty, name) for name in duties.EDITABLE if name != "unit"} | {"unit": duty.unit_id}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units().order_by("name")


class WithdrawForm(PlainTextForm):
    """Why a lever is taken out of the plan."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label=pgettext_lazy("lever", "Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )
