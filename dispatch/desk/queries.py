"""Blocks of the desk: what waits for this person, each with its number and the way to the whole list. Reads only.

The number of queries depends on the blocks, never on the rows behind them.
"""

from collections.abc import Iterable

from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.i18n import localized
from accounts.permissions import Verb, may
from approvals.clocks import lateness
from approvals.flow import State as StepState
from approvals.hooks import step_url
from approvals.joint.queries import pending_answers
from approvals.lights import step_light
from approvals.models import JointReviewStep, ProjectStep
from approvals.portal.queries import unanswered_for
from approvals.promises import queries as promises
from dispatch.desk import dispatch_blocks, plan_blocks, report_blocks
from dispatch.desk.frame import MOST_SHOWN, Block, Desk, Entry, address, whole
from dispatch.ledger import queries as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import Line, lines
from dispatch.warnings.silence import silent
from projects.models import ImportBatch, Project

STALE_SHOWN = 10
WORST_FIRST = Case(When(level="red", then=0), When(level="yellow", then=1), default=2)
LATE = ("red", "yellow")


# Two columns a group, so that a phone shows the groups in order of urgency.
PLACES = (
    (("late_step", "late_milestone", "extensions"), ("urges", "cases", "plans", "waiting")),
    (("soon", "instructions", "filings"), ("reports", "papers", "meetings", "visits", "imports")),
    (("quiet",), ("questions",)),
)
UNIT_PLACES = (
    (("urges", "cases", "sign", "returned"), ("filings", "instructions", "late", "soon")),
    (("steps", "papers"), ("joint", "plans", "meetings", "visits")),
)


def groups(blocks: Iterable[Block], places) -> list[list[list[Block]]]:
    """The blocks laid out by their keys; a block that is missing leaves no gap."""
    known = {block.key: block for block in blocks}
    return [[[known[key] for key in column if key in known] for column in group] for group in places]


def staff_blocks(desk: Desk) -> list[Block]:
    """What do I chase today: late things first, then what is due, what waits for me, and what has gone quiet."""
    blocks = [late_warnings(desk, "step"), late_warnings(desk, "milestone"), waiting_items(desk), due_soon(desk)]
    blocks += _dispatch(desk)
    if may(desk.user, Verb.WORK_STEP):
        blocks.append(urgings(desk))
    if may(desk.user, Verb.SET_APPLICABILITY):
        blocks.append(open_questions(desk))
    if may(desk.user, Verb.WORK_STEP):
        blocks.append(papers_owed(desk))
    if may(desk.user, Verb.EDIT_PROJECT):
        blocks.append(quiet_projects(desk))
    if may(desk.user, Verb.IMPORT_LEDGER):
        blocks.append(ready_imports(desk))
    return blocks


def unit_blocks(desk: Desk) -> list[Block]:
    """What is my unit's turn: sign for, late, due soon, returned, and the approval steps it handles."""
    own = LedgerItem.objects.visible_to(desk.user).in_charge(desk.user)
    soon = ledger.soon(desk.today, desk.calendar)
    return [
        _items(desk, "sign", _("To sign for"), own.filter(state="assigned"), "?whose=own&state=assigned",
               _("Nothing new has been assigned to your unit.")),
        _items(desk, "late", _("Late"), own.late(desk.today), "?whose=own&due=late", _("None of your items is late.")),
        _items(desk, "soon", _("Due within three working days"), own.due_within(*soon), "?whose=own&due=soon",
               _("Nothing is due within three working days.")),
        _items(desk, "returned", _("Returned to you"), own.filter(state="returned"), "?whose=own&state=returned",
               _("Nothing has been returned.")),
        *([urgings(desk)] if may(desk.user, Verb.WORK_STEP) else []),
        own_steps(desk),
        papers_owed(desk),
        joint_answers(desk),
        *_dispatch(desk),
    ]  # fmt: skip


def _dispatch(desk: Desk) -> list[Block]:
    """What the ladder, extensions, instructions, meetings and visits want of this person."""
    wanted = [
        (Verb.ANSWER_RESPONSE, dispatch_blocks.cases),
        (Verb.VERIFY_LEDGER_ITEM, dispatch_blocks.extensions),
        (Verb.WORK_LEDGER_ITEM, dispatch_blocks.instructions),
        (None, plan_blocks.short_plans),
        (None, dispatch_blocks.meetings),
        (Verb.RECORD_VISIT, dispatch_blocks.planned_visits),
        (Verb.FILE_PROGRESS, report_blocks.filings),
        (Verb.CHECK_FILING, report_blocks.papers),
    ]
    return [block(desk) for verb, block in wanted if verb is None or may(desk.user, verb)]


