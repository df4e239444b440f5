"""Writing many rows quickly. ``insert``: Django's own INSERT … VALUES … RETURNING without its price for every value.

Takes model instances whose values are already what the columns hold (no expressions, no pre_save defaults). Writes the
new primary keys to the instances, like ``bulk_create``. Runs on PostgreSQL and SQLite.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import connection, models

from accounts.chunks import chunks

ROWS = 400  # rows in one statement
PAIRS = 1000  # rows in one update
TAKEN = 500  # rows in one update of versions
UPDATED = 200  # rows in one update of several columns
PARAMETERS = 30_000  # below what either database takes in one statement
SET_KEY = """
WITH pair (id, other) AS (VALUES {values})
UPDATE {table} SET {column} = pair.other FROM pair WHERE {table}.id = pair.id
"""


def insert(rows: Iterable[models.Model]) -> int:
    """Inserts rows of one model, in the order given; returns how many."""
    rest, stored = iter(rows), 0
    first = next(rest, None)
    if first is None:
        return 0
    statement = _Statement(type(first))
    for batch in chunks(chain([first], rest), statement.rows):
        statement.run(batch)
        stored += len(batch)
    return stored


def set_key(model: type[models.Model], name: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Points the foreign key ``name`` of rows to others: (id of the row, id of the other) pairs."""
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(model._meta.get_field(name).column)
    for batch in chunks(pairs, PAIRS):
        values = ", ".join(["(%s, %s)"] * len(batch))
        statement = SET_KEY.format(values=values, table=table, column=column)
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for pair in batch for value in pair])


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows given as values of these columns (``project_id``, …): for rows nothing points to."""
    statement = _Statement(model, names)
    for batch in chunks(rows, statement.rows):
        with connection.cursor() as cursor:
            cursor.execute(statement.text(len(batch)), list(statement.converted(batch)))


def update_columns(changed: Iterable[tuple[models.Model, Iterable[str]]]) -> None:
    """Writes these columns of rows of one model: one statement for some hundred rows with the same columns."""
    groups: dict[frozenset[str], list[models.Model]] = defaultdict(list)
    for row, columns in changed:
        groups[frozenset(columns)].append(row)
    for columns, rows in groups.items():
        if columns:
            type(rows[0])._default_manager.bulk_update(rows, sorted(columns), batch_size=UPDATED)


def take_versions(rows: models.QuerySet, shown: Iterable[tuple[int | None, int | None]], **stamp: Any) -> bool:
    """Moves rows (key, version shown) on to the next version, with the columns of the stamp; one statement for some
    hundred of a version, always in the same order. False when one is not among the rows or has moved on: roll back."""
    ordered = sorted(shown, key=lambda pair: (pair[1] or 0, pair[0] or 0))
    for version, group in groupby(ordered, key=itemgetter(1)):
        for ids in chunks((key for key, _version in group), TAKEN):
            here = rows.filter(pk__in=ids, version=version)
            if here.update(version=models.F("version") + 1, **stamp) != len(ids):
                return False
    return True


class _Statement:
    """The INSERT of one model with a converter for each column that needs one; ``names``: of these columns alone."""

    def __init__(self, model: type[models.Model], names: Sequence[str] = ()):
        every = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
        by_name = {field.attname: field for field in every}
        self.fields = [by_name[name] for name in names] or every
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in self.fields)
        self.head = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 names of our own tables
        self.tail = f" RETURNING {quote(model._meta.pk.column)}"
        self.row = "(" + ", ".join(["%s"] * len(self.fields)) + ")"
        self.rows = max(1, min(ROWS, PARAMETERS // len(self.fields)))
        self.values = attrgetter(*(field.attname for field in self.fields))
        self.converters = [(place, found) for place, field in enumerate(self.fields) if (found := _converter(field))]
        self.parents = [field for field in self.fields if field.is_relation]

    def run(self, batch: Sequence[models.Model]) -> None:
        for row in batch:
            self._take_over_keys(row)
        parameters = list(self.converted(map(self.values, batch)))
        with connection.cursor() as cursor:
            cursor.execute(self.text(len(batch)) + self.tail, parameters)
            for row, (key,) in zip(batch, cursor.fetchall(), strict=True):
                row.pk = key
                row._state.adding, row._state.db = False, connection.alias

    def _take_over_keys(self, row: models.Model) -> None:
        """A row made before the row it points to was stored learns that row's key."""
        for field in self.parents:
            if row.__dict__[field.attname] is None and (parent := row._state.fields_cache.get(field.name)):
                row.__dict__[field.attname] = parent.pk

    def text(self, rows: int) -> str:
        return self.head + ", ".join([self.row] * rows)

    def converted(self, batch: Iterable[Sequence[Any]]) -> Iterator[Any]:
        """The parameters of all rows, one after the other."""
        for row in batch:
            values = list(row)
            for place, convert in self.converters:
                value = values[place]
                if value is not None:
                    values[place] = convert(value)
            yield from values


def _converter(field: models.Field) -> Callable[[Any], Any] | None:
    """How a value of the column becomes a parameter; None where the driver takes it as it is."""
    operations = connection.ops
    if isinstance(field, models.JSONField | models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.DateTimeField):
        return operations.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return operations.adapt_datefield_value
    if isinstance(field, models.CharField | models.TextField):
        return str
    if isinstance(field, models.IntegerField) and field.choices:
        return int
    return None
