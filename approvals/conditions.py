"""Conditions of approval steps: a small, safe language with three answers (domain.md section 1).

A condition is written over declared project variables, for example::

    soil_erosion_area and (land_area_ha >= 0.5 or earthwork_m3 >= 1000)

Grammar (the precedence of Python, nothing else of it; text is never executed)::

    either     = both ("or" both)*
    both       = negation ("and" negation)*
    negation   = "not" negation | "(" either ")" | comparison
    comparison = operand (("<" | "<=" | ">" | ">=" | "==" | "!=") operand)*
    operand    = variable | number | 'text' | True | False

An unanswered variable never means "no": the answer is then undetermined, unless the rest decides (Kleene's logic).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn, Protocol

MAX_LENGTH = 500
MAX_DEPTH = 20

Value = bool | Decimal | str
Answers = Mapping[str, Value | None]


class ConditionError(ValueError):
    """A condition, a variable or an answer that cannot be used; the message says what and where."""


class Truth(StrEnum):
    """Answer of a condition. Every member is truthy: compare with ``is``."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    UNDETERMINED = "undetermined"


class VariableType(StrEnum):
    BOOL = "bool"
    NUMBER = "number"
    ENUM = "enum"


_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_RESERVED = frozenset({"and", "or", "not", "true", "false"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A project attribute a condition may ask for; ``choices`` only for an enum. Raises ConditionError."""

    name: str
    type: VariableType
    choices: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in _RESERVED:
            raise ConditionError(f"{self.name!r} is not a usable variable name")
        is_enum = self.type is VariableType.ENUM
        if is_enum != bool(self.choices) or len(set(self.choices)) != len(self.choices):
            raise ConditionError(f"variable {self.name!r}: an enum, and only an enum, lists distinct choices")

    def read(self, value: object) -> Value | None:
        """The answer as bool, Decimal or str; None or '' is unanswered. Raises ConditionError."""
        if value is None or value == "":
            return None
        if self.type is VariableType.BOOL and isinstance(value, bool):
            return value
        if self.type is VariableType.ENUM and isinstance(value, str) and value in self.choices:
            return str(value)
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if self.type is VariableType.NUMBER and is_number and Decimal(str(value)).is_finite():
            return Decimal(str(value))
        wanted = f"one of {', '.join(self.choices)}" if self.choices else f"a {self.type}"
        raise ConditionError(f"{self.name!r} must be {wanted}, not {value!r}")


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition, immutable; ``declared`` are the variables it uses, in order of appearance."""

    source: str
    root: Node
    declared: tuple[Variable, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.declared)

    def evaluate(self, values: Mapping[str, object]) -> Truth:
        """Whether the condition holds for a project; absent or None is unanswered. Raises ConditionError."""
        return _TRUTH[self.root.test(self._answers(values))]

    def missing(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """The unanswered variables that still matter; empty when the answer is decided. Raises ConditionError."""
        return tuple(dict.fromkeys(self.root.open_questions(self._answers(values))))

    def _answers(self, values: Mapping[str, object]) -> Answers:
        return {variable.name: variable.read(values.get(variable.name)) for variable in self.declared}

    def __str__(self) -> str:
        return self.source


def parse_condition(source: str, variables: Mapping[str, Variable]) -> Condition:
    """Read a condition over the declared variables (by name). Raises ConditionError."""
    if len(source) > MAX_LENGTH:
        raise ConditionError(f"longer than {MAX_LENGTH} characters")
    parser = _Parser(source, variables)
    root = parser.whole()
    return Condition(source.strip(), root, tuple(variables[name] for name in parser.used))


_TRUTH = {True: Truth.APPLIES, False: Truth.DOES_NOT_APPLY, None: Truth.UNDETERMINED}
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Node(Protocol):
    """A part of a condition: ``test`` answers True, False or None, ``open_questions`` names what keeps it open."""

    def test(self, answers: Answers) -> bool | None: ...

    def open_questions(self, answers: Answers) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value

    def get(self, answers: Answers) -> Value | None:
        return self.value


@dataclass(frozen=True, slots=True)
class Name:
    name: str

    def get(self, answers: Answers) -> Value | None:
        return answers[self.name]


Operand = Literal | Name


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Operand
    symbol: str
    right: Operand

    def test(self, answers: Answers) -> bool | None:
        left, right = self.left.get(answers), self.right.get(answers)
        return None if left is None or right is None else bool(_COMPARE[self.symbol](left, right))

    def open_questions(self, answers: Answers) -> list[str]:
        sides = (self.left, self.right)
        return [side.name for side in sides if isinstance(side, Name) and side.get(answers) is None]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Node

    def test(self, answers: Answers) -> bool | None:
        inner = self.part.test(answers)
        return None if inner is None else not inner

    def open_questions(self, answers: Answers) -> list[str]:
        return self.part.open_questions(answers)


@dataclass(frozen=True, slots=True)
class Junction:
    """``or`` (one True decides) when ``decisive`` is True, ``and`` (one False decides) when it is False."""

    decisive: bool
    parts: tuple[Node, ...]

    def test(self, answers: Answers) -> bool | None:
        results = [part.test(answers) for part in self.parts]
        if self.decisive in results:
            return self.decisive
        return None if None in results else not self.decisive

    def open_questions(self, answers: Answers) -> list[str]:
        if self.test(answers) is not None:
            return []
        return [name for part in self.parts if part.test(answers) is None for name in part.open_questions(answers)]


_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?P<symbol>[<>=!]=|[<>()]))",
    re.ASCII,
)


