"""Anybody tries anything in any order: the promises of the ledger hold after every step, and a broken one is found."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.errors import Refused
from dispatch.ledger import actions, flow
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.models import Notice
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR, FIVE, cast, snapshot
from tests.factories import AT, TODAY

DUE = TODAY + timedelta(days=14)
COLUMNS = [f.attname for f in LedgerItem._meta.concrete_fields]
REPLAYED = ("due_on", "tier", "extended_wd", "title", "progress", "closed_on", "hung_on")


class LedgerMachine(RuleBasedStateMachine):
    """One item, people of the centre and of three units, and a calendar that goes on."""

    people = None

    def __init__(self):
        super().__init__()
        p = self.people
        self.day, self.hours = TODAY, 0
        self.row = actions.register(park=p.park, by=p.staff, **self.edge(), title="用地指标未落实", **FIVE)
        self.start = {name: getattr(self.row, name) for name in REPLAYED}
        self.writes = 1

    def edge(self):
        return {"at": AT + (self.day - TODAY) + timedelta(hours=self.hours), "on": self.day}

    def users(self):
        p = self.people
        return [p.staff, p.second, p.leader, p.worker, p.office_worker, p.stranger, p.outsider]

    def now(self):
        return LedgerItem.objects.get(pk=self.row.pk)

    # what people do -------------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 4))
    def time_goes_on(self, days):
        self.day += timedelta(days=days)

    @rule(verb=st.sampled_from(list(ItemVerb)), who=st.integers(0, 6), stale=st.booleans(), days=st.integers(-1, 12))
    def anybody_tries_anything(self, verb, who, stale, days):
        self.attempt(verb, self.users()[who], stale, days)

    @rule(choice=st.integers(0, 15), who=st.integers(0, 6), days=st.integers(1, 10))
    def somebody_goes_on(self, choice, who, days):
        row = self.now()
        verbs = flow.verbs_from(row.state)
        verb = verbs[choice % len(verbs)]
        able = [user for user in self.users() if actions.may_do(row, verb, user)]
        self.attempt(verb, able[who % len(able)] if able else self.people.staff, False, days)

    @precondition(lambda self: self.now().state in ("signed", "working", "returned", "closing"))
    @rule(who=st.sampled_from([0, 1, 3, 6]))
    def it_goes_towards_its_end(self, who):
        verb = ItemVerb.CLOSE if self.now().state == "closing" else ItemVerb.ASK_CLOSE
        self.attempt(verb, self.users()[who], False, 1)

    @rule(who=st.integers(0, 6), name=st.integers(0, 6))
    def somebody_comments(self, who, name):
        before, told = snapshot(self.row), LedgerComment.objects.count()
        by, mentioned = self.users()[who], self.users()[name]
        try:
            row = actions.comment(self.now(), text=f"请@{mentioned} 看", by=by, **self.edge())
        except PermissionDenied:
            assert (snapshot(self.row), LedgerComment.objects.count()) == (before, told)
            return
        sees = LedgerItem.objects.visible_to(mentioned).filter(pk=self.row.pk).exists()
        assert list(row.mentions.all()) == ([mentioned] if sees else [])
        assert snapshot(self.row) == before  # a comment is no write on the item

    def attempt(self, verb, user, stale, days):
        before, row = snapshot(self.row), self.now()
        self.hours = (self.hours + 1) % 9
        try:
            self.call(verb, row, {"by": user, "version": row.version - stale, **self.edge()}, days)
        except (Refused, PermissionDenied):
            assert snapshot(self.row) == before
            return
        assert not stale
        self.writes += 1

    def call(self, verb, row, edge, days):
        p, later = self.people, self.day + timedelta(days=max(days, 0))
        units = [p.unit, p.staff.organization, p.stranger.organization]
        match verb:
            case ItemVerb.ASSIGN:
                actions.assign(row, unit=units[days % 3], due_on=later, **edge)
            case ItemVerb.SIGN:
                actions.sign(row, **edge)
            case ItemVerb.PROGRESS:
                actions.report_progress(row, note="x" * max(days, 0), **edge)
            case ItemVerb.ASK_CLOSE:
                actions.ask_close(row, evidence="y", **edge)
            case ItemVerb.CLOSE:
                actions.close(row, **edge)
            case ItemVerb.TAKE_UP:
                given = {"unit": units[days % 3]} if days % 2 else {}
                actions.take_up(row, note="定了", due_on=later if days > 5 else None, **given, **edge)
            case ItemVerb.EXTEND:
                actions.extend(row, workdays=days, reason="w", calendar=CALENDAR, **edge)
            case ItemVerb.ASK_EXTENSION:
                actions.ask_extension(row, workdays=days, reason="v", **edge)
            case ItemVerb.EDIT:
                actions.edit(row, fields={"title": f"{row.title[:6]}{row.version}"}, **edge)
            case _:
                with_reason = {
                    ItemVerb.RETURN: actions.send_back,
                    ItemVerb.REOPEN: actions.reopen,
                    ItemVerb.ASK_HANG: actions.ask_hang,
                    ItemVerb.REFUSE_HANG: actions.refuse_hang,
                    ItemVerb.HANG: actions.hang,
                    ItemVerb.REFUSE_EXTENSION: actions.refuse_extension,
                }
                with_reason[verb](row, reason="z", **edge)

    # what holds -----------------------------------------------------------------------------------------------

    @invariant()
    def closed_only_by_somebody_else(self):
        row, entries = self.now(), list(self.row.history.order_by("pk").select_related("by__organization"))
        assert (row.state == "closed") == (row.closed_on is not None) == (row.closed_by_id is not None)
        for before, after in pairwise(entries):
            if after.verb == ItemVerb.CLOSE:
                assert before.to_state == "closing"
                asked = [entry.by_id for entry in entries if entry.verb == "ask_close" and entry.pk < after.pk][-1]
                assert after.by_id != asked
        if row.state == "closed":
            assert row.unit_id not in (row.closed_by.organization_id, row.closed_by.organization.parent_id)

    @invariant()
    def the_history_is_complete(self):
        row, entries = self.now(), list(self.row.history.order_by("pk"))
        assert len(entries) == self.writes == row.version
        assert all(before.to_state == after.from_state for before, after in pairwise(entries))
        assert entries[-1].to_state == row.state
        told = self.start | {}
        for entry in entries:
            # What an extension asks for is told by the entry, but it is not a change of the item yet.
            changes = [] if entry.verb == ItemVerb.ASK_EXTENSION else entry.changes
            for change in changes:
                if change["field"] in told:
                    assert str(change["old"]) == str(told[change["field"]])
                    told[change["field"]] = change["new"]
        assert {name: str(value) for name, value in told.items()} == {n: str(getattr(row, n)) for n in REPLAYED}

    @invariant()
    def time_runs_one_way(self):
        row, entries = self.now(), list(self.row.history.order_by("pk"))
        assert all(before.on <= after.on for before, after in pairwise(entries))
        assert row.raised_on <= (row.assigned_on or row.raised_on) <= (row.closed_on or date.max)
        assert row.due_on is None or row.starts_on <= row.due_on

    @invariant()
    def extended_once_by_somebody_else(self):
        row, entries = self.now(), list(self.row.history.order_by("pk"))
        granted = [entry for entry in entries if entry.verb == ItemVerb.EXTEND]
        requests = list(row.extensions.order_by("pk"))
        assert len(granted) == sum(r.outcome == "granted" for r in requests) == (row.extended_wd > 0)
        assert 0 <= row.extended_wd <= 10
        assert sum(r.outcome == "open" for r in requests) <= 1
        for request in requests:
            asked = any(e.verb == ItemVerb.ASK_EXTENSION and e.at == request.asked_at for e in entries)
            assert not (asked and request.answer and request.decided_by_id == request.asked_by_id)

    @invariant()
    def what_is_moved_up_is_open_and_nothing_is_forgotten(self):
        row, verbs = self.now(), [entry.verb for entry in self.row.history.order_by("pk")]
        assert (row.state == "hung") == (row.hung_on is not None) == (row.tier > 1)
        assert row.tier <= 4
        assert LedgerItem.objects.open().filter(pk=row.pk).exists() == (row.state != "closed")
        counted = LedgerItem.objects.counted().get(pk=row.pk)
        assert counted.times_reopened == verbs.count("reopen")
        assert counted.times_returned == verbs.count("return")

    @invariant()
    def nobody_is_told_what_he_did_himself(self):
        doers = {f"ledger/{self.row.pk}/{e.verb}/": e.by_id for e in self.row.history.order_by("pk").reverse()[:1]}
        row = self.now()
        for start, by in doers.items():
            assert not Notice.objects.filter(key=f"{start}{row.version}/u{by}").exists()


def with_people(machine):
    machine.people = cast()
    machine.people.outsider = factories.user(machine.people.park, "staff")


class TestAnyOrder(LedgerMachine.TestCase, TestCase):
    def setUp(self):
        super().setUp()
        with_people(LedgerMachine)


TestAnyOrder.settings = settings(
    max_examples=settings().max_examples // 2, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = pytest.mark.slow(pytest.mark.once(TestAnyOrder))


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(("guard", "found"), [("may_verify", "closed_only_by"), ("next_state", "")])
def test_the_machine_finds_a_ledger_without_the_guard(monkeypatch, guard, found):
    """The twins: four eyes switched off; any move possible from any state."""
    with_people(LedgerMachine)
    if guard == "may_verify":
        monkeypatch.setattr(flow, "may_verify", lambda **_facts: True)
    else:
        ends = {verb: next(iter(moves.values())) for verb, moves in flow.TRANSITIONS.items()}
        monkeypatch.setattr(flow, "next_state", lambda state, verb: ends[verb])
    patience = settings(
        max_examples=300, stateful_step_count=20, suppress_health_check=list(HealthCheck), database=None,
        phases=[Phase.generate], derandomize=True,
    )  # fmt: skip
    with pytest.raises(Exception) as caught:
        run_state_machine_as_test(LedgerMachine, settings=patience)
    assert found in "".join(map(str, caught.traceback))
