from datetime import date

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Park, User
from approvals.models import Catalogue
from dispatch.demo import names, park

PASSWORD = "yunling-2026-shifan"  # noqa: S105 known to everybody: example data only, in an otherwise empty database


class Command(BaseCommand):
    help = "Fill an empty database with an invented park: projects, steps, ledger, warnings, example accounts."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the database is in use")
        parser.add_argument("--print-accounts", action="store_true", help="only list the example accounts")
        parser.add_argument("--projects", type=int, default=park.PROJECTS, help="how many; 20000 for a load test")
        parser.add_argument("--as-of", type=date.fromisoformat, help="day the park is seen on, default: today")
        parser.add_argument("--seed", type=int, default=7, help="another number gives another park")
        parser.add_argument("--password", help="of the example accounts; needed where a park exists already")

    def handle(self, *, if_empty, print_accounts, **options):
        if if_empty or not print_accounts:
            self._seed(if_empty, options)
        if print_accounts or not if_empty:
            self._print_accounts(options["password"] or PASSWORD)

    def _seed(self, if_empty, options):
        if not park.is_empty():
            if if_empty:
                return
            self._refuse(options["password"])
        if not Catalogue.objects.filter(state=Catalogue.State.IN_FORCE).exists():
            raise CommandError("Run load_catalogue and load_calendar first.")
        if not 1 <= options["projects"] <= 200_000:
            raise CommandError("--projects takes 1 to 200000.")
        park.seed(
            as_of=options["as_of"] or clock.today(), projects=options["projects"], seed=options["seed"],
            password=self._checked(options["password"]), say=self.stdout.write,
        )  # fmt: skip

    @staticmethod
    def _refuse(password):
        codes = [names.PARK["code"], names.SMALL_PARK["code"]]
        accounts = [a.username for a in names.ACCOUNTS + names.SMALL_ACCOUNTS]
        if Park.objects.filter(code__in=codes).exists() or User.objects.filter(username__in=accounts).exists():
            raise CommandError("The example park or one of its accounts is here already.")
        if password is None:
            raise CommandError("This database is in use. Give --password: the usual one is known to everybody.")

    @staticmethod
    def _checked(password):
        try:
            validate_password(password or PASSWORD)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password or PASSWORD

    def _print_accounts(self, password):
        listed = names.ACCOUNTS + names.SMALL_ACCOUNTS
        users = User.objects.select_related("role", "organization").in_bulk(
            [account.username for account in listed], field_name="username"
        )
        known = {value: check_password(password, value) for value in {user.password for user in users.values()}}
        if not any(known.values()):
            self.stdout.write("No example accounts with the initial password here.")
            return
        self.stdout.write(f"Example accounts, password {password} (everybody knows it: never with real data)")
        for account in listed:
            user = users.get(account.username)
            if user is None:
                continue
            role = user.role.name_zh if user.role_id else "超级管理员"
            note = account.title or str(user.organization or "")
            changed = "" if known[user.password] else "（密码已修改）"
            self.stdout.write(f"  {account.username:<11} {role}  {user.display_name}  {note}{changed}")
