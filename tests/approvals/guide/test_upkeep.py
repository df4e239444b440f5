"""A park's own catalogue: drawn up, edited, checked, and in force for new projects of that park only."""

from dataclasses import fields, replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError

from accounts.errors import Refused
from accounts.models import User
from approvals import actions
from approvals.guide import upkeep
from approvals.guide.tables import document_of
from approvals.loader import load_catalogue
from approvals.models import (
    Bundle,
    Catalogue,
    DocumentRequirement,
    Fee,
    LegalBasis,
    Line,
    MilestoneGate,
    Phase,
    ProjectStep,
    Step,
    StepDependency,
    StepVariant,
)
from tests import factories
from tests.approvals.cases import AT, catalogue, document

pytestmark = pytest.mark.django_db

KEYS = {"id", "catalogue_id", "step_id", "phase_id", "line_id", "predecessor_id"}
OWN = {"version", "park_id", "based_on_id", "state", "sha256", "loaded_at"}


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def admin(park):
    return factories.user(park, "admin", is_staff=True)


@pytest.fixture
def draft(park, admin):
    catalogue()
    return upkeep.copy_for(park, by=admin, at=AT)


def plain(row, without=frozenset()):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in KEYS | without}


def parts(version: Catalogue) -> dict:
    """Everything in a version, keys replaced by codes."""
    steps = Step.objects.filter(catalogue=version).select_related("phase", "line").order_by("code")
    found = {
        "version": plain(version, OWN),
        "steps": [(plain(step), step.phase.code, step.line.code) for step in steps],
        "edges": sorted(
            StepDependency.objects.filter(step__catalogue=version).values_list(
                "step__code", "predecessor__code", "is_hard", "predecessor__catalogue"
            )
        ),
    }
    for table in (Phase, Line):
        found[table.__name__] = [plain(row) for row in table.objects.filter(catalogue=version).order_by("code")]
    for table in (StepVariant, DocumentRequirement, Fee, LegalBasis):
        rows = table.objects.filter(step__catalogue=version).select_related("step").order_by("step__code", "seq")
        found[table.__name__] = [(row.step.code, plain(row)) for row in rows]
    for table in (Bundle, MilestoneGate):
        rows = table.objects.filter(catalogue=version).order_by("code")
        found[table.__name__] = [(plain(row), sorted(row.steps.values_list("code", "catalogue"))) for row in rows]
    return found


def test_the_tables_read_back_as_the_document_they_came_from():
    read, wrote = document_of(catalogue()), document()

    assert set(read.variables) == set(wrote.variables)  # PostgreSQL keeps the keys of JSON in an order of its own
    for field in fields(wrote):
        if field.name not in ("steps", "variables"):
            assert getattr(read, field.name) == getattr(wrote, field.name), field.name
    for own, given in zip(read.steps, wrote.steps, strict=True):
        defaults = {
            "correction_notice_days": wrote.correction_notice_days(given),
            "initiated_by": given.initiated_by or "enterprise",
        }
        if given.validity_kind:
            defaults |= {
                "validity_renewals": given.validity_renewals or 0,
                "validity_remind_days": given.validity_remind_days or 60,
            }
        edges = {name: tuple(sorted(getattr(given, name))) for name in ("predecessors", "soft_predecessors")}
        assert own == replace(given, **defaults, **edges)


def test_a_draft_equals_the_version_it_is_drawn_up_from(draft, park):
    common = Catalogue.objects.in_force()
    assert (draft.state, draft.park, draft.based_on, draft.version) == ("draft", park, common, common.version + 1)

    copied, original = parts(draft), parts(common)
    for name in ("edges",):
        assert [edge[:3] for edge in copied.pop(name)] == [edge[:3] for edge in original.pop(name)]
    for name in ("Bundle", "MilestoneGate"):
        assert {at for _row, steps in copied[name] for _code, at in steps} == {draft.pk}
        strip = lambda rows: [(row, [code for code, _at in steps]) for row, steps in rows]  # noqa: E731
        assert strip(copied.pop(name)) == strip(original.pop(name))
    assert copied == original
    edges = StepDependency.objects.filter(step__catalogue=draft)
    assert set(edges.values_list("predecessor__catalogue", flat=True)) == {draft.pk}
    assert len(copied["DocumentRequirement"]) == 109
    assert upkeep.problems(draft) == []


