"""Gives the project centre and the administrators the verb of plans."""

from django.db import migrations


def add(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=["staff", "admin"]):
        if "edit_plan" not in role.verbs:
            role.verbs = [*role.verbs, "edit_plan"]
            role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_verbs_of_reports")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
