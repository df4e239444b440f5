"""One project from S01 to S22: an officer at a desk and the enterprise on a phone with a signed link.

On the way: a return for correction, an urging, a pause, papers that follow later, a decision on commitment, a joint
review, a rating.
"""

import re
from datetime import timedelta

import pytest
from pypdf import PdfWriter

from accounts import clock
from approvals import actions
from approvals.flow import State
from approvals.models import AccessUse, CommittedStep, CorrectionNotice, JointReview, StepDocument, StepFile, Urge
from projects.models import Project
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EVERY_STEP_APPLIES = {
    "has_new_construction_land": True, "annual_energy_tce": 3000, "annual_power_10k_kwh": 900,
    "hazardous_chemical": True, "land_mu": 150, "earthwork_m3": 60000, "soil_erosion_area": True, "eia_class": "report",
    "special_fire_project": True, "has_civil_building": True, "building_scale": "large", "works_investment_10k": 40000,
    "floor_area_m2": 68000, "permit_class": "key",
}  # fmt: skip
RETURNED_BECAUSE = "缺少建设规模，请补全后盖章"


@pytest.fixture
def project(park) -> Project:
    """A project to which all 22 steps apply; its enterprise has no account."""
    firm = factories.enterprise(park, name="云溪新材料（示例）有限公司")
    project = factories.project(
        park, name="年产一万吨电子化学品项目", enterprise=firm, stage="L02", **EVERY_STEP_APPLIES
    )
    actions.give_steps([project], by=None, at=clock.now())
    return project


class Officer:
    """Somebody of the project centre in a browser window."""

    def __init__(self, page, project: Project):
        self.page, self.project = page, project

    def open(self, path: str = ""):
        self.page.goto(f"/projects/{self.project.pk}/{path}")
        return self.page

    def send(self, path: str, **fields):
        """Fills the page of a form and sends it; afterwards it must have led somewhere else."""
        page = self.open(path)
        form = page.locator("main form").last
        for name, value in fields.items():
            field = form.locator(f"[name={name}]").first
            if field.get_attribute("type") in ("radio", "checkbox"):
                form.locator(f"[name={name}][value='{value}']").check()
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(str(value))
        form.locator(".form-buttons button").first.click()
        page.wait_for_url(lambda url: path not in url)
        return page

    def record(self, code: str, verb: str, **fields):
        return self.send(f"steps/{code}/move/{verb}/", **fields)

    def approve(self, *codes: str):
        for code in codes:
            for verb in ("receive", "accept", "decide_approve"):
                self.record(code, verb)

    def state(self, code: str) -> State:
        return State(self.project.steps.get(code=code).state)


def paper(folder, name: str):
    """A small PDF as a scanner makes it."""
    path, writer = folder / name, PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(path)
    return path


def enter_by_link(visits, officer: Officer):
    """The officer hands out a link; the enterprise opens it on a phone."""
    page = officer.open("links/")
    page.fill("[name=holder_name]", "周工")
    page.locator("main form:has([name=holder_name]) button").click()
    address = page.locator("#link-address").input_value()
    phone = visits.window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(address)
    phone.locator("main form button.btn-primary").click()
    phone.wait_for_url(re.compile(r"/my/$"))
    return phone


def hand_in(phone, code: str, requirement: int, path) -> None:
    phone.goto(f"/my/steps/{code}/papers/{requirement}/")
    phone.set_input_files("input[type=file]", path)
    phone.locator("main form button.btn-primary").click()
    phone.wait_for_url(re.compile(rf"/my/steps/{code}/"))


def return_for_correction(officer: Officer, phone, folder) -> None:
    """S01: a paper comes in, goes back with its reason in one notice, comes anew and is accepted."""
    asked = officer.project.steps.get(code="S01").step.documents.get(code="S01-D2")
    officer.record("S01", "receive")
    hand_in(phone, "S01", asked.pk, paper(folder, "项目说明.pdf"))
    first = StepFile.objects.get()
    officer.send(
        "steps/S01/papers/review/", **{f"outcome_{first.pk}": "returned", f"reason_{first.pk}": RETURNED_BECAUSE}
    )
    page = officer.open("steps/S01/papers/notice/")
    for box in page.locator("[name=missing]").all():
        box.uncheck()
    page.locator("main form .form-buttons button").first.click()
    page.wait_for_url(re.compile("/steps/S01/"))
    assert CorrectionNotice.objects.get().points[0]["reason"] == RETURNED_BECAUSE
    phone.goto("/my/")
    assert RETURNED_BECAUSE in phone.locator("main").inner_text()
    hand_in(phone, "S01", asked.pk, paper(folder, "项目说明（修改）.pdf"))
    phone.goto("/my/steps/S01/")
    phone.locator("form[action$='/resubmit/'] button").click()
    phone.wait_for_load_state()
    assert CorrectionNotice.objects.get().answered_on == clock.today()
    second = StepFile.objects.get(version_no=2)
    officer.send("steps/S01/papers/review/", **{f"outcome_{second.pk}": "accepted"})
    officer.record("S01", "accept")
    officer.record("S01", "decide_approve", result_number="2611-990001-04-01-000001")


