from django.core.management.base import BaseCommand

from accounts.actions import load_roles


class Command(BaseCommand):
    help = "Creates the roles that do not exist yet; roles an administrator has changed stay as they are."

    def handle(self, **options):
        self.stdout.write(f"roles created: {load_roles()}")
