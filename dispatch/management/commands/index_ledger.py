"""manage.py index_ledger [--all]: writes the words of ledger items and measures that the search looks for."""

from django.core.management.base import BaseCommand

from dispatch.measures.keeping import fill


class Command(BaseCommand):
    help = "Writes the search words of ledger items and measures where they are missing."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="look at every row, not only at those without words")

    def handle(self, *args, **options):
        changed = fill(everything=options["all"])
        self.stdout.write(f"{changed} rows written")
