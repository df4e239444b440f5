"""Reads a workbook or .csv in a child process: what a stranger sends is never taken apart by the site itself.

The child (jail_child) has 512 MiB of address space, 60 s of processor time, no network, no file to write, no settings
and no database. It gets the options and the file on its standard input and answers lines of JSON: ``[done, total]`` as
it goes on, then ``{"file": …}`` (everything but the rows), ``{"row": …}`` for each row, or ``{"refused": code}``.
The result is the one `read_here` gives. Source: reliability rules 3.12 (2).
"""

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from accounts import jail
from projects.ledger.csv_file import read_book
from projects.ledger.findings import Refusal
from projects.ledger.jail_lines import put_together, unpacked
from projects.ledger.kinds import TABLES, TableKind, table_kind
from projects.ledger.reader import RESPONSIBILITY_LEDGER, LedgerFile, Progress, read_table
from projects.ledger.rows import LedgerRow
from projects.ledger.safety import MAX_UPLOAD

CHILD = "projects.ledger.jail_child"
WALL = 120  # seconds; a busy machine may need more than the 60 of the processor
LARGEST = 256 * 1024 * 1024  # bytes of lines; 20,000 rows of 32 columns are about 60 MB

NONSENSE = (ValueError, KeyError, TypeError, IndexError, AttributeError)  # of lines that are not as they should be
logger = logging.getLogger(__name__)
Answers = Mapping[str, Mapping[str, Any]]


def read_in_jail(
    data: bytes | Path,
    kind_key: str,
    *,
    name: str = "",
    report_year: int | None = None,
    report_month: int | None = None,
    answers: Answers | None = None,
    memory: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> LedgerFile:
    """What the file says, read by a child: the result of `read_here` for TABLES[kind_key].

    `name`: as the sender calls the file; .csv, .txt and .tsv are read as text. `progress` gets (rows done, rows).
    Raises Refusal (see `read_here`; TOO_LARGE as well when it took too long, too much memory or broke the parser) and
    jail.NotStarted when the machine could not start a child: no fault of the file, so try again later.
    """
    options = _options(kind_key, name, report_year, report_month, answers, memory)
    with _opened(data, options, progress) as (head, rows):
        return put_together(head, rows)


@contextmanager
def rows_in_jail(
    data: bytes | Path, kind_key: str, *, progress: Progress | None = None, **options: Any
) -> Iterator[tuple[LedgerFile, Iterator[LedgerRow]]]:
    """The same piece by piece: the file without its rows, and the rows as the child tells them, for flat memory.

    The findings of the file are then only those that are about no row. Leaving the block ends the child.
    """
    given = {"name": "", "report_year": None, "report_month": None, "answers": None, "memory": None, **options}
    with _opened(data, _options(kind_key, **given), progress) as opened:
        yield opened


def read_here(
    data: bytes, kind: TableKind, *, name: str = "", others: tuple[TableKind, ...] = (), **options: Any
) -> LedgerFile:
    """The reading itself, in this process: for the child, and for tests. Raises Refusal."""
    found = read_table(read_book(data, name=name), kind, others=others, **options)
    return replace(found, sha256=hashlib.sha256(data).hexdigest())


def reader_of(options: Mapping[str, Any]) -> Callable[[bytes, Progress], LedgerFile]:
    """Called by the child before the limits hold: finds the kinds, so that their modules are loaded."""
    rest = dict(options)
    kind = table_kind(rest.pop("kind"))
    others = tuple(table_kind(path) for path in rest.pop("others"))
    if "ledger_items" not in {each.key for each in others}:
        others = (*others, RESPONSIBILITY_LEDGER)
    return lambda data, progress: read_here(data, kind, others=others, progress=progress, **rest)


def _options(
    kind_key: str, name: str, report_year: int | None, report_month: int | None,
    answers: Answers | None, memory: Mapping[str, str] | None, year_else: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    said = answers or {}
    return {
        "kind": TABLES[kind_key],
        "others": [path for key, path in TABLES.items() if key != kind_key],
        "name": name,
        "report_year": report_year,
        "report_month": report_month,
        "year_else": year_else,
        "answers": {group: dict(said.get(group, {})) for group in ("columns", "cells")},
        "memory": dict(memory or {}),
    }


@contextmanager
def _opened(
    data: bytes | Path, options: dict[str, Any], progress: Progress | None
) -> Iterator[tuple[LedgerFile, Iterator[LedgerRow]]]:
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(options).encode() + b"\n")
        _copy(data, file)
        file.seek(0)
        with closing(_kept(jail.converse(CHILD, [], stdin=file, wall=WALL, largest=LARGEST))) as lines:
            told = _told(lines, progress)
            head = next(told, None)
            if head is None:
                raise Refusal("CORRUPT", what="broke")
            yield head, told


def _kept(lines: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Progress at once; the rest when the child has ended, so that it never waits for who takes the rows one by one."""
    with tempfile.TemporaryFile() as file, closing(lines):
        for line in lines:
            if not line.startswith(b"{"):  # progress, or nonsense
                yield line
            else:
                file.write(line.rstrip(b"\n") + b"\n")
        file.seek(0)
        yield from file


def _copy(data: bytes | Path, file: Any) -> None:
    """At most one byte more than may be uploaded: enough for the child to refuse it."""
    if isinstance(data, bytes):
        file.write(data[: MAX_UPLOAD + 1])
        return
    with data.open("rb") as source:
        if data.stat().st_size <= MAX_UPLOAD:
            shutil.copyfileobj(source, file)
        else:
            file.write(source.read(MAX_UPLOAD + 1))


def _told(lines: Iterable[bytes], progress: Progress | None) -> Iterator[Any]:
    """First the head, then the rows. Raises Refusal for what the child refuses and for what breaks the child."""
    try:
        for line in lines:
            said = _heard(line)
            if not isinstance(said, tuple):
                yield said
            elif progress:
                progress(*said)
    except jail.NotStarted:
        raise
    except jail.TookTooLong as error:
        raise Refusal("TOO_LARGE", what="time") from error
    except jail.SaidTooMuch as error:
        raise Refusal("TOO_LARGE", what="memory") from error
    except jail.Broke as error:
        logger.warning("a file broke its reader: %s", error)
        raise Refusal("CORRUPT", what="broke") from error


def _heard(line: bytes) -> Any:
    """(rows done, rows), the head or a row. Raises Refusal when the child refuses, jail.Broke for nonsense."""
    try:
        said = json.loads(line.decode("utf-8", "surrogatepass"))
        if isinstance(said, list):
            return int(said[0]), int(said[1])
        if "refused" in said:
            refusal = Refusal(said["refused"], **unpacked(said["params"]))
        else:
            (packed,) = said.values()
            return unpacked(packed)
    except NONSENSE as error:
        raise jail.Broke(f"nonsense: {line[:100]!r}") from error
    raise refusal
