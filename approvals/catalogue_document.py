"""Reading and checking the approval catalogue: YAML in, ``catalogue_schema`` values out, or every problem at once.

Unknown keys, repeated keys and mistyped values are problems, so nothing in the document is lost silently.
"""

from __future__ import annotations

import heapq
import types
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from approvals.catalogue_schema import CatalogueDocument, StepSpec
from approvals.conditions import ConditionError, Variable, VariableType, parse_condition
from approvals.flow import State

SHIPPED_PATH = Path(__file__).parent / "data" / "approval_steps.yaml"
SCHEMA_VERSION = 1
MAX_CHARACTERS = 1_000_000
CERTAINTIES = frozenset({"sure", "likely", "typical_default"})
UNITS = frozenset({"wd", "cd"})
CLOCK_STARTS = frozenset({"received", "accepted"})
INITIATORS = frozenset({"enterprise", "park"})
COMMITMENTS = frozenset({"yes", "no", "conditional"})
LIVES = frozenset({"expires", "start_by"})


class CatalogueError(ValueError):
    """The document cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def read_catalogue(source: str | Mapping[str, Any]) -> CatalogueDocument:
    """Read and check a catalogue from YAML text or its mapping. Raises CatalogueError with every problem found.

    Problems of form (missing, unknown or mistyped keys) are listed together; only a well-formed document is then
    checked for sense by ``validate``.
    """
    data = _load_yaml(source) if isinstance(source, str) else source
    problems: list[str] = []
    document: CatalogueDocument | None = _build(CatalogueDocument, data, "catalogue", problems)
    if document is not None:
        problems += validate(document)
    if problems or document is None:
        raise CatalogueError(problems)
    return document


class _StrictLoader(yaml.SafeLoader):  # type: ignore[misc]
    """Safe YAML without aliases (they can explode) and without silently repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping = dict(super().construct_mapping(node, deep))
        if len(mapping) < len(node.value):
            counts = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
            raise yaml.YAMLError(f"repeated key {counts.most_common(1)[0][0]!r}, line {node.start_mark.line + 1}")
        return mapping


def _load_yaml(text: str) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise CatalogueError([f"the document has more than {MAX_CHARACTERS} characters"])
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogueError([f"not readable as YAML: {error}"]) from error


_FLATTEN: dict[str, dict[str, dict[str, str]]] = {
    "CatalogueDocument": {"": {"condition_variables": "variables", "milestone_gates": "gates"}},
    "StepSpec": {
        "": {"statutory_clock_start": "clock_start"},
        "department": {k: f"department_{k}" for k in ("lead_zh", "lead_en", "cooperating_zh")},
        "statutory_limit": {k: f"statutory_{k}" for k in ("value", "unit", "text", "certainty")},
        "fee": {"none": "fee_none", "items": "fees", "note": "fee_note"},
        "result_document": {"zh": "result_zh", "en": "result_en"},
        "guide": {"zh": "guide_zh", "en": "guide_en"},
        "validity": {
            k: f"validity_{k}" for k in ("kind", "months", "renewals", "renewal_months", "remind_days", "certainty")
        },
        "commitment_text": {
            "zh": "commitment_text_zh",
            "check_days": "commitment_check_days",
            "certainty": "commitment_text_certainty",
        },
    },
    "VariantSpec": {"statutory_limit": {"value": "statutory_value", "unit": "statutory_unit"}},
}
"""dataclass → key of the document → inner key → field; the key "" only renames."""


def _flatten(cls: type, data: Mapping[str, Any], path: str, problems: list[str]) -> dict[str, Any]:
    rules = _FLATTEN.get(cls.__name__, {})
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if key not in rules or key == "":
            flat[rules.get("", {}).get(key, key)] = value
        elif not isinstance(value, Mapping):
            problems.append(f"{path}.{key}: expected a mapping")
        else:
            for inner, content in value.items():
                if inner not in rules[key]:
                    problems.append(f"{path}.{key}: unknown key {inner!r}")
                else:
                    flat[rules[key][inner]] = content
    return flat


