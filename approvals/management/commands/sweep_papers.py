"""manage.py sweep_papers [--delete]: stored papers without a row, rows without a stored paper, papers in quarantine."""

from django.core.management.base import BaseCommand

from accounts import clock
from approvals.papers.sweep import sweep


class Command(BaseCommand):
    help = "Reports stored papers that no row knows and rows whose file is gone, both older than a day."

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="remove the stored papers that no row knows")

    def handle(self, *args, **options):
        found = sweep(at=clock.now(), delete=options["delete"])
        for name in found.orphans:
            self.stdout.write(f"orphan {name}{' removed' if options['delete'] else ''}")
        for pk in found.lost:
            self.stdout.write(f"lost file of row {pk}")
        for pk in found.infected:
            self.stdout.write(f"infected file of row {pk} stays in quarantine")
        self.stdout.write(" ".join(f"{name}={count}" for name, count in found.as_dict().items()))
