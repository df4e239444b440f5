"""Gives the roles that came with the site the verbs of ledger, warnings, meetings, visits and notices."""

from django.db import migrations

CENTRE = [
    "publish_measure",
    "answer_response",
    "edit_rules",
    "hold_meeting",
    "record_visit",
    "plan_visits",
    "manage_notices",
    "view_jobs",
]
NEW = {
    "staff": CENTRE,
    "admin": [*CENTRE, "issue_instruction"],
    "unit": ["answer_response", "record_visit"],
    "leader": ["answer_response", "record_visit", "issue_instruction"],
}


def add(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=NEW):
        missing = [verb for verb in NEW[role.code] if verb not in role.verbs]
        if missing:
            role.verbs = [*role.verbs, *missing]
            role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_verbs_of_the_approval_map")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
