"""The files around the code agree with the code: compose, image, requirements, and what may not be committed."""

import ast
import importlib
import re
import shlex
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tools.suite import pure_files

ROOT = Path(__file__).resolve().parent.parent
FIXED_FILES = ["manage.py", "requirements.txt", "docker-compose.yml", "README.md"]
FIXED_FOLDERS = ["projects", "approvals", "dispatch", "templates", "static", "tests"]
OURS = ["site", "web", "worker", "beat", "migrate"]
# Read by something other than settings.py: Celery, Django itself.
OTHERS_READ = {"REMAP_SIGTERM", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile() -> dict[str, list[str]]:
    """Instruction → arguments of the Dockerfile, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _space, rest = line.partition(" ")
            found.setdefault(word, []).append(rest.strip())
    return found


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """(name, text) of every tracked file that is text."""
    found = []
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:4096]:
            found.append((str(path.relative_to(ROOT)), raw.decode("utf-8", errors="replace")))
    return found


def settings_read() -> set[str]:
    """Names of the environment variables that settings.py reads."""
    text = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"""env(?:\.\w+)?\(\s*["'](\w+)["']""", text))


def celery_options(name: str) -> set[str]:
    command = importlib.import_module(f"celery.bin.{name}")
    return {option for parameter in getattr(command, name).params for option in parameter.opts}


def check_command(words: list[str]) -> None:
    """Fails unless the command line names modules, commands and options that exist."""
    if words[:2] == ["sh", "-c"]:
        for part in words[2].split("&&"):
            check_command(shlex.split(part))
    elif words[:2] == ["python", "manage.py"]:
        assert words[2] in get_commands()
    elif words[:2] == ["python", "-m"]:
        assert find_spec(words[2])
    elif words[0] == "gunicorn":
        from gunicorn.config import Config

        options = Config().parser().parse_args(words[1:])
        module, attribute = options.args[0].split(":")
        assert callable(getattr(importlib.import_module(module), attribute))
    elif words[0] == "celery":
        place = words.index("-A")
        assert importlib.import_module(f"{words[place + 1]}.celery").app.main
        options = {word.split("=")[0] for word in words[place + 3 :] if word.startswith("--")}
        assert options <= celery_options(words[place + 2])
    else:
        pytest.fail(f"unknown program: {words}")


def test_the_fixed_top_level_is_there():
    assert [name for name in FIXED_FILES if not (ROOT / name).is_file()] == []
    assert [name for name in FIXED_FOLDERS if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("name", ["start", "test", ".ci/run", "manage.py"])
def test_commands_are_executable(name):
    assert (ROOT / name).read_text().startswith("#!")
    if name != "manage.py":
        assert (ROOT / name).stat().st_mode & 0o111


def test_compose_has_the_production_shape(compose):
    assert set(compose["services"]) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    unchecked = [name for name, service in compose["services"].items() if "healthcheck" not in service]
    assert unchecked == ["migrate"]


def test_compose_waits_for_database_queue_and_migration(compose):
    for name in ("web", "worker", "beat"):
        conditions = {other: value["condition"] for other, value in compose["services"][name]["depends_on"].items()}
        assert conditions == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }


def test_compose_commands_and_health_checks_exist(compose, dockerfile):
    image_command = yaml.safe_load(dockerfile["CMD"][0])
    for name in ("web", "worker", "beat", "migrate"):
        service = compose["services"][name]
        check_command(service.get("command", image_command))
        if "healthcheck" in service:
            assert service["healthcheck"]["test"][0] == "CMD"
            check_command(service["healthcheck"]["test"][1:])


def test_compose_sets_only_names_that_settings_read(compose):
    for name in ("web", "worker", "beat", "migrate"):
        assert set(compose["services"][name]["environment"]) - OTHERS_READ <= settings_read()


def test_compose_contains_no_secret(compose):
    for service in compose["services"].values():
        for name, value in service["environment"].items() if "environment" in service else ():
            if re.search("SECRET|PASSWORD", name):
                assert value.startswith("${")


def test_compose_volumes_are_declared(compose):
    used = {volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", ())}
    assert used == set(compose["volumes"])


def test_image_is_built_from_what_is_there(dockerfile):
    assert dockerfile["FROM"] == ["python:3.12-slim"]
    assert dockerfile["USER"][-1] not in {"root", "0"}
    names = set(re.findall(r"\b([A-Z][A-Z_]+)=", " ".join(dockerfile["ENV"])))
    assert names - OTHERS_READ - {"PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"} <= settings_read()
    for module in re.findall(r"python -m ([\w.]+)", " ".join(dockerfile["RUN"])):
        assert find_spec(module)
    for command in re.findall(r"manage\.py (\w+)", " ".join(dockerfile["RUN"])):
        assert command in get_commands()


def test_image_leaves_nothing_out_that_runs():
    left_out = set((ROOT / ".dockerignore").read_text().split())
    needed = {*FIXED_FOLDERS, "accounts", "workdays", "config", "tools", "locale", "manage.py", "requirements.txt"}
    assert not left_out & (needed - {"tests"})


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith(("#", "-r ")):
            assert re.fullmatch(r'[a-z0-9][a-z0-9_.-]*==[\w.]+( ; python_full_version < "3\.11\.3")?', line), line


def test_the_requirements_name_what_the_customer_named():
    named = {line.split("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    wanted = {"django", "djangorestframework", "celery", "redis", "psycopg2-binary", "django-filter", "openpyxl"}
    assert wanted <= named


def test_no_file_names_one_machine_or_a_package_server():
    hosts = ["pypi" + ".org", "python" + "hosted.org", "registry." + "npm", "index" + "-url", "find" + "-links"]
    machine = re.compile(r"(?<![\w.$}>-])/(?:work|farm|root|home/[a-z]\w*)/")
    bad = [name for name, text in texts() if machine.search(text) or any(host in text for host in hosts)]
    assert [name for name in bad if name != "tests/test_repository.py"] == []


def test_static_holds_our_own_files_only():
    files = [path for path in tracked() if path.is_relative_to(ROOT / "static")]
    assert [path for path in files if "vendor" in path.parts or ".min." in path.name] == []
    marks = re.compile(r"@license|copyright \(c\)|sourceMappingURL|MIT License|Apache License", re.IGNORECASE)
    code = [path for path in files if path.suffix in {".js", ".css"}]
    assert [path.name for path in code if marks.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_generated_is_tracked():
    generated = re.compile(r"\.(mo|pyc|sqlite3)$|^(var|\.venv|node_modules)/")
    assert [name for path in tracked() if generated.search(name := str(path.relative_to(ROOT)))] == []


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, wherever in the file it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_pure_rules_take_only_texts_from_django():
    taken = {name: {module for module in imported(ROOT / name) if module.startswith("django")} for name in pure_files()}
    assert {name: modules for name, modules in taken.items() if modules - {"django.utils.translation"}} == {}
