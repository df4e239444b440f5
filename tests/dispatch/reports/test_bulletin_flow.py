"""Editing, checking, issuing and restating a bulletin: what is kept, who may, who is told, what is refused."""

from copy import copy, deepcopy
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from dispatch.models import Bulletin, BulletinEntry, Notice, SentenceEdit
from dispatch.reports import actions, editing, issuing
from dispatch.reports.changes import diff
from dispatch.reports.sentences import notice, with_final
from dispatch.reports.snapshot import digest
from projects.models import Project
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AS_OF, AT
from tests.standing import standing

pytestmark = pytest.mark.django_db
filled = standing(lambda: bulletin_park.fill(10))
WORDS = "全区重点项目稳步推进。"


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def second(park):
    return factories.user(park)


@pytest.fixture
def draft(park, staff):
    return drafted(park, staff)


def drafted(park, by, month=10, as_of=AS_OF, at=AT):
    return actions.draft_bulletin(park=park, year=2026, month=month, as_of=as_of, by=by, at=at)


def edited(bulletin, by, key="s1.1", after=WORDS, at=AT):
    editing.edit_sentence(bulletin, key, after=after, by=by, at=at, version=bulletin.version)
    return bulletin


def checked(bulletin, by):
    return issuing.check(bulletin, by=by, at=AT, version=bulletin.version)


def issued(bulletin, by, **addressed):
    return issuing.issue(bulletin, by=by, at=AT, version=bulletin.version, addressed=issuing.Addressed(**addressed))


def read(bulletin):
    return {one.key: one for one in notice(issuing.preview(bulletin)).sentences}


def verbs(bulletin):
    return list(BulletinEntry.objects.filter(bulletin=bulletin).order_by("pk").values_list("verb", flat=True))


def test_an_edit_is_read_and_the_assembled_words_are_kept(draft, staff):
    before = read(draft)["s1.1"]
    edited(draft, staff)
    now = read(draft)["s1.1"]
    assert (now.text, now.assembled, now.is_edited) == (WORDS, before.text, True)
    edit = SentenceEdit.objects.get()
    assert (edit.before, edit.after, edit.by, edit.at) == (before.text, WORDS, staff, AT)
    assert (draft.sha256, draft.version) == (digest(draft.snapshot), 2)  # the facts are what they were
    assert verbs(draft) == ["drafted", "edited"]


@pytest.mark.parametrize("back", ["", "same"])
def test_an_edit_is_taken_back_and_that_is_kept_too(draft, staff, back):
    assembled = read(draft)["s1.1"].assembled
    edited(edited(draft, staff), staff, after=assembled if back else "")
    assert not read(draft)["s1.1"].is_edited
    assert list(SentenceEdit.objects.order_by("pk").values_list("after", flat=True)) == [WORDS, ""]


def test_the_same_words_twice_change_nothing(draft, staff):
    edited(edited(draft, staff), staff)
    assert (SentenceEdit.objects.count(), draft.version) == (1, 2)


def test_changed_facts_flag_the_edit_until_it_is_confirmed(draft, park, staff, second):
    edited(draft, staff)
    edited(draft, staff, key="s0.1", after="现通报如下。")
    Project.objects.filter(park=park, status="active").update(total_investment_10k=90000)
    fresh = drafted(park, staff, at=AT + timedelta(hours=1))
    assert [one.sentence.key for one in editing.outdated(fresh)] == ["s1.1"]
    with pytest.raises(Refused):
        checked(fresh, second)
    edited(fresh, staff, at=AT + timedelta(hours=2))  # the same words over the new facts
    assert editing.outdated(fresh) == []
    assert checked(fresh, second).state == "checked"


def test_sentences_that_are_not_there_and_texts_that_are_too_long(draft, staff):
    for key, after in (("s9.1", "x"), ("", "x"), ("s1.1", "长" * 2001)):
        with pytest.raises(Refused):
            edited(draft, staff, key=key, after=after)
    with pytest.raises(Conflict):
        editing.edit_sentence(draft, "s1.1", after=WORDS, by=staff, at=AT, version=9)
    assert not SentenceEdit.objects.exists()


def test_four_eyes(draft, park, staff, second):
    with pytest.raises(Refused):
        checked(draft, staff)
    edited(draft, second)
    with pytest.raises(Refused):
        checked(draft, second)  # who wrote the last word
    assert checked(draft, staff).checked_by == staff
    assert verbs(draft) == ["drafted", "edited", "checked"]