def _build(cls: type, data: Any, path: str, problems: list[str]) -> Any:
    """An instance of a dataclass of this module, or None after adding to the problems."""
    if not isinstance(data, Mapping):
        problems.append(f"{path}: expected a mapping")
        return None
    before = len(problems)
    flat = _flatten(cls, data, path, problems)
    hints = typing.get_type_hints(cls)
    problems += [f"{path}: unknown key {key!r}" for key in flat if key not in hints]
    values = {}
    for field in fields(cls):
        if field.name in flat:
            values[field.name] = _convert(hints[field.name], flat[field.name], f"{path}.{field.name}", problems)
        elif field.default is MISSING:
            problems.append(f"{path}: {field.name} is missing")
    return cls(**values) if len(problems) == before else None


def _convert(hint: Any, value: Any, path: str, problems: list[str]) -> Any:
    """The value as its field wants it: text, whole number, yes/no, day, nested value or tuple of these."""
    if isinstance(hint, types.UnionType):
        return None if value is None else _convert(hint.__args__[0], value, path, problems)
    if typing.get_origin(hint) is tuple:
        return _convert_many(typing.get_args(hint)[0], value, path, problems)
    if is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value, path, problems)
    if hint is date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            problems.append(f"{path}: {value!r} is not a date")
    elif type(value) is not hint:
        problems.append(f"{path}: expected {_KINDS[hint]}, not {value!r}")
    elif hint is str and (not value.strip() or "\x00" in value):
        problems.append(f"{path}: empty or unprintable text")
    return value


_KINDS = {str: "text", int: "a whole number", bool: "true or false", date: "a date"}


def _convert_many(hint: Any, value: Any, path: str, problems: list[str]) -> tuple[Any, ...]:
    if hint is Variable and isinstance(value, Mapping):
        return tuple(_variable(name, spec, f"{path}.{name}", problems) for name, spec in value.items())
    if not isinstance(value, list | tuple):
        problems.append(f"{path}: expected a list")
        return ()
    return tuple(_convert(hint, item, f"{path}[{_label(item, place)}]", problems) for place, item in enumerate(value))


def _label(item: Any, place: int) -> str:
    return str(item["code"]) if isinstance(item, Mapping) and "code" in item else str(place)


def _variable(name: Any, spec: Any, path: str, problems: list[str]) -> Variable | None:
    """A declared variable from ``{type: bool | number | "enum[a, b]", zh: …, en: …}``."""
    if not isinstance(spec, Mapping) or spec.keys() != {"type", "zh", "en"} or not isinstance(name, str):
        problems.append(f"{path}: expected exactly type, zh and en")
        return None
    kind, bracket, rest = str(spec["type"]).partition("[")
    choices = tuple(choice.strip() for choice in rest.removesuffix("]").split(",")) if bracket else ()
    try:
        return Variable(name, VariableType(kind), choices, str(spec["zh"]), str(spec["en"]))
    except ValueError as error:
        problems.append(f"{path}: {error}")
        return None


def validate(document: CatalogueDocument) -> list[str]:
    """Everything in a well-formed catalogue that makes no sense; empty when it may be used."""
    problems = (
        [] if document.schema_version == SCHEMA_VERSION else [f"unknown schema_version {document.schema_version}"]
    )
    problems += _check_unique(document)
    problems += _check_defaults(document)
    for step in document.steps:
        problems += [f"{step.code}: {problem}" for problem in _check_step(step, document)]
    problems += _check_references(document)
    problems += _check_cycles(document)
    problems += [f"certainty {value!r} of {path} is unknown" for path, value in _certainties(document, "catalogue")]
    return problems