def late_warnings(desk: Desk, kind: str) -> Block:
    """Late steps or milestones, red first, longest first; the numbers lead to exactly these warnings."""
    rows = Warning.objects.visible_to(desk.user).active().filter(object_type=kind, level__in=LATE)
    found = rows.aggregate(red=Count("pk", filter=Q(level="red")), yellow=Count("pk", filter=Q(level="yellow")))
    titles = {"step": _("Late approval steps"), "milestone": _("Late milestones")}
    fine = {"step": _("No approval step is late."), "milestone": _("No milestone is late.")}
    links = [
        {"light": level, "number": found[level],
         "href": address("dispatch:warning_list", f"?level={level}&object_type={kind}")}
        for level in LATE if found[level]
    ]  # fmt: skip
    return Block(f"late_{kind}", titles[kind], sum(found.values()), _of_warnings(desk, rows), fine[kind], links)


def due_soon(desk: Desk) -> Block:
    """Everything that is due within three working days, and certificates near their end."""
    rows = Warning.objects.visible_to(desk.user).active().filter(level="blue")
    number = rows.count()
    links = whole("dispatch:warning_list", "?level=blue", number)
    title, fine = _("Due soon"), _("Nothing is due within three working days.")
    return Block("soon", title, number, _of_warnings(desk, rows), fine, links)


def _of_warnings(desk: Desk, rows) -> list[Entry]:
    first = rows.select_related("project", "unit").order_by(WORST_FIRST, "due_on", "pk")[:MOST_SHOWN]
    return [_entry(line) for line in lines(list(first), today=desk.today, calendar=desk.calendar)]


def _entry(line: Line) -> Entry:
    warning = line.warning
    around = [str(part) for part in (warning.project, warning.unit) if part]
    return Entry(
        title=line.about,
        url=line.url or line.project_url or address("dispatch:warning_list"),
        text=" · ".join([*around, str(line.rule_name)]),
        light=warning.level,
        days=line.days,
        unit=line.unit,
    )


def waiting_items(desk: Desk) -> Block:
    """Ledger items whose next move is this person's: to assign or to verify."""
    rows = LedgerItem.objects.visible_to(desk.user).waiting_for(desk.user)
    fine = _("No item waits for you to assign or verify it.")
    return _items(desk, "waiting", _("Ledger items that wait for me"), rows, "?whose=waiting", fine)


def _items(desk: Desk, key: str, title: str, rows, query: str, fine: str) -> Block:
    number = rows.count()
    first = ledger.for_list(ledger.ordered(rows, ledger.DEFAULT_SORT))[:MOST_SHOWN] if number else []
    entries = [_of_item(row) for row in ledger.rows_of(first, desk.today, desk.calendar)]
    return Block(key, title, number, entries, fine, whole("dispatch:ledger_list", query, number))


def _of_item(row: ledger.Row) -> Entry:
    item = row.item
    around = [str(part) for part in (item.project, item.unit, item.person_name) if part]
    return Entry(
        title=item.title,
        url=row.url,
        text=" · ".join(around),
        state=item.get_state_display(),
        days=row.days,
    )


def urgings(desk: Desk) -> Block:
    """催办: what enterprises have urged and this person should answer, the oldest first."""
    rows = unanswered_for(desk.user)
    number = rows.count()
    first = rows.select_related("project_step__step", "project_step__project").order_by("at", "pk")[:MOST_SHOWN]
    entries = [
        Entry(
            title=str(urge.project_step),
            url=f"{step_url(urge.project_step)}#urges",
            text=" · ".join(filter(None, [urge.project_step.project.name, urge.by_name, urge.text])),
            state=urge.on.isoformat(),
        )
        for urge in (first if number else ())
    ]
    return Block("urges", _("Urged by enterprises"), number, entries, _("No enterprise waits for your answer."))


def open_questions(desk: Desk) -> Block:
    """Steps nobody knows yet whether the project needs: projects with the most questions first."""
    steps = ProjectStep.objects.visible_to(desk.user).filter(
        applicability=ProjectStep.Applicability.UNDETERMINED, project__status=Project.Status.ACTIVE
    )
    asking = steps.order_by().values("project", "project__name").annotate(questions=Count("pk"))
    number = steps.count()
    first = asking.order_by("-questions", "project__name", "project")[:MOST_SHOWN] if number else []
    entries = [
        Entry(
            title=row["project__name"],
            url=address("projects:detail", "?tab=steps", row["project"]),
            state=ngettext("%(n)d step", "%(n)d steps", row["questions"]) % {"n": row["questions"]},
            text=_("Whether the project needs them is not known yet."),
        )
        for row in first
    ]
    title, fine = _("Steps with an open question"), _("For every step it is known whether the project needs it.")
    return Block("questions", title, number, entries, fine)


