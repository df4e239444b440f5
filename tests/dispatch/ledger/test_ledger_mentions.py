"""Names behind an @ against the people who see the item."""

import pytest

from dispatch.ledger.mentions import named

PEOPLE = {1: "陆承安", 2: "陆承", 3: "Wang Li", 4: "王丽", 5: "王丽", 6: ""}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", set()),
        ("陆承安请看", set()),
        ("请@陆承安看", {1}),
        ("请@陆承 看", {2}),
        ("＠陆承安，@wang li!", {1, 3}),
        ("@王丽", {4, 5}),
        ("a@b.cn @nobody @", set()),
        ("@@陆承", {2}),
    ],
)
def test_who_is_meant(text, keys):
    assert named(text, PEOPLE) == keys