def test_a_draft_changes_nothing_for_anybody(draft, park):
    common = Catalogue.objects.in_force()
    assert Catalogue.objects.in_force(park) == common != draft


def test_one_draft_at_a_time(draft, park, admin):
    with pytest.raises(Refused):
        upkeep.copy_for(park, by=admin, at=AT)
    assert Catalogue.objects.filter(park=park).count() == 1


@pytest.mark.usefixtures("no_catalogue")
def test_nothing_to_copy_without_a_catalogue(park, admin):
    with pytest.raises(Refused):
        upkeep.copy_for(park, by=admin, at=AT)


@pytest.mark.parametrize("role", ["staff", "leader", "unit", "enterprise"])
def test_only_administrators_copy_and_put_in_force(role, park, draft):
    person = factories.user(park, role)
    with pytest.raises(PermissionDenied):
        upkeep.copy_for(park, by=person, at=AT)
    with pytest.raises(PermissionDenied):
        upkeep.put_in_force(draft, by=person, at=AT)
    with pytest.raises(PermissionDenied):
        upkeep.discard(draft, by=person)


def test_another_parks_administrator_may_not(park, draft):
    stranger = factories.user(factories.park(), "admin", is_staff=True)
    with pytest.raises(PermissionDenied):
        upkeep.copy_for(park, by=stranger, at=AT)
    with pytest.raises(PermissionDenied):
        upkeep.put_in_force(draft, by=stranger, at=AT)
    assert Catalogue.objects.get(pk=draft.pk).state == "draft"


def test_a_superuser_may_for_every_park(park):
    catalogue()
    root = User.objects.create_superuser("installer", password="x")
    draft = upkeep.copy_for(park, by=root, at=AT)
    assert upkeep.put_in_force(draft, by=root, at=AT).state == "in_force"


def test_new_projects_get_the_parks_version_and_nobody_else(draft, park, admin):
    common, other = Catalogue.objects.in_force(), factories.park()
    live = factories.project(park)
    actions.give_steps([live], by=None, at=AT)
    before = list(live.steps.order_by("pk").values())
    draft.steps.get(code="S15").delete()
    draft.steps.filter(code="S10").update(committed_limit_wd=2)

    upkeep.put_in_force(draft, by=admin, at=AT)
    new, foreign = factories.project(park), factories.project(other)
    assert actions.give_steps([new, foreign], by=None, at=AT) == 21 + 22

    assert set(new.steps.values_list("step__catalogue", flat=True)) == {draft.pk}
    assert new.steps.get(code="S10").committed_limit_wd == 2
    assert not new.steps.filter(code="S15").exists()
    assert set(foreign.steps.values_list("step__catalogue", flat=True)) == {common.pk}
    assert foreign.steps.get(code="S10").committed_limit_wd == 3
    assert list(live.steps.order_by("pk").values()) == before


def test_the_questions_to_the_database_do_not_grow_with_projects_of_two_parks(
    draft, park, admin, django_assert_max_num_queries
):
    upkeep.put_in_force(draft, by=admin, at=AT)
    other = factories.park()
    many = [factories.project(each) for each in [park, other] * 40]
    with django_assert_max_num_queries(16 + 8):
        actions.give_steps(many, by=None, at=AT)
    assert ProjectStep.objects.count() == 80 * 22


def test_the_next_version_retires_the_parks_former_one_only(draft, park, admin):
    common = Catalogue.objects.in_force()
    first = upkeep.put_in_force(draft, by=admin, at=AT)
    second = upkeep.put_in_force(upkeep.copy_for(park, by=admin, at=AT), by=admin, at=AT)

    states = dict(Catalogue.objects.values_list("pk", "state"))
    assert (states[common.pk], states[first.pk], states[second.pk]) == ("in_force", "retired", "in_force")
    assert second.based_on == first
    assert Catalogue.objects.in_force(park) == second
    assert Catalogue.objects.by_park() == {None: common, park.pk: second}


def test_a_new_common_version_leaves_the_park_alone(draft, park, admin):
    own = upkeep.put_in_force(draft, by=admin, at=AT)
    newer = load_catalogue(replace(document(), scope_zh="另一个范围"), at=AT)
    assert Catalogue.objects.in_force(park) == own
    assert Catalogue.objects.in_force() == newer


