"""Files in the making: asked once, made once, given up, refused, thrown away."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Conflict, Refused
from accounts.models import Role
from dispatch.exports import making, tasks, work
from dispatch.exports.registry import KINDS, Kind, Made
from dispatch.models import FileJob, Notice
from tests import factories
from tests.factories import AT

MINUTE = timedelta(minutes=1)
State = FileJob.State

pytestmark = pytest.mark.django_db


def at(moment=AT):
    return lambda: moment


def asked(person, kind="t_quick", moment=AT, **params):
    return making.ask(kind, params, title="一张表", by=person, at=moment)


def fresh(job):
    return FileJob.objects.get(pk=job.pk)


def stored(settings) -> list[Path]:
    return sorted(Path(settings.MEDIA_ROOT, work.FOLDER).glob("*"))


class TestAsk:
    def test_in_the_same_words_it_is_the_same_file(self, staff):
        first = asked(staff, n=1, m=2)
        assert making.ask("t_quick", {"m": 2, "n": 1}, title="又", by=staff, at=AT).pk == first.pk
        assert asked(staff, n=2).pk != first.pk
        assert asked(factories.user(staff.park), n=1, m=2).pk not in (first.pk,)

    def test_once_it_is_made_it_is_asked_for_anew(self, staff):
        first = asked(staff)
        assert work.make(first.pk, now=at())
        assert asked(staff).pk != first.pk

    def test_three_at_most(self, staff):
        for n in range(making.MOST_OPEN):
            asked(staff, n=n)
        with pytest.raises(Refused):
            asked(staff, n=99)
        assert asked(staff, n=1)
        assert asked(factories.user(staff.park), n=99)

    @pytest.mark.parametrize(("kind", "params"), [("nothing", {}), ("t_quick", {"hidden": 1}), ("t_slow", None)])
    def test_what_nobody_offers_does_not_exist(self, staff, kind, params):
        with pytest.raises(Http404):
            making.ask(kind, params, title="", by=staff, at=AT)
        assert not FileJob.objects.exists()

    def test_long_arguments_are_refused(self, staff):
        with pytest.raises(Refused):
            asked(staff, n="长" * making.LONGEST_PARAMS)

    def test_without_the_verb(self, staff):
        with pytest.raises(PermissionDenied):
            asked(factories.user(staff.park, "enterprise"), "t_export")

    def test_a_worker_is_rung_for_it(self, staff, monkeypatch, django_capture_on_commit_callbacks):
        rung = []
        monkeypatch.setattr(tasks, "ring_aside", rung.append)
        with django_capture_on_commit_callbacks(execute=True):
            job = asked(staff)
        assert rung == [job.pk]


class TestMake:
    def test_made_once(self, staff, settings):
        job = asked(staff, n=7)
        assert work.make(job.pk, now=at(AT + MINUTE / 2))
        assert not work.make(job.pk, now=at(AT + MINUTE))
        done = fresh(job)
        assert (done.state, done.attempts, done.file_name, done.size) == (
            State.DONE,
            1,
            "表7.txt",
            len(f"{staff.pk}:7"),
        )
        assert done.file.read() == f"{staff.pk}:7".encode()
        assert done.expires_at == AT + MINUTE / 2 + work.KEPT
        assert len(stored(settings)) == 1
        assert not Notice.objects.exists()

    def test_who_has_waited_long_is_told(self, staff):
        job = asked(staff)
        work.make(job.pk, now=at(AT + 2 * MINUTE))
        notice = Notice.objects.get()
        assert (notice.event, notice.recipient, notice.url) == ("report_ready", staff, f"/my-files/{job.pk}/")

    def test_in_the_language_it_was_asked_in(self, staff):
        said = []
        KINDS["t_words"] = Kind("", lambda user, params: None, lambda *args: said.append(str(_language())) or _made())
        from django.utils import translation

        for language in ("en", "zh-hans"):
            with translation.override(language):
                job = asked(staff, "t_words", language=language)
            work.make(job.pk, now=at())
        assert said == ["en", "zh-hans"]

    def test_a_failing_one_is_tried_three_times(self, staff):
        job = asked(staff, "t_failing")
        for attempt in (1, 2):
            assert not work.make(job.pk, now=at())
            assert (fresh(job).state, fresh(job).attempts) == (State.WAITING, attempt)
            assert work.left_lying(now=AT) == [job.pk]
        assert work.make(job.pk, now=at())
        failed = fresh(job)
        assert failed.state == State.FAILED
        assert failed.error
        assert "secret" not in failed.error
        assert work.left_lying(now=AT + 99 * MINUTE) == []

    def test_a_refusal_is_said_at_once(self, staff):
        job = asked(staff, "t_refusing")
        work.make(job.pk, now=at())
        assert (fresh(job).state, fresh(job).error) == (State.FAILED, "没有数据")

    def test_nothing_when_the_right_was_taken_away(self, staff, settings):
        job = asked(staff, "t_export")
        Role.objects.filter(pk=staff.role_id).update(verbs=[])
        work.make(job.pk, now=at())
        assert (fresh(job).state, stored(settings)) == (State.FAILED, [])

    def test_nothing_for_a_disabled_account(self, staff):
        job = asked(staff)
        type(staff).objects.filter(pk=staff.pk).update(is_active=False)
        work.make(job.pk, now=at())
        assert fresh(job).state == State.FAILED


class TestLease:
    def test_another_begins_when_the_lease_has_passed(self, staff):
        job = asked(staff)
        first = work.claim(job.pk, now=AT)
        assert work.claim(job.pk, now=AT + work.LEASE) is None
        second = work.claim(job.pk, now=AT + work.LEASE + MINUTE)
        assert second.attempts == 2
        with pytest.raises(work.Unwanted):
            work._Progress(first, at())(1, 2)
        assert not work._keep(first, _made(), at=AT)
        assert work._keep(second, _made(), at=AT)

    def test_the_late_one_leaves_no_bytes(self, staff, settings):
        first = work.claim(asked(staff).pk, now=AT)
        work.claim(first.pk, now=AT + work.LEASE + MINUTE)
        work._keep(first, _made(), at=AT)
        assert stored(settings) == []

    def test_progress_renews_it(self, staff):
        job = work.claim(asked(staff).pk, now=AT)
        work._Progress(job, at(AT + MINUTE / 2))(3, 9)
        assert (fresh(job).done, fresh(job).total, fresh(job).lease_until) == (3, 9, AT + MINUTE / 2 + work.LEASE)

    def test_given_up_when_it_dies_every_time(self, staff):
        job, now = asked(staff), AT
        for _ in range(work.ATTEMPTS):
            assert work.claim(job.pk, now=now)
            assert work.bury(now=now) == 0
            now += 2 * work.LEASE
        assert work.claim(job.pk, now=now) is None
        assert work.bury(now=now) == 1
        assert fresh(job).state == State.FAILED

    def test_what_lies_is_handed_out_again(self, staff):
        job = asked(staff)
        assert work.left_lying(now=AT + MINUTE) == []
        assert work.left_lying(now=AT + 2 * MINUTE) == [job.pk]
        work.claim(job.pk, now=AT)
        assert work.left_lying(now=AT + work.LEASE) == []
        assert work.left_lying(now=AT + work.LEASE + MINUTE) == [job.pk]


class TestCancel:
    def test_while_it_is_made(self, staff, settings):
        job = asked(staff)

        def make(user, params, progress):
            making.cancel(job, by=staff, at=AT)
            progress(1, 2)
            raise AssertionError("goes on")

        KINDS["t_quick"] = Kind("", lambda user, params: None, make)
        assert not work.make(job.pk, now=at())
        assert (fresh(job).state, fresh(job).attempts, stored(settings)) == (State.CANCELLED, 1, [])

    def test_at_the_last_moment(self, staff, settings):
        job = asked(staff)
        KINDS["t_quick"] = Kind("", lambda *args: None, lambda *args: making.cancel(job, by=staff, at=AT) or _made())
        assert not work.make(job.pk, now=at())
        assert (fresh(job).state, stored(settings)) == (State.CANCELLED, [])

    def test_not_what_is_ready_and_not_anothers(self, staff):
        job = asked(staff)
        with pytest.raises(PermissionDenied):
            making.cancel(job, by=factories.user(staff.park), at=AT)
        work.make(job.pk, now=at())
        with pytest.raises(Conflict):
            making.cancel(job, by=staff, at=AT)


def test_thrown_away_after_a_week(staff, settings):
    job = asked(staff)
    work.make(job.pk, now=at())
    assert work.expire(now=AT + work.KEPT - MINUTE)["expired"] == 0
    assert work.expire(now=AT + work.KEPT)["expired"] == 1
    assert (fresh(job).state, bool(fresh(job).file), stored(settings)) == (State.EXPIRED, False, [])
    assert work.expire(now=AT + work.KEPT)["expired"] == 0


def test_bytes_no_row_knows_are_removed_after_a_day(staff, settings):
    import os

    work.make(asked(staff).pk, now=at(AT))
    lost = Path(settings.MEDIA_ROOT, work.FOLDER, "lost.txt")
    lost.write_text("x")
    [known] = [path for path in stored(settings) if path != lost]
    for path in (lost, known):
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    assert work.expire(now=AT + timedelta(hours=23))["orphans"] == 0
    assert work.expire(now=AT + timedelta(hours=25))["orphans"] == 1
    assert stored(settings) == [known]


def _made():
    return Made("a.txt", "text/plain", b"1")


def _language():
    from django.utils.translation import get_language

    return get_language()
