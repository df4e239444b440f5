"""Writing many rows quickly, against Django's own way."""

import pytest

from accounts.bulk import PAIRS, insert, set_key, update_columns
from accounts.chunks import chunks, row_chunks
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


def test_each_row_gets_its_own_columns_written(django_assert_num_queries):
    park = factories.park()
    rows = [Organization(park=park, kind=Organization.Kind.UNIT, name=f"单位{n}", short_name="旧") for n in range(6)]
    insert(rows)
    for row in rows:
        row.name, row.short_name = f"新{row.name}", "新"

    with django_assert_num_queries(2):
        update_columns((row, ["name", "short_name"] if n % 2 else ["name"]) for n, row in enumerate(rows[:5]))
    update_columns([(rows[5], ())])

    found = list(Organization.objects.filter(park=park).order_by("pk").values_list("name", "short_name"))
    assert found == [(f"新单位{n}", "新" if n % 2 else "旧") for n in range(5)] + [("单位5", "旧")]


def test_chunks_keep_the_order_and_rows_changed_in_between_keep_their_place():
    assert list(chunks(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([], 2)) == []
    park = factories.park()
    insert(Organization(park=park, kind=Organization.Kind.UNIT, name=f"单位{n}") for n in range(3))
    seen = []
    for rows in row_chunks(Organization.objects.filter(park=park, name__startswith="单位").order_by("-name"), 2):
        seen += [row.name for row in rows]
        Organization.objects.filter(name="单位0").update(short_name="旧")
    assert seen == ["单位2", "单位1", "单位0"]
