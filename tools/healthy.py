"""Health checks inside the containers: ``web`` asks the web server, ``jobs`` asks it for the periodic jobs, ``broker``
greets Redis. Exit code 0 when well."""

import os
import sys
import urllib.request

SERVER = "http://127.0.0.1:8000/healthz"
JOBS = "http://web:8000/healthz/jobs"


def web(address: str = SERVER) -> bool:
    """Whether the web server answers as it would to the proxy in front of it."""
    request = urllib.request.Request(address, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=4) as answer:
        return answer.status == 200


def jobs() -> bool:
    """Whether the web server says that every periodic job is well."""
    return web(JOBS)


def broker() -> bool:
    """Whether Redis answers, without which a worker or beat only waits."""
    import redis

    with redis.Redis.from_url(os.environ["CELERY_BROKER_URL"], socket_timeout=4) as connection:
        return bool(connection.ping())


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "broker": broker, "jobs": jobs}[sys.argv[1]]() else 1)
