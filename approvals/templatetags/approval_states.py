"""How the state of a step looks: a drawn shape and its word, framed by tone. Display only."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from accounts.i18n import localized
from approvals.flow import State

register = template.Library()

# Drawings on a 16 × 16 grid, one stroke; ``flow.StateInfo.shape`` names them.
SHAPES = {
    "ring": '<circle cx="8" cy="8" r="5.5"/>',
    "dot": '<circle cx="8" cy="8" r="5.5"/><circle cx="8" cy="8" r="1.6"/>',
    "bars": '<path d="M5.5 3v10M10.5 3v10"/>',
    "check": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "cross": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "dash": '<path d="M3 8h10"/>',
}
TONES = {"muted": "quiet", "info": "accent", "wait": "outline", "good": "solid", "bad": "outline"}


@register.simple_tag
def step_state(code):
    """The state with this code as shape + word in a frame: ``{% step_state step.state %}``."""
    state = State(code)
    return format_html(
        '<span class="pill pill-{} state-{}"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"'
        ' focusable="false">{}</svg> {}</span>',
        TONES[state.info.tone],
        state.info.tone,
        mark_safe(SHAPES[state.info.shape]),  # noqa: S308 - constant drawing from SHAPES
        localized(state, "label"),
    )
