"""Gives the roles the verbs of tokens, webhooks and approval platforms."""

from django.db import migrations

VERBS = {
    "staff": ["make_token", "manage_webhooks", "exchange_steps"],
    "admin": ["make_token", "manage_webhooks", "exchange_steps"],
    "unit": ["make_token"],
    "leader": ["make_token"],
}


def add(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=VERBS):
        role.verbs = [*role.verbs, *(verb for verb in VERBS[role.code] if verb not in role.verbs)]
        role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_tokens")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
