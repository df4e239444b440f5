"""?search=, ?fields= and many rows in one request."""

import pytest
from django.urls import get_resolver
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.api_bulk import MOST_ITEMS, BulkItem, BulkMixin, bulk_of
from accounts.api_platform import Platform
from accounts.api_select import only_fields, words_of
from accounts.errors import Refused
from projects.api import ProjectViewSet
from projects.models import Project
from projects.serializers import ProjectRow
from tests import factories
from tests.api.test_frame import is_problem

PROBLEM = "urn:project-navigator:problem:"


def test_only_the_fields_wanted(scene):
    row = scene.staff.get("projects/?fields=id, name").json()["results"][0]
    assert row == {"id": scene.project.pk, "name": scene.project.name}
    one = scene.staff.get(f"projects/{scene.project.pk}/?fields=remark")
    assert (one.json(), one["ETag"]) == ({"remark": scene.project.remark}, '"1"')
    for text in ("", ",", "nmae", "id,enterprise__name", "id,park"):
        assert list(is_problem(scene.staff.get(f"projects/?fields={text}"), 400)["errors"]) == ["fields"]


def test_fields_kept_back_cannot_be_asked_for(scene):
    assert scene.staff.get("projects/?fields=light").status_code == 200
    is_problem(scene.boss.get("projects/?fields=light"), 400)
    is_problem(scene.boss.get(f"projects/{scene.project.pk}/?fields=remark"), 400)


class Searched(ProjectViewSet):
    search_fields = ("name", "remark", "enterprise__name")
    list_serializer = ProjectViewSet.serializer_class


def found(person, text) -> set[str]:
    request = APIRequestFactory().get("/", {"search": text})
    force_authenticate(request, person)
    answer = Searched.as_view({"get": "list"})(request)
    assert answer.status_code == 200
    return {row["name"] for row in answer.data["results"]}


def test_every_word_stands_somewhere(scene):
    firm = scene.project.enterprise
    other = factories.project(scene.park, name="另一个项目", remark="百分之 100% 保密")
    Project.objects.filter(pk=scene.project.pk).update(remark="内部意见")
    mine = scene.project.name
    assert found(scene.staff_user, "") == {mine, other.name}
    assert found(scene.staff_user, firm.name) == {mine}
    assert found(scene.staff_user, f"内部 {firm.name}") == {mine}
    assert found(scene.staff_user, "内部 另一个") == set()
    assert found(scene.staff_user, "100%") == {other.name}
    assert found(scene.staff_user, "%_") == set()
    assert found(scene.boss_user, mine) == {mine}
    assert found(scene.boss_user, "内部") == set()


@pytest.mark.parametrize("text", ["x" * 201, "a " * 11])
def test_a_search_has_an_end(text):
    with pytest.raises(ValidationError):
        words_of(text)


class Rename(BulkItem):
    industry = serializers.CharField(max_length=50)


class Many(BulkMixin, ProjectViewSet):
    def bulk(self, request):
        return self.change_many(Rename, self._one_row, allowed=lambda row: row.name != "不许")

    def _one_row(self, row, values, version):
        if values["industry"] == "拒绝":
            Project.objects.filter(pk=row.pk).update(remark="半成品")
            raise Refused("不行")
        Project.objects.filter(pk=row.pk, version=version).update(version=version + 1, **values)


def send(person, items, **more):
    request = APIRequestFactory().post("/", {"items": items} | more, format="json")
    force_authenticate(request, person)
    return Many.as_view({"post": "bulk"})(request)


@pytest.fixture
def three(scene):
    return [factories.project(scene.park, name=name) for name in ("甲", "乙", "不许")]


def item(row, industry="装备", version=1):
    return {"id": getattr(row, "pk", row), "version": version, "industry": industry}


def test_all_or_nothing(scene, three):
    first, second, _no = three
    answer = send(scene.staff_user, [item(first), item(second, "食品")])
    assert answer.status_code == 200
    assert [(one["id"], one["status"], one["version"]) for one in answer.data["results"]] == [
        (first.pk, 200, 2), (second.pk, 200, 2),
    ]  # fmt: skip
    refused = send(scene.staff_user, [item(first, "化工", 2), item(second, "化工", 1)])
    assert (refused.status_code, refused.data["type"]) == (409, PROBLEM + "bulk-refused")
    assert [(one["status"], one["version"]) for one in refused.data["results"]] == [(200, None), (412, None)]
    rows = Project.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk")
    assert list(rows.values_list("industry", "version")) == [("装备", 2), ("食品", 2)]


def test_each_by_itself(scene, three):
    elsewhere = factories.project(factories.park(), name="别处")
    first, second, no = three
    items = [item(first), item(second, "拒绝"), item(no), item(elsewhere), item(scene.project, version=7)]
    answer = send(scene.staff_user, items, mode="each")
    assert answer.status_code == 207
    assert [one["status"] for one in answer.data["results"]] == [200, 409, 403, 404, 412]
    assert answer.data["results"][1]["problem"]["type"] == PROBLEM + "refused"
    second.refresh_from_db()
    assert (second.remark, second.version) == ("", 1)
    assert send(scene.staff_user, [item(first, "机械", 2)], mode="each").status_code == 200


@pytest.mark.parametrize(
    "items",
    [[], [{"id": 1}], [{"id": 1, "version": 1, "industry": "x", "name": "y"}], [item(1), item(1)], "x", [item(2**63)]],
    ids=["none", "no version", "unknown", "twice", "text", "too large"],
)
def test_what_is_no_list_of_items_is_400(scene, items):
    assert send(scene.staff_user, items).status_code == 400


def test_the_list_has_an_end():
    body = bulk_of(Rename)(data={"items": [item(n) for n in range(1, MOST_ITEMS + 2)]})
    assert not body.is_valid()


def test_lists_of_fields_are_checked_without_a_request():
    serializer = ProjectRow(Project(name="x"), context={})
    only_fields(serializer, "name")
    assert set(serializer.fields) == {"name"}


def test_every_view_stands_on_the_platform():
    patterns = get_resolver().namespace_dict["api"][1].url_patterns
    flat = [inner for pattern in patterns for inner in getattr(pattern, "url_patterns", [pattern])]
    views = {
        getattr(pattern.callback, "cls", None) or pattern.callback.view_class
        for pattern in flat
        if hasattr(pattern.callback, "cls") or hasattr(pattern.callback, "view_class")
    }
    views = {view for view in views if "Swagger" not in view.__name__}
    assert [view.__name__ for view in views if not issubclass(view, Platform)] == []
    assert [view.__name__ for view in views if not view.scope_area()] == []
