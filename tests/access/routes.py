"""Every address of the site, found by walking the resolver, and how to call it."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from openpyxl import load_workbook

from projects.models import HeaderMemory
from tests.access.world import NOBODY, Side, World

API = "api:"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
PAGE_METHODS = ("GET", "POST")


def names() -> list[str]:
    """Names of all routes; the administration counts as one, "admin"."""
    return sorted(set(_walk(get_resolver())))


def _walk(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name is None:
                raise AssertionError(f"a route without a name: {pattern.pattern}")
            yield ":".join((*spaces, pattern.name))
        elif pattern.app_name == "admin":
            yield "admin"
        else:
            yield from _walk(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def parameters(name: str) -> set[str]:
    """Names of the parameters in a route's address."""
    if name == "admin":
        return set()
    *spaces, last = name.split(":")
    resolver = get_resolver()
    found: set[str] = set()
    for space in spaces:
        _prefix, resolver = resolver.namespace_dict[space]
    for possible, *_rest in resolver.reverse_dict.getlist(last):
        found |= {part.split(")s")[0] for part in possible[0][0].split("%(")[1:]}
    return found


# What an address is about, when the parameter ``pk`` alone does not say; longest prefix wins.
ABOUT = {
    "accounts:token": "api_token",
    "projects:": "project",
    "projects:import": "import",
    "api:import-": "import",
    "projects:import_forget": "header_memory",
    "approvals:": "project",
    "approvals:joint": "joint_review",
    "approvals:joint_open": "project",
    "approvals:joint_project": "project",
    "approvals:agency_cancel": "service",
    "approvals:certificate": "certificate",
    "approvals:guide_template": "template",
    "approvals:paper_download": "file",
    "approvals:paper_file": "file",
    "dispatch:job": "job_run",
    "dispatch:file": "attachment",
    "dispatch:file_job": "file_job",
    "dispatch:own_report": "own_report",
    "api:own_report": "own_report",
    "api:schedule": "project",
    "api:plan_forecast": "forecast",
    "api:group_start": "group_start",
    "dispatch:file_add": "visit",
    "dispatch:element_need": "element_need",
    "dispatch:element_need_new": "project",
    "dispatch:funding": "funding_application",
    "dispatch:funding_new": "project",
    "dispatch:output": "project",
    "dispatch:plot": "plot",
    "api:element_need": "element_need",
    "api:funding_application": "funding_application",
    "api:plot": "plot",
    "dispatch:filing": "filing",
    "dispatch:filing_round": "filing_round",
    "dispatch:filing_decide": "restatement",
    "dispatch:filing_filer": "project",
    "dispatch:visit": "visit",
    "dispatch:visit_grid": "visit_grid",
    "dispatch:visit_plan": "planned_visit",
    "dispatch:ledger": "ledger_item",
    "dispatch:ledger_comment_back": "comment",
    "dispatch:bulletin": "bulletin",
    "dispatch:ranking": "ranking",
    "dispatch:appeal": "appeal",
    "dispatch:appeal_new": "ranking",
    "dispatch:bulletin_template": "bulletin_template",
    "dispatch:brief": "brief",
    "dispatch:delivery": "delivery",
    "dispatch:notice": "notice",
    "dispatch:robot": "robot",
    "dispatch:webhook": "webhook",
    "dispatch:webhook_delivery": "webhook_delivery",
    "dispatch:webhook_again": "webhook_delivery",
    "api:bulletin_template": "bulletin_template",
    "api:minutes_template": "minutes_template",
    "api:exchange_message": "exchange_message",
    "api:exchange_platform": "exchange_platform",
    "api:webhook": "webhook",
    "api:webhook_delivery": "webhook_delivery",
    "approvals:exchange": "exchange_message",
    "approvals:exchange_platform": "exchange_platform",
    "approvals:exchange_rerun": "exchange_platform",
    "approvals:exchange_file": "exchange_platform",
    "dispatch:instruction": "instruction",
    "dispatch:case": "response_case",
    "dispatch:duty": "duty",
    "dispatch:measure": "measure",
    "dispatch:measure_publish": "ledger_item",
    "dispatch:measure_take": "ledger_item",
    "dispatch:meeting": "meeting",
    "dispatch:meeting_point": "point",
    "dispatch:meeting_decision": "decision",
    "dispatch:meeting_seat": "seat",
    "dispatch:plan_": "project",
    "dispatch:plan_template_copy": "project",
    "dispatch:feed": "calendar_feed",
    "dispatch:feed_project": "project",
    "dispatch:group_start": "group_start",
    "dispatch:plan_lever_withdraw": "lever",
    "dispatch:plan_template": "plan_template",
    "dispatch:programme": "programme",
    "dispatch:minutes_template": "minutes_template",
    "api:project": "project",
    "api:step": "step",
    "api:certificate": "certificate",
    "api:commitment": "commitment",
    "api:joint_review": "joint_review",
    "api:paper_file": "file",
    "api:ledger_item": "ledger_item",
    "api:meeting": "meeting",
    "api:filing": "filing",
    "api:visit": "visit",
    "api:warning": "warning",
    "api:response_case": "response_case",
    "api:bulletin": "bulletin",
    "api:ranking": "ranking",
    "api:weekly_brief": "brief",
    "api:organization": "unit",
    "api:person": "person",
    "api:enterprise": "enterprise",
    "api:service": "service",
    "api:signed_link": "link",
    "api:agenda_point": "point",
    "api:decision": "decision",
    "api:seat": "seat",
    "api:ledger_comment": "comment",
    "api:measure": "measure",
    "api:planned_visit": "planned_visit",
    "api:visit_grid": "visit_grid",
    "api:duty_holder": "duty",
    "api:filing_month": "filing_round",
    "api:filing_restatement": "restatement",
    "api:appeal": "appeal",
    "api:element_supply": "supply",
    "api:yearly_output": "output",
    "api:programme": "programme",
    "api:plan_template": "plan_template",
    "api:attachment": "attachment",
    "api:file_job": "file_job",
    "api:notice": "notice",
    "api:notice_robot": "robot",
    "api:notice_delivery": "delivery",
    "api:calendar-feed": "calendar_feed",
    "api:job-again": "job_run",
    "api:instruction": "instruction",
}
WORDS = {"fmt": "svg", "code": "S01", "bundle": "FIVE_CERTS", "stage": "L08", "role": "specialist", "change": "suspend"}
WORDS |= {"event": "ledger_assigned", "language": "zh-hans"}
WORDS |= {"answer": "acknowledge", "tier": "1"}
WORDS["signature"] = "made-for-nobody"
WORDS["formula"] = "half_month"
WORDS["year"] = "2026"
WORDS["kind"] = "visit"
WORDS["sentence"] = "s1.1"
WORDS["key"] = "not_started"
WORDS["rule"] = "STEP_LATE"
WORDS["element"] = "land"
WORDS |= {"task": "L08", "before": "S12", "after": "S13"}
WORDS["token"] = "made-for-nobody"
WORDS["secret"] = "made-for-nobody"
WORDS |= {"act": "test", "sha": "a" * 64, "sha256": "a" * 64}
VERBS = {
    "approvals:step_move": "receive",
    "dispatch:ledger_move": "sign",
    "dispatch:funding_move": "submit",
    "dispatch:meeting_point_move": "drop",
    "dispatch:meeting_point_rule": "hang",
}
CHOICES = {"approvals:step_applicability": "not-applicable"}


