"""The morning after an import: rows the machine has made about its projects do not keep it, what people do does."""

from datetime import date, timedelta

import pytest

from accounts.errors import Refused
from dispatch.filing.models import Filing, FilingRound
from dispatch.notices.models import Notice
from dispatch.plan.models import PlanForecast
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.warnings.models import Warning, WarningEvent
from projects.ledger import actions
from projects.models import ImportBatch, Project
from tests.factories import park, user
from tests.projects.ledger.importing import AT, book, imported

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 3), AT + timedelta(days=1)


@pytest.fixture
def staff(db):
    return user(park())


@pytest.fixture
def batch(staff):
    """An import, and what the next morning makes of its project."""
    batch = imported(book([{"项目名称": "甲"}]), staff)
    made, own = Project.objects.get(), {"park": staff.park}
    warning = Warning.objects.create(
        **own, project=made, rule="STAGE_STALE", object_type="project", object_id=made.pk, due_on=DAY, level="red",
        since_on=DAY,
    )  # fmt: skip
    WarningEvent.objects.create(warning=warning, kind="raised", level="red", as_of=DAY)
    PlanForecast.objects.create(project=made, as_of=DAY, goal="L08", computed_at=LATER)
    Notice.objects.create(**own, key="warning:1", event="warning", recipient=staff, project=made, as_of=DAY,
                          created_at=LATER)  # fmt: skip
    window = FilingRound.objects.create(**own, year=2026, month=3, opens_on=DAY, closes_on=DAY, locks_on=DAY)
    Filing.objects.create(round=window, project=made)
    return batch


def undone(batch, staff):
    actions.undo(batch, by=staff, at=LATER)
    return ImportBatch.objects.get(pk=batch.pk)


def test_what_the_machine_has_made_goes_with_the_project(batch, staff):
    assert undone(batch, staff).state == "undone"
    for model in (Project, Warning, WarningEvent, PlanForecast, Notice, Filing):
        assert not model.objects.exists()


def test_a_filing_somebody_has_begun_keeps_the_import(batch, staff):
    Filing.objects.update(month_10k=3, version=2)
    with pytest.raises(Refused):
        undone(batch, staff)
    assert Project.objects.exists() and Warning.objects.exists()


@pytest.mark.parametrize("by_person", [False, True])
def test_a_case_is_the_machine_s_until_somebody_answers(batch, staff, by_person):
    warning = Warning.objects.get()
    case = ResponseCase.objects.create(
        park=staff.park, project=warning.project, warning=warning, level=3, opened_on=DAY, level_since_on=DAY,
        clock_from_on=DAY, cause_level=3, evaluated_on=DAY,
    )  # fmt: skip
    ResponseEvent.objects.create(case=case, kind="note", as_of=DAY, by=staff if by_person else None, at=LATER)
    if by_person:
        with pytest.raises(Refused):
            undone(batch, staff)
    else:
        assert undone(batch, staff).state == "undone"
    assert ResponseCase.objects.exists() is by_person
