"""Group starts over the API: the days one sees, with the projects one sees."""

from datetime import date

from dispatch.models import GroupStart, GroupStartProject
from tests import factories
from tests.api.conftest import Api
from tests.factories import AT


def test_days_and_projects_as_far_as_one_sees_them(scene):
    other = factories.project(scene.park, name="别的单位的项目")
    start = GroupStart.objects.create(
        park=scene.park, on=date(2026, 9, 28), title="三季度", created_at=AT, updated_at=AT
    )
    for project, is_out in ((scene.project, False), (other, False), (factories.project(scene.park), True)):
        GroupStartProject.objects.create(group_start=start, project=project, is_out=is_out)

    def names(api):
        return [place["project"]["name"] for place in api.get(f"group-starts/{start.pk}/").json()["projects"]]

    assert names(scene.staff) == [scene.project.name, "别的单位的项目"]
    assert names(scene.worker) == [scene.project.name]
    assert [row["title"] for row in scene.leader.get("group-starts/?state=planned").json()["results"]] == ["三季度"]
    assert scene.leader.get("group-starts/?state=held").json()["results"] == []
    assert scene.boss.get("group-starts/").json()["results"] == []
    assert scene.boss.get(f"group-starts/{start.pk}/").status_code == 404
    stranger = Api(factories.user(factories.park(), "staff"))
    assert stranger.get(f"group-starts/{start.pk}/").status_code == 404
    lonely = Api(factories.user(scene.park, "unit", factories.organization(scene.park, "unit")))
    assert lonely.get("group-starts/").json()["results"] == []
