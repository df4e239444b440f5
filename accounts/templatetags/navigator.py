"""Tags and filters of the pages: money, rates, lights, form controls. Display only; None is always "—"."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized as localized_text

register = template.Library()
NONE = "—"

# Shape, colour and word say the same thing three times (domain.md 3.3). Paths fill a 12 × 12 box.
LIGHTS = {
    "green": (_("Green"), _("on track"), '<circle cx="6" cy="6" r="5"/>'),
    "yellow": (_("Yellow"), _("late"), '<path d="M6 .8 11.8 11.2H.2Z"/>'),
    "red": (_("Red"), _("critical"), '<path d="M1 1h10v10H1Z"/>'),
    "blue": (_("Blue"), _("due soon"), '<path d="M6 0l6 6-6 6-6-6Z"/>'),
    "grey": (_("Grey"), _("suspended"), '<circle cx="6" cy="6" r="4.2" class="light-ring"/>'),
}

# One stroke drawings on a 16 × 16 grid.
ICONS = {
    "info": '<circle cx="8" cy="8" r="6.5"/><path d="M8 7.2v4M8 4.6v.4"/>',
    "warn": '<path d="M8 1.8 15 14H1Z"/><path d="M8 6.2v4M8 12v.2"/>',
    "danger": '<path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2Z"/><path d="M8 4.6v4.4M8 11.2v.2"/>',
    "success": '<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11 6.2"/>',
    "up": '<path d="M8 13V3M4 7l4-4 4 4"/>',
    "down": '<path d="M8 3v10M4 9l4 4 4-4"/>',
    "both": '<path d="M5 6.5 8 3l3 3.5M5 9.5 8 13l3-3.5"/>',
    "prev": '<path d="M10 3 5 8l5 5"/>',
    "next": '<path d="m6 3 5 5-5 5"/>',
    "check": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "clock": '<circle cx="8" cy="8" r="6.5"/><path d="M8 4v4.2l2.8 1.8"/>',
    "file": '<path d="M3.5 1.5h6l3 3v10h-9Z"/><path d="M9.5 1.5v3h3"/>',
    "upload": '<path d="M8 11V2.5M4.5 6 8 2.5 11.5 6M2 11v3h12v-3"/>',
    "search": '<circle cx="7" cy="7" r="4.7"/><path d="m10.5 10.5 4 4"/>',
    "bell": '<path d="M8 2a4 4 0 0 0-4 4v3.5L2.8 11.5h10.4L12 9.5V6a4 4 0 0 0-4-4zM6.6 13.4h2.8"/>',
    "pen": '<path d="M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4zM9.4 4.4l2.2 2.2"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "user": '<circle cx="8" cy="5.2" r="3"/><path d="M2.5 14.5c.6-3.4 2.7-4.8 5.5-4.8s4.9 1.4 5.5 4.8"/>',
    "close": '<path d="m3.5 3.5 9 9M12.5 3.5l-9 9"/>',
}


@register.simple_tag
def light(code, text=""):
    """A light as shape + word: ``{% light "red" %}`` or with a longer text; an unknown or empty code gives "—"."""
    if code not in LIGHTS:
        return NONE
    return _drawn(code, text) if text else _plain_light(code, get_language())


@lru_cache(maxsize=64)
def _plain_light(code, _language):
    """Tables show the same few lights over and over."""
    return _drawn(code, "")


def _drawn(code, text):
    word, meaning, shape = LIGHTS[code]
    return format_html(
        '<span class="light light-{}" title="{}"><svg class="light-mark" viewBox="0 0 12 12" aria-hidden="true"'
        ' focusable="false">{}</svg><span>{}</span></span>',
        code, meaning, mark_safe(shape), text or word,  # noqa: S308 - constant drawing from LIGHTS
    )  # fmt: skip


@register.filter
def light_word(code):
    """Name of the light in the active language."""
    return LIGHTS[code][0] if code in LIGHTS else NONE


@register.filter
def light_meaning(code):
    """What the light says: on track, late, critical, due soon, suspended."""
    return LIGHTS[code][1] if code in LIGHTS else NONE


@register.simple_tag
def icon(name):
    """Inline drawing for decoration; the word beside it carries the meaning. KeyError on an unknown name."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(ICONS[name]),  # noqa: S308 - constant drawing from ICONS
    )


@register.filter
def localized(obj, name):
    """``{{ step|localized:"name" }}``: name_zh or name_en by the active language."""
    return localized_text(obj, name) if obj else NONE