def urge_and_answer(officer: Officer, phone) -> None:
    """S04 lies with the department: the enterprise asks it to hurry and reads the answer."""
    officer.record("S04", "receive")
    officer.record("S04", "accept")
    phone.goto("/my/steps/S04/urge/")
    phone.fill("[name=text]", "设备下周到港，请加快")
    phone.locator("main form button.btn-primary").click()
    phone.wait_for_url(re.compile("/my/"))
    page = officer.open("steps/S04/")
    assert "设备下周到港，请加快" in page.locator("main").inner_text()
    officer.send("steps/S04/urge/answer/", text="专家评审已排在周三")
    phone.goto("/my/steps/S04/")
    assert "专家评审已排在周三" in phone.locator("main").inner_text()
    assert Urge.objects.get().answered_by is not None
    officer.record("S04", "decide_approve")


def papers_that_follow(officer: Officer, phone) -> None:
    """S03 is accepted and approved with a paper outstanding; the enterprise sees the debt, later it is settled."""
    asked = officer.project.steps.get(code="S03").step.documents.filter(deferrable=True).first()
    officer.record("S03", "receive")
    officer.record("S03", "accept_with_outstanding", outstanding=asked.pk)
    officer.record("S03", "decide_approve_outstanding")
    debt = StepDocument.objects.get(state=StepDocument.State.OUTSTANDING)
    assert debt.due_on > clock.today()
    phone.goto("/my/")
    assert asked.name_zh in phone.locator("main").inner_text()
    officer.page.goto("/debts/")
    assert asked.name_zh in officer.page.locator("main").inner_text()
    officer.send(f"steps/S03/documents/{asked.pk}/", state="accepted")
    assert not StepDocument.objects.filter(state=StepDocument.State.OUTSTANDING).exists()


def on_commitment(officer: Officer) -> None:
    """S12 is decided on a written promise; the later check finds it kept."""
    officer.record("S12", "receive")
    page = officer.open("steps/S12/commitment/")
    page.fill("[name=signed_by_name]", "周总")
    for box in page.locator("[name=condition_confirmed]").all():
        box.check()
    page.locator("main form .form-buttons button").first.click()
    page.wait_for_url(lambda url: "commitment" not in url)
    assert officer.state("S12") is State.APPROVED
    officer.send("steps/S12/commitment/check/", outcome="kept", note="现场核对一致")
    assert CommittedStep.objects.get().outcome == "kept"


def joint_review(officer: Officer) -> JointReview:
    """The five certificates: opened once with one set of papers, answered one by one, issued together."""
    page = officer.open("joint/FIVE_CERTS/")
    for box in page.locator("[name=present]").all():
        box.check()
    page.locator("main form .form-buttons button.btn-primary").click()
    page.wait_for_url(re.compile(r"/joint/\d+/"))
    review = JointReview.objects.get()
    for row in review.steps.select_related("project_step"):
        page.goto(f"/joint/{review.pk}/answer/{row.project_step.code}/")
        page.check("[name=answer][value=agreed]")
        page.fill("[name=result_number]", f"云溪-{row.project_step.code}")
        page.locator("main form .form-buttons button").first.click()
        page.wait_for_url(re.compile(rf"/joint/{review.pk}/$"))
    page.goto(f"/joint/{review.pk}/issue/")
    page.locator("main form .form-buttons button, main form button").first.click()
    page.wait_for_url(re.compile(rf"/joint/{review.pk}/$"))
    review.refresh_from_db()
    return review


def rate(phone, project: Project) -> None:
    phone.goto("/my/steps/S22/rate/")
    phone.check("[name=score][value='5']")
    phone.locator("main form button.btn-primary").click()
    phone.wait_for_url(re.compile("/my/"))
    assert project.steps.get(code="S22").ratings.get().score == 5


def test_officer_and_enterprise_walk_a_project_through_all_steps(visits, park, project, tmp_path):
    officer = Officer(visits.sign_in(factories.user(park).username), project)
    phone = enter_by_link(visits, officer)
    return_for_correction(officer, phone, tmp_path)
    officer.record("S02", "receive")
    officer.record("S02", "accept")
    officer.record("S02", "pause", pause_kind="expert_review", note="技术评估")
    phone.goto("/my/steps/S02/")
    assert "专家评审" in phone.locator("main").inner_text()
    officer.record("S02", "resume")
    officer.record("S02", "decide_approve")
    papers_that_follow(officer, phone)
    urge_and_answer(officer, phone)
    officer.approve("S05", "S06", "S07", "S08", "S09")
    on_commitment(officer)
    review = joint_review(officer)
    assert review.state == "issued"
    assert review.issued_at - review.opened_at < timedelta(hours=1)
    officer.approve("S15", "S18", "S19", "S20", "S21", "S22")
    states = {step.code: State(step.state) for step in project.steps.all() if step.applies}
    assert states == {f"S{n:02}": State.APPROVED for n in range(1, 23)} | {"S03": State.APPROVED_OUTSTANDING}
    rate(phone, project)
    assert {use.what.split()[0] for use in AccessUse.objects.all()} >= {
        "opened",
        "home",
        "step",
        "upload",
        "urge",
        "rate",
    }
    page = officer.open("?tab=steps")
    spoken = page.locator(".navmap-horizontal .navmap-stop").evaluate_all(
        "stops => stops.map(stop => stop.getAttribute('aria-label'))"
    )
    assert len(spoken) == 22
    assert all("办结" in words for words in spoken)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
