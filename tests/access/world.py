"""Two parks, and in the first one two enterprises with a project each: enough to see who reaches what.

Texts of each side hold a token of their own; texts an enterprise must never read hold INTERNAL as well.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import ApiToken, Organization, Park, User
from approvals.models import (
    AccessLink,
    AgentAction,
    Bundle,
    Certificate,
    Commitment,
    CommittedStep,
    CorrectionNotice,
    DocumentRequirement,
    HelpRequest,
    JointReview,
    JointReviewStep,
    PaperTemplate,
    ProjectStep,
    Rating,
    StepDocument,
    StepFile,
    StepPause,
    StepTransition,
    Urge,
)
from approvals.portal.links import digest
from dispatch.briefs.actions import freeze_brief, publish
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import week_of
from dispatch.elements.models import (
    AcquisitionPlot,
    ElementEntry,
    ElementNeed,
    ElementSupply,
    FundingApplication,
    YearlyOutput,
)
from dispatch.exports.models import FileJob
from dispatch.feeds.models import CalendarFeed
from dispatch.files.models import Attachment
from dispatch.filing.models import Filing, FilingDuty, FilingEntry, FilingRestatement, FilingRound
from dispatch.group_start.models import GroupStart, GroupStartEntry, GroupStartProject
from dispatch.jobs.models import JobRun
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.measures.models import Measure
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting, MinutesTemplate
from dispatch.notices.models import Delivery, Notice, Robot
from dispatch.own_reports.models import SavedReport
from dispatch.plan.models import Plan, PlanBaseline, PlanEntry, PlanForecast, PlanLever, PlanTask, PlanTemplate
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry
from dispatch.ranking import actions as ranking_actions
from dispatch.ranking import appeals
from dispatch.ranking.models import Appeal, Ranking
from dispatch.ranking.periods import Period
from dispatch.reports import actions as reports
from dispatch.reports import issuing, red_paper
from dispatch.reports.models import Bulletin, BulletinTemplate
from dispatch.response.models import DutyHolder, ResponseCase, ResponseEvent
from dispatch.supervision.models import Feedback, Instruction
from dispatch.visits.models import Finding, GridEnterprise, PlannedVisit, Visit, VisitChange, VisitGrid
from dispatch.warnings.models import Warning
from projects.models import (
    AnnualPlan,
    HeaderMemory,
    ImportBatch,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    TeamMember,
)
from tests import factories
from tests.access.connections import connection_ids, connections
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

TOKEN_A, TOKEN_B, TOKEN_C = "甲Qx7a", "乙Zk9b", "丙Wm4c"
INTERNAL = "仅内部Iv5"
ROLES = ("anonymous", "staff", "unit", "other_unit", "enterprise", "other_enterprise", "leader", "admin", "other_park")
NOBODY = 999_999_999


@dataclass
class Side:
    """One enterprise's project with everything that hangs on it, and the unit in charge of it."""

    unit: Organization
    project: Project
    step: ProjectStep
    requirement: DocumentRequirement
    item: LedgerItem
    warning: Warning
    milestone: Milestone
    template: PaperTemplate
    link: AccessLink
    file: StepFile
    people: dict[str, User]

    @property
    def secret(self) -> str:
        """What the address of the side's signed link ends with."""
        return secret_of(self.project)

    @cached_property
    def keys(self) -> dict[str, Any]:
        """Key of each kind of row, by the name the addresses use for it; the world stands, so they stay."""
        return {
            "project": self.project.pk, "step": self.step.pk, "ledger_item": self.item.pk, "warning": self.warning.pk,
            "certificate": self.step.certificates.get().pk, "service": self.project.agent_actions.earliest("pk").pk,
            "requirement": self.requirement.pk, "unit": self.unit.pk, "milestone": self.milestone.pk,
            "enterprise": self.project.enterprise_id, "person": self.people["unit"].pk,
            "park": self.project.park.code, "template": self.template.pk,
            "link": self.link.pk, "token": self.secret, "file": self.file.pk,
            "commitment": self.project.commitments.get().pk,
            "joint_review": self.project.joint_reviews.get().pk,
            "visit": self.project.visits.get().pk, "planned_visit": self.project.planned_visits.get().pk,
            "visit_grid": self.unit.visit_grids.get().pk,
            "attachment": self.project.visits.get().attachments.get().pk,
            **meeting_ids(self.project),
            "measure": Measure.objects.filter(park=self.project.park_id).earliest("pk").pk,
            "brief": WeeklyBrief.objects.get(park=self.project.park_id).pk,
            "instruction": self.item.instruction.pk,
            "ranking": Ranking.objects.get(park=self.project.park_id).pk,
            "appeal": Appeal.objects.get(unit=self.unit).pk,
            **filing_ids(self.project),
            "comment": self.item.comments.get().pk,
            **notice_ids(self.project),
            **connection_ids(self.project),
            **response_ids(self.project),
            **element_ids(self.project),
            **day_ids(self.project, self.people["unit"]),
            "programme": self.project.programme_entries.get().programme_id,
            "entry_pk": self.project.programme_entries.get().pk,
            "lever": self.project.schedule.levers.get().pk,
            "plan_template": self.project.park.plan_templates.earliest("pk").pk,
            "file_job": self.people["unit"].file_jobs.get().pk,
            "own_report": self.people["unit"].saved_reports.get().pk,
        }  # fmt: skip


