"""Gives the roles that came with the site the verbs of figures, briefs, rankings, filings and own reports."""

from django.db import migrations

UNIT = ["view_ranking", "appeal_ranking", "file_progress", "view_elements", "edit_elements", "make_report"]
LEADER = ["view_brief", "view_ranking", "view_elements", "make_report"]
CENTRE = [
    "check_bulletin",
    "view_brief",
    "make_brief",
    "view_ranking",
    "make_ranking",
    "appeal_ranking",
    "edit_figures",
    "file_progress",
    "check_filing",
    "edit_programme",
    "view_elements",
    "edit_elements",
    "make_report",
]
NEW = {"staff": CENTRE, "admin": CENTRE, "unit": UNIT, "leader": LEADER, "enterprise": ["file_progress"]}


def add(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=NEW):
        missing = [verb for verb in NEW[role.code] if verb not in role.verbs]
        if missing:
            role.verbs = [*role.verbs, *missing]
            role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_verbs_of_dispatch")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
