"""A process of its own for the race and kill tests: ``python -m tests.harness.worker MODE ARGUMENT``.

real, naive: evaluates the warnings of the day ARGUMENT; prints "." after each batch so that the parent can choose
its moment. response, response_naive: the same for the response to them. writers: puts ARGUMENT items on the ledger.
Starts when a line comes in on stdin.
"""

import os
import sys
from datetime import date, datetime

import django


def main(mode: str, argument: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.harness import naive
    from tests.harness.seeding import AT

    print("ready", flush=True)
    sys.stdin.readline()
    if mode == "real":
        from dispatch.warnings.evaluate import evaluate

        evaluate(as_of=date.fromisoformat(argument), at=AT, batch=30, fence=dot)
    elif mode == "response":
        from dispatch.response.evaluate import evaluate as respond

        respond(as_of=date.fromisoformat(argument), at=AT, batch=30, fence=dot)
    elif mode == "response_naive":
        from tests.dispatch.response import naive_response

        naive_response.evaluate(as_of=date.fromisoformat(argument), at=AT, between=dot)
    elif mode == "naive":
        naive.evaluate(as_of=date.fromisoformat(argument), between=dot)
    else:
        write_many(int(argument), AT)


def dot() -> None:
    print(".", flush=True)


def write_many(times: int, at: datetime) -> None:
    """Prints how many transactions the database refused."""
    from django.db import OperationalError

    from accounts.models import Park
    from dispatch.ledger.actions import register

    park, locked = Park.objects.get(), 0
    for n in range(times):
        try:
            register(park=park, by=None, at=at, on=at.date(), title=f"事项{os.getpid()}-{n}")
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            locked += 1
    print(f"locked {locked}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
