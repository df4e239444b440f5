"""The tools behind ./start and ./test: servers, child processes, texts, counts."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import launch, messages, suite, venv
from tools.processes import Service, stop_all
from tools.servers import free_port, postgres_server, redis_server

ROOT = Path(__file__).resolve().parent.parent


def eventually(condition, *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def running(pid: int) -> bool:
    """Whether the process exists and is more than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])


# Texts


def one(text: str, name: str = "x.html") -> list[tuple[str | None, tuple[str, ...]]]:
    found = messages._in_template(text, name) if name.endswith("html") else messages._in_code(text, name)
    return [(source.context, source.forms) for source in found]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.py", '_("Save")', [(None, ("Save",))]),
        ("x.py", 'gettext_lazy(\n  "Two "\n  "parts")', [(None, ("Two parts",))]),
        ("x.py", 'ngettext("%(n)s step", "%(n)s steps", n)', [(None, ("%(n)s step", "%(n)s steps"))]),
        ("x.py", 'pgettext("verb", "Close")', [("verb", ("Close",))]),
        ("x.py", "_(variable)", []),
        ("x.html", "<p>It's {% translate 'Save' %}</p>", [(None, ("Save",))]),
        ("x.html", '{% translate "Close" context "verb" %}', [("verb", ("Close",))]),
        ("x.html", '  <a href="{% url "x" %}">\n{{ _("Open") }}\n    </a>', [(None, ("Open",))]),
        ("x.html", "{% blocktranslate %}Hi {{ name }}{% endblocktranslate %}", [(None, ("Hi %(name)s",))]),
        (
            "x.html",
            "{% blocktranslate count n=n trimmed %}\n {{ n }} day\n{% plural %}\n{{ n }} days{% endblocktranslate %}",
            [(None, ("%(n)s day", "%(n)s days"))],
        ),
        ("x.html", "<script>x = 'Not ours'</script>", []),
    ],
)
def test_texts_are_found_in_code_and_templates(name, text, expected):
    assert one(text, name) == expected


def faults_of(source: str, translation: str | None, *, fuzzy: bool = False) -> list[str]:
    catalogue = Catalog(locale="zh_Hans")
    if translation is not None:
        catalogue.add(source, translation, flags={"fuzzy"} if fuzzy else set())
    return [line.split(":")[0] for line in messages.faults([messages.Source("x.py:1", None, (source,))] * 2, catalogue)]


@pytest.mark.parametrize(
    ("source", "translation", "fuzzy", "expected"),
    [
        ("Save", "保存", False, []),
        ("Save", None, False, ["missing"]),
        ("Save", "", False, ["empty"]),
        ("Save", "保存", True, ["fuzzy"]),
        ("%(n)s of %(all)s", "共 %(all)s 项,第 %(n)s 项", False, []),
        ("%(n)s of %(all)s", "第 %(n)s 项", False, ["other placeholders"]),
        ("Row {row}", "第 {line} 行", False, ["other placeholders"]),
        ("100%% of %(n)s", "%(n)s 的 100%%", False, []),
    ],
)
def test_unfinished_translations_are_named_once(source, translation, fuzzy, expected):
    assert faults_of(source, translation, fuzzy=fuzzy) == expected


def test_missing_texts_can_be_added_and_compiled(tmp_path):
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Old"\nmsgstr "旧"\n')
    found = [messages.Source("x.py:1", None, ("Old",)), messages.Source("x.py:2", "verb", ("Close",))]
    assert messages.add_missing(found, path) == 1
    assert messages.add_missing(found, path) == 0
    catalogue = messages.read_catalogue(path)
    assert catalogue.get("Old").string == "旧"
    assert catalogue.get("Close", context="verb").string == ""
    assert messages.compile_all(tmp_path) == [folder / "django.mo"]
    assert messages.compile_all(tmp_path) == []


# The environment and the sums


def test_fingerprint_covers_included_requirements(tmp_path):
    (tmp_path / "a.txt").write_text("django==5.2.19\n")
    (tmp_path / "b.txt").write_text("-r a.txt\nruff==1\n")
    before = venv.fingerprint(tmp_path / "b.txt")
    assert venv.fingerprint(tmp_path / "b.txt") == before
    (tmp_path / "a.txt").write_text("django==5.2.20\n")
    assert venv.fingerprint(tmp_path / "b.txt") != before


def test_counts_of_a_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/>'
        '<testsuite tests="5" failures="0" errors="0" skipped="0"/></testsuites>'
    )
    assert suite.counts(report) == (9, 3, 3)


def test_names_of_what_failed_in_a_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.b" name="test_two"><error/></testcase>'
        '<testcase classname="tests.a" name="test_one"><failure/></testcase>'
        '<testcase classname="tests.a" name="test_good"/></testsuite></testsuites>'
    )
    assert suite.broken(report) == ["tests.a::test_one", "tests.b::test_two"]


def test_a_failed_check_without_tests_counts_as_one_failure(tmp_path, capsys):
    checks = suite.Suite(tmp_path)
    checks.stage("good", lambda: suite.Outcome("good", good=True, passed=4, skipped=1))
    checks.stage("bad", lambda: False)
    checks.stage("broken", lambda: 1 / 0)
    assert checks.summary() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 2 failed, 1 skipped"


