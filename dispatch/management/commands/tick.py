from django.core.management.base import BaseCommand

from accounts import clock
from dispatch import tasks
from dispatch.jobs import actions


class Command(BaseCommand):
    help = "Plans every periodic run that is due, missed ones included, and rings for the open ones."

    def add_arguments(self, parser):
        parser.add_argument("--quiet-bell", action="store_true", help="only plan; send no message to the workers")

    def handle(self, *, quiet_bell, **options):
        now = clock.now()
        planned = actions.plan(now=now)
        actions.bury(now=now)
        rung = 0 if quiet_bell else tasks.ring()
        self.stdout.write(f"planned {planned}, rung {rung}")
