"""Fails with a list of every text without a finished Chinese translation. ``--add`` appends the missing ones, empty."""

import sys

from tools import messages


def main() -> int:
    found = messages.sources()
    if "--add" in sys.argv[1:]:
        print(f"{messages.add_missing(found)} texts added to {messages.CATALOGUE.relative_to(messages.ROOT)}")
    if not messages.CATALOGUE.exists():
        print(f"{messages.CATALOGUE.relative_to(messages.ROOT)} does not exist")
        return 1
    problems = messages.faults(found, messages.read_catalogue())
    for problem in problems:
        print(problem)
    print(f"{len({source.key for source in found})} texts, {len(problems)} without a finished translation")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
