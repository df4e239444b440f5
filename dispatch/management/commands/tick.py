from django.core.management.base import BaseCommand

from accounts import clock
from dispatch import tasks


class Command(BaseCommand):
    help = "Plans every periodic run that is due, missed ones included, and rings for the open ones."

    def add_arguments(self, parser):
        parser.add_argument("--quiet-bell", action="store_true", help="only plan; send no message to the workers")

    def handle(self, *, quiet_bell, **options):
        done = tasks.minute(now=clock.now(), bell=not quiet_bell)
        self.stdout.write(f"planned {done['planned']}, rung {done['rung']}")
