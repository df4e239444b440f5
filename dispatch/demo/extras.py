"""What the cast of the example park shows besides its steps: papers owed, promises, joint reviews, certificates,
agents, ratings and urgings. Only for the cast, so a load test pays nothing for it; no chance is drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals import flow
from approvals.certificates.issuing import issue_for
from approvals.joint.actions import open_review
from approvals.models import (
    AgentAction,
    Bundle,
    Certificate,
    Commitment,
    CommittedStep,
    JointReview,
    JointReviewStep,
    ProjectStep,
    Rating,
    StepDocument,
    Urge,
)
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from projects.models import Project, TeamMember
from workdays.arithmetic import WorkCalendar

BUNDLE = "FIVE_CERTS"
TOGETHER, TO_OPEN = 31, 19  # numbers in the cast: issued together within hours; waits for the departments' answers
# (number in the cast, step, days to the due day in workdays, due day moved already)
OWED = ((28, "S14", 2, False), (29, "S14", -3, False), (30, "S14", 4, True), (33, "S15", -8, False))
# (number, step, workdays to the check, outcome)
PROMISED = ((28, "S16", 2, "pending"), (34, "S10", -15, "kept"))
# (number, step, calendar days left, renewals)
ENDING = ((20, "S02", 45, 0), (21, "S02", 12, 0), (24, "S07", -6, 0))
RATED = ((26, "S01", 5), (26, "S10", 4), (27, "S01", 5), (28, "S13", 4), (29, "S17", 5), (30, "S14", 2), (31, "S17", 5),
         (33, "S12", 3), (34, "S17", 4), (40, "S19", 5))  # fmt: skip
# (number, step, workdays ago, answered)
URGED = ((26, "S14", 1, False), (21, "S14", 6, True), (25, "S17", 3, True))
# (number, step, workdays ago, what)
SERVED = (
    (8, "S02", 2, 0), (10, "S03", 4, 1), (13, "S07", 6, 2), (17, "S10", 1, 3), (18, "S11", 3, 0), (19, "S12", 5, 4),
    (20, "S13", 7, 1), (21, "S14", 9, 4), (23, "S14", 2, 5), (25, "S17", 8, 0), (26, "S13", 10, 3), (27, "S12", 12, 2),
    (28, "S16", 15, 3), (30, "", 4, 5),
)  # fmt: skip
SERVICES = (
    "代为窗口递交申请材料", "代填申报表并提醒企业签章", "陪同企业到部门当面沟通", "代领批文并送达企业",
    "协助整理补正材料", "上门讲解办事流程和材料清单",
)  # fmt: skip
PROMISE = "本企业承诺：上述事项符合法定条件和技术标准，如有不实，愿承担相应责任并接受撤销决定。"
COMMENTS = ("", "", "材料补过两次，希望一次说清。", "办得比承诺快。", "很满意。")
URGENT = ("下月要签施工合同，请尽快办理。", "修改意见已回复，请抓紧复核。", "请告知领证时间。")
ANSWER = "已收到，承办人今天与企业联系。"
AGENTS = ("zhuanyuan", "dongyuan", "xiyuan")


@dataclass
class Extras:
    """Writes them for one park as it stands on ``as_of``. ``projects``: number in the cast → project."""

    cast: Cast
    projects: dict[int, Project]
    as_of: date
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        rows = ProjectStep.objects.filter(project__in=list(self.projects.values())).select_related(
            "step", "unit", "project__enterprise"
        )
        number_of = {project.pk: number for number, project in self.projects.items()}
        self.steps = {(number_of[row.project_id], row.code): row for row in rows}
        self.last = self.calendar.subtract(self.as_of, 1)

    def write(self) -> None:
        self._certificates()
        StepDocument.objects.bulk_create(self._owed())
        self._promises()
        self._issued_together()
        self._open_review()
        Rating.objects.bulk_create(self._ratings())
        Urge.objects.bulk_create(self._urges())
        self._agents()

    def _day(self, workdays: int) -> date:
        """So many workdays ahead, or back."""
        if workdays >= 0:
            return self.calendar.add(self.as_of, workdays)
        return self.calendar.subtract(self.as_of, -workdays)

    def _known(self, rows: Iterable[Sequence]):
        """(step, rest of the row) of the rows whose project is in the park and whose step is decided or runs."""
        for number, code, *rest in rows:
            step = self.steps.get((number, code))
            if step is not None and step.state != flow.State.NOT_STARTED:
                yield step, *rest

    def _certificates(self) -> None:
        issue_for([step.pk for step in self.steps.values()], by=None, at=at_work(self.last))
        for step, left, renewals in self._known(ENDING):
            until = self.as_of + timedelta(days=left)
            own = Certificate.objects.filter(project_step=step, state="valid", issued_on__lte=until)
            own.update(valid_until=until, renewals=renewals)

    def _owed(self) -> Iterable[StepDocument]:
        for step, days, moved in self._known(OWED):
            paper = step.step.documents.filter(deferrable=True).first()
            if paper is None or step.accepted_on is None or step.documents.filter(requirement=paper).exists():
                continue
            yield StepDocument(
                project_step=step, requirement=paper, state="outstanding", promised_on=step.accepted_on,
                due_on=self._day(days), due_before="S21", renewed_on=self._day(-2) if moved else None,
                by=self.cast.staff, at=at_work(step.accepted_on, 30),
            )  # fmt: skip

    def _promises(self) -> None:
        for step, days, outcome in self._known(PROMISED):
            if step.decided_on is None:
                continue
            at = at_work(step.decided_on, 30)
            row = Commitment.objects.create(
                project_id=step.project_id, kind="single", text=PROMISE, signed_by_name=step.project.contact_name,
                signed_on=step.decided_on, check_due_on=self._day(days), by=self.cast.staff, at=at,
            )  # fmt: skip
            kept = outcome == CommittedStep.Outcome.KEPT
            CommittedStep.objects.create(
                commitment=row, project_step=step, round=step.round, outcome=outcome,
                checked_on=self._day(days) if kept else None, checked_by=self.cast.staff if kept else None,
                note="现场核查与承诺一致。" if kept else "",
            )  # fmt: skip

    def _issued_together(self) -> None:
        """The five certificates that the plot gave on one day, as the joint review they came out of."""
        found = self._bundle(TOGETHER)
        if found is None:
            return
        bundle, steps = found
        day = max((step.decided_on for step in steps if step.decided_on), default=None)
        steps = [step for step in steps if step.decided_on == day]  # what was done before is left out
        if day is None or len(steps) < 2:
            return
        review = JointReview.objects.create(
            project=self.projects[TOGETHER], bundle=bundle, state="issued", opened_at=at_work(day),
            opened_by=self.cast.staff, answer_due_on=day, issued_at=at_work(day, 59), issued_by=self.cast.staff,
        )  # fmt: skip
        JointReviewStep.objects.bulk_create(
            JointReviewStep(
                review=review, project_step=step, unit=step.unit, answer="agreed", result_number=step.result_number,
                answered_by=self._person(step), answered_at=at_work(day, 20 + 5 * place),
            )
            for place, step in enumerate(steps)
        )  # fmt: skip

    def _bundle(self, number: int) -> tuple[Bundle, list[ProjectStep]] | None:
        if number not in self.projects:
            return None
        own = self.steps[number, "S01"].step.catalogue_id
        bundle = Bundle.objects.filter(catalogue=own, code=BUNDLE).first()
        if bundle is None:
            return None
        codes = bundle.steps.order_by("seq").values_list("code", flat=True)
        return bundle, [self.steps[number, code] for code in codes]

    def _open_review(self) -> None:
        found = self._bundle(TO_OPEN)
        if found is None:
            return
        papers = [paper.pk for step in found[1] for paper in step.step.documents.all()]
        between = [self.steps[TO_OPEN, code] for code in ("S12", "S16")]
        papers += [paper.pk for step in between for paper in step.step.documents.all()]
        project = Project.objects.get(pk=self.projects[TO_OPEN].pk)
        review = open_review(
            project, found[0], present=papers, note="企业承诺按期提供全部图纸，五证同步审查。", by=self.cast.staff,
            at=at_work(self.last, 2), today=self.last, calendar=self.calendar,
        ).review  # fmt: skip
        first = review.steps.select_related("project_step").order_by("project_step__seq").first()
        review.steps.filter(pk=first.pk).update(
            answer="agreed", answered_by=self._person(first.project_step), answered_at=at_work(self.last, 40)
        )

    def _person(self, step: ProjectStep):
        return self.cast.by_name.get(step.handler_name, self.cast.staff)

    def _ratings(self) -> Iterable[Rating]:
        for step, score in self._known(RATED):
            if flow.is_done(flow.State(step.state)) and step.decided_on:
                at = at_work(min(self.calendar.add(step.decided_on, 2), self.last), 9)
                yield Rating(
                    project_step=step, round=step.round, score=score, comment=COMMENTS[score - 1],
                    by=self._boss(step), by_name=step.project.contact_name, at=at,
                )  # fmt: skip

    def _boss(self, step: ProjectStep):
        """The account of the project's enterprise, where it has one."""
        owner = step.project.enterprise.organization_id
        return next((user for user in self.cast.users.values() if owner and user.organization_id == owner), None)

    def _urges(self) -> Iterable[Urge]:
        for place, (step, ago, answered) in enumerate(self._known(URGED)):
            day = self._day(-ago)
            yield Urge(
                project_step=step, on=day, at=at_work(day, 12), text=URGENT[place % len(URGENT)], by=self._boss(step),
                by_name=step.project.contact_name, answer=ANSWER if answered else "",
                answered_by=self._person(step) if answered else None,
                answered_at=self._later(day) if answered else None,
            )  # fmt: skip

    def _later(self, day: date) -> datetime:
        return at_work(min(self.calendar.add(day, 1), self.last), 5)

    def _agents(self) -> None:
        """An agent for every active project of the cast that has begun, and what the agents did lately."""
        people = [self.cast.users[name] for name in AGENTS if name in self.cast.users]
        begun = {number: project for number, project in self.projects.items() if project.is_active and number >= 8}
        agents = {number: people[number % len(people)] for number in begun} if people else {}
        TeamMember.objects.bulk_create(
            TeamMember(
                project=begun[number], role=TeamMember.Role.AGENT, person_name=user.display_name, phone=user.phone,
                organization=user.organization, user=user,
            )
            for number, user in agents.items()
        )  # fmt: skip
        served = [row for row in SERVED if row[0] in agents]
        AgentAction.objects.bulk_create(self._service(agents[row[0]], *row) for row in served)
        if served:
            last = AgentAction.objects.filter(project=begun[served[-1][0]]).latest("pk")
            reason, at = "与前一条重复，误记。", at_work(self.last, 30)
            AgentAction.objects.filter(pk=last.pk).update(
                cancelled_reason=reason, cancelled_by=last.agent, cancelled_at=at
            )

    def _service(self, user, number: int, code: str, ago: int, what: int) -> AgentAction:
        project, day = self.projects[number], self._day(-ago)
        return AgentAction(
            project=project, project_step=self.steps.get((number, code)), agent=user,
            on_behalf_of=project.enterprise.name[:100], on=day, what=SERVICES[what], by=user, at=at_work(day, 25),
        )  # fmt: skip
