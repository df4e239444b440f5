"""Reading a seed file (YAML: year → status, note, off, make_up) and loading what a person has not changed."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import yaml

from workdays import actions
from workdays.models import CalendarChange
from workdays.notice import YearTable

SEED_FILE = Path(__file__).parent / "data" / "holidays_cn.yaml"


@dataclass(frozen=True)
class SeedYear:
    """One year of a seed file."""

    year: int
    status: str
    note: str
    table: YearTable


def read_seed(path: Path) -> list[SeedYear]:
    """The years of the file, in order. Raises OSError, yaml.YAMLError, or ValueError for another layout."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return [
            SeedYear(
                year=int(year),
                status=entry["status"],
                note=" ".join(entry.get("note", "").split()),
                table=YearTable.of(_days(_off(entry)), _days(entry["make_up"])),
            )
            for year, entry in sorted(content.items())
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a holiday table: {error!r}") from error


def _off(entry: dict) -> list[dict]:
    """The days off; YAML reads an unquoted `off` as False."""
    return entry["off"] if "off" in entry else entry[False]


def _days(rows: list[dict]) -> list[tuple[date, str]]:
    return [(date.fromisoformat(str(row["date"])), row["name"]) for row in rows]


def load_seed(path: Path, *, at: datetime, force: bool = False) -> dict[int, str]:
    """Load each year of the file; {year: "loaded" | "unchanged" | "kept"}.

    A year keeps its table ("kept") once it was changed from somewhere else, by an administrator or from another
    file, unless `force`. Running it again changes nothing.
    """
    source = CalendarChange.Source.SEED if path == SEED_FILE else CalendarChange.Source.FILE
    years = read_seed(path)
    kept = set() if force else _changed_elsewhere(source)
    return {entry.year: _load(entry, source, at) if entry.year not in kept else "kept" for entry in years}


def _changed_elsewhere(source: str) -> set[int]:
    others = CalendarChange.objects.exclude(source__in={source, CalendarChange.Source.SEED})
    return set(others.values_list("calendar_year", flat=True))


def _load(entry: SeedYear, source: str, at: datetime) -> str:
    change = actions.load_year(
        entry.year,
        status=entry.status,
        off=entry.table.off,
        make_up=entry.table.make_up,
        note=entry.note,
        by=None,
        at=at,
        source=source,
    )
    return "loaded" if change else "unchanged"
