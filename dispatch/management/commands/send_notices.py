from django.core.management.base import BaseCommand

from dispatch.notices import tasks


class Command(BaseCommand):
    help = "Makes messages of the notices that may leave now and sends what is due, in this process."

    def handle(self, **options):
        counts = tasks.work()
        self.stdout.write(", ".join(f"{what} {n}" for what, n in counts.items()))
