"""The shipped catalogue in figures, nothing lost in reading, and every kind of broken document named."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from approvals.catalogue_document import (
    MAX_CHARACTERS,
    SHIPPED_PATH,
    CatalogueError,
    read_catalogue,
    topological_order,
    validate,
)
from approvals.catalogue_schema import CommitmentRule, DocumentSpec, VariantSpec
from approvals.conditions import Truth

TEXT = SHIPPED_PATH.read_text(encoding="utf-8")
RAW: dict[str, Any] = yaml.safe_load(TEXT)
SHIPPED = read_catalogue(TEXT)


def test_shipped_catalogue_in_figures() -> None:
    assert [step.code for step in SHIPPED.steps] == [f"S{number:02}" for number in range(1, 23)]
    papers = [paper for step in SHIPPED.steps for paper in step.documents]
    assert (len(papers), sum(paper.deferrable for paper in papers)) == (109, 28)
    assert [phase.code for phase in SHIPPED.phases] == ["P1", "P2", "P3", "P4"]
    assert [line.code for line in SHIPPED.lines] == ["LAND", "EVAL", "SITE", "FILING", "ACCEPT"]
    assert (len(SHIPPED.variables), len(SHIPPED.bundles), len(SHIPPED.gates), len(SHIPPED.case_states)) == (
        14,
        2,
        5,
        15,
    )
    assert (SHIPPED.schema_version, SHIPPED.as_of) == (1, date(2026, 11, 22))
    assert [step.code for step in SHIPPED.steps if step.conditional] == ["S02", "S03", "S04", "S05", "S06", "S17"]
    assert validate(SHIPPED) == []


def test_the_governments_own_procedures_begin_in_the_park() -> None:
    assert [step.code for step in SHIPPED.steps if step.initiated_by == "park"] == ["S06", "S07", "S08"]


def test_the_mapping_reads_like_the_text() -> None:
    assert read_catalogue(RAW) == SHIPPED


def test_a_step_keeps_its_fields() -> None:
    step = SHIPPED.step("S02")
    assert (step.statutory_value, step.statutory_unit, step.clock_start) == (30, "cd", "received")
    assert (step.committed_limit_wd, step.committed_certainty) == (7, "typical_default")
    assert step.department_lead_en == "Ecology and Environment"
    assert step.allows_commitment == CommitmentRule(
        "conditional", "仅报告表且列入地方告知承诺/正面清单; 有地方条例把生态环境保护排除在告知承诺之外", "likely"
    )
    assert step.documents[3] == DocumentSpec(
        "S02-D4", "项目备案证", "Project filing certificate", True, True, same_as="filing_certificate"
    )
    assert step.variants[0] == VariantSpec("report", "报告书", "eia_class == 'report'", 60, "cd", 15)
    assert (step.fee_none, step.fees, step.fee_note) == (
        True,
        (),
        "审批不得收取任何费用（环评法22条）；编制费由企业与中介议定",
    )


def test_every_step_says_what_it_is_in_both_languages() -> None:
    assert all(step.guide_zh and step.guide_en for step in SHIPPED.steps)


def test_lives_of_the_results() -> None:
    lives = {
        step.code: (step.validity_kind, step.validity_months, step.validity_certainty)
        for step in SHIPPED.steps
        if step.validity_kind
    }
    assert lives == {
        "S02": ("start_by", 60, "sure"),
        "S03": ("start_by", 24, "likely"),
        "S04": ("start_by", 24, "likely"),
        "S05": ("start_by", 36, "sure"),
        "S07": ("start_by", 12, "typical_default"),
        "S13": ("start_by", 12, "typical_default"),
        "S17": ("start_by", 3, "sure"),
        "S20": ("expires", 60, "sure"),
    }
    s17 = SHIPPED.step("S17")
    assert (s17.validity_renewals, s17.validity_renewal_months) == (2, 3)
    assert SHIPPED.step("S20").validity_remind_days == 60


def test_a_promise_is_worded_where_one_may_be_given() -> None:
    promised = [step.code for step in SHIPPED.steps if step.commitment_text_zh]
    assert promised == [step.code for step in SHIPPED.steps if step.allows_commitment.value != "no"]
    assert {step.commitment_text_certainty for step in SHIPPED.steps} == {None, "typical_default"}


def test_the_same_paper_at_several_steps() -> None:
    same: dict[str, list[str]] = {}
    for step in SHIPPED.steps:
        for paper in step.documents:
            same.setdefault(paper.same_as or "", []).append(paper.code)
    assert len(same.pop("")) == 109 - sum(len(codes) for codes in same.values())
    assert same["filing_certificate"] == ["S02-D4", "S03-D3", "S04-D3", "S05-D3", "S10-D2", "S15-D4"]
    assert all(len(codes) > 1 for codes in same.values())
    assert len(same) == 12


def test_papers_that_may_come_as_late_as_before_another_step() -> None:
    late = {paper.code: paper.due_before for step in SHIPPED.steps for paper in step.documents if paper.due_before}
    assert late == {"S07-D3": "S09", "S08-D2": "S17", "S08-D4": "S17"}


def test_correction_notice_days_fall_back_to_the_default() -> None:
    days = {code: SHIPPED.correction_notice_days(SHIPPED.step(code)) for code in ("S01", "S11", "S20", "S22")}
    assert days == {"S01": 5, "S11": 0, "S20": 3, "S22": 0}


def test_conditions_are_ready_to_ask() -> None:
    energy = SHIPPED.condition(SHIPPED.step("S03"))
    assert energy is not None
    assert energy.evaluate({"annual_energy_tce": 10}) is Truth.UNDETERMINED
    assert energy.evaluate({"annual_energy_tce": 10, "annual_power_10k_kwh": 500}) is Truth.APPLIES
    assert SHIPPED.condition(SHIPPED.step("S01")) is None
    large = SHIPPED.variant_condition(SHIPPED.step("S05").variants[0])
    assert large.evaluate({"land_area_ha": 5}) is Truth.APPLIES


def leaves(value: object) -> Iterator[object]:
    """Every scalar of a YAML tree or of the dataclasses read from it, None left out."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif value is not None:
        yield value


