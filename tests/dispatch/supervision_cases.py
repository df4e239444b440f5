"""Instructions for the tests of supervision."""

from datetime import date

from dispatch.supervision import actions
from tests.dispatch.ledger_cases import EDGE, Cast

DUE = date(2026, 3, 31)
TEXT = "请尽快协调10千伏线路迁改，确保月底前净地交付。"


def issue(cast: Cast, **fields):
    """By the leader himself, to the cast's unit, with a report every five working days."""
    usual = {"leader": cast.leader, "by": cast.leader, "text": TEXT, "unit": cast.unit, "due_on": DUE}
    return actions.issue(park=cast.park, **EDGE, **usual | {"feedback_every_wd": 5} | fields)