def _check_unique(document: CatalogueDocument) -> Iterator[str]:
    groups: dict[str, Iterable[object]] = {
        "phase code": (phase.code for phase in document.phases),
        "line code": (line.code for line in document.lines),
        "variable": (variable.name for variable in document.variables),
        "step code": (step.code for step in document.steps),
        "step seq": (step.seq for step in document.steps),
        "document code": (paper.code for step in document.steps for paper in step.documents),
        "variant": (f"{step.code} {variant.key}" for step in document.steps for variant in step.variants),
        "bundle code": (bundle.code for bundle in document.bundles),
        "gate": (gate.milestone for gate in document.gates),
        "case state": (state.code for state in document.case_states),
    }
    for what, codes in groups.items():
        yield from (f"duplicate {what} {code}" for code, count in Counter(codes).items() if count > 1)
    if not document.steps:
        yield "no steps"


def _check_defaults(document: CatalogueDocument) -> Iterator[str]:
    defaults = document.defaults
    for name in ("correction_notice_days", "delivery_days", "extension_days", "joint_handling_days"):
        limit = getattr(defaults, name)
        yield from _check_limit(f"defaults.{name}", limit.value, limit.unit)
    if defaults.near_due_warning_wd < 0:
        yield "defaults.near_due_warning_wd is negative"
    for case in document.case_states:
        if case.code not in State._value2member_map_:
            yield f"case state {case.code} is not in the exchange standard"
        elif State(case.code).clock != case.clock:
            yield f"case state {case.code}: the clock must be {State(case.code).clock}, not {case.clock}"


def _check_limit(what: str, value: int | None, unit: str) -> Iterator[str]:
    if value is not None and value < 0:
        yield f"{what} is negative"
    if unit not in UNITS:
        yield f"{what}: unit {unit!r} is not wd or cd"


def _check_step(step: StepSpec, document: CatalogueDocument) -> Iterator[str]:
    yield from _check_step_words(step, document)
    yield from _check_step_limits(step)
    if step.conditional != bool(step.condition_expr):
        yield "a conditional step, and only that, has a condition_expr"
    expressions = [("condition", step.condition_expr)] if step.condition_expr else []
    for what, source in expressions + [(f"variant {variant.key}", variant.when) for variant in step.variants]:
        try:
            parse_condition(source, document.variables_by_name)
        except ConditionError as error:
            yield f"{what} {source!r}: {error}"


def _check_step_words(step: StepSpec, document: CatalogueDocument) -> Iterator[str]:
    if step.phase not in {phase.code for phase in document.phases}:
        yield f"unknown phase {step.phase}"
    if step.line not in {line.code for line in document.lines}:
        yield f"unknown line {step.line}"
    if step.initiated_by not in INITIATORS | {None}:
        yield f"initiated_by {step.initiated_by!r} is not enterprise or park"
    if step.clock_start not in CLOCK_STARTS:
        yield f"clock start {step.clock_start!r} is not received or accepted"
    if step.allows_commitment.value not in COMMITMENTS:
        yield f"allows_commitment {step.allows_commitment.value!r} is not yes, no or conditional"
    if step.fee_none == bool(step.fees):
        yield "fee: either none or items"
    yield from _check_papers(step, document)


def _check_papers(step: StepSpec, document: CatalogueDocument) -> Iterator[str]:
    if not step.allows_deferral.value:
        yield from (f"{paper.code} is deferrable, the step is not" for paper in step.documents if paper.deferrable)
    if step.documents and all(paper.deferrable for paper in step.documents):
        yield "every paper is deferrable, a core one is needed"
    keys = Counter(paper.same_as for paper in step.documents if paper.same_as)
    yield from (f"two papers are the same as {key}" for key, count in keys.items() if count > 1)
    order = {other.code: other.seq for other in document.steps}
    for paper in step.documents:
        if paper.due_before is None:
            continue
        if order.get(paper.due_before, -1) <= step.seq:
            yield f"{paper.code} is due before {paper.due_before}, which is not a later step"
        if not paper.deferrable:
            yield f"{paper.code} has due_before and is not deferrable"


