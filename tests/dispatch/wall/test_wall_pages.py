"""The wall on screen, projector, paper and as a list: what it shows, to whom, in how many queries."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pypdf
import pypdfium2
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from accounts.models import Role
from dispatch.exports.registry import KINDS, may_have
from dispatch.plan.models import Plan, PlanForecast
from dispatch.wall import files, paper, screen
from dispatch.wall.choices import chosen, window_of
from projects.models import Milestone, Project, TeamMember
from tests import factories
from tests.sheets import seen

pytestmark = pytest.mark.django_db
TODAY, AT = factories.TODAY, factories.AT
BACKEND = "accounts.backends.OrganizationBackend"
PAGES = ("dispatch:wall", "dispatch:wall_screen")
FILES = ("dispatch:wall_print", "dispatch:wall_export")
HOSTILE = ("<script>alert(1)</script>\"'&項目", "'; DROP TABLE--𠮷👩‍👧", "{{ 7|add:7 }}{% now %}")


@pytest.fixture(autouse=True)
def a_day_in_march(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park, client):
    return sign_in(client, factories.user(park))


def sign_in(client, person):
    client.force_login(person, backend=BACKEND)
    return person


def forecast(project, **fields):
    usual = {
        "as_of": TODAY, "goal": "L08", "target_on": date(2026, 6, 30), "goal_on": date(2026, 7, 31), "short_wd": 23,
        "computed_at": AT,
        "rows": [
            {"key": "L08", "finish": "2026-07-31", "standing": "waiting"},
            {"key": "S17", "finish": "2026-07-30", "standing": "waiting"},
            {"key": "L05", "finish": "2026-01-09", "standing": "finished"},
        ],
    }  # fmt: skip
    return PlanForecast.objects.create(project=project, **(usual | fields))


def milestone(project, stage="L08", **dates):
    return Milestone.objects.create(project=project, stage=stage, **dates)


@pytest.fixture
def case(park, staff):
    """One late project with a plan, one that has started, one of which nothing is known."""
    unit = factories.organization(park, name="经济发展局")
    late = factories.project(park, name="迟项目", light="red", responsible_unit=unit)
    TeamMember.objects.create(project=late, role="leader", person_name="李书记")
    TeamMember.objects.create(project=late, role="street", organization=factories.organization(park, name="东园街道"))
    milestone(late, baseline_on=date(2026, 6, 30), forecast_on=date(2026, 5, 5))
    forecast(late)
    started = factories.project(park, name="开工项目", stage="L08", industry="装备")
    milestone(started, baseline_on=date(2026, 2, 10), actual_on=date(2026, 2, 3))
    milestone(started, "L10", baseline_on=date(2026, 11, 30), forecast_on=date(2026, 11, 20))
    return late, started, factories.project(park, name="空项目", stage="L02")


def lines_of(text):
    return re.findall(r'class="wall-name"><a href="/projects/(\d+)/">', text)


def test_a_row_says_where_it_should_be_is_and_will_be(client, case):
    late = case[0]
    text = client.get(reverse("dispatch:wall")).content.decode()
    row = next(row for row in text.split("</tr>") if ">迟项目<" in row)
    assert "李书记" in row and "经济发展局" in row and "light-red" in row
    for day in ("2026-06-30", "2026-07-31"):  # baseline, target; the computed forecast, not the reported one
        assert day in row
    assert "2026-05-05" not in row and "23" in row
    for mark in ("#wall-baseline", "#wall-late-forecast", "#wall-target-short"):
        assert row.count(f'href="{mark}"') == 1
    assert "<script" not in row and 'class="wall-today"' in row
    assert reverse("projects:detail", args=[late.pk]) in row


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "迟项目 开工项目 空项目"),
        ("light=red", "迟项目"),
        ("q=开工", "开工项目"),
        ("pool=planning", "空项目"),
        ("industry=装备", "开工项目"),
        ("short=1", "迟项目"),
        ("starting=quarter", "开工项目"),
        ("event=L08.baseline.2026-06", "迟项目"),
        ("event=L08.forecast.2026-07", "迟项目"),
        ("event=L08.forecast.2026-05", ""),
        ("event=L08.actual.2026-02", "开工项目"),
        ("event=L10.forecast.2026-11", "开工项目"),
        ("event=L10.actual.2026-11", ""),
        ("event=L13.actual.2026-11", ""),
        ("event=L08.actual.2026-02%0A", ""),
        ("span=r13", ""),
        ("span=1999", ""),
        ("by=nobody", ""),
        ("sort=worst", ""),
        ("span=2031", "迟项目 开工项目 空项目"),
        ("page=9", "迟项目 开工项目 空项目"),
        ("page=x", "迟项目 开工项目 空项目"),
    ],
)
def test_filters(client, case, query, names):
    answer = client.get(f"{reverse('dispatch:wall')}?{query}")
    assert answer.status_code == 200
    pks = {str(row.pk): row.name for row in case}
    assert sorted(pks[pk] for pk in lines_of(answer.content.decode())) == sorted(names.split())


def test_every_number_of_a_month_leads_to_exactly_these_projects(client, case):
    text = client.get(reverse("dispatch:wall"), {"by": "unit"}).content.decode()
    links = re.findall(r'<a href="(\?[^"]*event=[^"]+)">(\d+)</a>', text)
    assert len(links) == 6
    for address, number in links:
        shown = client.get(reverse("dispatch:wall") + address.replace("&amp;", "&")).content.decode()
        assert len(lines_of(shown)) == int(number) and "by=unit" in address


def test_counts_stay_when_a_month_has_been_chosen(client, case):
    first = client.get(reverse("dispatch:wall")).context["counts"]
    again = client.get(reverse("dispatch:wall"), {"event": "L08.actual.2026-02"}).context["counts"]
    assert [row["total"] for row in first] == [row["total"] for row in again] == [2, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("leader", ["李书记", ""]), ("unit", ["经济发展局", ""]), ("street", ["东园街道", ""]), ("none", [""]),
        ("pool", ["planning", "reserve", "started"]), ("industry", ["装备", ""]),
    ],
)  # fmt: skip
def test_groups(client, case, by, keys):
    answer = client.get(reverse("dispatch:wall"), {"by": by})
    assert [group.key for group in answer.context["found"].groups] == keys
    assert answer.content.decode().count('<details class="wall-group" open>') == len(keys)


def test_a_suspended_project_has_no_forecast_and_is_not_late(client, case):
    Project.objects.filter(name="迟项目").update(status="suspended")
    answer = client.get(reverse("dispatch:wall"))
    [line] = [line for line in answer.context["found"].lines if line.name == "迟项目"]
    assert line.short_wd == 0 and line.as_of is None
    row = answer.content.decode().split(">迟项目<")[1].split("</tr>")[0]
    assert "is-late" not in row and "#wall-baseline" in row


def test_the_target_of_a_plan_without_forecast(case, staff, park):
    started = case[1]
    Plan.objects.create(project=started, goal="L10", target_on=date(2026, 10, 1), created_at=AT, updated_at=AT)
    [line] = [line for line in chosen({}, staff, TODAY).lines if line.pk == started.pk]
    assert (line.aim.on, line.aim.short_wd, line.short_wd) == (date(2026, 10, 1), None, 0)


def test_a_reached_goal_has_no_target(case, staff):
    PlanForecast.objects.update(is_reached=True, short_wd=None)
    assert all(line.aim is None for line in chosen({}, staff, TODAY).lines)


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_nobody_sees_what_is_not_theirs(client, park, name):
    mine = factories.organization(park)
    other = factories.project(park, name="他单位项目")
    factories.project(factories.park(), name="他园项目")
    seen = factories.project(park, name="本单位项目", responsible_unit=mine)
    for project in Project.objects.all():
        forecast(project)
        TeamMember.objects.create(project=project, role="leader", person_name=f"领导{project.name}")
    sign_in(client, factories.user(park, "unit", mine))
    text = text_of(client.get(reverse(name), {"by": "none"}))
    assert seen.name in text and other.name not in text and "他园" not in text
    sign_in(client, factories.user(park, "leader"))
    text = text_of(client.get(reverse(name), {"by": "none"}))
    assert seen.name in text and other.name in text and "他园" not in text


def text_of(answer):
    assert answer.status_code == 200
    match answer["Content-Type"].split(";")[0]:
        case "application/pdf":
            return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
        case "text/html":
            return answer.content.decode()
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)


def test_enterprises_and_people_without_a_role_have_no_wall(client, park):
    company = factories.organization(park, "enterprise")
    sign_in(client, factories.user(park, "enterprise", company))
    for name in PAGES:
        assert client.get(reverse(name))["Location"] == reverse("approvals:enterprise_home")
    for name in FILES:
        assert client.get(reverse(name)).status_code == 404
    person = factories.user(park)
    person.role = person.organization = None
    person.save()
    sign_in(client, person)
    assert {client.get(reverse(name)).status_code for name in (*PAGES, *FILES)} == {404}


def test_files_need_their_verb(client, staff):
    staff.role = Role.objects.create(code="w", name_zh="弱", scope="park", verbs=[])
    staff.save()
    assert client.get(reverse("dispatch:wall")).status_code == 200
    assert {client.get(reverse(name)).status_code for name in FILES} == {403}
    assert reverse("dispatch:wall_print") not in client.get(reverse("dispatch:wall")).content.decode()
    assert not any(may_have(kind, staff, {"query": ""}) for kind in ("wall_pdf", "wall_xlsx"))


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_as_many_queries_for_sixty_projects_as_for_one(client, park, staff, name, django_assert_max_num_queries):
    counts = []
    for number in (1, 3, 60):
        while Project.objects.count() < number:
            project = factories.project(park)
            forecast(project)
            milestone(project, baseline_on=date(2026, 4, 4))
            TeamMember.objects.create(project=project, role="leader", person_name=project.name)
        if number == 1:
            client.get(reverse(name))
        with django_assert_max_num_queries(20) as found:
            client.get(reverse(name))
        counts.append(len(found))
    assert len(set(counts)) == 1, counts


def test_more_than_a_page_of_rows(client, park, staff, monkeypatch):
    monkeypatch.setattr("dispatch.wall.views.PAGE_SIZE", 3)
    pks = [factories.project(park, name=f"项目{n}").pk for n in range(7)]
    shown = [lines_of(client.get(reverse("dispatch:wall"), {"page": page}).content.decode()) for page in (1, 2, 3)]
    assert [len(page) for page in shown] == [3, 3, 1]
    assert [int(pk) for page in shown for pk in page] == pks
    text = text_of(client.get(reverse("dispatch:wall_print")))
    assert all(f"项目{n}" in text for n in range(7))


def test_empty_states(client, staff):
    assert 'class="empty' in client.get(reverse("dispatch:wall")).content.decode()
    assert 'class="empty' in client.get(reverse("dispatch:wall"), {"q": "无"}).content.decode()
    assert client.get(reverse("dispatch:wall_screen")).context["pages"] == 0
    for size in ("a3", "a0"):
        [page] = pypdf.PdfReader(io.BytesIO(client.get(reverse("dispatch:wall_print"), {"paper": size}).content)).pages
        assert page.extract_text().strip()
    assert client.get(reverse("dispatch:wall_export")).status_code == 200


def test_names_nobody_would_write_on_purpose(client, park, staff):
    for name in HOSTILE:
        project = factories.project(park, name=name, industry=name[:50])
        TeamMember.objects.create(project=project, role="leader", person_name=name)
        forecast(project)
    for address in (reverse("dispatch:wall"), reverse("dispatch:wall_screen"), reverse("projects:list")):
        text = client.get(address, {"by": "pool"}).content.decode()
        assert "<script>alert" not in text
        assert "{{ 7|add:7 }}" in text
    for size in ("a3", "a0"):
        assert "DROP TABLE" in text_of(client.get(reverse("dispatch:wall_print"), {"paper": size}))


def test_the_list_leads_to_the_wall_with_its_filters(client, case):
    text = client.get(reverse("projects:list"), {"light": "red", "sort": "name", "view": "board"}).content.decode()
    assert f'href="{reverse("dispatch:wall")}?light=red"' in text
    text = client.get(reverse("dispatch:wall"), {"light": "red", "by": "unit", "span": "r12"}).content.decode()
    assert f'href="{reverse("projects:list")}?light=red"' in text


class TestPaper:
    @pytest.fixture
    def many(self, park, staff):
        for n in range(90):
            light = ["red", "yellow", "blue", "green", "grey"][n % 5]
            project = factories.project(park, name=f"第{n:03d}号年产五万套智能装备项目", light=light)
            TeamMember.objects.create(project=project, role="leader", person_name=f"领导{n // 20}")
            milestone(project, baseline_on=TODAY + timedelta(days=3 * n), forecast_on=TODAY + timedelta(days=4 * n))
            milestone(project, "L05", baseline_on=TODAY - timedelta(days=n % 50), actual_on=TODAY)
        return staff

    def pages(self, staff, size, query=""):
        with translation.override("zh-hans"):
            made = paper.made(chosen(QueryDict(query), staff, TODAY), size, park=staff.park, now=AT)
        return made, [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]

    @pytest.mark.parametrize("query", ["", "span=r24&by=pool"])
    def test_sheets_have_every_name_once_and_none_is_empty(self, many, query):
        made, pages = self.pages(many, "a3", query)
        assert len(pages) == 3
        whole = "".join(pages).replace("\n", "")
        assert "〓" not in whole  # all signs are in the font
        assert [whole.count(f"第{n:03d}号年产") for n in range(90)] == [1] * 90
        for page in pages:
            assert "号年产" in page and f"{len(pages)}" in page and "2026-" in page
            assert re.search(r"^领导\d", page, re.MULTILINE) or query  # heading of the group, on every page
        self.nothing_is_cut(made, (420, 297))

    def test_a_poster_holds_a_park_on_one_sheet(self, many):
        made, [page] = self.pages(many, "a0")
        whole = page.replace("\n", "")
        assert [whole.count(f"第{n:03d}号年产") for n in range(90)] == [1] * 90
        self.nothing_is_cut(made, (1189, 841))

    def test_one_project_stands_large_on_a_poster(self, park, staff):
        factories.project(park, name="独项目")
        assert paper._poster(chosen({}, staff, TODAY), lambda done, total: None).k == max(paper.FACTORS)

    def nothing_is_cut(self, made, size):
        document = pypdfium2.PdfDocument(made)
        try:
            for page in document:
                assert [round(length / paper.MM) for length in page.get_size()] == list(size)
                text = page.get_textpage()
                boxes = [text.get_charbox(at) for at in range(text.count_chars())]
                assert min(box[0] for box in boxes) >= 0 and max(box[2] for box in boxes) <= page.get_width()
                assert min(box[1] for box in boxes) >= 0 and max(box[3] for box in boxes) <= page.get_height()
        finally:
            document.close()


def test_the_workbook_has_marks_as_text_in_their_months(client, case):
    answer = client.get(reverse("dispatch:wall_export"))
    head, *rows = next(iter(seen(answer.content).values()))
    by_name = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(by_name) == {"迟项目", "开工项目", "空项目"}
    late = by_name["迟项目"]
    assert "06-30" in late["2026-06"] and "07-31" in late["2026-07"] and late["2026-05"] is None
    assert "02-10" in by_name["开工项目"]["2026-02"] and "02-03" in by_name["开工项目"]["2026-02"]
    assert list(head[9:]) == [f"2026-{month:02d}" for month in range(1, 13)]


@pytest.mark.parametrize("name", FILES)
def test_long_files_are_offered_in_the_background(client, case, monkeypatch, name):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 2)
    answer = client.get(reverse(name), {"by": "unit"})
    kind = answer.context["kind"]
    assert answer.context["params"] == {"query": "by=unit"} and kind in KINDS
    assert client.get(answer.context["now_url"])["Content-Type"].startswith("application/")


def test_the_worker_makes_them_for_whoever_asked(case, staff):
    for kind, ending in (("wall_pdf", ".a0.pdf"), ("wall_xlsx", ".xlsx")):
        made = KINDS[kind].make(staff, {"query": "light=red&paper=a0"}, lambda done, total: None)
        assert made.name.endswith(ending) and len(made.content) > 1000
    with pytest.raises(KeyError):
        KINDS["wall_pdf"].may(staff, {})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 20), ("10", 10), ("60", 60), ("5", 10), ("999", 60), ("-3", 20), ("x", 20), ("٣", 20), ("9999", 20)],
)
def test_seconds_of_a_page(text, seconds):
    assert screen.seconds_of(text) == seconds


def test_the_projector_goes_round_its_pages(client, case):
    address = reverse("dispatch:wall_screen")
    seen, here = [], "?by=leader&every=15"
    for _turn in range(3):
        answer = client.get(address + here)
        text = answer.content.decode()
        seen += lines_of(text)
        assert answer.context["pages"] == 2 and 'class="topbar' not in text
        follow = answer.context["next"].replace("&", "&amp;")
        assert f'<noscript><meta http-equiv="refresh" content="15;url={follow}"></noscript>' in text
        here = answer.context["next"]
    assert sorted(set(seen)) == sorted(str(project.pk) for project in case)
    assert len(seen) == 4 and answer.context["number"] == 1
    assert client.get(address + "?page=0").context["number"] == 2
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="wall-screen"') and "<html" not in part


@pytest.mark.parametrize(
    ("span", "first", "count"),
    [("2026", date(2026, 1, 1), 12), ("r12", date(2025, 12, 1), 12), ("r24", date(2025, 12, 1), 24)],
)
def test_windows(span, first, count):
    window = window_of(span, TODAY)
    assert (window.first, window.count) == (first, count)
