"""Makes rows for tests, explicit and small: factories fill what the database demands, tests name what they test."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from accounts.actions import load_roles
from accounts.models import Organization, Park, Role, User
from dispatch.models import Warning
from projects.models import Enterprise, Project
from projects.stages import Stage

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)  # a Monday in an official year
PASSWORD = "correct-horse-9"
_numbers = count(1)


def park(**fields) -> Park:
    n = next(_numbers)
    names = {"code": f"park{n}", "name_zh": f"测试高新区{n}", "name_en": f"Test zone {n}"}
    return Park.objects.create(**(names | fields))


def organization(park: Park, kind="unit", **fields) -> Organization:
    n = next(_numbers)
    return Organization.objects.create(**{"park": park, "kind": kind, "name": f"测试单位{n}"} | fields)


def user(park: Park, role="staff", organization: Organization | None = None, **fields) -> User:
    """A person of the park with the role of this code; the organization is made when none is given."""
    load_roles()
    n = next(_numbers)
    kinds = {"staff": "park_office", "admin": "park_office", "leader": "leadership"}
    organization = organization or Organization.objects.create(
        park=park, kind=kinds.get(role, role), name=f"测试{role}{n}"
    )
    person = User(
        **{
            "username": f"{role}{n}",
            "display_name": f"测试人员{n}",
            "organization": organization,
            "role": Role.objects.get(code=role),
        }
        | fields
    )
    person.set_password(PASSWORD)
    person.save()
    return person


def enterprise(park: Park, organization: Organization | None = None, **fields) -> Enterprise:
    n = next(_numbers)
    name = fields.pop("name", f"测试企业{n}有限公司")
    return Enterprise.objects.create(park=park, organization=organization, name=name, name_key=name, **fields)


def project(park: Park, **fields) -> Project:
    """A bare project row without steps; use approvals.actions to give it steps."""
    n = next(_numbers)
    name = fields.pop("name", f"测试项目{n}")
    defaults = {
        "name_key": name,
        "search_text": name,
        "stage": Stage.PERMITTING,
        "total_investment_10k": Decimal("50000"),
        "created_at": AT,
        "updated_at": AT,
    }
    return Project.objects.create(park=park, name=name, **(defaults | fields))


def without_news(project: Project, last_on: date) -> Warning:
    """The warning that nothing has been recorded about the project since the day, as the daily job writes it."""
    return Warning.objects.create(
        park=project.park, project=project, rule="PROJECT_STALE", object_type="project", object_id=project.pk,
        label="", due_on=last_on, level="yellow", since_on=last_on,
    )  # fmt: skip
