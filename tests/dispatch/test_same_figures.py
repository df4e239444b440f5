"""Bulletin, weekly brief, board and table of rates say the same of the same day, in all their forms.

The day is 2026-07-31: a Friday, on which the week's brief is frozen, and the last of July, which the month's bulletin
speaks of. On any other day they mean different things by design: the bulletin means its own month and the day it was
drafted for; brief, board and table mean the day itself and the money of the latest month that is over. In a park of
more than 500 projects the board shows the rates counted in the morning, and says so.
"""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import docx
import openpyxl
import pypdf
import pytest
from django.urls import reverse

from accounts import clock
from approvals.flow import State
from approvals.models import ProjectStep, StepDocument
from dispatch.briefs import actions as briefs
from dispatch.briefs import paper as brief_paper
from dispatch.briefs import workbook as brief_workbook
from dispatch.briefs.weeks import week_of
from dispatch.figures import policies
from dispatch.figures.groups import By
from dispatch.figures.rates import NAMES_ZH, RateKey, round_half_up
from dispatch.figures.sheets import rates as rates_sheet
from dispatch.figures.table import table
from dispatch.reports import actions as bulletins
from dispatch.reports import papers, printing, workbook
from dispatch.warnings.evaluate import evaluate
from tests import factories
from tests.approvals import cases
from tests.dispatch.figures import random_park
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = date(2026, 7, 31)
NOON = datetime(2026, 7, 31, 4, tzinfo=UTC)
VARIANTS = {"formalities": "projects", "starts": "to_date", "quarter": "plan"}
LIGHTS = ("red", "yellow", "blue", "green", "grey")


def fill(seed, variants, option):
    """Everything that was made of one random park on the day, and what the API gives of it."""
    park = random_park.fill(30, seed=seed)
    staff = factories.user(park)
    if variants:
        parts = {"rates": variants, "calendar": {"option": option}}
        policies.save_parts(parts, note="试行", base_version=0, by=staff, at=NOON, park=park)
    trouble(park, factories.organization(park, name="审批局"))
    evaluate(as_of=DAY, at=NOON, park=park)
    bulletin = bulletins.draft_bulletin(park=park, year=2026, month=7, as_of=DAY, by=None, at=NOON)
    brief, _ = briefs.freeze_brief(park=park, week=week_of(DAY), by=None, at=NOON, calendar=load_calendar())
    return SimpleNamespace(park=park, staff=staff, bulletin=bulletin, brief=brief)


def trouble(park, unit):
    """Late steps: some by both clocks, some due soon by the other, some the enterprise's; papers owed, also by a
    terminated project."""
    steps = ProjectStep.objects.filter(project__park=park).order_by("pk")
    live = list(steps.filter(project__status="active", applicability="applies", state=State.HANDLING)[:6])
    days = [(date(2026, 7, 20), date(2026, 7, 29)), (date(2026, 7, 20), date(2026, 8, 4)), (date(2026, 8, 4), None)]
    for n, step in enumerate(live):
        committed, statutory = days[n % 3]
        ProjectStep.objects.filter(pk=step.pk).update(
            committed_due_on=committed, statutory_due_on=statutory, statutory_runs=statutory is not None, unit=unit
        )
    assert len(live) == 6
    for step in (live[3], steps.filter(project__status="terminated").first()):
        StepDocument.objects.create(
            project_step=step, requirement=cases.catalogue().steps.exclude(documents=None).first().documents.first(),
            state="outstanding", promised_on=date(2026, 7, 1), due_on=date(2026, 9, 1), at=NOON,
        )  # fmt: skip


worlds = standing(lambda: [fill(5, {}, "even"), fill(23, VARIANTS, "monthly_plan")])


