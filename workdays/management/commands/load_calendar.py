"""manage.py load_calendar: seed the holiday tables; run it as often as you like."""

from pathlib import Path

import yaml
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from workdays.seed import SEED_FILE, load_seed


class Command(BaseCommand):
    help = "Load the holiday tables. A year that an administrator has changed is kept unless --force is given."

    def add_arguments(self, parser):
        parser.add_argument("--file", type=Path, default=SEED_FILE, help="YAML file; the built-in tables by default")
        parser.add_argument("--force", action="store_true", help="replace years that were changed by hand as well")

    def handle(self, *, file, force, **options):
        at = timezone.now()  # noqa: TID251 this app knows no other, and a command is the edge
        try:
            with transaction.atomic():
                results = load_seed(file, at=at, force=force)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise CommandError(str(error)) from error
        for year, result in results.items():
            self.stdout.write(f"{year}: {result}")
