"""One workload in a process of its own, so that its peak of memory is its own: prints one line of JSON."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")


def main() -> None:
    name, rounds = sys.argv[1], int(sys.argv[2])
    import django

    django.setup()
    from bench.workloads import WORKLOADS

    print(json.dumps(WORKLOADS[name].run(rounds)))


if __name__ == "__main__":
    main()