@pytest.fixture(params=[0, 1])
def world(request, worlds, db, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    made = worlds[request.param]
    client.force_login(made.staff)
    return made


@pytest.fixture
def said(world, client):
    """Who says it → its JSON over the API."""
    return {
        "bulletin": client.get(f"/api/v1/bulletins/{world.bulletin.pk}/").json()["snapshot"],
        "brief": client.get(reverse("api:weekly_brief-detail", args=[world.brief.pk])).json()["snapshot"]["board"],
        "board": client.get(reverse("api:dashboard")).json(),
        "table": client.get(reverse("api:rates"), {"by": "park"}).json(),
    }


def without(rate, *names):
    return {name: value for name, value in rate.items() if name not in names}


def test_the_five_rates(said):
    of_bulletin = said["bulletin"]["rates"]
    assert set(of_bulletin) == {key.value for key in RateKey}
    assert any(rate["percent"] for rate in of_bulletin.values())
    for name in ("brief", "board"):
        found = {key: without(rate, "changes", "ahead_pp") for key, rate in said[name]["rates"].items()}
        assert found == of_bulletin, name
    assert {key: without(rate, "changes") for key, rate in said["table"]["park"]["rates"].items()} == of_bulletin


def test_the_money_and_the_calendar(said):
    total, park = said["bulletin"]["figures"], said["table"]["park"]
    assert said["brief"]["investment"] == said["board"]["investment"]
    money = said["board"]["investment"]
    assert (total["ytd_10k"], total["plan_10k"]) == (money["ytd_10k"], money["planned_10k"])
    assert money["ahead_pp"] == park["ahead_pp"] == said["board"]["rates"]["investment"]["ahead_pp"]
    assert money["calendar_percent"] == park["calendar_percent"]
    month, last = money["months"][6], money["months"][-1]
    assert Decimal(month["actual_10k"]) == Decimal(total["ytd_10k"])
    assert Decimal(last["plan_10k"]) == Decimal(total["plan_10k"])
    calendar = Fraction(month["calendar_10k"]) / Fraction(money["planned_10k"]) * 100
    assert str(round_half_up(calendar, 1)) == money["calendar_percent"]


def test_lights_overdue_and_owed(said):
    figures = said["bulletin"]["figures"]
    for name in ("brief", "board"):
        found = said[name]
        assert [found["lights"][light] for light in LIGHTS] == [figures[light] for light in LIGHTS], name
        assert found["approvals"]["late"] == figures["late"], name
        assert sum(row["count"] for row in found["approvals"]["overdue"]) < figures["late"], (
            "the enterprise's are nobody's"
        )
        assert found["approvals"]["outstanding"] == figures["outstanding"], name
        assert found["approvals"]["near_due"] == figures["due_soon"], name
        assert found["counts"]["total"] == figures["projects"], name
    assert figures["late"] and figures["red"]


def test_units_are_the_same_in_the_ranking_and_in_the_table(said, client):
    table_of = {row["group"]: row for row in client.get(reverse("api:rates"), {"by": "unit"}).json()["groups"]}
    assert said["bulletin"]["annex2"]
    for row in said["bulletin"]["annex2"]:
        found = table_of[str(row["unit_id"])]
        assert {key: without(rate, "changes") for key, rate in found["rates"].items()} == row["rates"], row["unit"]
        assert (found["name"], found["projects"]) == (row["unit"], row["projects"])


def squeezed(text):
    return re.sub(r"\s", "", text)


def text_of(html):
    return squeezed(re.sub(r"<[^>]+>", "", html.content.decode()))


def in_pdf(raw):
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages))


def test_pages_and_files_show_the_percentages(said, world, client):
    """Of every rate the percentage stands on page, .xlsx, .docx and .pdf; the words are tested with their papers."""
    rates, snapshot, brief = said["bulletin"]["rates"], world.bulletin.snapshot, world.brief.snapshot
    shown = {key: f"{rate['percent']}%" for key, rate in rates.items() if rate["percent"] is not None}
    bulletin = reverse("dispatch:bulletin_detail", args=[world.bulletin.pk])
    pages = {
        "rates": text_of(client.get(reverse("dispatch:rates"), {"by": "park"})),
        "board": text_of(client.get(reverse("dispatch:dashboard"))),
        "brief": text_of(client.get(reverse("dispatch:brief_detail", args=[world.brief.pk]))),
        "brief.pdf": in_pdf(brief_paper.render(brief)),
        "bulletin": text_of(client.get(bulletin)),
        "bulletin.pdf": in_pdf(printing.render(snapshot)),
        "bulletin.docx": squeezed(
            "".join(line.text for line in docx.Document(io.BytesIO(papers.render(snapshot))).paragraphs)
        ),
        "bulletin.xlsx": squeezed(
            "".join(str(c.value) for c in openpyxl.load_workbook(io.BytesIO(workbook.render(snapshot)))["通报"]["A"])
        ),
    }
    missing = [(name, key) for name, text in pages.items() for key, value in shown.items() if value not in text]
    assert missing == []


def test_the_workbooks_of_brief_and_table_have_the_numbers(said, world):
    rates = said["bulletin"]["rates"]
    sheet = openpyxl.load_workbook(io.BytesIO(brief_workbook.render(world.brief.snapshot)))["五率"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    own = openpyxl.load_workbook(rates_sheet(table(world.park, as_of=DAY, by=By.PARK))).active
    last = next(row for row in own.iter_rows(values_only=True) if row[1] == said["table"]["park"]["projects"])
    for n, key in enumerate(RateKey):
        rate = rates[key.value]
        expected = [None if v is None else float(v) for v in (rate["numerator"], rate["denominator"], rate["percent"])]
        _name, above, below, _unit, percent, *_rest = rows[NAMES_ZH[key]]
        assert [above, below, percent] == pytest.approx(expected), key
        percent, above, below = last[2 + 6 * n : 5 + 6 * n]
        assert [above, below, percent] == pytest.approx(expected), key
