"""Twenty requests with one Idempotency-Key at the same moment have one effect; twenty without a key have twenty."""

import threading

import pytest
from django.db import connection

from accounts.models import IdempotentRequest
from dispatch.ledger.models import LedgerItem
from tests import factories
from tests.api.conftest import Api

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PARALLEL = 20


def at_once(number: int, send) -> list:
    """What ``send(n)`` gives in so many threads that start together."""
    gate, found = threading.Barrier(number, timeout=30), [None] * number

    def run(n: int) -> None:
        try:
            gate.wait()
            found[n] = send(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return found


@pytest.mark.parametrize("headers", [{"Idempotency-Key": "once"}, {}], ids=["with a key", "twin without"])
def test_twenty_at_once(headers):
    leader = factories.user(factories.park(), "leader")
    clients = [Api(leader) for _n in range(PARALLEL)]
    found = at_once(PARALLEL, lambda n: clients[n].post("ledger-items/", {"title": "限期开工"}, **headers))
    codes = {answer.status_code for answer in found}
    if not headers:
        assert (codes, LedgerItem.objects.count()) == ({201}, PARALLEL)
        return
    assert codes <= {201, 409}
    assert LedgerItem.objects.count() == IdempotentRequest.objects.filter(status=201).count() == 1
    assert len({answer.content for answer in found if answer.status_code == 201}) == 1
    refused = [answer.json()["type"] for answer in found if answer.status_code == 409]
    assert set(refused) <= {"urn:project-navigator:problem:idempotency-key-busy"}