def _tokens(source: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while source[position:].strip():
        match = _TOKEN.match(source, position)
        if match is None:
            unread = source[position:].strip()
            raise ConditionError(f"cannot read {unread[:20]!r}")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens; ``used`` collects variable names in order of appearance."""

    def __init__(self, source: str, variables: Mapping[str, Variable]) -> None:
        self.tokens = _tokens(source)
        self.variables = variables
        self.used: dict[str, None] = {}
        self.position = 0
        self.depth = 0

    @property
    def ahead(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        if self.ahead and self.ahead in wanted:
            self.position += 1
            return True
        return False

    def refuse(self, expected: str) -> NoReturn:
        found = repr(self.ahead) if self.ahead else "the end"
        raise ConditionError(f"expected {expected}, found {found}")

    def whole(self) -> Node:
        node = self.either()
        if self.ahead:
            self.refuse("the end")
        return node

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return _join(True, parts)

    def both(self) -> Node:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return _join(False, parts)

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(f"nested more than {MAX_DEPTH} deep")
        node: Node
        if self.take("not"):
            node = Negation(self.negation())
        elif self.take("("):
            node = self.either()
            if not self.take(")"):
                self.refuse("')'")
        else:
            node = self.comparison()
        self.depth -= 1
        return node

    def comparison(self) -> Node:
        left = self.operand()
        parts: list[Node] = []
        while (symbol := self.ahead) in _COMPARE:
            self.position += 1
            right = self.operand()
            self.check(left, symbol, right)
            parts.append(Comparison(left, symbol, right))
            left = right
        if parts:
            return _join(False, parts)
        if not isinstance(left, Name):
            raise ConditionError(f"the constant {left.value!s} asks nothing")
        if self.variables[left.name].type is not VariableType.BOOL:
            raise ConditionError(f"{left.name!r} is not yes or no: compare it with a value")
        return Comparison(left, "==", Literal(True))

    def operand(self) -> Operand:
        if self.position == len(self.tokens):
            self.refuse("a variable or a value")
        kind, word = self.tokens[self.position]
        if kind == "symbol" or word in ("and", "or", "not"):
            self.refuse("a variable or a value")
        self.position += 1
        if kind == "number":
            return Literal(Decimal(word))
        if kind == "text":
            return Literal(word[1:-1])
        if word in ("True", "False"):
            return Literal(word == "True")
        if word not in self.variables:
            raise ConditionError(f"unknown variable {word!r}")
        self.used[word] = None
        return Name(word)

    def check(self, left: Operand, symbol: str, right: Operand) -> None:
        """Refuse a comparison that could never mean anything. Raises ConditionError."""
        kinds = self.kind(left), self.kind(right)
        text = f"{_show(left)} {symbol} {_show(right)}"
        names = [side.name for side in (left, right) if isinstance(side, Name)]
        if not names:
            raise ConditionError(f"{text} compares two constants")
        if kinds[0] is not kinds[1]:
            raise ConditionError(f"{text} compares {kinds[0]} with {kinds[1]}")
        if kinds[0] is not VariableType.NUMBER and symbol not in ("==", "!="):
            raise ConditionError(f"{text}: only numbers have an order")
        if kinds[0] is VariableType.ENUM:
            choices = self.variables[names[0]].choices
            values = [side.value for side in (left, right) if isinstance(side, Literal)]
            if not values or values[0] not in choices:
                raise ConditionError(f"{text}: {names[0]!r} must be compared with one of {', '.join(choices)}")

    def kind(self, operand: Operand) -> VariableType:
        if isinstance(operand, Name):
            return self.variables[operand.name].type
        if isinstance(operand.value, bool):
            return VariableType.BOOL
        return VariableType.NUMBER if isinstance(operand.value, Decimal) else VariableType.ENUM


def _join(decisive: bool, parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Junction(decisive, tuple(parts))


def _show(operand: Operand) -> str:
    if isinstance(operand, Name):
        return operand.name
    return repr(operand.value) if isinstance(operand.value, str) else str(operand.value)