def test_what_the_job_has_drafted_anybody_of_the_centre_checks(park, staff):
    assert checked(drafted(park, None), staff).state == "checked"


def test_the_job_opens_no_way_to_check_ones_own_words(draft, park, staff, second):
    edited(draft, second, key="s0.1", after="现通报如下。")
    Project.objects.filter(park=park, status="active").update(total_investment_10k=90000)
    again = drafted(park, None, at=AT + timedelta(hours=1))
    assert verbs(again) == ["drafted", "edited", "refreshed"]
    with pytest.raises(Refused):
        checked(again, second)
    assert checked(again, staff).state == "checked"


@pytest.mark.parametrize("change", ["edit", "facts", "sent_back"])
def test_a_change_makes_a_checked_one_a_draft_again(draft, park, staff, second, change):
    checked(draft, second)
    if change == "edit":
        edited(draft, staff)
    elif change == "facts":
        Project.objects.filter(park=park).update(physical_progress="变了")
        drafted(park, staff)
    else:
        issuing.send_back(draft, reason="第二部分有误", by=second, at=AT, version=draft.version)
        assert BulletinEntry.objects.latest("pk").note == "第二部分有误"
    draft.refresh_from_db()
    assert (draft.state, draft.checked_by, draft.checked_at) == ("draft", None, None)
    with pytest.raises(Refused):
        issued(draft, staff)


def test_an_idle_refresh_leaves_it_checked(draft, park, staff, second):
    """The negative twin of the test above."""
    checked(draft, second)
    assert drafted(park, staff).state == "checked"


def test_sending_back_needs_a_reason_and_the_verb(draft, park, second):
    with pytest.raises(Refused):
        issuing.send_back(draft, reason=" ", by=second, at=AT, version=draft.version)
    with pytest.raises(PermissionDenied):
        issuing.send_back(draft, reason="x", by=factories.user(park, "leader"), at=AT, version=draft.version)


def test_the_verb_of_checking_is_its_own(draft, second):
    second.role.verbs = [Verb.VIEW_BULLETIN, Verb.ISSUE_BULLETIN, Verb.MAKE_BULLETIN]
    second.role.save()
    with pytest.raises(PermissionDenied):
        checked(draft, second)


def test_issued_it_holds_everything_under_one_hash(draft, staff, second):
    edited(draft, staff)
    made = issued(checked(draft, second), staff, send_to="各部门", copy_to="管委会")
    stored = Bulletin.objects.get()
    assert stored.sha256 == digest(stored.snapshot) == made.sha256
    final = stored.snapshot["final"]
    assert (final["number"], final["send_to"], final["copy_to"], final["on"]) == (1, "各部门", "管委会", "2026-03-02")
    assert final["edits"]["s1.1"]["after"] == WORDS
    assert final["edits"]["s1.1"]["before"] == stored.snapshot["text"]["sections"][0]["sentences"][0]["text"]
    paper = notice(stored.snapshot)
    assert (paper.issue, paper.salutation, paper.day) == ("（2026年第1期）", "各部门：", "2026年3月2日")
    SentenceEdit.objects.all().delete()
    assert read(stored)["s1.1"].text == WORDS  # from the snapshot alone
    for act in (lambda: edited(stored, staff, after="改"), lambda: checked(stored, second)):
        with pytest.raises(Refused):
            act()


def test_numbers_go_on_and_are_given_once(park, staff, second):
    first = issued(checked(drafted(park, staff, 9, date(2026, 9, 30)), second), staff, number=4, send_to="甲")
    now = drafted(park, staff)
    assert issuing.next_number(now) == 5
    assert notice(now.snapshot).send_to == "甲"  # the last one's addressees are proposed
    checked(now, second)
    for number in (4, 0, 1000):
        with pytest.raises(Refused):
            issued(now, staff, number=number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=now.pk).update(number=first.number)
    assert issued(now, staff).number == 5


def test_of_two_who_issue_at_once_one_does(draft, staff, second):
    one, other = checked(draft, second), Bulletin.objects.get()
    issued(one, staff, number=3)
    other.version = 2
    with pytest.raises((Conflict, Refused)):
        issued(other, second, number=9)
    row = Bulletin.objects.get()
    assert (row.number, row.issued_by) == (3, staff)
    assert verbs(row).count("issued") == 1


