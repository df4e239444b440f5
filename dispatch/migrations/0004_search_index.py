"""The full-text index of ledger items and measures, on PostgreSQL only; elsewhere the search reads bounded rows."""

from django.db import migrations

# (name, table); the expression must be the one that dispatch.measures.search asks with.
INDEXES = (("ledger_words", "dispatch_ledgeritem"), ("measure_words", "dispatch_measure"))


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, table in INDEXES:
        schema_editor.execute(
            f"CREATE INDEX {name} ON {table} USING gin (to_tsvector('simple'::regconfig, COALESCE(tokens, '')))"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, _table in INDEXES:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    atomic = True

    dependencies = [("dispatch", "0003_nothing_slips")]
    operations = [migrations.RunPython(make, drop)]