@dataclass
class World:
    a: Side
    b: Side
    c: Side
    bulletin: Bulletin
    foreign_bulletin: Bulletin
    batch: ImportBatch
    foreign_batch: ImportBatch
    job_run: JobRun
    people: dict[str, User | None]


def plan_for_years(project: Project, inside: str) -> None:
    """An approved programme of the park with this project in it, and a plan of the year by months."""
    programme, _made = Programme.objects.get_or_create(
        park=project.park, first_year=2026, defaults={"state": "approved", "approved_at": AT, "created_at": AT}
    )
    ProgrammeEntry.objects.create(programme=programme, project=project, priority=1, note=inside)
    programme.moves.create(verb="in", project=project, reason=inside, at=AT)
    MonthlyPlan.objects.create(project=project, year=2026, month=1, planned_10k=100)


def build() -> World:
    load_seed(SEED_FILE, at=AT)
    park, elsewhere = factories.park(), factories.park(name_zh=f"外区{TOKEN_C}")
    # Units of one park know each other by name; those of another park are nobody's business.
    a, b = side(park, TOKEN_A, "甲责任单位"), side(park, TOKEN_B, "乙责任单位")
    c = side(elsewhere, TOKEN_C, f"责任单位{TOKEN_C}")
    staff, stranger = factories.user(park, "staff"), factories.user(elsewhere, "staff")
    people = {
        "anonymous": None,
        "staff": staff,
        "unit": a.people["unit"],
        "other_unit": b.people["unit"],
        "enterprise": a.people["enterprise"],
        "other_enterprise": b.people["enterprise"],
        "leader": factories.user(park, "leader"),
        "admin": factories.user(park, "admin", is_staff=True),
        "other_park": stranger,
    }
    ranking(a, b)
    ranking(c)
    batches = upload(park, staff, INTERNAL), upload(elsewhere, stranger, f"{INTERNAL}{TOKEN_C}")
    for one in (park, elsewhere):
        brief(one)
    return World(a, b, c, bulletin(park), bulletin(elsewhere), *batches, job_run(), people)


