"""What is measured. A workload is a function registered under its name; it returns what ``measure.in_turn`` returns.

``targets`` are those of the performance reference: (what, upper bound). One that cannot run says so and is listed as
not run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

from bench import plain
from bench.bare import bare_client
from bench.measure import in_turn


@dataclass(frozen=True)
class Workload:
    title: str
    run: Callable[[int], dict]
    targets: tuple[tuple[str, float], ...]


WORKLOADS: dict[str, Workload] = {}


def workload(name: str, title: str, **targets: float):
    def register(run):
        WORKLOADS[name] = Workload(title, run, tuple(targets.items()))
        return run

    return register


def park():
    from accounts.models import Park

    return Park.objects.get(code="yunling")


def signed_in(username: str):
    from django.test import Client

    from accounts.models import User

    user = User.objects.select_related("organization__park", "role").get(username=username)
    client = Client()
    client.force_login(user, backend="accounts.backends.OrganizationBackend")
    return client, bare_client(user)


def getter(client, *addresses: str):
    """A call that asks for the next of the addresses and insists on the page."""
    position = 0

    def get():
        nonlocal position
        answer = client.get(addresses[position % len(addresses)], SERVER_NAME="localhost")
        position += 1
        assert answer.status_code == 200, f"{answer.status_code} for {answer.request['PATH_INFO']}"
        return answer

    return get


@workload("list", "Project list, 50 rows", ratio=3, queries=10)
def project_list(rounds: int) -> dict:
    ours, bare = signed_in("zhongxin")
    return in_turn(
        getter(ours, "/projects/"), getter(bare, "/list/"), rounds=rounds, calls=15, limit_name="bare view, page first"
    )


@workload("project", "Project page with its 22 steps", median_ms=60, queries=15)
def project_page(rounds: int) -> dict:
    from projects.models import Project

    ours, bare = signed_in("zhongxin")
    keys = list(Project.objects.filter(park=park()).order_by("pk").values_list("pk", flat=True)[:40])
    return in_turn(
        getter(ours, *(f"/projects/{pk}/" for pk in keys)),
        getter(bare, *(f"/project/{pk}/" for pk in keys)),
        rounds=rounds, calls=15, limit_name="bare view",
    )  # fmt: skip


def count_board() -> None:
    """What the job "board" does every morning."""
    from dispatch.dashboard.counted import keep
    from dispatch.dashboard.frame import Asked
    from dispatch.figures import policies
    from workdays.models import load_calendar

    as_of, at = seen_on()
    keep(park(), Asked(park(), as_of, at, load_calendar()), policies.in_force(park().pk), at)


@workload("dashboard", "Leaders' dashboard", median_ms=100)
def dashboard(rounds: int) -> dict:
    ours, _bare = signed_in("lingdao")
    pk = park().pk
    count_board()
    return in_turn(
        getter(ours, "/dashboard/"), lambda: plain.dashboard(pk), rounds=rounds, calls=5, limit_name="plain aggregates"
    )


@workload("daily_first", "Daily job, first run", ratio=3)
def daily_first(rounds: int) -> dict:
    as_of, at = seen_on()

    def ours():
        from dispatch.warnings.evaluate import evaluate

        plain.forget_warnings()
        evaluate(as_of=as_of, at=at)

    def limit():
        plain.forget_warnings()
        plain.warn(as_of)

    return in_turn(ours, limit, rounds=rounds, calls=1, limit_name="plain INSERT … SELECT, 5 rules of 9", undo=True)


@workload("daily_again", "Daily job, nothing new", ratio=3)
def daily_again(rounds: int) -> dict:
    from dispatch.warnings.evaluate import evaluate

    as_of, at = seen_on()
    evaluate(as_of=as_of, at=at)

    def ours():
        assert evaluate(as_of=as_of, at=at).total == 0

    return in_turn(
        ours, lambda: plain.warn(as_of), rounds=rounds, calls=2, limit_name="plain INSERT … SELECT, 5 rules of 9",
        undo=True,
    )  # fmt: skip


def seen_on() -> tuple[date, datetime]:
    """The day the park was seeded for, and a moment of it."""
    from accounts import clock

    return clock.today(), clock.now()


def last_month() -> tuple[int, int]:
    day = seen_on()[0].replace(day=1) - timedelta(days=1)
    return day.year, day.month


def exported(rows: int) -> bytes:
    from projects.ledger.export import export
    from projects.models import Project

    chosen = Project.objects.filter(park=park(), pk__in=Project.objects.filter(park=park()).order_by("pk")[:rows])
    year, month = last_month()
    with export(chosen.order_by("pk"), park=park(), year=year, month=month) as file:
        return file.read()


@workload("import", "Import of 1,000 projects (22,000 steps), whole", median_ms=3400)
def import_whole(rounds: int) -> dict:
    ours, limit = importing(exported(1000))
    return in_turn(ours, limit, rounds=max(rounds, 3), calls=1, limit_name="multi-row VALUES", undo=True)


@workload("import_write", "Import of 1,000 projects, writing alone", ratio=3)
def import_write(rounds: int) -> dict:
    data = exported(1000)
    read, write = importing_in_two(data)
    import_batch = read()
    _ours, limit = importing(data)
    return in_turn(
        lambda: write(import_batch),
        limit,
        rounds=max(rounds, 3),
        calls=1,
        limit_name="multi-row VALUES",
        undo=True,
    )


def importing(data: bytes):
    read, write = importing_in_two(data)
    return (lambda: write(read())), plain.insert_like(1000)


def importing_in_two(data: bytes):
    from django.core.files.uploadedfile import InMemoryUploadedFile

    from accounts.models import Organization, Park, Role, User
    from projects.ledger import actions
    from projects.models import ImportBatch, Project

    empty, _new = Park.objects.get_or_create(code="bench", defaults={"name_zh": "测量用空园区"})
    office, _new = Organization.objects.get_or_create(park=empty, kind="park_office", name="测量")
    staff, _new = User.objects.get_or_create(
        username="bench", defaults={"organization": office, "role": Role.objects.get(code="staff")}
    )
    at = seen_on()[1]

    def read() -> int:
        file = InMemoryUploadedFile(BytesIO(data), None, "台账.xlsx", None, len(data), None)
        year, month = last_month()
        batch = actions.upload(file, park=empty, report_year=year, report_month=month, by=staff, at=at)
        actions.work(batch.pk, now=lambda: at)
        return batch.pk

    def write(pk: int) -> None:
        batch = ImportBatch.objects.select_related("park").get(pk=pk)
        actions.confirm(batch, valid_rows_only=False, by=staff, at=at)
        actions.work(pk, now=lambda: at)
        written, done = Project.objects.filter(park=empty).count(), ImportBatch.objects.get(pk=pk)
        assert done.state == ImportBatch.State.DONE and written, f"{done.state}: {done.refusal}"

    return read, write


@workload("export", "Export to xlsx, up to 10,000 rows", ratio=1.5)
def export_ledger(rounds: int) -> dict:
    import openpyxl

    cells = [list(row) for row in openpyxl.load_workbook(BytesIO(exported(10_000)), read_only=True).active.values]

    def limit():
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("项目台账")
        for row in cells:
            sheet.append(row)
        book.save(BytesIO())

    return in_turn(
        lambda: exported(10_000), limit, rounds=max(rounds, 3), calls=1, limit_name="openpyxl write_only alone"
    )


@workload("figures", "Figures of steps and departments, running year", ratio=10, queries=20)
def figures(rounds: int) -> dict:
    ours, _bare = signed_in("zhongxin")
    pk, year = park().pk, seen_on()[0].year
    return in_turn(
        getter(ours, f"/figures/steps/?by=both&period={year}"), lambda: plain.figures(pk, year), rounds=rounds, calls=3,
        limit_name="plain aggregates, no working days",
    )  # fmt: skip


@workload("land", "From land to ground breaking, running year", ratio=10, queries=15)
def land_to_start(rounds: int) -> dict:
    ours, _bare = signed_in("zhongxin")
    pk, year = park().pk, seen_on()[0].year
    return in_turn(
        getter(ours, f"/figures/land/?period={year}"), lambda: plain.land(pk, year), rounds=rounds, calls=3,
        limit_name="plain aggregates",
    )  # fmt: skip


@workload("plans", "Forecast, latest dates and critical path of 2,000 plans of 30 tasks", median_ms=2000)
def plans(rounds: int) -> dict:
    """Networks built and sorted as well; no database. The target is 1 ms a plan."""
    from bench.plans import STEPS, networks
    from projects.planning.engine import schedule
    from workdays.models import load_calendar

    calendar, today = load_calendar(), seen_on()[0]
    target_on = today + timedelta(days=420)

    def ours():
        for network in networks(2000, today):
            schedule(network, today=today, calendar=calendar, goal="L10", target_on=target_on)

    def limit():
        for _plan in range(2000):
            day = today
            for _code, days, _hard, _soft in STEPS:
                day = calendar.add(day, days)

    return in_turn(ours, limit, rounds=rounds, calls=1, limit_name="one calendar.add for each task")


@workload("risk", "p50 and p80 of 2,000 plans of 30 tasks, 1,000 runs each", median_ms=10_000)
def risk(rounds: int) -> dict:
    """Every open task draws from three durations; no database. The limit is the engine on the same networks."""
    from bench.plans import networks
    from projects.planning.engine import schedule
    from projects.planning.risk import finish_quantiles
    from workdays.models import load_calendar

    calendar, today = load_calendar(), seen_on()[0]
    plans = list(networks(2000, today))
    days = [(task.key, task.duration_wd) for task in plans[0] if task.duration_wd]
    samples = {key: {max(1, wd - 1): 3, wd: 5, wd + 4: 2} for key, wd in days}

    def ours():
        for number, network in enumerate(plans):
            finish_quantiles(network, "L10", samples, today=today, calendar=calendar, runs=1000, seed=number)

    def limit():
        for network in plans:
            schedule(network, today=today, calendar=calendar, goal="L10")

    return in_turn(ours, limit, rounds=rounds, calls=1, limit_name="the engine once for each plan")


@workload("forecasts", "Forecasts of every project of the park, read, worked out and kept", median_ms=10_000)
def forecasts(rounds: int) -> dict:
    """What the job "plans" does every morning. The limit writes rows that are there already."""
    from dispatch.plan import forecasting
    from dispatch.plan.models import PlanForecast
    from projects.models import Project
    from workdays.models import load_calendar

    (today, at), calendar = seen_on(), load_calendar()
    ids = list(Project.objects.filter(park=park()).order_by("pk").values_list("pk", flat=True))
    batches = [ids[start : start + forecasting.BATCH] for start in range(0, len(ids), forecasting.BATCH)]

    def ours():
        for batch in batches:
            forecasting.refresh(Project.objects.filter(pk__in=batch), today=today, at=at, calendar=calendar)

    ours()
    rows = list(PlanForecast.objects.all())

    def limit():
        PlanForecast.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["project"], update_fields=forecasting.FIELDS,
            batch_size=forecasting.BATCH,
        )  # fmt: skip

    return in_turn(ours, limit, rounds=rounds, calls=1, limit_name="writing the same rows alone", undo=True)
