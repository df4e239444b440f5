from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Park
from approvals.promises import settling


class Command(BaseCommand):
    help = "Settles papers that were not supplied in time, by hand; running it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="day, YYYY-MM-DD; today without it")
        parser.add_argument("--park", help="code of one park; all without it")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *, as_of, park, dry_run, **options):
        if park is not None:
            park = Park.objects.filter(code=park).first() or self._no_park(park)
        when = {"as_of": as_of or clock.today(), "at": clock.now(), "park": park}
        counts = settling.preview(**when) if dry_run else settling.settle_debts(**when)
        self.stdout.write(", ".join(f"{what} {n}" for what, n in counts.as_dict().items()))
        if dry_run:
            self.stdout.write("nothing was changed (dry run)")

    @staticmethod
    def _no_park(code):
        raise CommandError(f"There is no park with the code {code!r}.")
