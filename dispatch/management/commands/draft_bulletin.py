from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.errors import Refused
from accounts.models import Park
from dispatch.reports.actions import draft_bulletin, last_day


class Command(BaseCommand):
    help = "Draft, or bring up to date, the monthly bulletin of one park or of all. Issued bulletins do not change."

    def add_arguments(self, parser):
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--park", help="code of the park, default: all")
        parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD, default: month's end or today")

    def handle(self, *, month, park, as_of, **options):
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise CommandError(f"{month} is not a month like 2026-11") from None
        parks = Park.objects.filter(code=park) if park else Park.objects.order_by("code")
        if park and not parks:
            raise CommandError(f"no park {park}")
        at, as_of = clock.now(), as_of or last_day(first.year, first.month, clock.today())
        for each in parks:
            try:
                bulletin = draft_bulletin(park=each, year=first.year, month=first.month, as_of=as_of, by=None, at=at)
            except Refused as error:
                self.stderr.write(f"{each.code}: {error}")
                continue
            self.stdout.write(f"{each.code} {bulletin} as of {bulletin.as_of} sha256 {bulletin.sha256}")
