"""A leader's instruction and a late item on their way: leader, unit and centre in browsers, daily jobs in between."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts import clock
from accounts.models import Organization
from dispatch.ledger import actions as ledger
from dispatch.models import Decision, Instruction, LedgerItem, Meeting, Notice, ResponseCase
from dispatch.response.evaluate import evaluate as respond
from dispatch.response.queue import tier_queue
from dispatch.warnings.evaluate import evaluate as warn
from tests import factories
from tests.approvals import cases
from workdays.models import load_calendar

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(park):
    leadership = factories.organization(park, Organization.Kind.LEADERSHIP, name="管委会")
    unit = factories.organization(park, name="自然资源分局")
    return {
        "leader": factories.user(park, "leader", leadership), "unit": factories.user(park, "unit", unit),
        "staff": factories.user(park),
    }  # fmt: skip


def send(page, form: str = "main form", button: str = "button.btn-primary", **fields) -> None:
    """Fills a form of the page, sends it, and waits for the answer."""
    place = page.locator(form).first
    for name, value in fields.items():
        field = place.locator(f"[name={name}]").first
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") in ("radio", "checkbox"):
            place.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)
    with page.expect_navigation():
        place.locator(button).first.click()


def test_an_instruction_from_any_page_comes_back_with_its_answer(visits, park, people):
    project = cases.project(park)
    project.responsible_unit = people["unit"].organization
    project.save()
    leader = visits.sign_in(people["leader"].username)
    leader.goto(f"/projects/{project.pk}/")
    leader.click(".topbar-act[data-with-heading]")
    due = (clock.today() + timedelta(days=10)).isoformat()
    unit_id = str(people["unit"].organization_id)
    send(leader, text="请一周内拿出迁改方案", unit=unit_id, due_on=due, feedback_every_wd="5")
    instruction = Instruction.objects.get()
    assert (instruction.project, instruction.about_url) == (project, f"/projects/{project.pk}/")
    assert project.name in instruction.about_title

    phone = visits.phone(people["unit"].username)
    assert phone.locator(".topbar-count").inner_text() == "1"
    phone.click(".topbar-inbox")
    with phone.expect_navigation():
        phone.locator(".notice-subject", has_text=instruction.number).click()
    assert phone.url.endswith(f"/instructions/{instruction.pk}/")
    phone.goto(f"/ledger/{instruction.item_id}/")
    send(phone, "form#sign")
    phone.goto(f"/instructions/{instruction.pk}/")
    send(phone, "#report form", text="方案已报审，三日内开工")
    phone.goto(f"/ledger/{instruction.item_id}/")
    send(phone, "form#ask_close", "button", evidence="线路已迁改，现场确认")

    leader.goto(f"/instructions/{instruction.pk}/")
    assert "方案已报审" in leader.inner_text("main")
    send(leader, "#answer form", kind="satisfied")
    assert LedgerItem.objects.get().state == "closing"  # satisfaction does not close

    staff = visits.sign_in(people["staff"].username)
    staff.goto(f"/ledger/{instruction.item_id}/move/close/")
    send(staff, button="form button, button")
    item = LedgerItem.objects.get()
    assert (item.state, item.closed_by) == ("closed", people["staff"])
    kinds = list(instruction.feedback.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["report", "satisfied"]
    assert not Notice.objects.filter(about_type="ledger_item", settled_at=None, about_id=item.pk).exclude(
        event="ledger_closed"
    )


def test_what_nobody_answers_climbs_into_a_meeting_and_its_decision_onto_the_ledger(visits, park, people):
    calendar, today = load_calendar(), clock.today()
    due = calendar.subtract(today, 6)
    late = ledger.register(
        park=park, by=people["staff"], at=clock.now(), on=calendar.subtract(today, 20), title="净地交付",
        unit=people["unit"].organization, due_on=due,
    )  # fmt: skip
    first = calendar.add(due, 1)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    for day in days:  # every morning since, nobody answers
        warn(as_of=day, at=clock.now())
        respond(as_of=day, at=clock.now())
    case = ResponseCase.objects.get()
    assert case.level < 3

    unit = visits.phone(people["unit"].username)
    unit.goto(f"/cases/{case.pk}/")
    send(unit, f"form[action$='/cases/{case.pk}/answer/acknowledge/']", button="button")
    case.refresh_from_db()
    assert case.acknowledged_on == today

    staff = visits.sign_in(people["staff"].username)
    kinds = {2: "half_month", 3: "joint", 4: "chief"}  # which of them takes it depends on today's day of the month
    queues = {tier: tier_queue(tier, people["staff"], today, calendar) for tier in kinds}
    [tier] = [tier for tier, rows in queues.items() if case in {row.case for row in rows}]
    staff.goto(f"/meetings/new/?kind={kinds[tier]}")
    send(staff)
    meeting = Meeting.objects.get()
    assert case in {point.case for point in meeting.agenda.all()}
    staff.goto(f"/meetings/{meeting.pk}/")
    with staff.expect_navigation():
        staff.locator(f"form[action$='/meetings/{meeting.pk}/start/'] button").first.click()
    point = meeting.agenda.get(case=case)
    staff.goto(f"/meetings/{meeting.pk}/live/?point={point.pk}")
    form = staff.locator(f"form[action$='/points/{point.pk}/decide/']").first
    form.locator("[name=decide-text]").fill("五日内完成净地交付")
    form.locator("[name=decide-unit]").select_option(str(people["unit"].organization_id))
    form.locator("[name=decide-due_on]").fill(calendar.add(today, 5).isoformat())
    form.locator("button.btn-primary").click()
    staff.wait_for_selector(".decisions >> text=WT-")
    decision = Decision.objects.get()
    item = decision.item
    assert (item.meeting, item.unit, item.source) == (meeting, people["unit"].organization, "meeting")
    assert item.due_on == calendar.add(today, 5)
    assert late.number != item.number


def test_the_jobs_page_is_green_after_a_tick(visits, park, people):
    call_command("tick", verbosity=0)
    call_command("run_jobs", verbosity=0)
    staff = visits.sign_in(people["staff"].username)
    staff.goto("/jobs/")
    assert staff.locator("main h1").count() == 1
    assert "response" in staff.content() or staff.locator("table").count() >= 1