def quiet_projects(desk: Desk) -> Block:
    """Projects without news by the park's own rule, the longest first."""
    rows = silent().visible_to(desk.user)
    number = rows.count()
    first = rows.select_related("project__responsible_unit").order_by("due_on", "project")[:STALE_SHOWN]
    entries = [
        Entry(
            title=warning.project.name,
            url=address("projects:detail", "", warning.project_id),
            text=" · ".join(filter(None, [warning.project.stage_name, str(warning.project.responsible_unit or "")])),
            state=_silence(desk.calendar.count(warning.due_on, desk.today)),
        )
        for warning in (first if number else [])
    ]
    title = _("Projects without news")
    return Block("quiet", title, number, entries, _("Every active project has been updated lately."),
                 whole("projects:list", "?stale=true", number))  # fmt: skip


def _silence(days: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def ready_imports(desk: Desk) -> Block:
    """Uploaded ledgers that have been read and wait for somebody to confirm them."""
    rows = ImportBatch.objects.visible_to(desk.user).filter(state=ImportBatch.State.READY)
    number = rows.count()
    first = rows.select_related("created_by").order_by("created_at", "pk")[:MOST_SHOWN] if number else []
    entries = [
        Entry(
            title=batch.file_name,
            url=address("projects:import_detail", "", batch.pk) or address("projects:import_list"),
            state=f"{batch.report_year}-{batch.report_month:02d}",
            text=str(batch.created_by),
        )
        for batch in first
    ]
    links = whole("projects:import_list", "", number)
    return Block("imports", _("Imports to confirm"), number, entries, _("No import waits for confirmation."), links)


def own_steps(desk: Desk) -> Block:
    """Approval steps this unit handles whose clock runs, the earliest due day first."""
    rows = ProjectStep.objects.visible_to(desk.user).applicable().running()
    rows = rows.filter(unit__in=desk.user.organization.branch_ids(), project__status=Project.Status.ACTIVE)
    number = rows.count()
    first: Iterable[ProjectStep] = ()
    if number:
        committed = Case(When(committed_runs=True, then=F("committed_due_on")))
        statutory = Case(When(statutory_runs=True, then=F("statutory_due_on")))
        # Least ignores a missing date on one database and not on the other, so neither date is missing.
        due = Least(Coalesce(committed, statutory), Coalesce(statutory, committed))
        first = rows.annotate(due=due).select_related("step", "project").order_by("due", "pk")[:MOST_SHOWN]
    entries = [_of_step(step, desk) for step in first]
    fine = _("No clock of an approval step runs at your unit.")
    return Block("steps", _("Approval steps at my unit"), number, entries, fine)


def joint_answers(desk: Desk) -> Block:
    """Joint reviews in which this unit still has to answer, the earliest due day first."""
    rows = pending_answers(desk.user)
    number = rows.count()
    entries = [_of_answer(row, desk) for row in rows[:MOST_SHOWN]] if number else []
    fine = _("No joint review waits for your answer.")
    links = whole("approvals:joint_list", "?state=open", number)
    return Block("joint", _("Joint reviews that wait for my answer"), number, entries, fine, links)


def _of_answer(row: JointReviewStep, desk: Desk) -> Entry:
    step, due = row.project_step, row.review.answer_due_on
    late = bool(due and desk.today > due)
    left = None if due is None else desk.calendar.count(desk.today, due)
    return Entry(
        title=str(step),
        url=address("approvals:joint_detail", "", row.review_id),
        text=f"{step.project.name} · {row.review.bundle}",
        state=row.get_answer_display(),
        days=-max(1, desk.calendar.count(due, desk.today)) if late else left,
    )


def _of_step(step: ProjectStep, desk: Desk) -> Entry:
    committed = step.committed_due_on if step.committed_runs else None
    statutory = step.statutory_due_on if step.statutory_runs else None
    late = lateness(step.due, desk.today, desk.calendar)
    left = -max(1, late.workdays) if late.calendar_days else desk.calendar.count(desk.today, step.due)
    return Entry(
        title=str(step),
        url=step_url(step),
        text=f"{step.project.name} · {localized(StepState(step.state), 'label')}",
        light=step_light(committed, statutory, today=desk.today, calendar=desk.calendar),
        days=left,
    )


def papers_owed(desk: Desk) -> Block:
    """Papers that follow later, the earliest due day first."""
    rows = promises.owed(desk.user)
    number = rows.count()
    first = promises.debts(rows[:MOST_SHOWN], desk.today, desk.calendar) if number else []
    entries = [
        Entry(
            title=debt.row.requirement.name,
            url=debt.url,
            text=_of_debt(debt),
            state=str(debt.row.due_on or ""),
            days=debt.days,
        )
        for debt in first
    ]
    fine = _("No case waits for papers that were to follow.")
    return Block("papers", _("Papers owed"), number, entries, fine, whole("approvals:debts", "", number))


def _of_debt(debt: promises.Debt) -> str:
    step = debt.row.project_step
    before = _("before %(step)s") % {"step": debt.before} if debt.before else ""
    return " · ".join(filter(None, [step.project.name, str(step), before]))
