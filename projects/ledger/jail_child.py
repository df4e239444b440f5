"""The child that reads a workbook: ``python -m projects.ledger.jail_child``, started by jail_reader only.

Standard input: one line of JSON (the options), then the file. Standard output: lines of JSON, see jail_reader. Nothing
of the file is looked at before the limits hold.
"""

import gc
import json
import sys
from typing import Any

from accounts import jail

MEMORY = 512 * 1024 * 1024  # bytes of address space, so that no file can make the child larger; 20,000 rows take 340
CPU = 60  # seconds
COMPLAINTS = 64 * 1024  # bytes; nothing else is written to a file
WITHOUT = ("numpy", "lxml", "PIL")  # openpyxl takes them where they are; here they only cost time


def main() -> None:
    for name in WITHOUT:
        sys.modules[name] = None  # type: ignore[assignment]
    from projects.ledger import jail_reader
    from projects.ledger.findings import Refusal
    from projects.ledger.jail_lines import packed, taken_apart

    gc.disable()  # millions of cells and no rings among them: looking for some takes a tenth of the time
    options = json.loads(sys.stdin.buffer.readline())
    read = jail_reader.reader_of(options)
    jail.lock("", memory=MEMORY, cpu=CPU, output=COMPLAINTS)
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    say = sys.stdout.write
    say(jail.READY.decode())
    sys.stdout.flush()

    def progress(done: int, total: int) -> None:
        say(f"[{done}, {total}]\n")
        sys.stdout.flush()

    try:
        for name, each in zip(_names(), taken_apart(read(sys.stdin.buffer.read(), progress)), strict=False):
            say(_line({name: each}))
    except Refusal as refusal:
        say(_line({"refused": refusal.code, "params": packed(dict(refusal.params))}))
    except (MemoryError, RecursionError):
        say(_line({"refused": "TOO_LARGE", "params": packed({"what": "memory"})}))
    sys.stdout.flush()


def _names() -> Any:
    yield "file"
    while True:
        yield "row"


def _line(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