def test_readers_are_told_once(draft, park, staff, second):
    unit, leader = factories.user(park, "unit"), factories.user(park, "leader")
    factories.user(park, "enterprise")
    factories.user(factories.park(), "unit")
    issued(checked(draft, second), staff)
    told = Notice.objects.filter(event="bulletin_issued")
    people = set(told.values_list("recipient", flat=True))
    assert {unit.pk, leader.pk, second.pk} <= people and staff.pk not in people
    assert not told.filter(recipient__role__scope="enterprise").exists()
    assert not told.exclude(recipient__organization__park=park).exists()
    assert told.first().facts["title"].endswith("（2026年第1期）")


def restated(bulletin, by, reason="补报"):
    return actions.restate(bulletin, reason=reason, by=by, at=AT)


def test_a_restatement_leaves_the_first_as_it_was(draft, park, staff, second):
    edited(draft, staff)
    first = issued(checked(draft, second), staff)
    kept = (first.sha256, deepcopy(first.snapshot))
    changed = Project.objects.filter(park=park, status="active").order_by("pk").first()
    Project.objects.filter(pk=changed.pk).update(physical_progress="主体封顶")
    made = restated(first, staff)
    assert (made.revision, made.as_of, made.number, made.reason) == (1, first.as_of, 1, "补报")
    assert read(made)["s1.1"].text == WORDS  # polished words stay
    with pytest.raises(Refused):
        restated(first, staff)  # one is under way
    done = issued(checked(made, second), staff)
    assert done.number == 1 and notice(done.snapshot).issue == "（2026年第1期·第1次重述）"
    changes = done.snapshot["final"]["changes"]
    assert [(row["annex"], row["name"], row["column"], row["new"]) for row in changes["rows"]] == [
        (1, changed.name, "形象进度", "主体封顶")
    ]
    assert (changes["figures"], changes["sentences"]) == ([], [])
    assert done.snapshot["final"]["restates"] == kept[0]
    first.refresh_from_db()
    assert (first.sha256, first.snapshot) == kept
    assert verbs(first)[-1] == "restated"
    assert restated(done, staff).revision == 2


@pytest.mark.parametrize("why", ["", "  "])
def test_a_restatement_needs_a_reason_and_an_issued_bulletin(draft, staff, second, why):
    with pytest.raises(Refused):
        restated(draft, staff)
    first = issued(checked(draft, second), staff)
    with pytest.raises(Refused):
        restated(first, staff, why)
    with pytest.raises(PermissionDenied):
        restated(first, factories.user(first.park, "leader"))
    assert Bulletin.objects.count() == 1


def test_the_list_of_changes_against_a_naive_one(draft):
    old, new = draft.snapshot, deepcopy(draft.snapshot)
    groups = new["annex1"]["groups"]
    gone = groups[0]["rows"].pop(0)
    touched = groups[0]["rows"][0]
    touched["ytd_10k"], touched["unit"] = "1", "新单位"
    new["figures"]["red"] += 1
    new["rates"]["starts"]["numerator"] = "99"
    new["annex2"][0]["rates"]["starts"]["percent"] = "12.3"
    new = with_final(new, edits={"s2.1": {"before": "", "after": "改过"}})
    found = diff(old, new)
    assert {(row["key"]) for row in found["figures"]} == {"red", "starts"}
    red = next(row for row in found["figures"] if row["key"] == "red")
    assert int(red["new"]) == int(red["old"]) + 1
    rows = {(row["annex"], row["name"], row["column"]): (row["old"], row["new"]) for row in found["rows"]}
    was = next(row for row in old["annex1"]["groups"][0]["rows"] if row["project_id"] == touched["project_id"])
    assert rows == {
        (1, gone["name"], "整行"): ("有", None),
        (1, touched["name"], "1-10月累计完成"): ("" if was["ytd_10k"] is None else was["ytd_10k"], "1"),
        (1, touched["name"], "责任单位"): (was["unit"], "新单位"),
        (2, new["annex2"][0]["unit"], "项目开工率（%）"): (
            str(old["annex2"][0]["rates"]["starts"]["percent"] or ""), "12.3",
        ),
    }  # fmt: skip
    assert [(row["key"], row["new"]) for row in found["sentences"]] == [("s2.1", "改过")]
    assert diff(old, deepcopy(old)) == {"figures": [], "rows": [], "sentences": []}
