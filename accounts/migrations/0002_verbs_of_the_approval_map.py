"""Gives the roles that came with the site the verbs that came later; roles made by an administrator stay as they are."""

from django.db import migrations

NEW = {
    "staff": ["open_joint_review", "hand_out_link", "record_agency", "view_figures"],
    "admin": ["open_joint_review", "hand_out_link", "record_agency", "view_figures"],
    "unit": ["view_figures"],
    "leader": ["view_figures"],
}


def add(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=NEW):
        missing = [verb for verb in NEW[role.code] if verb not in role.verbs]
        if missing:
            role.verbs = [*role.verbs, *missing]
            role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
