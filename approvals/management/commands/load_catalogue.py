from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from approvals import actions
from approvals.catalogue_document import SHIPPED_PATH, CatalogueError, read_catalogue
from approvals.loader import load_catalogue


class Command(BaseCommand):
    help = "Load the catalogue of approval steps. Loading the same content again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--file", type=Path, default=SHIPPED_PATH, help="YAML file, default: the shipped one")

    def handle(self, *, file, **options):
        at = clock.now()
        try:
            document = read_catalogue(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, CatalogueError) as error:
            raise CommandError(f"{file}: {error}") from error
        catalogue = load_catalogue(document, at=at)
        given = actions.give_missing_steps(by=None, at=at)
        is_new = catalogue.loaded_at == at
        self.stdout.write(f"catalogue version {catalogue.version}: {'loaded' if is_new else 'already loaded'}")
        if given:
            self.stdout.write(f"steps given to {given} projects that had none")
