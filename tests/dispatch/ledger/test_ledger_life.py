"""The acts of the example park's ledger are played by the real actions: nothing is refused, every kind is there."""

from datetime import date

import pytest

from dispatch.demo.items import write_items
from dispatch.demo.ledger_life import ACTS, COMMENTS, write_ledger_life
from dispatch.demo.names import ACCOUNTS, PARK, UNITS
from dispatch.demo.people import build_park
from dispatch.ledger.models import ExtensionRequest, LedgerItem
from tests import factories
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

AS_OF = date(2026, 11, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_every_act_is_played():
    load_seed(SEED_FILE, at=factories.AT)
    cast = build_park(PARK, UNITS, ACCOUNTS, "示例", "!")
    projects = {n: factories.project(cast.park) for n in range(60)}
    edge = {"as_of": AS_OF, "calendar": load_calendar()}
    write_items(cast, projects, **edge)
    wanted = sum(map(len, ACTS.values())) + sum(map(len, COMMENTS.values()))
    assert write_ledger_life(cast, projects, **edge) == wanted
    assert LedgerItem.objects.get(title="农转用指标待落实").tier == 3
    assert set(ExtensionRequest.objects.values_list("outcome", flat=True)) == {"open", "granted", "refused"}
    assert set(LedgerItem.objects.values_list("state", flat=True)) == set(LedgerItem.State.values)
