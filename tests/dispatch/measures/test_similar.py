"""What is alike, in the same order on every database."""

from itertools import count

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dispatch.jobs.registry import JOBS
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.measures import actions, keeping, scoring, search
from dispatch.measures.models import Measure
from dispatch.measures.tokens import as_column, tokenise
from tests import factories
from tests.dispatch.ledger_cases import EDGE, assigned, cast, closed, item
from tests.factories import AT

SOLVED = {
    "land": ("用地指标未落实", "地块内尚缺农转用指标，需列入下一批次组卷", "调剂存量指标，先行组卷报批"),
    "line": ("10千伏线路迁改滞后", "地块北侧线路未迁改，净地无法交付", "供电公司驻点，分段停电施工"),
    "power": ("施工用电容量不足", "现有箱变容量不足，桩机无法同时作业", "租用临时箱变，同步办理增容"),
    "eia": ("环评报告书补充监测", "技术评估要求补充地下水现状监测", "监测与报告修改并行"),
    "bus": ("公交线路延伸", "多家企业反映职工通勤不便", "开通定制公交"),
}
# What is typed, and what is found in this order.
CASES = (
    ("农转用指标未落实", ["land"]),
    ("二期10千伏线路迁改", ["line"]),
    ("桩机用电容量不足", ["power"]),
    ("地块北侧线路迁改，净地未交付", ["line"]),
    ("线路迁改", ["line", "bus"]),
    ("容量不足", ["power"]),
    ("环评补充监测报告", ["eia"]),
    ("食堂排油烟", []),
    ("", []),
    ("的，。", []),
)


@pytest.fixture
def people(db):
    return cast()


@pytest.fixture
def solved(people):
    return {
        name: closed(people, title=title, description=text, measures=how) for name, (title, text, how) in SOLVED.items()
    }


@pytest.mark.parametrize(("text", "names"), CASES)
def test_the_order_is_the_same_everywhere(people, solved, text, names):
    found = search.similar(text, user=people.staff, limit=3).items
    wanted = {row.pk: name for name, row in solved.items()}
    assert [wanted[row.pk] for row, _share in found] == names


@pytest.mark.parametrize(("text", "names"), CASES)
def test_rows_beyond_the_newest_come_from_the_index_only(people, solved, text, names, monkeypatch):
    """With one row read by its age, PostgreSQL still finds the best one; elsewhere only that row is looked at."""
    monkeypatch.setattr(search, "NEWEST", 1)
    found = [row.pk for row, _share in search.similar(text, user=people.staff, limit=1).items]
    if connection.vendor == "postgresql":
        assert found == [solved[name].pk for name in names[:1]]
    else:
        assert set(found) <= {solved["bus"].pk}


def test_open_items_and_those_left_out_are_not_suggested(people, solved):
    item(people, title="用地指标未落实，再次")
    assert [row.pk for row, _s in search.similar("用地指标", user=people.staff).items] == [solved["land"].pk]
    assert search.similar("用地指标", user=people.staff, but={solved["land"].pk}).items == []


def test_everybody_finds_what_they_may_see(people, solved):
    asked = "用地指标未落实"
    row = actions.publish(item=solved["land"], fields=_fields("用地指标未落实"), by=people.staff, at=AT)

    def seen(user):
        found = search.similar(asked, user=user)
        return [one.pk for one, _s in found.measures], [one.pk for one, _s in found.items]

    assert seen(people.staff) == seen(people.leader) == ([row.pk], [])  # not once more as an item
    assert seen(people.stranger) == ([row.pk], [])  # another unit: the measure, never the item
    assert seen(factories.user(people.park, "enterprise")) == ([], [])
    assert seen(factories.user(factories.park(), "staff")) == ([], [])
    actions.withdraw(row, reason="政策已变", by=people.staff, at=AT, version=1)
    assert seen(people.staff) == ([], [solved["land"].pk])
    assert seen(people.stranger) == ([], [])


def _fields(title):
    return {"category": "land", "title": title, "problem": "缺指标", "solution": "调剂存量指标", "conditions": ""}


def test_searching_measures(people, solved):
    row = actions.publish(item=solved["land"], fields=_fields("用地指标调剂"), by=people.staff, at=AT)
    visible = Measure.objects.visible_to(people.worker)
    for text in ("指标调剂", "存量", "标", "用地 调剂", ""):
        assert list(visible.search(text)) == [row], text
    for text in ("水电", "用地 水电", "%", "_"):
        assert list(visible.search(text)) == ([] if tokenise(text) else [row]), text