def side(park: Park, token: str, unit_name: str) -> Side:
    inside = f"{token}{INTERNAL}"
    unit = factories.organization(park, "unit", name=unit_name)
    owner = factories.organization(park, "enterprise", name=f"企业账号{token}")
    people = {
        "unit": factories.user(park, "unit", unit, display_name=f"承办{token}"),
        "enterprise": factories.user(park, "enterprise", owner, display_name=f"经办{token}"),
    }
    project = project_with_steps(
        park, name=f"精密制造项目{token}", code=f"GX-{token}", content=f"年产{token}", contact_name=f"联系人{token}",
        enterprise=factories.enterprise(park, owner, name=f"精密制造公司{token}"), responsible_unit=unit,
        search_text=f"精密制造项目{token}", remark=inside, issue=inside, next_work=inside, physical_progress=inside,
    )  # fmt: skip
    step = project.steps.select_related("step").get(code="S01")
    step.unit, step.handler_name = unit, f"经手{token}"
    step.save()
    parts = _parts(project, step, token, inside)
    item = ledger.register(
        park=park, by=None, at=AT, on=TODAY, title=f"协调事项{inside}", project=project, unit=unit,
        due_on=date(2026, 2, 20), description=inside, measures=inside,
    )  # fmt: skip
    ledger.comment(item, text=inside, by=people["unit"], at=AT, on=TODAY)
    meeting(project, unit, item, inside)
    measure_and_instruction(item, inside)
    warning = Warning.objects.create(
        park=park, project=project, unit=unit, rule="step_late", object_type="step", object_id=step.pk,
        label=f"预警{inside}", due_on=date(2026, 2, 10), level="yellow", since_on=date(2026, 2, 11),
    )  # fmt: skip
    response(warning, unit, people["unit"], inside)
    visits(project, unit, people["unit"], inside)
    elements(project, unit, people["unit"], inside)
    days(project, people["unit"], token, inside)
    PlanTemplate.objects.create(park=park, name=f"模板{inside}", updated_at=AT)
    schedule(project, people["unit"], inside)
    notices(project, people["unit"], inside)
    connections(project, people["unit"], inside)
    filing(project, owner, by=people["enterprise"], token=token)
    own_files(people["unit"], inside)
    return Side(
        unit,
        project,
        step,
        parts["requirement"],
        item,
        warning,
        parts["milestone"],
        template(park),
        *portal(project, step, token, inside),
        people,
    )


def meeting(project: Project, unit: Organization, item: LedgerItem, inside: str) -> None:
    """A running meeting about the project, to which its unit is invited."""
    park = project.park
    row = Meeting.objects.create(
        park=park, number=f"ZB-{inside}"[:40], kind="team", tier=1, title=f"周会{inside}", project=project,
        held_on=TODAY, state="running", created_at=AT, summary=inside,
    )  # fmt: skip
    point = AgendaItem.objects.create(
        meeting=row, source="item", source_key=f"item/{item.pk}", title=f"议题{inside}", project=project, item=item,
        discussion=inside,
    )  # fmt: skip
    Attendance.objects.create(meeting=row, organization=unit, note=inside)
    Decision.objects.create(meeting=row, agenda_item=point, text=f"议定{inside}", at=AT)
    red = BulletinTemplate(park=park, original_name=f"红头{inside}.docx", at=AT)
    red.file.save("red.docx", ContentFile(red_paper.template()))
    paper = MinutesTemplate(park=park, kind="chief", original_name=f"模板{inside}.docx", at=AT)
    paper.file.save("minutes.docx", ContentFile(b"PK"))


def meeting_ids(project: Project) -> dict[str, Any]:
    row = project.meetings.get()
    return {
        "meeting": row.pk, "point": row.agenda.get().pk, "seat": row.attendance.get().pk,
        "decision": row.decisions.get().pk,
        "bulletin_template": BulletinTemplate.objects.filter(park=project.park_id).earliest("pk").pk,
        "minutes_template": MinutesTemplate.objects.filter(park=project.park_id).earliest("pk").pk,
    }  # fmt: skip


def measure_and_instruction(item: LedgerItem, inside: str) -> None:
    """What was made of the item, and the leader's word it carries out, with one report."""
    words = {"title": f"措施{inside}", "problem": inside, "solution": inside, "category": "land"}
    Measure.objects.create(park=item.park, item=item, published_at=AT, **words)
    instruction = Instruction.objects.create(
        park=item.park, number=f"督{inside}", year=2026, serial=item.pk, leader=factories.user(item.park, "leader"),
        text=f"批示{inside}", project=item.project, item=item, issued_on=TODAY, created_at=AT,
    )  # fmt: skip
    report = {"kind": "report", "text": inside, "organization": item.unit, "on": TODAY, "at": AT}
    Feedback.objects.create(instruction=instruction, **report)


