from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Park
from dispatch.warnings import evaluate


class Command(BaseCommand):
    help = "Derives the warnings of a day from the stored facts, by hand; running it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="day, YYYY-MM-DD; today without it")
        parser.add_argument("--park", help="code of one park; all without it")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--batch", type=int, default=evaluate.BATCH, help="projects in one transaction")

    def handle(self, *, as_of, park, dry_run, batch, **options):
        if park is not None:
            park = Park.objects.filter(code=park).first() or self._no_park(park)
        when = {"as_of": as_of or clock.today(), "at": clock.now(), "park": park}
        counts = evaluate.preview(**when) if dry_run else evaluate.evaluate(**when, batch=max(batch, 1))
        for rule, numbers in counts.rules.items():
            self.stdout.write(f"{rule}: " + ", ".join(f"{what} {n}" for what, n in numbers.items()))
        self.stdout.write(f"lights {counts.lights}")
        self.stdout.write("nothing was changed (dry run)" if dry_run else f"changes {counts.total}")

    @staticmethod
    def _no_park(code):
        raise CommandError(f"There is no park with the code {code!r}.")