class TestWordsAreKept:
    def test_every_action_that_writes_a_text(self, people):
        row = assigned(people, title="用地指标", description="尚缺", measures="协调")
        assert row.tokens == " 用地 地指 指标 尚缺 协调 "
        row = ledger.sign(row, by=people.worker, version=1, **EDGE)
        row = ledger.report_progress(row, note="已组卷", by=people.worker, version=2, **EDGE)
        assert row.tokens == " 用地 地指 指标 尚缺 协调 已组 组卷 "
        row = ledger.edit(row, fields={"title": "线路"}, by=people.staff, version=3, **EDGE)
        assert row.tokens == " 线路 尚缺 协调 已组 组卷 "
        row = ledger.edit(row, fields={"leader": "某某"}, by=people.staff, version=4, **EDGE)
        assert row.tokens == LedgerItem.objects.get(pk=row.pk).tokens == " 线路 尚缺 协调 已组 组卷 "

    def test_the_nightly_job_fills_what_was_written_past_the_actions(self, people):
        row = item(people, title="用地指标")
        LedgerItem.objects.update(tokens="")
        assert search.similar("用地指标", user=people.staff).items == []
        fenced = []
        assert JOBS["search_words"].work(None, AT, lambda: fenced.append(1)) == {"filled": 1}
        row.refresh_from_db()
        assert (row.tokens, row.version, len(fenced)) == (" 用地 地指 指标 ", 1, 1)
        assert JOBS["search_words"].work(None, AT, lambda: None) == {"filled": 0}

    def test_by_hand_every_row_is_looked_at(self, people, capsys):
        row = item(people, title="用地指标")
        LedgerItem.objects.update(title="线路")
        call_command("index_ledger")
        row.refresh_from_db()
        assert row.tokens == " 用地 地指 指标 "
        call_command("index_ledger", all=True)
        row.refresh_from_db()
        assert row.tokens == " 线路 "
        assert capsys.readouterr().out.split() == ["0", "rows", "written", "1", "rows", "written"]

    def test_one_row(self, people):
        row = item(people, title="用地指标")
        row.title = "线路"
        keeping.refresh_tokens(row)
        assert LedgerItem.objects.get(pk=row.pk).tokens == " 线路 "

    def test_somebody_writing_in_between_wins(self, people):
        row = item(people, title="用地指标")
        LedgerItem.objects.update(tokens="")
        stale = LedgerItem.objects.get(pk=row.pk)
        LedgerItem.objects.update(tokens=" 新 ")
        assert keeping._write(stale, " 旧 ") == 0
        assert LedgerItem.objects.get(pk=row.pk).tokens == " 新 "


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_index_answers_the_question_that_is_asked(people, solved):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = LedgerItem.objects.all()
        wanted = search._older_rows(rows, ["用地"])
        plan = wanted.explain()
    assert "ledger_words" in plan, plan


@pytest.mark.django_db
def test_queries_do_not_grow(people, solved, django_assert_num_queries):
    actions.publish(item=solved["land"], fields=_fields("用地指标调剂"), by=people.staff, at=AT)
    for name in ("line", "power"):
        with django_assert_num_queries(4):  # read and fetch, twice
            assert search.similar(f"用地指标 {SOLVED[name][0]}", user=people.staff)


# The order itself.

WORDS = st.lists(st.sampled_from(["用地", "地指", "指标", "线路", "迁改", "容量", "gb50016"]), unique=True, max_size=7)


@given(asked=WORDS.filter(bool), columns=st.lists(WORDS, max_size=8))
def test_the_share_against_a_slow_count(asked, columns):
    rows = [(key, as_column(words)) for key, words in zip(count(1), columns, strict=False)]
    read = len(rows)
    counts = scoring.count(asked, (tokens for _key, tokens in rows))
    holding = {word: sum(word in words for words in columns) for word in asked}
    assert counts == holding
    found = scoring.best(counts, read, rows, limit=8)
    for key, share in found:
        words = columns[key - 1]
        weights = {word: scoring.weight(holding[word], read) for word in asked}
        mine = sum(value for word, value in weights.items() if word in words)
        assert share == pytest.approx(mine / sum(weights.values()))
        assert 0.2 <= share <= 1.0000001
    assert [key for key, _s in found] == sorted(dict(found), key=lambda key: (-round(dict(found)[key], 9), -key))


def test_rare_words_count_more():
    assert [round(scoring.weight(n, 100), 2) for n in (0, 1, 10, 100)] == [4.62, 4.62, 2.4, 0.69]


@pytest.mark.parametrize(
    ("counts", "read", "words"),
    [
        ({"a": 0, "b": 500, "c": 2}, 1000, ["a", "c"]),
        ({"a": 20, "b": 20}, 1000, ["a"]),
        ({"a": 31}, 1000, []),
        ({}, 1000, []),
    ],
)
def test_the_words_by_which_older_rows_are_found(counts, read, words):
    assert scoring.rare(counts, read) == words