def filing(project: Project, owner: Organization, *, by: User, token: str) -> None:
    """A month in which the enterprise itself has filed, and a correction it asks for."""
    days = {"opens_on": date(2026, 2, 16), "closes_on": date(2026, 2, 25), "locks_on": date(2026, 2, 28)}
    window, _made = FilingRound.objects.get_or_create(park=project.park, year=2026, month=2, defaults=days)
    FilingDuty.objects.create(project=project, organization=owner)
    row = Filing.objects.create(
        round=window, project=project, state="submitted", month_10k=5, ytd_10k=15, physical_progress=f"形象{token}",
        submitted_at=AT, submitted_by=by,
    )  # fmt: skip
    FilingEntry.objects.create(filing=row, verb="submitted", note=f"说明{token}", by=by, at=AT)
    changes = [{"field": "month_10k", "old": "5", "new": "6"}]
    FilingRestatement.objects.create(filing=row, changes=changes, reason=f"更正{token}", by=by, at=AT)


def filing_ids(project: Project) -> dict[str, Any]:
    row = project.filings.get()
    return {"filing": row.pk, "filing_round": row.round_id, "restatement": row.restatements.get().pk}


def visits(project: Project, unit: Organization, visitor: User, inside: str) -> None:
    """A visit with a photo and findings, another one still planned, the grid of both."""
    park, company = project.park, project.enterprise
    grid = VisitGrid.objects.create(park=park, name=f"{unit.name}网格", unit=unit, person=visitor)
    GridEnterprise.objects.create(grid=grid, enterprise=company)
    plan_for_years(project, inside)
    PlannedVisit.objects.create(
        park=park, year=2026, quarter=1, grid=grid, enterprise=company, project=project, visitor=visitor, created_at=AT
    )
    visit = Visit.objects.create(
        park=park, enterprise=company, project=project, grid=grid, visited_on=date(2026, 2, 9), organization=unit,
        visitor=visitor, met_name=inside, place=inside, summary=inside, created_at=AT,
    )  # fmt: skip
    Finding.objects.create(visit=visit, text=inside, solved_on=date(2026, 2, 9), solution=inside)
    VisitChange.objects.create(park=park, visit=visit, verb="record", note=inside, by=visitor, at=AT)
    Attachment.objects.create(
        park=park, visit=visit, role="photo", file=ContentFile(b"%PDF-1.4", name="photo.pdf"), size=8, by=visitor,
        at=AT, original_name=f"现场{inside}.pdf", content_type="application/pdf", sha256="0" * 64,
    )  # fmt: skip


def own_files(person: User, inside: str) -> None:
    """A list that was made for the person in the background, and a report they share in their unit."""
    FileJob.objects.create(
        park=person.park, by=person, kind="project_ledger", params={"query": ""}, title=f"台账{inside}", state="done",
        file=ContentFile(inside.encode(), name="list.txt"), file_name=f"台账{inside}.txt", asked_at=AT,
    )  # fmt: skip
    SavedReport.objects.create(
        park=person.park, owner=person, organization=person.organization, name=f"报表{inside}", dataset="projects",
        columns=["name", "remark", "issue"], is_shared=True, created_at=AT, updated_at=AT,
    )  # fmt: skip


def elements(project: Project, unit: Organization, person: User, inside: str) -> None:
    """A need, an application for funds, a year's output and a plot of the project, with a record of each."""
    park = project.park
    supply, _new = ElementSupply.objects.get_or_create(park=park, year=2026, element="land", defaults={"amount": 50})
    need = ElementNeed.objects.create(project=project, year=2026, element="land", amount=40, unit=unit, note=inside)
    funding = FundingApplication.objects.create(
        project=project, kind="special_bond", title=f"专项债{inside}", asked_10k=900, note=inside
    )
    output = YearlyOutput.objects.create(project=project, year=2025, tax_10k=70, source=inside)
    plot = AcquisitionPlot.objects.create(
        park=park, project=project, name=f"地块{inside}", area_mu=25, acquired_mu=18, households=14, unit=unit,
        due_on=date(2026, 3, 20),
    )  # fmt: skip
    for kind, row in (("supply", supply), ("need", need), ("funding", funding), ("output", output), ("plot", plot)):
        about = {} if kind == "supply" else {"project": project, "note": inside, "by": person}
        ElementEntry.objects.create(park=park, object_type=kind, object_id=row.pk, at=AT, **about)