def test_nothing_of_the_document_is_lost() -> None:
    def written(tree: object) -> list[str]:
        return sorted(str(leaf) for leaf in leaves(tree))

    for raw, step in zip(RAW["steps"], SHIPPED.steps, strict=True):
        assert written(raw) == written(step)
    for key, part in [
        ("phases", SHIPPED.phases),
        ("lines", SHIPPED.lines),
        ("bundles", SHIPPED.bundles),
        ("milestone_gates", SHIPPED.gates),
        ("case_states", SHIPPED.case_states),
        ("defaults", SHIPPED.defaults),
    ]:
        assert written(RAW[key]) == written(part)
    assert {
        variable.name: (str(variable.type), variable.choices, variable.zh, variable.en)
        for variable in SHIPPED.variables
    } == {
        name: (
            spec["type"].partition("[")[0],
            tuple(spec["type"][5:-1].split(", ")) if "[" in spec["type"] else (),
            spec["zh"],
            spec["en"],
        )
        for name, spec in RAW["condition_variables"].items()
    }


def longest_path(last: str, skipped: frozenset[str]) -> int:
    """Working days from nothing to the result of a step, by plain recursion over the hard predecessors."""
    steps = {raw["code"]: raw for raw in RAW["steps"]}

    @cache
    def days(code: str) -> int:
        own = 0 if code in skipped else steps[code]["committed_limit_wd"]
        return own + max((days(before) for before in steps[code]["predecessors"]), default=0)

    return days(last)


@pytest.mark.parametrize(
    ("last", "skipped", "expected"),
    [
        ("S17", (), 92),
        ("S22", (), 112),
        ("S17", ("S02", "S03", "S04", "S05", "S06"), 62),
        ("S22", ("S02", "S03", "S04", "S05", "S06"), 82),
    ],
)
def test_longest_path_with_the_default_limits(last: str, skipped: tuple[str, ...], expected: int) -> None:
    assert longest_path(last, frozenset(skipped)) == expected
    total: dict[str, int] = {}
    for code in topological_order(SHIPPED):
        step = SHIPPED.step(code)
        own = 0 if code in skipped else step.committed_limit_wd or 0
        total[code] = own + max((total[before] for before in step.predecessors), default=0)
    assert total[last] == expected


