"""The limit for pages: minimal Django views with a signed-in session, hand-written SQL and one small template each."""

from django.db import connection
from django.http import HttpResponse
from django.template import Context, Engine
from django.test import Client, override_settings
from django.urls import path

MIDDLEWARE = [
    "bench.bare.UseBareAddresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = """
SELECT p.id, p.name, p.code, p.industry, p.stage, p.light, p.total_investment_10k, p.updated_at, e.name, u.name
  FROM projects_project p
  LEFT JOIN projects_enterprise e ON e.id = p.enterprise_id
  LEFT JOIN accounts_organization u ON u.id = p.responsible_unit_id
 WHERE p.park_id = %s ORDER BY p.total_investment_10k DESC, p.id LIMIT 50
"""
COUNTS = """
SELECT project_id, count(*), sum(CASE WHEN state IN (11, 12) THEN 1 ELSE 0 END),
       min(CASE WHEN committed_runs THEN committed_due_on END)
  FROM approvals_projectstep
 WHERE applicability <> 'not_applicable' AND project_id IN ({}) GROUP BY project_id
"""
PROJECT = "SELECT * FROM projects_project WHERE park_id = %s AND id = %s"
STEPS = """
SELECT s.code, c.name_zh, s.state, s.received_on, s.accepted_on, s.decided_on, s.committed_due_on, u.name
  FROM approvals_projectstep s JOIN approvals_step c ON c.id = s.step_id
  LEFT JOIN accounts_organization u ON u.id = s.unit_id
 WHERE s.project_id = %s ORDER BY s.seq
"""
TABLE = Engine().from_string(
    "<!doctype html><table>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>"
    "{% endfor %}</table>"
)


class UseBareAddresses:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.urlconf = "bench.bare"
        return self.get_response(request)


def rows(statement: str, parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def project_list(request):
    park = request.user.organization.park_id
    page = rows(PAGE, [park])
    ids = [row[0] for row in page]
    counts = {row[0]: row[1:] for row in rows(COUNTS.format(", ".join(["%s"] * len(ids))), ids)}
    full = [row + counts.get(row[0], ()) for row in page]
    return HttpResponse(TABLE.render(Context({"rows": full})))


def project(request, pk):
    found = rows(PROJECT, [request.user.organization.park_id, pk]) + rows(STEPS, [pk])
    return HttpResponse(TABLE.render(Context({"rows": found})))


urlpatterns = [path("list/", project_list), path("project/<int:pk>/", project)]


def bare_client(user) -> Client:
    """A signed-in client whose requests pass session and authentication only."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        client = Client()
        client.handler.load_middleware()
    client.force_login(user, backend="accounts.backends.OrganizationBackend")
    return client