def element_ids(project: Project) -> dict[str, int]:
    return {
        "element_need": project.element_needs.get().pk,
        "funding_application": project.funding.get().pk,
        "plot": project.acquisition_plots.get().pk,
        "supply": ElementSupply.objects.get(park=project.park_id).pk,
        "output": project.yearly_outputs.get().pk,
    }


def schedule(project: Project, person: User | None, inside: str) -> None:
    """A plan with a task of its own, a baseline, its history and the forecast."""
    plan = Plan.objects.create(project=project, target_on=date(2026, 9, 1), created_at=AT, updated_at=AT)
    PlanTask.objects.create(
        plan=plan, key="T1", kind="own", name=f"任务{inside}", duration_wd=5, fixed_on=date(2026, 8, 3),
        fixed_reason=f"确认{inside}", person_name=f"人{inside}",
    )  # fmt: skip
    row = {"key": "T1", "name": f"任务{inside}", "start": None, "finish": "2026-08-03", "latest": None, "float": None,
           "unit": None, "person": inside}  # fmt: skip
    PlanBaseline.objects.create(plan=plan, number=1, goal="L08", rows=[row], sha256="0" * 64, reason=inside, at=AT)
    PlanLever.objects.create(plan=plan, kind="overlap", keys=["S13", "S12"], by=person, at=AT)
    PlanEntry.objects.create(plan=plan, verb="goal", note=inside, by=person, at=AT)
    PlanForecast.objects.create(
        project=project, as_of=TODAY, goal="L08", target_on=date(2026, 9, 1), goal_on=date(2026, 9, 9), short_wd=6,
        computed_at=AT,
    )  # fmt: skip


def days(project: Project, person: User, token: str, inside: str) -> None:
    """A group start with the project, and a calendar feed and a token of the person."""
    start = GroupStart.objects.create(
        park=project.park, on=date(2026, 9, 28), title=f"集中开工{token}", place=f"场地{inside}", created_at=AT,
        updated_at=AT,
    )  # fmt: skip
    GroupStartProject.objects.create(group_start=start, project=project, note=f"主会场{inside}")
    about = [{"field": "project", "old": None, "new": project.name, "id": project.pk}]
    GroupStartEntry.objects.create(group_start=start, verb="taken_in", changes=about, note=inside, at=AT)
    CalendarFeed.objects.create(
        user=person, project=project, name=f"日历{inside}", secret_sha256=digest(f"feed-{project.pk}"), created_at=AT
    )
    ApiToken.objects.create(
        user=person, name=f"程序{inside}", start="pn_abcdef", secret_sha256=digest(f"token-{project.pk}"),
        scopes=["projects:read"], created_at=AT, expires_at=AT + timedelta(days=300),
    )  # fmt: skip


def day_ids(project: Project, person: User) -> dict[str, int]:
    place = project.group_starts.get()
    return {
        "forecast": project.forecast.pk,
        "group_start": place.group_start_id,
        "place": place.pk,
        "calendar_feed": person.calendar_feeds.get().pk,
        "api_token": person.api_tokens.get().pk,
    }


def notices(project: Project, person: User, inside: str) -> None:
    """A notice of the person with its mail, and a robot of the person's unit."""
    park = project.park
    Robot.objects.create(
        park=park, kind="feishu", name=f"群{inside}", organization=person.organization, secret=inside,
        webhook_url="https://open.feishu.cn/open-apis/bot/v2/hook/of-nobody",
    )  # fmt: skip
    notice = Notice.objects.create(
        park=park, key=f"world/{person.pk}", event="ledger_mention", recipient=person, project=project, url="/ledger/",
        facts={"by": inside, "number": inside, "title": inside, "text": inside}, as_of=TODAY, created_at=AT,
    )  # fmt: skip
    delivery = Delivery.objects.create(
        park=park, channel="email", key=f"world/{person.pk}", reference=f"pn-world-{person.pk}", recipient=person,
        address="somebody@example.com", subject=inside, body=inside, state="sent", send_from=AT, created_at=AT,
    )  # fmt: skip
    delivery.notices.add(notice)


