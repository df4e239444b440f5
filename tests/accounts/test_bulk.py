"""Writing many rows quickly, against Django's own way."""

import pytest

from accounts.bulk import PAIRS, insert, set_key
from accounts.models import Organization
from tests import factories

pytestmark = pytest.mark.django_db


def test_inserted_rows_are_as_bulk_create_would_write_them():
    park = factories.park()
    rows = [Organization(park=park, kind=Organization.Kind.UNIT, name=f"单位 {n}") for n in range(3)]

    assert insert(rows) == 3

    for row in rows:
        stored = Organization.objects.values().get(pk=row.pk)
        twin = Organization(park=park, kind=Organization.Kind.UNIT, name=f"{row.name} 副本")
        Organization.objects.bulk_create([twin])
        other = Organization.objects.values().get(pk=twin.pk)
        assert {k: v for k, v in stored.items() if k not in ("id", "name")} == {
            k: v for k, v in other.items() if k not in ("id", "name")
        }
    assert insert([]) == 0


def test_keys_are_set_on_the_named_rows_alone():
    park = factories.park()
    rows = [Organization(park=park, kind=Organization.Kind.UNIT, name=f"单位{n}") for n in range(PAIRS + 3)]
    insert(rows)
    *children, untouched, head = rows

    set_key(Organization, "parent", [(row.pk, head.pk if n % 2 else untouched.pk) for n, row in enumerate(children)])

    found = dict(Organization.objects.filter(park=park).values_list("pk", "parent"))
    assert [found[row.pk] for row in children[:3]] == [untouched.pk, head.pk, untouched.pk]
    assert None not in {found[row.pk] for row in children}
    assert (found[untouched.pk], found[head.pk]) == (None, None)