@pytest.mark.parametrize(("in_ci", "code", "last"), [(False, 0, "0 passed, 0 failed, 1 skipped"), (True, 1, None)])
def test_what_cannot_be_had_is_named_and_fails_in_ci(tmp_path, capsys, monkeypatch, in_ci, code, last):
    monkeypatch.setattr(suite, "IN_CI", in_ci)
    checks = suite.Suite(tmp_path)

    def nothing() -> bool:
        raise suite.Unavailable("No PostgreSQL: install it")

    checks.stage("on PostgreSQL", nothing)
    assert checks.summary() == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].startswith("MISSING on PostgreSQL: No PostgreSQL: install it")
    assert last is None or lines[-1] == last


# Child processes


def service(code: str, tmp_path: Path, *, ready_text: str = "") -> Service:
    command = [sys.executable, "-u", "-c", textwrap.dedent(code)]
    return Service("child", command, env=dict(os.environ), cwd=tmp_path, ready_text=ready_text)


def test_a_dead_service_is_started_again(tmp_path, capfd):
    child = service("import time; print('here'); time.sleep(60)", tmp_path, ready_text="here")
    child.start()
    assert child.ready.wait(10)
    first = child.process.pid
    child.process.kill()
    assert eventually(lambda: not child.alive())

    def revived() -> bool:
        child.revive()
        return child.alive()

    assert eventually(revived)
    assert child.process.pid != first
    assert (child.deaths, child.delay) == (1, 1.0)
    stop_all([child], patience=5)
    assert not running(child.process.pid)
    assert " child | here" in capfd.readouterr().out


def test_a_service_that_keeps_dying_is_started_ever_later(tmp_path):
    child = service("raise SystemExit(3)", tmp_path)
    delays = []
    for _attempt in range(7):
        child.start()
        child.process.wait()
        child.revive()
        delays.append(child.delay)
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_service_that_will_not_stop_is_killed_with_its_children(tmp_path):
    child = service(
        """
        import signal, subprocess, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("grandchild", subprocess.Popen(["sleep", "60"]).pid)
        time.sleep(60)
        """,
        tmp_path,
        ready_text="grandchild",
    )
    child.start()
    assert child.ready.wait(10)
    grandchild = int(child.last_lines[-1].split()[-1])
    stop_all([child], patience=0.3)
    assert eventually(lambda: not running(child.process.pid) and not running(grandchild))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux's")
def test_children_end_when_their_launcher_is_killed(tmp_path):
    code = """
        import os, sys, time
        from pathlib import Path
        from tools.processes import Service
        child = Service("child", ["sleep", "60"], env=dict(os.environ), cwd=Path.cwd())
        child.start()
        print(child.process.pid, flush=True)
        time.sleep(60)
        """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert running(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not running(pid))


def test_a_busy_port_is_named(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        with pytest.raises(SystemExit, match=rf"Port {port} .* Choose another"):
            launch.own_port("127.0.0.1", any_port=False)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_an_impossible_port_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match="PORT must be a number"):
        launch.own_port("127.0.0.1", any_port=False)


def test_one_launcher_per_data_folder(tmp_path):
    with launch.own_the_folder(tmp_path), pytest.raises(SystemExit, match="already running"):
        launch.own_the_folder(tmp_path)
    launch.own_the_folder(tmp_path).close()


def test_no_broker_of_our_own_when_one_is_given(tmp_path):
    env = {"CELERY_BROKER_URL": "redis://broker.example:6379/0"}
    assert [found.name for found in launch.services(env, "127.0.0.1", 8000, tmp_path)] == ["web", "worker", "beat"]
    env = {}
    names = [found.name for found in launch.services(env, "127.0.0.1", 8000, tmp_path)]
    assert names == ["redis", "web", "worker", "beat"]
    assert env["CELERY_BROKER_URL"].startswith("redis://127.0.0.1:")


# Servers


def test_free_port_is_free():
    assert not answers(free_port())


@pytest.mark.broker
def test_redis_lives_as_long_as_its_block():
    import redis

    with redis_server() as url, redis.Redis.from_url(url) as connection:
        assert connection.ping()
    assert not answers(port_of(url))


@pytest.mark.slow
def test_postgres_lives_as_long_as_its_block():
    import psycopg2

    with postgres_server() as url:
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT '项目'")
            assert cursor.fetchone() == ("项目",)
        connection.close()
    assert not answers(port_of(url))


@pytest.mark.broker
def test_a_real_worker_takes_a_task_from_the_broker(celery_worker_process, broker):
    from config.celery import app

    worker = celery_worker_process()
    app.send_task("celery.accumulate", [1, 2])
    worker.wait_for("Task celery.accumulate")
    worker.wait_for("succeeded")


@pytest.mark.browser
def test_the_browser_draws_chinese_on_a_phone(phone):
    phone.set_content("<p><span id=zh>项目</span></p>")
    assert phone.viewport_size["width"] == 390
    assert phone.evaluate("navigator.language") == "zh-CN"
    assert phone.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    assert phone.locator("#zh").bounding_box()["width"] > 16