def response(warning: Warning, unit: Organization, person: User, inside: str) -> None:
    """An open case with a plan, and the head of a unit."""
    case = ResponseCase.objects.create(
        park=warning.park, warning=warning, project=warning.project, unit=unit, level=2, cause_level=2,
        level_since_on=TODAY, clock_from_on=TODAY, opened_on=TODAY, evaluated_on=TODAY, acknowledge_by_on=TODAY,
        act_by_on=TODAY, clear_by_on=TODAY,
    )  # fmt: skip
    ResponseEvent.objects.create(case=case, kind="plan", text=inside, as_of=TODAY, by=person, at=AT)
    DutyHolder.objects.create(park=warning.park, duty="unit_head", organization=unit, user=person)


def response_ids(project: Project) -> dict[str, Any]:
    case = project.response_cases.get()
    return {"response_case": case.pk, "duty": case.unit.duty_holders.get().pk}


def notice_ids(project: Project) -> dict[str, Any]:
    notice = Notice.objects.get(project=project, key__startswith="world/")
    robot = Robot.objects.get(park=project.park_id, organization=notice.recipient.organization_id)
    return {"notice": notice.pk, "delivery": notice.deliveries.get().pk, "robot": robot.pk}


def template(park: Park) -> PaperTemplate:
    """A form of the park's public guide."""
    row = PaperTemplate(park=park, paper_code="S01-D2", title="申请表", original_name="申请表.docx")
    row.file.save("form.docx", ContentFile(b"PK"))
    return row


def _parts(project: Project, step: ProjectStep, token: str, inside: str) -> dict[str, Any]:
    """Team, plan, money, history, and on the step a pause, a paper and a record."""
    TeamMember.objects.create(project=project, role="specialist", person_name=f"专员{token}", phone="13800000000")
    milestone = Milestone.objects.create(project=project, stage="L08", baseline_on=date(2026, 6, 30), evidence=inside)
    AnnualPlan.objects.create(project=project, year=2026, planned_10k=1000)
    MonthlyInvestment.objects.create(project=project, year=2026, month=1, month_10k=10, ytd_10k=10)
    StageEntry.objects.create(
        project=project, stage="L07", entered_on=date(2026, 1, 5), at=AT, evidence=inside, override_reason=inside
    )
    ProjectChange.objects.create(project=project, verb="edited", note=inside, at=AT)
    StepPause.objects.create(
        project_step=step, kind="correction", party="enterprise", started_on=date(2026, 1, 6),
        ended_on=date(2026, 1, 8), reason=f"补正{token}",
    )  # fmt: skip
    requirement = step.step.documents.first()
    StepDocument.objects.create(
        project_step=step, requirement=requirement, state="supplied", supplied_on=date(2026, 1, 8), note=inside, at=AT
    )
    StepTransition.objects.create(
        project_step=step, verb="receive", from_state=0, to_state=0, on=date(2026, 1, 5), note=inside, at=AT
    )
    Certificate.objects.create(
        project_step=step, kind="expires", number=f"证{token}", issued_on=date(2026, 1, 9), at=AT,
        valid_until=date(2026, 3, 9), history=[{"on": "2026-02-09", "until": "2026-03-09", "reason": inside, "by": ""}],
    )  # fmt: skip
    joint_review(project, step, inside)
    promise = Commitment.objects.create(
        project=project, kind="single", text=f"承诺{token}", signed_by_name=f"法人{token}", signed_on=date(2026, 1, 6),
        check_due_on=date(2026, 3, 20), at=AT,
    )  # fmt: skip
    CommittedStep.objects.create(commitment=promise, project_step=step, round=1, note=inside)
    return {"requirement": requirement, "milestone": milestone}


def joint_review(project: Project, step: ProjectStep, inside: str) -> None:
    """One that is open, with an answer for the step."""
    bundle = Bundle.objects.get(code="FIVE_CERTS", catalogue=step.step.catalogue_id)
    review = JointReview.objects.create(project=project, bundle=bundle, opened_at=AT, answer_due_on=TODAY, note=inside)
    JointReviewStep.objects.create(
        review=review, project_step=step, unit=step.unit, answer="objected", note=inside, answered_at=AT
    )


def secret_of(project: Project) -> str:
    return f"a-link-to-project-{project.pk}"