SPOILED = [
    ("cycle", lambda d: edge(d, "S01", "S22"), ["hard predecessors form a cycle"]),
    ("outside", lambda d: edge(d, "S01", "S02", of=d.based_on), ["S01: unknown predecessor"]),
    ("condition", lambda d: d.steps.filter(code="S04").update(condition_expr="dangerous"), ["unknown variable"]),
    ("no condition", lambda d: d.steps.filter(code="S04").update(condition_expr=""), ["S04: a conditional step"]),
    ("core paper", lambda d: paper(d, "S11-D1").update(deferrable=True), ["S11-D1 is deferrable"]),
    ("paper twice", lambda d: paper(d, "S11-D1").update(code="S10-D1"), ["duplicate document code S10-D1"]),
    ("variant", lambda d: StepVariant.objects.filter(step__catalogue=d, key="report").update(when="x >"),
     ["variant report"]),
    ("bundle", lambda d: d.bundles.first().steps.add(d.based_on.steps.get(code="S01")), ["bundle FIVE_CERTS: unknown"]),
    ("gate", lambda d: d.gates.first().steps.add(d.based_on.steps.get(code="S01")), ["unknown step"]),
    ("phase", lambda d: d.steps.filter(code="S01").update(phase=d.based_on.phases.first()), ["S01: unknown phase"]),
    ("line", lambda d: d.steps.filter(code="S01").update(line=d.based_on.lines.first()), ["S01: unknown line"]),
    ("order", lambda d: d.steps.filter(code="S02").update(seq=1), ["duplicate step seq 1"]),
    ("life", lambda d: d.steps.filter(code="S17").update(validity_months=None), ["S17: validity"]),
    ("no steps", lambda d: d.steps.all().delete(), ["no steps"]),
]  # fmt: skip


def edge(draft, code, before, of=None):
    StepDependency.objects.create(
        step=draft.steps.get(code=code), predecessor=(of or draft).steps.get(code=before), is_hard=True
    )


def paper(draft, code):
    return DocumentRequirement.objects.filter(step__catalogue=draft, code=code)


@pytest.mark.parametrize(("spoil", "expected"), [row[1:] for row in SPOILED], ids=[row[0] for row in SPOILED])
def test_a_draft_that_makes_no_sense_is_refused_with_its_problems(spoil, expected, draft, park, admin):
    spoil(draft)
    found = upkeep.problems(draft)
    assert all(any(words in problem for problem in found) for words in expected), found

    with pytest.raises(upkeep.Unfit) as refused:
        upkeep.put_in_force(draft, by=admin, at=AT)

    assert refused.value.problems == tuple(found)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert Catalogue.objects.in_force(park).park is None


def test_only_drafts_are_put_in_force_or_removed(draft, park, admin):
    upkeep.put_in_force(draft, by=admin, at=AT)
    with pytest.raises(Refused):
        upkeep.put_in_force(draft, by=admin, at=AT)
    with pytest.raises(Refused):
        upkeep.discard(draft, by=admin)
    assert draft.steps.count() == 22


def test_a_draft_is_removed_with_everything_in_it(draft, park, admin):
    upkeep.discard(draft, by=admin)
    assert not Catalogue.objects.filter(park=park).exists()
    assert Step.objects.count() == 22
    assert DocumentRequirement.objects.count() == 109


def test_a_step_of_a_live_project_cannot_be_removed():
    in_force, project = catalogue(), factories.project(factories.park())
    actions.give_steps([project], by=None, at=AT)
    with pytest.raises(ProtectedError):
        in_force.steps.get(code="S15").delete()


def test_problems_in_a_fixed_number_of_queries(draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        upkeep.problems(draft)


def test_a_version_put_in_force_meanwhile_is_not_removed(draft, admin):
    stale = Catalogue.objects.get(pk=draft.pk)
    upkeep.put_in_force(draft, by=admin, at=AT)
    steps = Step.objects.filter(catalogue=draft).count()
    with pytest.raises(Refused):
        upkeep.discard(stale, by=admin)
    assert Step.objects.filter(catalogue=draft).count() == steps > 0
