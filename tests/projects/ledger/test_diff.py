"""Matching and differences: blank never erases, names never match by likeness, doubt is handed to a person."""

import datetime as dt
from decimal import Decimal

import pytest

from projects.ledger.dates import DONE_UNKNOWN, PartialDate
from projects.ledger.diff import Action, Match, diff_row, match, plan
from projects.ledger.findings import Finding
from projects.ledger.rows import FieldValue, LedgerRow

DAY = PartialDate(dt.date(2025, 4, 18))


def row(number=2, findings=(), **values):
    fields = {}
    for index, (name, value) in enumerate(values.items()):
        name = name.replace("__", ".")
        fields[name] = FieldValue(value, "" if value is None else str(value), f"{chr(65 + index)}{number}")
    return LedgerRow("台账", number, fields, tuple(findings))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Decimal("50000"), Decimal("50000.0000")),
        ("测试（一期）", "测试(一期) "),
        (DAY, PartialDate(dt.date(2025, 4, 18))),
        (DAY, DONE_UNKNOWN),
        (True, True),
        (None, None),
        ("", None),
    ],
)
def test_same_value_is_no_change(old, new):
    assert diff_row({"x": old}, row(x=new)).action is Action.UNCHANGED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Decimal(5), Decimal(0)),
        ("甲", "乙"),
        (True, False),
        (False, True),
        (None, False),
        (DAY, PartialDate(dt.date(2025, 4, 1), "month")),
        (DONE_UNKNOWN, DAY),
        (None, DONE_UNKNOWN),
    ],
)
def test_other_value_is_a_change_with_its_cell(old, new):
    diff = diff_row({"x": old}, row(x=new))
    assert diff.action is Action.UPDATE
    assert diff.changes == (("x", old, new, "A2", str(new)),)


def test_blank_never_erases_and_is_told():
    stored = {"issue": "缺电", "land_mu": Decimal(80), "remark": None}
    blanks = row(issue=None, land_mu=None, remark=None)
    slash = LedgerRow("台账", 2, {"issue": FieldValue(None, "/", "A2")})
    assert diff_row(stored, blanks).kept_although_blank == ("issue", "land_mu")
    assert diff_row(stored, blanks).action is diff_row(stored, slash).action is Action.UNCHANGED
    assert diff_row(stored, slash).kept_although_blank == ("issue",)


def test_an_unreadable_cell_is_not_called_blank():
    unreadable = LedgerRow("台账", 2, {"enrolled": FieldValue(None, "正在申报", "A2")})
    assert diff_row({"enrolled": True}, unreadable).kept_although_blank == ()


def test_columns_that_are_not_in_the_file_are_left_alone():
    diff = diff_row({"name": "甲", "issue": "缺电"}, row(name="甲"))
    assert (diff.action, diff.changes, diff.kept_although_blank) == (Action.UNCHANGED, (), ())


def test_row_with_an_error_changes_nothing():
    bad = row(findings=[Finding("DATE_INVALID", "台账", "B2", "x")], name="甲", issue="新")
    diff = diff_row({"name": "甲", "issue": "旧"}, bad)
    assert (diff.action, diff.changes) == (Action.REFUSED, ())
    assert diff_row(None, bad).action is Action.REFUSED


def test_row_with_a_warning_is_imported():
    warned = row(findings=[Finding("MONEY_APPROX", "台账", "B2", "约5")], name="甲")
    assert diff_row(None, warned).action is Action.CREATE


def test_new_project_begins_with_every_value_given():
    diff = diff_row(None, row(name="甲", issue=None))
    assert [change.field for change in diff.changes] == ["name"]


STORE = {
    1: {"code": "C1", "name": "轴承项目"},
    2: {"code": "C2", "name": "水泵项目"},
    3: {"code": None, "name": "无码项目"},
    4: {"code": "C4", "name": "同名项目"},
    5: {"code": "C5", "name": "同名项目"},
}


@pytest.mark.parametrize(
    ("code", "name", "key", "by", "kinds", "unsure"),
    [
        ("C1", "轴承项目", 1, "code", [], False),
        ("C1", "轴承 项目\n", 1, "code", [], False),
        ("C1", "精密轴承项目", 1, "code", ["NAME_CHANGED"], False),
        ("C1", "水泵项目", 1, "code", ["NAME_CHANGED"], True),
        (None, "轴承项目", 1, "name", [], False),
        ("C9", "轴承项目", 1, "name", ["CODE_CHANGED"], False),
        ("C9", "无码项目", 3, "name", [], False),
        (None, "同名项目", 4, "name", [], True),
        ("C5", "同名项目", 5, "code", [], False),
        ("C9", "轴承", None, None, ["NAME_SIMILAR"], True),
        ("C1", "污水厂", 1, "code", ["NAME_CHANGED"], True),
        ("C9", "轴承二期项目", None, None, [], False),
        (None, None, None, None, [], False),
    ],
)
def test_match(code, name, key, by, kinds, unsure):
    (found,) = match([row(code=code, name=name)], STORE)
    assert (found.key, found.matched_by) == (key, by)
    assert ([finding.kind for finding in found.findings], found.unsure) == (kinds, unsure)


def test_two_rows_never_change_one_project_silently():
    rows = [row(2, code="C1", name="轴承项目", issue="一"), row(3, code=None, name="轴承项目", issue="二")]
    assert [diff.action for diff in plan(rows, STORE)] == ["update", "needs_confirmation"]


def test_doubt_about_identity_waits_even_without_changes():
    assert plan([row(code="C1", name="水泵项目")], STORE)[0].action is Action.NEEDS_CONFIRMATION


def test_a_refused_row_stays_refused_when_in_doubt():
    bad = row(findings=[Finding("DATE_INVALID", "台账", "B2")], code="C1", name="水泵项目")
    assert plan([bad], STORE, confirm_identity=True)[0].action is Action.REFUSED


def test_names_of_one_enterprise_that_are_much_alike_are_proposed():
    stored = {1: {"name": "华宇高端轴承制造一期项目", "enterprise": "华宇公司"}}
    near = row(name="华宇高端轴承制造一期项目建设", enterprise="华宇公司")
    (found,) = match([near], stored)
    assert (found.key, found.unsure, found.proposals) == (None, True, ((1, "enterprise"),))
    for other in (
        row(name="华宇高端轴承制造二期项目", enterprise="华宇公司"),
        row(name="华宇高端轴承制造一期项目建设", enterprise="别的公司"),
        row(name="光伏", enterprise="华宇公司"),
    ):
        (found,) = match([other], stored)
        assert (found.unsure, found.proposals) == (False, ())


def test_what_is_known_counts_before_code_and_name():
    one = row(2, code="C1", name="轴承项目")
    known = {("台账", 2): Match(one, 3, "chosen")}
    (found,) = match([one], STORE, known)
    assert (found.key, found.matched_by) == (3, "chosen")
    known = {("台账", 2): Match(one, None, "chosen")}
    assert plan([one], STORE, known=known)[0].action is Action.CREATE
