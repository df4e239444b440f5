"""Blocks of the desk about dispatch: response cases, extensions, instructions, meetings, visits. Reads only."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.desk.frame import MOST_SHOWN, Block, Desk, Entry, address, whole
from dispatch.ledger.models import ExtensionRequest
from dispatch.meetings.models import Meeting
from dispatch.response import queries as response
from dispatch.response.models import ResponseCase
from dispatch.supervision import queries as supervision
from dispatch.supervision.models import Instruction
from dispatch.visits import queries as visits

MEETINGS_WITHIN = timedelta(days=7)


def cases(desk: Desk) -> Block:
    """Response cases that want an answer: of the own unit, for the centre of the whole park; the severest first."""
    rows = ResponseCase.objects.visible_to(desk.user).open().filter(is_held=False)
    query = ""
    if desk.user.role.scope == "unit":
        rows = rows.filter(unit__in=desk.user.organization.branch_ids())
    else:
        rows, query = rows.filter(Q(level__lte=2) | Q(acknowledged_on__isnull=True)), "?sort=level"
    number = rows.count()
    first = response.ordered(response.for_list(rows), response.DEFAULT_SORT)[:MOST_SHOWN] if number else []
    entries = [_of_case(row) for row in response.rows_of(first, desk.user, desk.today, desk.calendar)]
    fine = _("No response case wants an answer.")
    return Block("cases", _("Response cases"), number, entries, fine, whole("dispatch:case_list", query, number))


def _of_case(row: response.Row) -> Entry:
    around = [row.case.project, row.case.unit, row.late_names and _("overdue: %(what)s") % {"what": row.late_names}]
    return Entry(
        title=row.title,
        url=row.url,
        text=" · ".join(str(part) for part in around if part),
        state=" · ".join(filter(None, [str(row.case.get_level_display()), row.asked_name])),
        days=row.days,
    )


def extensions(desk: Desk) -> Block:
    """延期: requests of units that wait for a decision, the oldest first."""
    rows = ExtensionRequest.objects.visible_to(desk.user).filter(outcome=ExtensionRequest.Outcome.OPEN)
    number = rows.count()
    first = rows.select_related("item__unit").order_by("asked_at", "pk")[:MOST_SHOWN] if number else []
    entries = [
        Entry(
            title=request.item.title,
            url=address("dispatch:ledger_detail", "", request.item_id),
            text=" · ".join(filter(None, [str(request.item.unit or ""), request.reason])),
            state=ngettext("%(n)d working day more", "%(n)d working days more", request.workdays)
            % {"n": request.workdays},
        )
        for request in first
    ]
    return Block("extensions", _("Extensions to decide"), number, entries, _("No unit asks for an extension."))


def instructions(desk: Desk) -> Block:
    """批示 whose report is due from the own unit, or overdue from anybody; the earliest day first."""
    rows = Instruction.objects.visible_to(desk.user).awaiting_report()
    if desk.user.role.scope == "unit":
        rows = rows.filter(item__unit__in=desk.user.organization.branch_ids())
    found = supervision.rows_of(supervision.for_list(rows), desk.today, desk.calendar)
    wanted = [row for row in found if row.report_days is not None and row.report_days <= (3 if _is_unit(desk) else -1)]
    wanted.sort(key=lambda row: (row.report_due, row.instruction.pk))
    entries = [
        Entry(
            title=row.instruction.text[:80],
            url=row.url,
            text=" · ".join(str(part) for part in (row.instruction.number, row.item.unit) if part),
            state=str(row.instruction.leader),
            days=row.report_days,
        )
        for row in wanted[:MOST_SHOWN]
    ]
    title = _("Instructions to report on") if _is_unit(desk) else _("Instructions without their report")
    fine = _("Every report on an instruction is there.")
    query = "?whose=unit" if _is_unit(desk) else "?whose=all&state=overdue"
    links = whole("dispatch:instruction_list", query, len(wanted))
    return Block("instructions", title, len(wanted), entries, fine, links)


def _is_unit(desk: Desk) -> bool:
    return desk.user.role.scope == "unit"


def meetings(desk: Desk) -> Block:
    """Meetings of the next seven days, and those that are running."""
    soon = Q(state=Meeting.State.PLANNED, held_on__lte=desk.today + MEETINGS_WITHIN) | Q(state=Meeting.State.RUNNING)
    rows = Meeting.objects.visible_to(desk.user).filter(soon)
    number = rows.count()
    first = rows.order_by("held_on", "starts_at", "pk")[:MOST_SHOWN] if number else []
    entries = [
        Entry(
            title=meeting.title,
            url=address("dispatch:meeting_detail", "", meeting.pk),
            text=" · ".join(filter(None, [meeting.get_kind_display(), meeting.place])),
            state=meeting.held_on.isoformat(),
        )
        for meeting in first
    ]
    links = whole("dispatch:meeting_list", "", number)
    return Block("meetings", _("Meetings of the next days"), number, entries, _("No meeting within seven days."), links)


def planned_visits(desk: Desk) -> Block:
    """What this person still has to visit this quarter."""
    rows = visits.my_plan(desk.user, desk.today)
    entries = [
        Entry(
            title=str(planned.enterprise),
            url=address("dispatch:visit_new", f"?planned={planned.pk}"),
            text=str(planned.grid or ""),
            state=planned.plan_on.isoformat() if planned.plan_on else "",
        )
        for planned in rows[:MOST_SHOWN]
    ]
    fine = _("Everything on your plan of visits is done.")
    links = whole("dispatch:visit_plan", "", len(rows))
    return Block("visits", _("Enterprises to visit this quarter"), len(rows), entries, fine, links)
