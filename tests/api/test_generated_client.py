"""A client in Python, generated from the description, reads and writes with a token."""

import importlib
import subprocess
import sys
from datetime import timedelta

import pytest
import yaml
from django.core.management import call_command

from accounts import clock, token_actions
from projects.models import Project
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.once]
CONFIG = {
    "post_hooks": [],
    "package_name_override": "navigator_client",
    "use_path_prefixes_for_title_model_names": True,
}


@pytest.fixture(scope="module")
def client_package(tmp_path_factory):
    """The generated package, importable; the generator must not warn of anything it left out."""
    folder = tmp_path_factory.mktemp("client")
    schema, config = folder / "openapi.yaml", folder / "config.yaml"
    call_command("spectacular", "--file", str(schema))
    config.write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(schema)]
    command += ["--config", str(config), "--meta", "none", "--output-path", str(folder / "navigator_client")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout, done.stdout
    sys.path.insert(0, str(folder))
    yield "navigator_client"
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("navigator_client")]:
        del sys.modules[name]


def test_list_read_change(client_package, live_server):
    def part(name):
        return importlib.import_module(f"{client_package}.{name}")

    staff = factories.user(factories.park(), "staff")
    project = factories.project(staff.park, name="示例项目")
    scopes = ["projects:read", "projects:write"]
    _row, secret = token_actions.make_token("客户端", scopes, days=9, by=staff, at=clock.now() - timedelta(minutes=1))
    client = part("client").AuthenticatedClient(base_url=live_server.url, token=secret)

    listed = part("api.projects.projects_list").sync(client=client)
    assert [(row.id, row.name) for row in listed.results] == [(project.pk, "示例项目")]
    one = part("api.projects.projects_retrieve").sync_detailed(project.pk, client=client)
    assert (one.status_code, one.parsed.name, one.headers["ETag"]) == (200, "示例项目", '"1"')

    patch = part("api.projects.projects_partial_update")
    body = part("models").PatchedProjectInputRequest(industry="装备")
    found = {}
    for tag in ('"1"', '"1"', "none"):
        answer = patch.sync_detailed(project.pk, client=client, body=body, if_match=tag)
        found.setdefault(answer.status_code.value, answer.parsed)
    assert list(found) == [200, 412, 428]
    assert (found[200].industry, found[200].version) == ("装备", 2)
    assert (found[412].status, found[412].type_) == (412, "urn:project-navigator:problem:conflict")
    assert Project.objects.get(pk=project.pk).version == 2

    nobody = part("client").AuthenticatedClient(base_url=live_server.url, token="pn_wrong")
    refused = part("api.projects.projects_list").sync_detailed(client=nobody)
    assert (refused.status_code.value, refused.parsed.status) == (401, 401)
