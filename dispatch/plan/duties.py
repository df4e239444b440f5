"""What follows from a lever for somebody: the ledger item with its five elements, as proposed."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy
from dispatch.ledger.models import LedgerItem
from dispatch.plan.possible import Option
from dispatch.plan.prices import NAMES, price, what
from dispatch.plan.values import ProjectPlan
from projects.models import Project, TeamMember
from projects.planning.levers import LeverKind
from projects.planning.schedule import Schedule, Standing
from workdays.arithmetic import WorkCalendar

TITLE_LIMIT, LEADER_LIMIT = 200, 60
LAND_LINES = frozenset({"LAND", "SITE"})


@dataclass(frozen=True)
class Duty:
    """The ledger item of one lever. ``due_on``: latest start of the step (of a running one: latest finish), and not
    before the next working day."""

    title: str
    description: str
    unit_id: int | None
    person_name: str
    leader: str
    measures: str
    due_on: date
    standard: str
    reward_penalty: str
    category: str


EDITABLE = ("unit", "person_name", "leader", "measures", "due_on", "standard", "reward_penalty")
"""What the person who pulls the lever may say instead; ``unit`` is an Organization or None."""


def duty(
    option: Option,
    plan: ProjectPlan,
    after: Schedule,
    policy: ApprovalPolicy,
    *,
    gain_wd: int,
    today: date,
    calendar: WorkCalendar,
    leader: str = "",
) -> Duty:
    """The proposal; ``after``: the schedule with this lever and those pulled with it."""
    lever, info = option.lever, plan.info.get(option.lever.step)
    title = f"{NAMES[lever.kind]}：{_steps(option)}"
    return Duty(
        title=title[:TITLE_LIMIT],
        description=_description(option, gain_wd, price(option, policy).text),
        unit_id=info.unit_id if info else None,
        person_name=info.person if info else "",
        leader=leader,
        measures=_measures(option),
        due_on=_due_on(option, after, today, calendar),
        standard=_standard(option),
        reward_penalty=_("As the park's rules for its units say."),
        category=_category(option),
    )


def leader_of(project: Project) -> str:
    """The leader in charge of the project (定领导), "" when nobody is named. One query."""
    leaders = TeamMember.objects.filter(project=project, role=TeamMember.Role.LEADER)
    return (leaders.values_list("person_name", flat=True).first() or "")[:LEADER_LIMIT]


def _steps(option: Option) -> str:
    if option.lever.kind is LeverKind.BUILD_FIRST:
        return "、".join(option.lever.keys)
    return str(option.steps[0])


def _description(option: Option, gain_wd: int, cost: str) -> str:
    gain = _("Follows from the plan: it buys %(days)s working days.") % {"days": gain_wd}
    return "\n".join([gain, _("Price: %(price)s") % {"price": cost}])


def _measures(option: Option) -> str:
    step = option.steps[0]
    before = option.steps[1] if len(option.steps) > 1 else None
    texts = {
        LeverKind.DEFER: _("Accept %(step)s once the core papers are there; record what is owed, and until when."),
        LeverKind.COMMIT: _("Prepare the promise for %(step)s, have it signed, decide on it, and plan the check."),
        LeverKind.OVERLAP: _("Examine %(step)s while %(before)s is still running; decide when that is done."),
        LeverKind.BUILD_FIRST: _("Prepare one promise for %(steps)s, have it signed, and plan the check."),
        LeverKind.SHORTEN: _("Agree with the unit: %(what)s."),
        LeverKind.SITE_EARLIER: _("Begin %(step)s now: clearing, lines to be moved, levelling, temporary supply."),
    }
    return texts[option.lever.kind] % {
        "step": step, "before": before or "", "steps": _steps(option), "what": what(option.lever, option.before_wd),
    }  # fmt: skip


def _standard(option: Option) -> str:
    step = option.steps[0]
    texts = {
        LeverKind.DEFER: _("%(step)s has been accepted; every paper owed has its due day."),
        LeverKind.COMMIT: _("%(step)s has been decided on the signed promise."),
        LeverKind.OVERLAP: _("The opinion on %(step)s is ready; it is decided on the day what it waits for is done."),
        LeverKind.BUILD_FIRST: _("The steps have been decided on the signed promise."),
        LeverKind.SHORTEN: _("%(step)s is decided within %(wd)s working days."),
        LeverKind.SITE_EARLIER: _("The site is confirmed as clear."),
    }
    return texts[option.lever.kind] % {"step": step, "wd": option.lever.wd}


def _due_on(option: Option, after: Schedule, today: date, calendar: WorkCalendar) -> date:
    here = after.tasks.get(option.lever.step)
    soonest = calendar.add(today, 1)
    if here is None:
        return soonest
    running = here.standing is Standing.RUNNING
    latest = (here.latest_finish or here.finish) if running else (here.latest_start or here.start)
    return max(latest, soonest) if latest else soonest


def _category(option: Option) -> str:
    on_land = option.steps[0].line_code in LAND_LINES
    return (LedgerItem.Category.LAND if on_land else LedgerItem.Category.PERMITS).value
