"""The catalogue in the tables: nothing of the document is lost, versions follow its content."""

from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from approvals.catalogue_document import SHIPPED_PATH
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
from tests.approvals.cases import AT, document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_catalogue")]


def test_load_writes_the_shipped_catalogue():
    catalogue = load_catalogue(document(), at=AT)

    assert (catalogue.version, catalogue.state, catalogue.as_of) == (1, "in_force", date(2026, 11, 22))
    assert [phase.code for phase in catalogue.phases.all()] == ["P1", "P2", "P3", "P4"]
    assert [line.code for line in catalogue.lines.all()] == ["LAND", "EVAL", "SITE", "FILING", "ACCEPT"]
    assert [step.code for step in catalogue.steps.all()] == [f"S{n:02}" for n in range(1, 23)]
    papers = DocumentRequirement.objects.filter(step__catalogue=catalogue)
    assert (papers.count(), papers.filter(deferrable=True).count()) == (109, 28)
    s17 = catalogue.steps.get(code="S17")
    assert (s17.statutory_value, s17.statutory_unit, s17.clock_start, s17.committed_limit_wd) == (
        7,
        "cd",
        "received",
        3,
    )
    assert (s17.validity_kind, s17.validity_months, s17.validity_renewals, s17.validity_renewal_months) == (
        "start_by",
        3,
        2,
        3,
    )
    assert (s17.validity_certainty, s17.validity_remind_days, s17.commitment_check_days) == ("sure", 30, 30)
    assert s17.guide_zh and s17.guide_en and s17.commitment_text_zh
    s22 = catalogue.steps.get(code="S22")
    assert (s22.validity_kind, s22.validity_months, s22.validity_certainty, s22.commitment_text_zh) == (
        "", None, "likely", ""
    )  # fmt: skip
    assert set(papers.filter(same_as="filing_certificate").values_list("code", flat=True)) == {
        "S02-D4", "S03-D3", "S04-D3", "S05-D3", "S10-D2", "S15-D4"
    }  # fmt: skip
    assert papers.get(code="S07-D3").due_before == "S09"
    assert catalogue.steps.get(code="S04").variants.get().clock_start == "accepted"
    edges = StepDependency.objects.filter(step=s17).order_by("predecessor__seq")
    assert [(edge.predecessor.code, edge.is_hard) for edge in edges] == [
        ("S02", False), ("S03", False), ("S04", False), ("S05", False),
        ("S08", True), ("S13", True), ("S14", True), ("S16", True),
    ]  # fmt: skip
    notice = dict(catalogue.steps.values_list("code", "correction_notice_days"))
    assert (notice["S01"], notice["S11"], notice["S20"]) == (5, 0, 3)
    gate = catalogue.gates.get(code="CONSTRUCTION_START")
    assert [step.code for step in gate.steps.all()] == ["S02", "S03", "S04", "S05", "S17"]
    assert [step.code for step in catalogue.bundles.get(code="FIVE_CERTS").steps.all()] == [
        "S10", "S11", "S13", "S14", "S17"
    ]  # fmt: skip


def _texts(value):
    if isinstance(value, dict):
        return {text for inner in value.values() for text in _texts(inner)}
    if isinstance(value, list | tuple):
        return {text for inner in value for text in _texts(inner)}
    return {value} if isinstance(value, str) else set()


def test_load_keeps_every_text_of_the_source():
    load_catalogue(document(), at=AT)
    tables = [Catalogue, Phase, Line, Step, StepVariant, DocumentRequirement, Fee, LegalBasis, Bundle, MilestoneGate]
    kept = set()
    for table in tables:
        for row in table.objects.all():
            kept |= _texts(model_to_dict(row))
            kept |= _texts([getattr(row, field.name) for field in row._meta.fields if not field.is_relation])
    source = yaml.safe_load(SHIPPED_PATH.read_text(encoding="utf-8"))
    source.pop("as_of")
    codes = {step["code"] for step in source["steps"]} | {phase["code"] for phase in source["phases"]}
    kinds = {spec.pop("type") for spec in source["condition_variables"].values()}

    assert kinds
    assert _texts(source) - kept - codes == set()


def test_load_of_the_same_content_changes_nothing(django_assert_num_queries):
    first = load_catalogue(document(), at=AT)

    with django_assert_num_queries(3):  # the newest version, inside a savepoint
        again = load_catalogue(document(), at=AT)

    assert again == first
    assert Catalogue.objects.count() == 1


def test_load_of_other_content_retires_the_version_before():
    first = load_catalogue(document(), at=AT)
    second = load_catalogue(replace(document(), scope_zh="另一个范围"), at=AT)

    first.refresh_from_db()
    assert (first.state, second.version, second.state) == ("retired", 2, "in_force")
    assert Catalogue.objects.in_force() == second
    assert second.steps.count() == first.steps.count() == 22


def test_load_leaves_a_parks_own_version_alone():
    first = load_catalogue(document(), at=AT)
    park = factories.park()
    own = Catalogue.objects.create(
        version=2, park=park, based_on=first, title_zh="x", as_of=AT.date(), state="in_force", loaded_at=AT
    )

    assert load_catalogue(document(), at=AT) == first
    second = load_catalogue(replace(document(), scope_zh="另一个范围"), at=AT)

    states = dict(Catalogue.objects.values_list("version", "state"))
    assert states == {1: "retired", 2: "in_force", 3: "in_force"}
    assert Catalogue.objects.in_force(park) == own
    assert Catalogue.objects.in_force(factories.park()) == second


def test_command_loads_once_and_gives_steps_to_projects_without_any():
    factories.project(factories.park())
    out = StringIO()

    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", stdout=out)

    assert out.getvalue().splitlines() == [
        "catalogue version 1: loaded",
        "steps given to 1 projects that had none",
        "catalogue version 1: already loaded",
    ]
    assert ProjectStep.objects.count() == 22


@pytest.mark.parametrize("content", [b"steps: [", b"\xff\xfe", b"schema_version: 1"])
def test_command_refuses_a_file_that_is_no_catalogue(tmp_path, content):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"broken\.yaml"):
        call_command("load_catalogue", file=path)

    assert not Catalogue.objects.exists()