def _check_step_limits(step: StepSpec) -> Iterator[str]:
    yield from _check_limit("statutory limit", step.statutory_value, step.statutory_unit)
    if step.statutory_limit_wd not in (None, step.statutory_value if step.statutory_unit == "wd" else None):
        yield "statutory_limit_wd contradicts statutory_limit"
    yield from _check_limit("committed limit", step.committed_limit_wd, "wd")
    yield from _check_limit("correction_notice_days", step.correction_notice_days, "wd")
    yield from _check_limit("commitment_text.check_days", step.commitment_check_days, "wd")
    yield from _check_life(step)
    for variant in step.variants:
        yield from _check_limit(
            f"variant {variant.key}: statutory limit", variant.statutory_value, variant.statutory_unit
        )
        yield from _check_limit(f"variant {variant.key}: committed limit", variant.committed_limit_wd, "wd")
        if variant.clock_start not in CLOCK_STARTS | {None}:
            yield f"variant {variant.key}: clock start {variant.clock_start!r} is not received or accepted"


def _check_life(step: StepSpec) -> Iterator[str]:
    numbers = (step.validity_months, step.validity_renewals, step.validity_renewal_months, step.validity_remind_days)
    if any(number is not None and number < 0 for number in numbers):
        yield "validity: a number is negative"
    if step.validity_kind not in LIVES | {None}:
        yield f"validity: kind {step.validity_kind!r} is not expires or start_by"
    if (step.validity_kind is None) != (step.validity_months is None):
        yield "validity: kind and months go together"
    if step.validity_renewals and not step.validity_renewal_months:
        yield "validity: renewals without renewal_months"


def _check_references(document: CatalogueDocument) -> Iterator[str]:
    known = {step.code for step in document.steps}
    for step in document.steps:
        before = step.predecessors + step.soft_predecessors
        yield from (f"{step.code}: unknown predecessor {code}" for code in before if code not in known)
        yield from (f"{step.code}: predecessor {code} is listed twice" for code, n in Counter(before).items() if n > 1)
    named = [(f"bundle {bundle.code}", bundle.steps) for bundle in document.bundles]
    named += [(f"gate {gate.milestone}", gate.requires) for gate in document.gates]
    for where, steps in named:
        yield from (f"{where}: unknown step {code}" for code in steps if code not in known)


def _check_cycles(document: CatalogueDocument) -> Iterator[str]:
    for soft, name in ((False, "hard"), (True, "hard and soft")):
        _, stuck = _sort(document, soft=soft)
        if stuck:
            yield f"{name} predecessors form a cycle through {', '.join(stuck)}"
            return


def _certainties(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every unknown certainty mark in the document with its place."""
    for field in fields(value):
        content = getattr(value, field.name)
        items = content if isinstance(content, tuple) else (content,)
        if field.name.endswith("certainty") and content is not None and content not in CERTAINTIES:
            yield path, content
        for item in items:
            if is_dataclass(item):
                label = getattr(item, "code", field.name)
                yield from _certainties(item, f"{path}.{label}")


def topological_order(document: CatalogueDocument) -> tuple[str, ...]:
    """Step codes, every step after its hard and soft predecessors, otherwise by ``seq``. Raises CatalogueError."""
    order, stuck = _sort(document, soft=True)
    if stuck:
        raise CatalogueError([f"predecessors form a cycle through {', '.join(stuck)}"])
    return order


def _sort(document: CatalogueDocument, *, soft: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kahn's sort: the order reached, and the steps in or behind a cycle. Unknown predecessors are ignored."""
    steps = {step.code: step for step in document.steps}
    waiting = {
        code: {before for before in step.predecessors + (step.soft_predecessors if soft else ()) if before in steps}
        for code, step in steps.items()
    }
    ready = [(steps[code].seq, code) for code, before in waiting.items() if not before]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        _, done = heapq.heappop(ready)
        order.append(done)
        for code, before in waiting.items():
            if done in before:
                before.remove(done)
                if not before:
                    heapq.heappush(ready, (steps[code].seq, code))
    return tuple(order), tuple(sorted(steps.keys() - set(order)))
