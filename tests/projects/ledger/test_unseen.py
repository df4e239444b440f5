"""Workbooks that nobody has seen before: drawn at random, read, compared with what was written down beside them.

By hand for a longer run: ``python -m tests.projects.ledger.test_unseen 2000``.
"""

import sys

import pytest

from projects.ledger.fields import to_json
from projects.ledger.findings import Refusal
from projects.ledger.reader import read_ledger
from tests.projects.ledger.messy import draw

TOLERATED = {"DATE_YEAR_ASSUMED", "NAME_SIMILAR"}


def differences(seed):
    """What the reader says otherwise than the oracle, as a list of short texts."""
    wanted = draw(seed)
    try:
        read = read_ledger(wanted.data, **wanted.options)
    except Refusal as refusal:
        return [f"refused: {refusal}"]
    found = []
    rows = {(row.sheet, row.number): row for row in read.rows}
    found += [f"row missing {key}" for key in wanted.rows.keys() - rows.keys()]
    found += [f"row too much {key} {rows[key].value('name')}" for key in rows.keys() - wanted.rows.keys()]
    for key in wanted.rows.keys() & rows.keys():
        values = {name: to_json(each.value) for name, each in rows[key].fields.items()}
        for name in values.keys() | wanted.rows[key].keys():
            ours, theirs = values.get(name), wanted.rows[key].get(name)
            if ours != theirs:
                found.append(f"{key} {name}: {ours!r}, not {theirs!r}")
    said = {(f.kind, f.sheet, f.cell) for f in read.findings if f.kind not in TOLERATED}
    found += [f"finding missing {each}" for each in wanted.findings - said]
    found += [f"finding too much {each}" for each in said - wanted.findings]
    ignored = {(each.sheet, each.row): each.why for each in read.ignored if each.why != "empty"}
    for key in ignored.keys() | wanted.ignored.keys():
        if ignored.get(key) != wanted.ignored.get(key):
            found.append(f"ignored {key}: {ignored.get(key)}, not {wanted.ignored.get(key)}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 150, 30))
def test_unseen_workbooks(start):
    wrong = {seed: found for seed in range(start, start + 30) if (found := differences(seed))}
    assert wrong == {}


if __name__ == "__main__":
    first, count = (int(sys.argv[2]) if len(sys.argv) > 2 else 0), int(sys.argv[1])
    bad = 0
    for number in range(first, first + count):
        if found := differences(number):
            bad += 1
            if bad <= 12:
                print(number, len(found), *sorted(found)[:5], sep="\n   ")
    print(f"{bad} of {count} differ")