def portal(project: Project, step: ProjectStep, token: str, inside: str) -> tuple[AccessLink, StepFile]:
    """A signed link, a file, a notice, an urging, a request for help, a rating, services on behalf."""
    link = AccessLink.objects.create(
        project=project, holder_name=f"持链人{token}", secret_sha256=digest(secret_of(project)), created_at=AT,
        expires_at=AT + timedelta(days=90),
    )  # fmt: skip
    file = StepFile.objects.create(
        document=step.documents.get(), version_no=1, file=ContentFile(b"%PDF-1.4", name="paper.pdf"), size=8,
        original_name=f"材料{token}.pdf", content_type="application/pdf", sha256="0" * 64, uploader_name=f"经办{token}",
        uploaded_at=AT,
    )  # fmt: skip
    CorrectionNotice.objects.create(
        project_step=step,
        round=1,
        issued_on=date(2026, 1, 6),
        text=f"补正告知{token}",
        answered_on=date(2026, 1, 8),
        at=AT,
    )
    who = {"link": link, "by_name": f"持链人{token}", "at": AT}
    Urge.objects.create(project_step=step, on=date(2026, 1, 7), text=f"催办{token}", **who)
    HelpRequest.objects.create(project=project, project_step=step, text=f"求助{token}", **who)
    Rating.objects.create(project_step=step, round=1, score=4, comment=f"评价{token}", **who)
    AgentAction.objects.create(
        project=project, agent=factories.user(project.park, "staff"), on_behalf_of=f"公司{token}", on=date(2026, 1, 7),
        what=f"代办{token}", at=AT,
    )  # fmt: skip
    AgentAction.objects.create(
        project=project, agent=factories.user(project.park, "staff"), on_behalf_of=f"公司{token}", on=date(2026, 1, 7),
        what=f"误记{token}", cancelled_reason=inside, at=AT,
    )  # fmt: skip
    return link, file


def upload(park: Park, by: User, token: str) -> ImportBatch:
    """An uploaded ledger that waits for its confirmation, and a column remembered of its sender."""
    HeaderMemory.objects.create(
        park=park, sender=by.organization, kind="projects", header=f"一栏{token}", answered_by=by, answered_at=AT
    )
    return ImportBatch.objects.create(
        park=park, file=ContentFile(b"PK", name=f"{park.code}.xlsx"), file_name=f"台账{token}.xlsx", sha256="0" * 64,
        report_year=2026, report_month=2, state=ImportBatch.State.READY, created_at=AT, created_by=by,
    )  # fmt: skip


def job_run() -> JobRun:
    """A run of a job that was given up: of no park."""
    return JobRun.objects.create(
        job="warnings", period_key="2026-03-01", as_of=date(2026, 3, 1), state="dead", attempts=3, created_at=AT,
        finished_at=AT, error=INTERNAL,
    )  # fmt: skip


def brief(park: Park) -> WeeklyBrief:
    """The published brief of the week before."""
    week, calendar = week_of(date(2026, 2, 27)), load_calendar()
    row, _made = freeze_brief(park=park, week=week, by=None, at=AT, calendar=calendar)
    return publish(row, by=None, at=AT, version=1)


def ranking(*sides: Side) -> None:
    """The published ranking of the second half of February, against which each unit has appealed."""
    park, calendar, day = sides[0].project.park, load_calendar(), date(2026, 2, 28)
    period = Period(2026, 4)
    row, _is_new = ranking_actions.freeze(park=park, period=period, by=None, at=AT, calendar=calendar, today=TODAY)
    ranking_actions.publish(row, by=factories.user(park, "staff"), at=AT, on=day, version=row.version)
    for one in sides:
        text = f"申诉{one.project.name}{INTERNAL}"
        appeals.appeal(
            row, unit=one.unit, about="whole", text=text, by=one.people["unit"], at=AT, on=TODAY, calendar=calendar
        )


def bulletin(park: Park) -> Bulletin:
    """The issued bulletin of February."""
    row = reports.draft_bulletin(park=park, year=2026, month=2, as_of=date(2026, 2, 28), by=None, at=AT)
    issuer = factories.user(park, "staff")
    checked = issuing.check(row, by=issuer, at=AT, version=row.version)
    return issuing.issue(checked, by=issuer, at=AT, version=checked.version)
