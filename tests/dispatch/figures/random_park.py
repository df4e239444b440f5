"""Random parks for the figures: those of the bulletin, with streets, shared leaders and monthly plans."""

import random
from decimal import Decimal

from dispatch.programme.models import MonthlyPlan
from projects.models import AnnualPlan, Project, TeamMember
from tests import factories
from tests.dispatch import bulletin_park

AS_OF = bulletin_park.AS_OF
LEADERS = ["王主任", "李书记", "赵区长", ""]


def fill(projects: int, *, seed: int):
    """Every grouping has a group without a name; streets are organizations or only names."""
    park = bulletin_park.fill(projects, seed=seed)
    chance = random.Random(seed * 31 + 1)
    streets = [factories.organization(park, name=f"街道{n}") for n in range(2)]
    for project in Project.objects.filter(park=park).order_by("pk"):
        _team(project, streets, chance)
        _monthly_plan(project, chance)
    return park


def _team(project, streets, chance):
    TeamMember.objects.filter(project=project, role="leader").delete()
    if chance.random() < 0.8:
        TeamMember.objects.create(project=project, role="leader", person_name=chance.choice(LEADERS))
    if chance.random() < 0.8:
        office = chance.choice([*streets, None])
        TeamMember.objects.create(
            project=project,
            role="street",
            organization=office,
            person_name=chance.choice(["张镇长", "街道0", ""]),
        )
    TeamMember.objects.create(project=project, role="specialist", person_name="专员")


def _monthly_plan(project, chance):
    plan = AnnualPlan.objects.filter(project=project, year=2026).first()
    if plan is None or chance.random() < 0.4:
        return
    months = chance.sample(range(1, 13), chance.randint(1, 12))
    rows = [
        MonthlyPlan(project=project, year=2026, month=m, planned_10k=Decimal(chance.randint(0, 9999)) / 7)
        for m in months
    ]
    for row in rows:
        row.planned_10k = row.planned_10k.quantize(Decimal("0.0001"))
    MonthlyPlan.objects.bulk_create(rows)
