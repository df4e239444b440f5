"""The command that seeds the example park: same park every time, and never into a database that is in use."""

from datetime import date

import pytest
from django.core.management import CommandError
from django.forms.models import model_to_dict

from accounts.bulk import insert
from accounts.models import Park, User
from approvals import actions
from dispatch.demo import names
from dispatch.management.commands.seed_demo import PASSWORD
from projects.models import Milestone, Project, ProjectChange
from tests import factories
from tests.dispatch.seeding import AS_OF, digest, load, seed, wipe
from workdays.models import load_calendar


@pytest.mark.slow
@pytest.mark.once
def test_two_runs_give_the_same_park(db):
    load()
    seed()
    first = digest()
    wipe()
    seed()
    assert digest() == first
    wipe()
    seed(seed=8)
    assert digest() != first


@pytest.mark.slow
def test_a_large_park_keeps_the_last_record_of_each_step(db):
    load()
    seed(projects=90)
    project = Project.objects.filter(park__code="yunling").order_by("pk")[75]
    assert Project.objects.filter(park__code="yunling").count() == 90
    touched = project.steps.exclude(state=0)
    assert all(step.history.count() == 1 for step in touched)
    assert actions.recompute_all(load_calendar(), AS_OF) == 0


def test_a_database_in_use_is_left_alone(db):
    load()
    seed(projects=3)
    before = Project.objects.count()
    assert seed(if_empty=True) == ""
    with pytest.raises(CommandError, match="already"):
        seed()
    with pytest.raises(CommandError, match="already"):
        seed(password="another-long-secret")
    assert Project.objects.count() == before


def test_the_known_password_is_not_given_out_beside_another_park(db):
    load()
    factories.park(code="real")
    with pytest.raises(CommandError, match="--password"):
        seed(projects=3)
    with pytest.raises(CommandError):
        seed(projects=3, password="12345678")
    assert not User.objects.exists()
    text = seed(projects=3, password="a-long-secret-of-ours")
    assert "a-long-secret-of-ours" in text and PASSWORD not in text
    assert not User.objects.get(username="zhongxin").check_password(PASSWORD)


def test_a_person_without_a_park_counts_as_in_use(db):
    load()
    User.objects.create_superuser("boss", password="some-long-secret-1")
    assert seed(if_empty=True) == ""
    assert not Park.objects.exists()


def test_accounts_are_listed_and_a_changed_password_is_not_claimed(db):
    load()
    seed(projects=3)
    text = seed(print_accounts=True)
    assert PASSWORD in text and all(account.username in text for account in names.ACCOUNTS)
    person = User.objects.get(username="jianshe")
    person.set_password("changed-it-myself-1")
    person.save()
    line = next(line for line in seed(print_accounts=True).splitlines() if " jianshe " in line)
    assert "密码已修改" in line


def test_without_the_example_park_no_account_is_listed(db):
    assert "No example accounts" in seed(print_accounts=True)
    assert not Park.objects.exists()


def test_without_a_catalogue_the_command_says_what_is_missing(no_catalogue):
    with pytest.raises(CommandError, match="load_catalogue"):
        seed()


def test_bulk_insert_writes_what_bulk_create_writes(db):
    zone = factories.park()
    one, two = factories.project(zone), factories.project(zone)
    rows = [
        Milestone(project=one, stage="L08", baseline_on=date(2026, 3, 1), evidence="照片"),
        Milestone(project=two, stage="L08", actual_on=date(2026, 3, 2), is_done=False),
    ]
    assert insert(rows) == 2
    stored = list(Milestone.objects.order_by("pk"))
    assert [row.pk for row in rows] == [row.pk for row in stored]
    for row, kept in zip(rows, stored, strict=True):
        assert model_to_dict(row) == model_to_dict(kept)
    change = ProjectChange(project=one, verb="edited", changes=[{"old": None}], at=factories.AT)
    insert([change])
    kept = ProjectChange.objects.get(pk=change.pk)
    assert (kept.changes, kept.at) == (change.changes, change.at)
    assert insert([]) == 0
