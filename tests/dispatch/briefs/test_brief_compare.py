"""What changed, in sentences and line by line: by tables and against counting with fractions."""

from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.briefs import compare, layout
from dispatch.figures.rates import RateKey


def rate(numerator, denominator):
    exact = Decimal(numerator) * 100 / Decimal(denominator) if Decimal(denominator) else None
    percent = None if exact is None else str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
    return {"numerator": str(numerator), "denominator": str(denominator), "percent": percent, "definition": "starts",
            "changes": {"week": "+9.9", "month": None, "year": None}, "ahead_pp": None}  # fmt: skip


def paper(starts_on="2026-11-16", **board):
    """A snapshot with the least of everything."""
    none = {"week": 0, "last_week": 0, "year": 0}
    return {
        "starts_on": starts_on,
        "tasks": {"due": 7, "done": 5, "late": 1, "not_yet": 1, "next": 3},
        "definitions": {},
        "compared": {"with": None, "points": None, "sentences": []},
        "table": {"rows": [], "listed": 0, "others": 0, "total": 0},
        "board": {
            "counts": {"total": 36, "signed": none, "started": none, "production": none, "enrolled": none},
            "rates": {key.value: rate(10, 12) for key in RateKey},
            "lights": {"red": 3, "yellow": 5, "blue": 0, "green": 28, "grey": 0, "changed": []},
            "approvals": {"closed": 12, "near_due": 2, "outstanding": 4, "overdue": []},
            "investment": {"planned_10k": "1200", "ytd_10k": "1000", "percent": "83.3", "calendar_percent": "83.3",
                           "ahead_pp": "0.0", "months": []},
            "decisions": [], "milestones": [], "stages": [], "bottlenecks": [],
            "honesty": {"stale": [], "money_vs_works": [], "dates_after_freeze": []},
        } | board,
    }  # fmt: skip


def last(**board):
    return paper("2026-11-09", **board)


def told(now, before):
    return {sentence["key"]: sentence["text"] for sentence in compare.sentences(now, before)}


def rates(**changed):
    return {"rates": {key.value: rate(10, 12) for key in RateKey} | changed}


def test_the_first_brief():
    assert compare.sentences(paper(), None) == [{"key": "first", "text": compare.FIRST}]


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ((10, 12), (9, 12), "项目开工率83.3%，较上周提高8.3个百分点（10/12，上周9/12）"),
        ((9, 12), (10, 12), "项目开工率75.0%，较上周下降8.3个百分点（9/12，上周10/12）"),
        ((10, 12), (10, 12), "项目开工率83.3%，较上周持平（10/12）"),
        ((129, 270), (128, 270), "项目开工率47.8%，较上周提高0.4个百分点（129/270，上周128/270）"),
        ((3, 8), (2995, 8000), "项目开工率37.5%，较上周提高0.1个百分点（3/8，上周2995/8000）"),  # 0.0625 points
        ((10, 12), (0, 0), "项目开工率83.3%（10/12，上周暂无）"),
        ((0, 0), (9, 12), "项目开工率暂无（0/0）"),
    ],
)
def test_a_rate_in_words(now, before, expected):
    assert expected in told(paper(**rates(starts=rate(*now))), last(**rates(starts=rate(*before))))["rates"]


def test_money_is_in_yi():
    text = told(paper(**rates(investment=rate("32000", "45000"))), last())["rates"]
    assert "投资完成率71.1%，较上周下降12.2个百分点（3.2/4.5亿元，上周0/0亿元）" in text


@given(*[st.integers(0, 10**6)] * 2, *[st.integers(1, 10**6)] * 2)
def test_points_come_from_the_unrounded_rates(a, c, b, d):
    points = compare.week_points(paper(**rates(starts=rate(a, b))), last(**rates(starts=rate(c, d))))["starts"]
    exact = 100 * (Fraction(a, b) - Fraction(c, d))
    tenths = abs(exact) * 10
    rounded = int(tenths) + (1 if tenths - int(tenths) >= Fraction(1, 2) else 0)
    sign = "+" if exact > 0 else "-"
    assert points == (f"{sign}{rounded // 10}.{rounded % 10}" if rounded else "0.0")


