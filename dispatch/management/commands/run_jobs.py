from django.core.management.base import BaseCommand

from accounts import clock
from dispatch.jobs import actions
from dispatch.jobs.beats import EMBEDDED, beat


class Command(BaseCommand):
    help = "Plans and works everything that is due in this process: enough for a small park without a worker."

    def handle(self, **options):
        now = clock.now()
        beat(EMBEDDED, now=now)
        planned = actions.plan(now=now)
        actions.bury(now=now)
        finished = actions.run_open(now=clock.now)
        self.stdout.write(f"planned {planned}, finished {finished}")
