"""Conditions: safe reading, three answers, and a property test against brute force over all completions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.conditions import (
    MAX_DEPTH,
    MAX_LENGTH,
    Condition,
    ConditionError,
    Truth,
    Variable,
    VariableType,
    parse_condition,
)

YES, NO, OPEN = Truth.APPLIES, Truth.DOES_NOT_APPLY, Truth.UNDETERMINED

VARIABLES = {
    variable.name: variable
    for variable in [
        Variable("wet", VariableType.BOOL),
        Variable("dry", VariableType.BOOL),
        Variable("area", VariableType.NUMBER),
        Variable("earth", VariableType.NUMBER),
        Variable("kind", VariableType.ENUM, ("report", "form", "exempt")),
    ]
}


def parse(source: str) -> Condition:
    return parse_condition(source, VARIABLES)


@pytest.mark.parametrize(
    ("source", "values", "answer", "missing"),
    [
        ("wet", {"wet": True}, YES, ()),
        ("wet", {"wet": False}, NO, ()),
        ("wet", {}, OPEN, ("wet",)),
        ("wet", {"wet": None}, OPEN, ("wet",)),
        ("not wet", {"wet": False}, YES, ()),
        ("not not wet", {"wet": False}, NO, ()),
        ("wet == True", {"wet": True}, YES, ()),
        ("wet != dry", {"wet": True, "dry": False}, YES, ()),
        ("not area > 3", {"area": 3}, YES, ()),
        ("kind != 'exempt'", {"kind": "form"}, YES, ()),
        ('kind == "exempt"', {"kind": "form"}, NO, ()),
        ("kind != 'exempt'", {"kind": ""}, OPEN, ("kind",)),
        ("area >= 0.1", {"area": Decimal("0.1")}, YES, ()),
        ("area >= 0.1", {"area": 0.1}, YES, ()),
        ("area > -2", {"area": -2}, NO, ()),
        ("0.5 <= area < 5", {"area": Decimal("4.9999")}, YES, ()),
        ("0.5 <= area < 5", {"area": 5}, NO, ()),
        ("area < earth", {"area": 5}, OPEN, ("earth",)),
        ("area >= 1000 or earth >= 500", {"area": 1000}, YES, ()),
        ("area >= 1000 or earth >= 500", {"area": 999}, OPEN, ("earth",)),
        ("area >= 1000 or earth >= 500", {"area": 999, "earth": 499}, NO, ()),
        ("wet and (area >= 0.5 or earth >= 1000)", {"wet": False}, NO, ()),
        ("wet and (area >= 0.5 or earth >= 1000)", {"area": 1}, OPEN, ("wet",)),
        ("wet and (area >= 0.5 or earth >= 1000)", {"wet": True, "area": 0}, OPEN, ("earth",)),
        ("wet and (area >= 0.5 or earth >= 1000)", {"area": 0, "earth": 0}, NO, ()),
        ("wet and (area >= 0.5 or earth >= 1000)", {}, OPEN, ("wet", "area", "earth")),
        ("wet or dry and kind == 'form'", {"wet": False, "kind": "form"}, OPEN, ("dry",)),
    ],
)
def test_answer_and_open_questions(
    source: str, values: dict[str, Any], answer: Truth, missing: tuple[str, ...]
) -> None:
    condition = parse(source)
    assert (condition.evaluate(values), condition.missing(values)) == (answer, missing)


def test_variables_are_listed_once_in_order_of_appearance() -> None:
    assert parse(" area > 1 and (wet or area < 3) ").variables == ("area", "wet")


def test_extra_answers_are_ignored() -> None:
    assert parse("wet").evaluate({"wet": True, "area": "not even a number"}) is YES


def test_a_line_break_is_only_space() -> None:
    assert parse("wet\n or dry").evaluate({"dry": True}) is YES


def test_condition_is_immutable_comparable_and_prints_its_source() -> None:
    condition = parse(" wet or dry ")
    with pytest.raises(FrozenInstanceError):
        condition.source = "dry"  # type: ignore[misc]
    assert condition == parse("wet or dry")
    assert hash(condition) == hash(parse("wet or dry"))
    assert str(condition) == "wet or dry"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "expected a variable or a value, found the end"),
        ("   ", "expected a variable or a value, found the end"),
        ("damp", "unknown variable 'damp'"),
        ("__import__('os')", "unknown variable '__import__'"),
        ("wet.__class__", "cannot read '.__class__'"),
        ("[wet]", "cannot read '[wet]'"),
        ("wet; dry", "cannot read '; dry'"),
        ("area + 1 > 2", "cannot read '+ 1 > 2'"),
        ("wet\x00", "cannot read '\\x00'"),
        ("area ≥ 3", "cannot read '≥ 3'"),
        ("area > ３", "cannot read '３'"),
        ("area = 3", "cannot read '= 3'"),
        ("kind == 'form", 'cannot read "\'form"'),
        ("kind == 'fo\\x72m'", "cannot read \"'fo\\\\x72m'\""),
        ("area > 1e9", "expected the end, found 'e9'"),
        ("area > 2 -5", "expected the end, found '-5'"),
        ("wet dry", "expected the end, found 'dry'"),
        ("wet and", "expected a variable or a value, found the end"),
        ("wet or or dry", "expected a variable or a value, found 'or'"),
        ("(wet", "expected ')', found the end"),
        ("wet)", "expected the end, found ')'"),
        ("lambda: 1", "cannot read ': 1'"),
        ("True", "the constant True asks nothing"),
        ("wet or 1", "the constant 1 asks nothing"),
        ("'form'", "the constant form asks nothing"),
        ("3 < 4", "3 < 4 compares two constants"),
        ("area", "'area' is not yes or no: compare it with a value"),
        ("kind", "'kind' is not yes or no: compare it with a value"),
        ("wet > 3", "wet > 3 compares bool with number"),
        ("area == 'form'", "area == 'form' compares number with enum"),
        ("area == True", "area == True compares number with bool"),
        ("wet < dry", "wet < dry: only numbers have an order"),
        ("kind < 'form'", "kind < 'form': only numbers have an order"),
        ("kind == 'letter'", "kind == 'letter': 'kind' must be compared with one of report, form, exempt"),
        ("kind == kind", "kind == kind: 'kind' must be compared with one of report, form, exempt"),
        ("(" * MAX_DEPTH + "wet" + ")" * MAX_DEPTH, f"nested more than {MAX_DEPTH} deep"),
        ("not " * MAX_DEPTH + "wet", f"nested more than {MAX_DEPTH} deep"),
        ("wet or " * 80 + "wet", f"longer than {MAX_LENGTH} characters"),
        ("(" * 40_000, f"longer than {MAX_LENGTH} characters"),
    ],
)
def test_bad_condition_is_refused_with_its_reason(source: str, message: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(source)
    assert str(refused.value) == message


@given(st.text(max_size=60) | st.text("()<>=!'\"0123456789. abdefknortwy", max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        condition = parse(source)
    except ConditionError:
        return
    assert condition.evaluate({}) is OPEN


def test_deepest_allowed_nesting_is_read() -> None:
    deepest = MAX_DEPTH - 1
    assert parse("(" * deepest + "wet" + ")" * deepest).evaluate({"wet": True}) is YES


@pytest.mark.parametrize(
    ("source", "values", "message"),
    [
        ("wet", {"wet": 1}, "'wet' must be a bool, not 1"),
        ("wet", {"wet": "yes"}, "'wet' must be a bool, not 'yes'"),
        ("area > 1", {"area": True}, "'area' must be a number, not True"),
        ("area > 1", {"area": "5"}, "'area' must be a number, not '5'"),
        ("area > 1", {"area": Decimal("NaN")}, "'area' must be a number, not Decimal('NaN')"),
        ("area > 1", {"area": float("inf")}, "'area' must be a number, not inf"),
        ("kind == 'form'", {"kind": "letter"}, "'kind' must be one of report, form, exempt, not 'letter'"),
        ("kind == 'form'", {"kind": False}, "'kind' must be one of report, form, exempt, not False"),
        ("wet or area > 1", {"wet": True, "area": "5"}, "'area' must be a number, not '5'"),
    ],
)
def test_answer_of_the_wrong_type_is_refused(source: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(source).evaluate(values)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("name", "kind", "choices"),
    [
        ("and", VariableType.BOOL, ()),
        ("true", VariableType.BOOL, ()),
        ("two words", VariableType.BOOL, ()),
        ("面积", VariableType.NUMBER, ()),
        ("", VariableType.NUMBER, ()),
        ("kind", VariableType.ENUM, ()),
        ("kind", VariableType.ENUM, ("a", "a")),
        ("area", VariableType.NUMBER, ("a",)),
    ],
)
def test_unusable_variable_is_refused(name: str, kind: VariableType, choices: tuple[str, ...]) -> None:
    with pytest.raises(ConditionError):
        Variable(name, kind, choices)


# --- property: Kleene's answer against every completion, computed without any code of the parser -------------------

Values = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """The same expression twice: as text, and as a Python function written beside it."""

    text: str
    holds: Callable[[Values], bool]


SAMPLES: dict[str, tuple[Any, ...]] = {
    "wet": (True, False),
    "dry": (True, False),
    "area": (Decimal("1.9"), Decimal(2), Decimal("2.1")),
    "earth": (Decimal("1.9"), Decimal(2), Decimal("2.1")),
    "kind": ("report", "form", "exempt"),
}


def leaf(name: str, turn: int) -> Sample:
    if name in ("wet", "dry"):
        return [
            Sample(name, lambda v: v[name]),
            Sample(f"not {name}", lambda v: not v[name]),
            Sample(f"{name} == False", lambda v: v[name] is False),
        ][turn % 3]
    if name == "kind":
        return [
            Sample("kind == 'form'", lambda v: v["kind"] == "form"),
            Sample("'exempt' != kind", lambda v: v["kind"] != "exempt"),
        ][turn % 2]
    return [
        Sample(f"{name} > 2", lambda v: v[name] > 2),
        Sample(f"{name} >= 2.0", lambda v: v[name] >= 2),
        Sample(f"2 > {name}", lambda v: v[name] < 2),
        Sample(f"{name} == 2", lambda v: v[name] == 2),
        Sample(f"1.95 < {name} <= 2", lambda v: v[name] == 2),
    ][turn % 5]


def negated(part: Sample) -> Sample:
    return Sample(f"not ({part.text})", lambda v: not part.holds(v))


def joined(word: str, left: Sample, right: Sample) -> Sample:
    test = all if word == "and" else any
    return Sample(f"({left.text}) {word} ({right.text})", lambda v: test(part.holds(v) for part in (left, right)))


@st.composite
def expressions(draw: st.DrawFn, *, once: bool) -> Sample:
    """A random expression; with ``once`` every variable is used at most once (the independent case)."""
    names = st.permutations(list(SAMPLES)) if once else st.lists(st.sampled_from(list(SAMPLES)), min_size=2, max_size=6)
    chosen = draw(names)[: draw(st.integers(1, 5))] if once else draw(names)
    # "1.95 < x <= 2" reads x twice inside one comparison chain; turn 4 stays out of the independent case
    parts = [leaf(name, draw(st.integers(0, 3 if once else 4))) for name in chosen]
    while len(parts) > 1:
        left, right = parts.pop(draw(st.integers(0, len(parts) - 1))), parts.pop()
        part = joined(draw(st.sampled_from(["and", "or"])), left, right)
        parts.append(negated(part) if draw(st.booleans()) else part)
    return parts[0]


@st.composite
def partial_answers(draw: st.DrawFn) -> Values:
    return {name: draw(st.none() | st.sampled_from(values)) for name, values in SAMPLES.items()}


def completions(answers: Values) -> list[Values]:
    choices = [[answers[name]] if answers[name] is not None else SAMPLES[name] for name in SAMPLES]
    return [dict(zip(SAMPLES, chosen, strict=True)) for chosen in itertools.product(*choices)]


@given(expressions(once=True), partial_answers())
def test_independent_variables_undetermined_exactly_when_completions_disagree(sample: Sample, answers: Values) -> None:
    results = {sample.holds(full) for full in completions(answers)}
    expected = OPEN if len(results) == 2 else YES if results == {True} else NO
    assert parse(sample.text).evaluate(answers) is expected


@given(expressions(once=True), partial_answers())
def test_independent_variables_missing_are_exactly_those_that_can_turn_the_answer(
    sample: Sample, answers: Values
) -> None:
    def turns(name: str) -> bool:
        return any(
            len({sample.holds(full | {name: value}) for value in SAMPLES[name]}) == 2 for full in completions(answers)
        )

    expected = {name for name, value in answers.items() if value is None and turns(name)}
    assert set(parse(sample.text).missing(answers)) == expected


@given(expressions(once=False), partial_answers())
def test_determined_answer_equals_every_completion(sample: Sample, answers: Values) -> None:
    condition = parse(sample.text)
    answer = condition.evaluate(answers)
    results = {sample.holds(full) for full in completions(answers)}
    assert answer is OPEN or results == {answer is YES}
    assert bool(condition.missing(answers)) == (answer is OPEN)


@given(expressions(once=False), partial_answers())
def test_answering_the_missing_questions_decides(sample: Sample, answers: Values) -> None:
    condition = parse(sample.text)
    answered = answers | {name: SAMPLES[name][0] for name in condition.missing(answers)}
    assert condition.evaluate(answered) is not OPEN
