"""Figures, lights and controls as the pages show them."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.templatetags import navigator as tags


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"), (0, "0"), (D("-0.001"), "0"), (D("1234.50"), "1,234.5"), (D("1234567.005"), "1,234,567.01"),
        (D("-1234.5"), "-1,234.5"), (100, "100"), (1.5, "1.5"), (D("1E+5"), "100,000"),
    ],
)  # fmt: skip
def test_figure(value, shown):
    assert tags.figure(value) == shown


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_figure_reads_back_to_the_rounded_value(value):
    assert abs(D(tags.figure(value).replace(",", "")) - value) <= D("0.005")


@pytest.mark.parametrize(
    ("tag", "value", "shown"),
    [
        (tags.percent, None, "—"), (tags.percent, D("0.8526"), "85.3%"), (tags.percent, 0, "0.0%"),
        (tags.percent, 0.45, "45.0%"), (tags.in_percent, D("85.25"), "85.3%"), (tags.in_percent, None, "—"),
        (tags.signed, D("3.24"), "+3.2"), (tags.signed, D("-3.25"), "−3.3"), (tags.signed, D("0.01"), "±0"),
        (tags.signed, None, "—"), (tags.percentage_points, None, "—"), (tags.percentage_points, -12, "−12 pp"),
        (tags.wan_yuan, D("12345.60"), "12,345.6 ×10k CNY"), (tags.wan_yuan, None, "—"),
        (tags.yi_yuan, D("12345.60"), "1.23 ×100m CNY"), (tags.yi_yuan, None, "—"), (tags.mu, D("12.50"), "12.5 mu"),
        (tags.dash, 0, 0), (tags.dash, "", "—"), (tags.dash, None, "—"), (tags.day, None, "—"),
        (tags.duration_words, timedelta(minutes=15), "15 minutes"),
        (tags.duration_words, timedelta(hours=2), "2 hours"),
        (tags.unlocalize_number, D("1234567.50"), "1234567.50"), (tags.unlocalize_number, None, "0"),
    ],
)  # fmt: skip
def test_filter(tag, value, shown):
    assert tag(value) == shown


@pytest.mark.parametrize(("done", "of", "shown"), [(9, 14, "64.3%"), (0, 5, "0.0%"), (0, 0, "—"), (3, None, "—")])
def test_percent_of_an_empty_denominator_is_a_dash(done, of, shown):
    assert tags.percent_of(done, of) == shown


def test_each_light_differs_in_shape_and_word():
    drawn = {code: tags.light(code) for code in tags.LIGHTS}
    assert len({str(shape) for _word, _meaning, shape in tags.LIGHTS.values()}) == 5
    assert len({str(word) for word, _meaning, _shape in tags.LIGHTS.values()}) == 5
    assert all("<svg" in html and 'style="' not in html for html in drawn.values())
    assert tags.light("") == tags.light(None) == "—"


def test_light_escapes_its_text():
    assert "<b>" not in tags.light("red", "<b>")


class Form(forms.Form):
    name = forms.CharField(help_text="help")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    sure = forms.BooleanField()


def render(source, **context):
    template = Template("{% load navigator %}" + source)
    return template.render(Context(context))


def test_control_announces_help_and_errors():
    html = render("{{ form.name|control }}", form=Form({}))
    assert 'aria-describedby="id_name_help id_name_errors"' in html
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html
    assert "aria-invalid" not in render("{{ form.name|control }}", form=Form())


def test_field_links_label_control_help_and_errors():
    html = render('{% include "components/form.html" with form=form only %}', form=Form({}))
    for part in (
        'for="id_name"',
        'id="id_name_help"',
        'id="id_name_errors"',
        "<legend",
        'for="id_sure"',
        'role="alert"',
    ):
        assert part in html


@pytest.mark.parametrize(
    ("pages", "here", "shown"),
    [(1, 1, [1]), (5, 3, [1, 2, 3, 4, 5]), (20, 6, [1, None, 4, 5, 6, 7, 8, None, 20]), (9, 9, [1, None, 7, 8, 9])],
)
def test_page_numbers(pages, here, shown):
    assert tags.page_numbers(Paginator(range(pages), 1).page(here)) == shown


def test_sorting_turns_round_and_keeps_filters():
    request = RequestFactory().get("/?q=a%26b&page=3")
    context = Context({"request": request})
    assert tags.sort_query(context, "name") == "?q=a%26b&sort=name"
    assert tags.sort_query(context, "name", "name") == "?q=a%26b&sort=-name"
    assert tags.page_query(context, 4) == "?q=a%26b&page=4"
    assert (tags.sort_state("a", "a"), tags.sort_state("a", "-a"), tags.sort_state("a", "b")) == (
        "ascending", "descending", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "unit", "shown"),
    [(None, "", "—"), (0, "", "due today"), (1, "", "1 working day left"), (-2, "", "2 working days late"),
     (5, "calendar", "5 days left"), (-1, "calendar", "1 day late")],
)  # fmt: skip
def test_days_left_in_words(days, unit, shown):
    html = render('{% include "components/days_left.html" with days=days unit=unit only %}', days=days, unit=unit)
    assert f">{shown}<" in html


def test_rate_without_denominator_shows_a_dash():
    html = render('{% include "components/rate.html" with label="L" numerator=0 denominator=0 only %}')
    assert "—" in html
    assert 'max="1"' in html


def test_numbers_in_attributes_are_never_grouped():
    html = render('{% include "components/progress.html" with value=v max=m label="L" only %}', v=1234, m=56789)
    assert 'value="1234"' in html
    assert 'max="56789"' in html
