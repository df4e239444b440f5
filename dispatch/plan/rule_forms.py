"""The form of a park's rules for plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.forms import PlainTextForm
from dispatch.plan.building import works_name
from dispatch.plan.policy import LONGEST_WD, RUNS, SAMPLES, WORKS, PlanPolicy

NUMBER = {"widget": forms.NumberInput(attrs={"inputmode": "numeric"})}


class RulesForm(PlainTextForm):
    """``params`` is what ``policies.save_rules`` takes; ``seen``: the version the person was looking at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    with_soft = forms.BooleanField(
        label=_("The usual order of steps binds too"),
        required=False,
        help_text=_("Off: a step may begin before one that usually comes first; the plan only points it out."),
    )
    minimum_sample = forms.IntegerField(
        label=_("Finished steps needed to speak of the park's own durations"),
        min_value=SAMPLES[0],
        max_value=SAMPLES[1],
        **NUMBER,
    )
    risk_on = forms.BooleanField(
        label=_("Work out the risk of being late (p50 and p80)"),
        required=False,
        help_text=_("Projects without enough data of the park's own get no such dates and no warning from them."),
    )
    runs = forms.IntegerField(
        label=_("Runs of the simulation of each project"), min_value=RUNS[0], max_value=RUNS[1], **NUMBER
    )
    note = forms.CharField(label=_("Why is it changed?"), max_length=200)

    def __init__(self, *args, policy: PlanPolicy, **kwargs):
        first = {name: value for name, value in policy.params.items() if name != "works"}
        first |= {key: policy.works[key] for key in WORKS} | {"seen": policy.version}
        super().__init__(*args, initial=first, **kwargs)
        for key in WORKS:
            label = _("%(key)s %(name)s (working days)") % {"key": key, "name": works_name(key)}
            self.fields[key] = forms.IntegerField(label=label, min_value=0, max_value=LONGEST_WD, **NUMBER)

    @property
    def works(self) -> list[Any]:
        return [self[key] for key in WORKS]

    @property
    def risk(self) -> list[Any]:
        return [self[name] for name in ("minimum_sample", "risk_on", "runs")]

    @property
    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("with_soft", "minimum_sample", "risk_on", "runs")
        return {"works": {key: data[key] for key in WORKS}} | {name: data[name] for name in names}