def about(name: str) -> str:
    return ABOUT[max((prefix for prefix in ABOUT if name.startswith(prefix)), key=len)]


def url(name: str, ids: dict[str, Any]) -> str:
    """Address of the route for these keys."""
    if name == "admin":
        return reverse("admin:index")
    values = WORDS | {"verb": VERBS.get(name), "choice": CHOICES.get(name)} | ids
    wanted = parameters(name)
    if "pk" in wanted:
        values["pk"] = ids[about(name)]
    return reverse(name, kwargs={key: values[key] for key in wanted})


def ids_of(side: Side, world: World) -> dict[str, Any]:
    mine = side is world.a or side is world.b
    shared = (world.bulletin, world.batch) if mine else (world.foreign_bulletin, world.foreign_batch)
    common = {"bulletin": shared[0].pk, "import": shared[1].pk, "job_run": world.job_run.pk}
    common["header_memory"] = HeaderMemory.objects.get(park=shared[1].park).pk
    return side.keys | common


def ids_of_nothing(side: Side) -> dict[str, Any]:
    """Keys that nobody has; the paper stays, because the catalogue is the same for all."""
    shared = ("bulletin", "import", "job_run", "header_memory")
    return dict.fromkeys([*side.keys, *shared], NOBODY) | {"requirement": side.requirement.pk}


# What a form has to hold before its page looks at who sends it; elsewhere any field will do.
BODIES = {
    "dispatch:bulletin_draft": {"month": "2026-03"},
    "dispatch:bulletin_refresh": {"version": "1"},
    "dispatch:bulletin_issue": {"version": "1"},
    "dispatch:ranking_freeze": {"kind": "half_month"},
}


def sign_in(user) -> None:
    """Keeps the cookies of a session on the person, so that ``call`` need not make one each time."""
    client = Client()
    client.force_login(user)
    user.cookies = client.cookies


def call(user, method: str, address: str, data: Any = None, **headers: str):
    """The answer to one request of this person (None: nobody). Without ``data``: an empty object, or a form that says
    nothing."""
    client = Client()
    if user is not None:
        client.cookies = user.cookies.copy()
    options: dict[str, Any] = {"headers": headers}
    if method != "GET":
        to_api = address.startswith("/api/")
        options["data"] = data if data is not None else {} if to_api else {"nothing": "1"}
        if to_api:
            options["content_type"] = "application/json"
    return getattr(client, method.lower())(address, **options)


def body(response) -> str:
    """The whole answer as text, streamed or not; a workbook or .docx as its texts."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw[:4] == b"PK\x03\x04":
        return _office_text(raw)
    text = raw.decode("utf-8", errors="replace")
    if "json" in response.headers.get("Content-Type", ""):
        return json.dumps(json.loads(text), ensure_ascii=False) if text else text
    return text


def _office_text(raw: bytes) -> str:
    """Cells of a workbook, or the parts of a .docx as they are."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        if "xl/workbook.xml" not in package.namelist():
            parts = (package.read(name) for name in package.namelist() if name.endswith(".xml"))
            return "\n".join(part.decode() for part in parts)
    sheets = load_workbook(io.BytesIO(raw)).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