def _rounded(value, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _plain(value, places: int) -> str:
    """Grouped figure with at most ``places`` decimals, without trailing zeros."""
    text = f"{_rounded(value, places):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@register.filter
def figure(value, places=2):
    """1234.50 → "1,234.5"; at most ``places`` decimals."""
    return NONE if value is None else _plain(value, int(places))


@register.filter
def wan_yuan(value):
    """Money in 万元, with its unit: 12345.60 → "12,345.6 万元"."""
    return NONE if value is None else gettext("%(amount)s ×10k CNY") % {"amount": _plain(value, 2)}


@register.filter
def yi_yuan(value):
    """Money in 万元 shown in 亿元: 12345.60 → "1.23 亿元"."""
    if value is None:
        return NONE
    return gettext("%(amount)s ×100m CNY") % {"amount": _plain(Decimal(str(value)) / 10_000, 2)}


@register.filter
def mu(value):
    """Land in 亩, with its unit."""
    return NONE if value is None else gettext("%(area)s mu") % {"area": _plain(value, 2)}


@register.filter
def in_percent(value, places=1):
    """A value that is already per cent: 85.26 → "85.3%"."""
    return NONE if value is None else f"{_rounded(value, int(places))}%"


@register.filter
def percent(value, places=1):
    """A ratio: 0.8526 → "85.3%"; None → "—"."""
    return NONE if value is None else in_percent(Decimal(str(value)) * 100, places)


@register.filter
def percent_of(numerator, denominator):
    """``{{ done|percent_of:planned }}``; an empty denominator has no percentage: "—"."""
    if numerator is None or not denominator:
        return NONE
    return in_percent(Decimal(str(numerator)) * 100 / Decimal(str(denominator)))


@register.filter
def signed(value, places=1):
    """+3.2, −3.2 (a real minus sign), ±0."""
    if value is None:
        return NONE
    rounded = _rounded(value, int(places))
    if not rounded:
        return "±0"
    return ("+" if rounded > 0 else "−") + _plain(abs(rounded), int(places))


@register.filter
def percentage_points(value):
    """Signed percentage points: −12.3 → "−12.3 pp" / "−12.3 个百分点"."""
    return NONE if value is None else gettext("%(points)s pp") % {"points": signed(value)}


@register.filter
def dash(value):
    """The value, or "—" where there is none; 0 stays 0."""
    return NONE if value is None or value == "" else value


@register.filter
def day(value):
    """A date or aware moment as 2026-11-22, the form of every table."""
    return f"{value:%Y-%m-%d}" if value else NONE


@register.filter
def duration_words(value):
    """A timedelta in whole minutes or hours, rounded up."""
    minutes = max(1, -(-int(value.total_seconds()) // 60)) if isinstance(value, timedelta) else int(value)
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


@register.filter
def absolute(value):
    """Distance from zero, for "3 working days late"."""
    return abs(value)


@register.filter
def verb_words(verbs):
    """Verbs of a role as sentences, in the order of the code; unknown ones are left out."""
    from accounts.permissions import Verb

    return [verb.label for verb in Verb if verb.value in verbs]


CONTROL_CLASSES = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}
GROUPS = ("radioselect", "checkboxselectmultiple")


@register.filter
def control(field):
    """A form field's widget with our classes and its help and errors announced (aria-describedby, aria-invalid)."""
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), CONTROL_CLASSES.get(field.widget_type, "form-control")]
    if field.widget_type in GROUPS:
        classes = [widget.attrs.get("class", ""), "choice-list"]
    attrs = {"class": " ".join(filter(None, classes))}
    if field.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    described = [f"{field.auto_id}_help"] * bool(field.help_text) + [f"{field.auto_id}_errors"] * bool(field.errors)
    if described and field.auto_id:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def is_group(field):
    """Whether the field is a group of choices and so needs a fieldset with a legend."""
    return field.widget_type in GROUPS


@register.filter
def is_checkbox(field):
    """Whether the label stands behind the control."""
    return field.widget_type == "checkbox"


@register.simple_tag
def sort_state(name, current=""):
    """Direction of the column ``name`` under the ordering ``current`` ("-due_on"): "ascending", "descending" or ""."""
    if current == name:
        return "ascending"
    return "descending" if current == f"-{name}" else ""


@register.simple_tag(takes_context=True)
def sort_query(context, name, current="", param=""):
    """Query string that sorts by ``name``, turns the direction when it already does, and starts at page 1."""
    query = _query(context)
    query[param or "sort"] = f"-{name}" if current == name else name
    query.pop("page", None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def page_query(context, number, param=""):
    """Query string of another page; filters and sorting stay."""
    query = _query(context)
    query[param or "page"] = number
    return f"?{query.urlencode()}"


def _query(context) -> QueryDict:
    request = getattr(context, "request", None) or context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.filter
def page_numbers(page):
    """Numbers to show, None for a gap: first, last and two on each side of the present one."""
    last, here = page.paginator.num_pages, page.number
    wanted = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    shown = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown


@register.filter
def unlocalize_number(value):
    """A number as HTML attributes want it: 1234.5, never grouped."""
    return "0" if value in (None, "") else format(Decimal(str(value)), "f")