def row(pk, light, name=None):
    cells = {key: "" for _column, key in layout.TABLE}
    return cells | {"no": 1, "project": pk, "name": name or f"项目{pk}", "light": light, "total_10k": None}


def with_rows(snapshot, *rows):
    return snapshot | {"table": {"rows": list(rows), "listed": len(rows), "others": 3, "total": len(rows) + 3}}


def test_who_turned_red():
    now = with_rows(paper(), row(1, "red", "甲"), row(2, "red", "乙"), row(3, "yellow", "丙"), row(5, "green", "戊"))
    before = with_rows(last(), row(1, "red", "甲"), row(3, "red", "丙"), row(4, "red", "丁"))
    text = told(now, before)["lights"]
    assert "转红1个：乙" in text
    assert "转黄1个：丙" in text
    assert "不再是红灯2个：丙、丁" in text


def test_many_names_are_cut_and_counted():
    now = with_rows(paper(), *[row(n, "red", f"项目{n}") for n in range(1, 9)])
    assert "转红8个：项目1、项目2、项目3、项目4等8个" in told(now, last())["lights"]


def test_overdue_by_department():
    def late(**units):
        overdue = [{"unit": n, "name": name, "count": count} for n, (name, count) in enumerate(units.items())]
        return {"approvals": {"closed": 12, "near_due": 2, "outstanding": 4, "overdue": overdue}}

    text = told(paper(**late(建设局=5, 资规局=1)), last(**late(建设局=2, 环保局=1)))["approvals"]
    assert "超期6件，较上周增加3件（建设局增3件、资规局增1件、环保局减1件）" in text


def test_decisions_are_told_apart_by_their_key():
    def wanted(*keys):
        return {"decisions": [{"kind": "case", "id": n, "project": n, "name": f"项目{n}", "title": f"事项{n}",
                               "why": "", "proposal": ""} for n in keys]}  # fmt: skip

    text = told(paper(**wanted(1, 3)), last(**wanted(1, 2)))["decisions"]
    assert text == "待领导决策事项2项；新增1项：事项3；上周的1项已不在列。"
    assert "decisions" not in told(paper(), last())


def test_another_than_the_week_before_is_called_the_last_brief():
    text = told(paper(), paper("2026-11-02", counts=paper()["board"]["counts"] | {"total": 35}))
    assert "较上期增加1个" in text["counts"]


def test_the_same_has_no_difference_and_a_changed_figure_has_one():
    now = with_rows(paper(), row(1, "red"))
    assert layout.differences(now, deepcopy(now)) == []
    other = deepcopy(now)
    other["board"]["lights"]["red"] = 4
    other["table"]["rows"][0]["issue"] = "用地未落实"
    other["table"]["rows"].append(row(2, "yellow"))
    found = [(d.section, d.row, d.column, d.before, d.after) for d in layout.differences(now, other)]
    assert ("红黄绿灯", "红灯", "个数", "3", "4") in found
    assert ("重点项目推进情况", "项目1", "存在问题", "—", "用地未落实") in found
    assert [d[:4] for d in found if d[2] == layout.ROWS_ONLY] == [
        ("重点项目推进情况", "项目2", layout.ROWS_ONLY, "—")
    ]  # fmt: skip
    assert len(found) == 3


def test_the_points_of_the_table_are_those_of_the_sentence():
    now, before = paper(**rates(starts=rate(10, 12))), last(**rates(starts=rate(9, 12)))
    assert layout.section(now, "rates").rows[1][5] == "+9.9"  # a first brief has those of the frozen days
    now["compared"] = {"with": {}, "points": compare.week_points(now, before), "sentences": []}
    assert layout.section(now, "rates").rows[1][5] == "+8.3"