def test_topological_order_keeps_every_edge_and_starts_with_the_first_step() -> None:
    order = topological_order(SHIPPED)
    place = {code: index for index, code in enumerate(order)}
    assert (len(place), order[0]) == (22, "S01")
    for step in SHIPPED.steps:
        assert all(place[before] < place[step.code] for before in step.predecessors + step.soft_predecessors)


def steps_of(raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {step["code"]: step for step in raw["steps"]}


def in_step(code: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: steps_of(raw)[code].update(changes)


def in_variant(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda raw: steps_of(raw)["S02"]["variants"][0].update(changes)


CYCLE = "cycle through "
BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any], list[str]]] = [
    ("duplicate step", lambda raw: raw["steps"].append(copy.deepcopy(raw["steps"][20]) | {"seq": 99, "documents": []}),
     ["duplicate step code S21"]),
    ("duplicate seq", in_step("S22", seq=21), ["duplicate step seq 21"]),
    ("duplicate document", lambda raw: steps_of(raw)["S01"]["documents"][0].update(code="S01-D2"),
     ["duplicate document code S01-D2"]),
    ("duplicate variant", in_variant(key="form"), ["duplicate variant S02 form"]),
    ("duplicate phase", lambda raw: raw["phases"].append(dict(raw["phases"][0])), ["duplicate phase code P1"]),
    ("duplicate bundle", lambda raw: raw["bundles"].append(dict(raw["bundles"][0])),
     ["duplicate bundle code FIVE_CERTS"]),
    ("no steps", lambda raw: raw.update(steps=[], bundles=[], milestone_gates=[]), ["no steps"]),
    ("unknown predecessor", in_step("S02", predecessors=["S99"]), ["S02: unknown predecessor S99"]),
    ("unknown soft predecessor", in_step("S02", soft_predecessors=["S99"]), ["S02: unknown predecessor S99"]),
    ("predecessor hard and soft", in_step("S02", soft_predecessors=["S01"]),
     ["S02: predecessor S01 is listed twice"]),
    ("own predecessor", in_step("S22", predecessors=["S22"]), [f"hard predecessors form a {CYCLE}S22"]),
    ("hard cycle", in_step("S18", predecessors=["S22"], soft_predecessors=[]),
     [f"hard predecessors form a {CYCLE}S18, S21, S22"]),
    ("soft cycle", in_step("S20", soft_predecessors=["S22"]),
     [f"hard and soft predecessors form a {CYCLE}S20, S21, S22"]),
    ("unknown phase", in_step("S01", phase="P9"), ["S01: unknown phase P9"]),
    ("unknown line", in_step("S01", line="AIR"), ["S01: unknown line AIR"]),
    ("unknown step in a bundle", lambda raw: raw["bundles"][0]["steps"].append("S99"),
     ["bundle FIVE_CERTS: unknown step S99"]),
    ("unknown step in a gate", lambda raw: raw["milestone_gates"][0]["requires"].append("S99"),
     ["gate LAND_SUPPLIED: unknown step S99"]),
    ("unknown variable", in_step("S04", condition_expr="dangerous"),
     ["S04: condition 'dangerous': unknown variable 'dangerous'"]),
    ("code in a condition", in_step("S04", condition_expr="__import__('os')"),
     ['S04: condition "__import__(\'os\')": unknown variable \'__import__\'']),
    ("wrong choice in a variant", in_variant(when="eia_class == 'letter'"),
     ["S02: variant report \"eia_class == 'letter'\": eia_class == 'letter': "
      "'eia_class' must be compared with one of report, form, register, exempt"]),
    ("conditional without condition", in_step("S04", condition_expr=None),
     ["S04: a conditional step, and only that, has a condition_expr"]),
    ("condition on an unconditional step", in_step("S01", condition_expr="hazardous_chemical"),
     ["S01: a conditional step, and only that, has a condition_expr"]),
    ("negative limit", in_step("S01", committed_limit_wd=-1), ["S01: committed limit is negative"]),
    ("negative notice", in_step("S01", correction_notice_days=-1), ["S01: correction_notice_days is negative"]),
    ("unknown unit", in_variant(statutory_limit={"value": 60, "unit": "weeks"}),
     ["S02: variant report: statutory limit: unit 'weeks' is not wd or cd"]),
    ("contradicting limits", in_step("S10", statutory_limit_wd=19),
     ["S10: statutory_limit_wd contradicts statutory_limit"]),
    ("working days repeated for calendar days", in_step("S17", statutory_limit_wd=7),
     ["S17: statutory_limit_wd contradicts statutory_limit"]),
    ("unknown clock start", in_step("S01", statutory_clock_start="someday"),
     ["S01: clock start 'someday' is not received or accepted"]),
    ("unknown initiator", in_step("S01", initiated_by="nobody"),
     ["S01: initiated_by 'nobody' is not enterprise or park"]),
    ("unknown commitment", lambda raw: steps_of(raw)["S01"]["allows_commitment"].update(value="maybe"),
     ["S01: allows_commitment 'maybe' is not yes, no or conditional"]),
    ("deferrable where deferral is barred", lambda raw: steps_of(raw)["S11"]["documents"][4].update(deferrable=True),
     ["S11: S11-D5 is deferrable, the step is not"]),
    ("fee neither way", in_step("S01", fee={"none": False, "items": []}), ["S01: fee: either none or items"]),
    ("unknown certainty", in_step("S01", committed_certainty="hoped"),
     ["certainty 'hoped' of catalogue.S01 is unknown"]),
    ("unknown nested certainty", lambda raw: steps_of(raw)["S01"]["legal_basis"][0].update(certainty="hoped"),
     ["certainty 'hoped' of catalogue.S01.legal_basis is unknown"]),
    ("paper due before an earlier step", lambda raw: steps_of(raw)["S07"]["documents"][2].update(due_before="S07"),
     ["S07: S07-D3 is due before S07, which is not a later step"]),
    ("paper due before nothing", lambda raw: steps_of(raw)["S07"]["documents"][2].update(due_before="S99"),
     ["S07: S07-D3 is due before S99, which is not a later step"]),
    ("core paper due before", lambda raw: steps_of(raw)["S07"]["documents"][3].update(due_before="S09"),
     ["S07: S07-D4 has due_before and is not deferrable"]),
    ("no core paper", lambda raw: [p.update(deferrable=True) for p in steps_of(raw)["S16"]["documents"]],
     ["S16: every paper is deferrable, a core one is needed"]),
    ("the same paper twice in a step", lambda raw: [p.update(same_as="x") for p in steps_of(raw)["S01"]["documents"]],
     ["S01: two papers are the same as x"]),
    ("unknown life", lambda raw: steps_of(raw)["S17"]["validity"].update(kind="forever"),
     ["S17: validity: kind 'forever' is not expires or start_by"]),
    ("life without length", lambda raw: steps_of(raw)["S20"]["validity"].pop("months"),
     ["S20: validity: kind and months go together"]),
    ("negative life", lambda raw: steps_of(raw)["S20"]["validity"].update(months=-1),
     ["S20: validity: a number is negative"]),
    ("renewal without length", lambda raw: steps_of(raw)["S17"]["validity"].pop("renewal_months"),
     ["S17: validity: renewals without renewal_months"]),
    ("unknown key of a life", lambda raw: steps_of(raw)["S17"]["validity"].update(years=1),
     ["catalogue.steps[S17].validity: unknown key 'years'"]),
    ("unknown key of a paper", lambda raw: steps_of(raw)["S01"]["documents"][0].update(colour="red"),
     ["catalogue.steps[S01].documents[S01-D1]: unknown key 'colour'"]),
    ("unknown key of a promise", lambda raw: steps_of(raw)["S05"]["commitment_text"].update(fr="x"),
     ["catalogue.steps[S05].commitment_text: unknown key 'fr'"]),
    ("negative check", lambda raw: steps_of(raw)["S05"]["commitment_text"].update(check_days=-1),
     ["S05: commitment_text.check_days is negative"]),
    ("clock start of a variant", in_variant(clock_start="someday"),
     ["S02: variant report: clock start 'someday' is not received or accepted"]),
    ("unknown case state", lambda raw: raw["case_states"].append({"code": 16, "zh": "x", "en": "x", "clock": "ended"}),
     ["case state 16 is not in the exchange standard"]),
    ("case state with another clock", lambda raw: raw["case_states"][0].update(clock="running"),
     ["case state 1: the clock must be not_started, not running"]),
    ("negative default", lambda raw: raw["defaults"].update(near_due_warning_wd=-1),
     ["defaults.near_due_warning_wd is negative"]),
    ("other schema", lambda raw: raw.update(schema_version=2), ["unknown schema_version 2"]),
    # form
    ("missing key", lambda raw: steps_of(raw)["S01"].pop("name_zh"), ["catalogue.steps[S01]: name_zh is missing"]),
    ("unknown key", in_step("S01", colour="red"), ["catalogue.steps[S01]: unknown key 'colour'"]),
    ("unknown nested key", in_step("S01", fee={"none": True, "items": [], "tip": 1}),
     ["catalogue.steps[S01].fee: unknown key 'tip'"]),
    ("yes read as a flag", in_step("S01", name_en=True), ["catalogue.steps[S01].name_en: expected text, not True"]),
    ("flag as a number", in_step("S01", pre_review=1),
     ["catalogue.steps[S01].pre_review: expected true or false, not 1"]),
    ("number as a flag", in_step("S01", seq=True), ["catalogue.steps[S01].seq: expected a whole number, not True"]),
    ("half a day", in_step("S01", committed_limit_wd=0.5),
     ["catalogue.steps[S01].committed_limit_wd: expected a whole number, not 0.5"]),
    ("empty name", in_step("S01", name_zh=" "), ["catalogue.steps[S01].name_zh: empty or unprintable text"]),
    ("NUL in a name", in_step("S01", name_zh="a\x00"), ["catalogue.steps[S01].name_zh: empty or unprintable text"]),
    ("list expected", in_step("S01", predecessors="S02"), ["catalogue.steps[S01].predecessors: expected a list"]),
    ("mapping expected", in_step("S01", department="x"),
     ["catalogue.steps[S01].department: expected a mapping"]),
    ("not a date", lambda raw: raw.update(as_of="today"), ["catalogue.as_of: 'today' is not a date"]),
    ("unknown variable type", lambda raw: raw["condition_variables"].update(x={"type": "text", "zh": "x", "en": "x"}),
     ["catalogue.variables.x: 'text' is not a valid VariableType"]),
    ("variable with a lost half", lambda raw: raw["condition_variables"]["floor_area_m2"].update({"000 m2": None}),
     ["catalogue.variables.floor_area_m2: expected exactly type, zh and en"]),
    ("two problems of form", lambda raw: (raw.pop("bundles"), in_step("S01", seq="1")(raw)),
     ["catalogue.steps[S01].seq: expected a whole number, not '1'", "catalogue: bundles is missing"]),
    ("two problems of sense", lambda raw: (in_step("S01", line="AIR")(raw), in_step("S02", phase="P9")(raw)),
     ["S01: unknown line AIR", "S02: unknown phase P9"]),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken_document_is_refused_with_all_its_problems(
    spoil: Callable[[dict[str, Any]], Any], expected: list[str]
) -> None:
    raw = copy.deepcopy(RAW)
    spoil(raw)
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(raw)
    problems = [problem for problem in refused.value.problems if not any(p in problem for p in FOLLOWING)]
    assert sorted(problems) == sorted(expected)
    assert str(refused.value) == "\n".join(refused.value.problems)


FOLLOWING = ("catalogue.steps[S01]: department_",)
"""What necessarily follows when the whole department is no mapping."""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "catalogue: expected a mapping"),
        ("- 1", "catalogue: expected a mapping"),
        ("a: [", "not readable as YAML"),
        ("a: 1\na: 2", "repeated key 'a', line 1"),
        ("a: &x [1]\nb: *x", "aliases are not allowed"),
        ("a: 2026-99-99", "not readable as YAML"),
        ("a: !!python/object/apply:os.getcwd []", "not readable as YAML"),
        ("? [a]\n: 1", "not readable as YAML"),
        ("[" * 20_000, "not readable as YAML"),
        ("a: \x00", "not readable as YAML"),
        ("a" * (MAX_CHARACTERS + 1), f"the document has more than {MAX_CHARACTERS} characters"),
    ],
)
def test_unreadable_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(text)
    assert message in str(refused.value)
