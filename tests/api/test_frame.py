"""What holds for every answer of the API: errors, versions, pages, languages, and that nothing is guessed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import get_resolver
from rest_framework import serializers

from accounts.api_base import ScopedRelatedField, ScopedViewSet, StrictSerializer
from accounts.models import Park
from projects.models import Project
from tests import factories
from tests.api.conftest import Api


def is_problem(response, status, **members):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["detail"]
    assert {name: body.get(name) for name in members} == members
    return body


def test_nobody_is_told_nothing(scene):
    answer = scene.nobody.get("projects/")
    is_problem(answer, 401, type="urn:project-navigator:problem:not-signed-in")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_unknown_and_outside_are_the_same_404(scene):
    other = factories.project(factories.park())
    bodies = [scene.staff.get(f"projects/{pk}/").json() for pk in (other.pk, 10**9, "abc", 10**30)]
    is_problem(scene.staff.get(f"projects/{other.pk}/"), 404)
    assert bodies == [bodies[0]] * 4


def test_errors_speak_the_language_asked_for(scene):
    chinese = scene.staff.get("projects/999999999/").json()
    english = scene.staff.get("projects/999999999/", **{"Accept-Language": "en"}).json()
    assert english["title"] == "Not found"
    assert chinese["status"] == english["status"] == 404


@pytest.mark.parametrize(
    "raw", [b"{", b"", b"[" * 100_000, b"\xff\xfe", b'{"name": NaN}', b"1" * 5000], ids=lambda raw: repr(raw[:8])
)
def test_malformed_json_is_400(scene, raw):
    response = scene.staff("post", "projects/", raw or b" ")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("raw", ["[]", '"text"', "null", "3"])
def test_json_that_is_no_object_is_400(scene, raw):
    assert scene.staff("post", "projects/", raw).status_code == 400


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "长" * 40_000])
def test_text_that_cannot_be_stored_is_400(scene, name):
    before = Project.objects.count()
    response = scene.staff.post("projects/", {"name": name})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert Project.objects.count() == before


def test_an_emoji_is_a_text_like_any_other(scene):
    response = scene.staff.post("projects/", {"name": "新能源🚀项目"})
    assert response.status_code == 201
    assert response.json()["name"] == "新能源🚀项目"


def test_nul_in_the_query_is_400(scene):
    is_problem(scene.staff.get("projects/?q=%00"), 400)


def test_unknown_and_read_only_fields_are_refused(scene):
    data = {"nmae": "x", "light": "red", "park": 1}
    body = is_problem(scene.staff.patch(f"projects/{scene.project.pk}/", data, version=1), 400)
    assert set(body["errors"]) == {"nmae", "light", "park"}


def test_writes_name_the_version_they_have_seen(scene):
    path = f"projects/{scene.project.pk}/"
    seen = scene.staff.get(path)
    assert seen["ETag"] == '"1"'
    is_problem(scene.staff.patch(path, {"industry": "装备"}), 428)
    for wrong in ("*", "1", '"1", "2"', '"x"'):
        assert scene.staff.patch(path, {"industry": "装备"}, **{"If-Match": wrong}).status_code == 428, wrong

    done = scene.staff.patch(path, {"industry": "装备"}, **{"If-Match": seen["ETag"]})
    assert (done.status_code, done["ETag"], done.json()["industry"]) == (200, '"2"', "装备")
    stale = scene.staff.patch(path, {"industry": "食品"}, version=1)
    is_problem(stale, 412, type="urn:project-navigator:problem:conflict")
    scene.project.refresh_from_db()
    assert (scene.project.industry, scene.project.version) == ("装备", 2)


def test_a_weak_tag_is_read_too(scene):
    response = scene.staff.patch(f"projects/{scene.project.pk}/", {"industry": "装备"}, **{"If-Match": 'W/"1"'})
    assert response.status_code == 200


def test_forged_requests_are_refused(scene):
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.staff_user)
    response = client.post("/api/v1/projects/", {"name": "x"}, content_type="application/json")
    is_problem(response, 403)
    assert not Project.objects.filter(name="x").exists()


def test_wrong_method_and_media_type_are_problems(scene):
    is_problem(scene.staff("put", f"projects/{scene.project.pk}/"), 405)
    form = scene.staff.client.post("/api/v1/projects/", {"name": "x"})
    is_problem(form, 415)


def test_answers_are_not_kept(scene):
    assert "no-store" in scene.staff.get("projects/")["Cache-Control"]


def pages(api: Api, path: str) -> list[list[int]]:
    """Keys of the rows page by page, following the links."""
    found, address = [], path
    while address:
        body = api.get(address).json()
        found.append([row["id"] for row in body["results"]])
        address = body["next"] and body["next"].split("/api/v1/")[1]
    return found


@pytest.fixture
def many(scene):
    """Twelve projects more; every third without an amount, amounts and moments in pairs, a microsecond apart."""
    return [
        factories.project(
            scene.park,
            name=f"排序项目{n:02}",
            total_investment_10k=None if n % 3 == 0 else (n // 2) * 100,
            updated_at=factories.AT + timedelta(microseconds=n // 2),
        )
        for n in range(12)
    ]


@pytest.mark.parametrize("body", [{"\ud800": 1}, {"name": "甲", "stage": "\udfff"}, {"name": ["\ud800"]}])
def test_half_a_character_is_no_text_wherever_it_stands(scene, body):
    """Its name and its value would stand in the answer, which nobody could write."""
    is_problem(scene.staff.post("projects/", body), 400)
    is_problem(scene.staff.post("projects/", '{"a": "\\ud83d\\ude00"}'), 400)["errors"]["a"]


ORDERINGS = [
    "id",
    "-id",
    "name_key",
    "-name_key",
    "total_investment_10k",
    "-total_investment_10k",
    "-updated_at",
    "stage",
]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_together_are_the_list(scene, many, ordering):
    whole = pages(scene.staff, f"projects/?page_size=200&ordering={ordering}")[0]
    parts = pages(scene.staff, f"projects/?page_size=5&ordering={ordering}")
    assert sorted(whole) == sorted(p.pk for p in [scene.project, *many])
    assert [len(part) for part in parts] == [5, 5, 3]
    assert [pk for part in parts for pk in part] == whole


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_can_be_read_backwards(scene, many, ordering):
    first = scene.staff.get(f"projects/?page_size=5&ordering={ordering}").json()
    second = scene.staff.get(first["next"].split("/api/v1/")[1]).json()
    third = scene.staff.get(second["next"].split("/api/v1/")[1]).json()
    assert (first["previous"], third["next"]) == (None, None)
    again = scene.staff.get(third["previous"].split("/api/v1/")[1]).json()
    start = scene.staff.get(again["previous"].split("/api/v1/")[1]).json()
    assert again["results"] == second["results"]
    assert start["results"] == first["results"]
    assert start["previous"] is None


def test_empty_amounts_stand_at_the_end_either_way(scene, many):
    for ordering in ("total_investment_10k", "-total_investment_10k"):
        rows = scene.staff.get(f"projects/?ordering={ordering}").json()["results"]
        amounts = [row["total_investment_10k"] for row in rows]
        assert amounts[-4:] == [None] * 4
        assert None not in amounts[:-4]


def test_rows_that_appear_meanwhile_shift_nothing(scene, many):
    first = scene.staff.get("projects/?page_size=5&ordering=name_key").json()
    factories.project(scene.park, name="0 在最前面的项目")
    second = scene.staff.get(first["next"].split("/api/v1/")[1]).json()
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}
    assert len(second["results"]) == 5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"), ("page_size=201", "page_size"), ("page_size=x", "page_size"),
        ("page_size=٣", "page_size"), ("ordering=remark", "ordering"), ("ordering=enterprise__name", "ordering"),
        ("cursor=zzz", "cursor"), ("cursor=" + "A" * 5000, "cursor"), ("cursor=WyJpZCIsbnVsbCwxLGZhbHNlXQ", "cursor"),
        ("stage=L99", "stage"), ("responsible_unit=999999999", "responsible_unit"), ("stale=x", None),
    ],
)  # fmt: skip
def test_parameters_that_mean_nothing_are_400(scene, query, field):
    response = scene.staff.get(f"projects/?{query}")
    if field is None:
        assert response.status_code == 200
    else:
        assert list(is_problem(response, 400)["errors"]) == [field]


def test_a_viewset_needs_the_door():
    with pytest.raises(ImproperlyConfigured):

        class NoModel(ScopedViewSet):
            pass

    with pytest.raises(ImproperlyConfigured):

        class Unscoped(ScopedViewSet):
            model = Park

    with pytest.raises(ImproperlyConfigured):

        class PastTheDoor(ScopedViewSet):
            model = Project
            queryset = Project.objects.all()


def viewsets():
    """Every viewset behind /api/v1/."""
    patterns = get_resolver().namespace_dict["api"][1].url_patterns
    flat = [inner for pattern in patterns for inner in getattr(pattern, "url_patterns", [pattern])]
    return {pattern.callback.cls for pattern in flat if hasattr(pattern.callback, "cls")}


def input_serializers() -> set[type[serializers.Serializer]]:
    """Every serializer that reads a body, however deep its class stands."""
    found, todo = set(), [StrictSerializer]
    while todo:
        for one in todo.pop().__subclasses__():
            found.add(one)
            todo.append(one)
    return found


def test_every_viewset_has_a_model_behind_the_door():
    with_rows = [one for one in viewsets() if hasattr(one, "queryset")]
    assert len(with_rows) >= 5
    assert [one for one in with_rows if not issubclass(one, ScopedViewSet)] == []


def test_every_key_in_a_body_is_looked_up_behind_the_door():
    assert len(input_serializers()) >= 9
    keys = [
        (one.__name__, name, getattr(field, "child_relation", field))
        for one in input_serializers()
        for name, field in one().fields.items()
        if isinstance(field, serializers.RelatedField | serializers.ManyRelatedField)
    ]
    assert keys
    assert [(one, name) for one, name, field in keys if not isinstance(field, ScopedRelatedField)] == []
