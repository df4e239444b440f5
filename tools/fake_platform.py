"""A provincial approval platform to try the connector with: life cycles of cases, pushed or written to a file.

    python -m tools.fake_platform --url http://localhost:8000 --token pn_… --platform sheng \
        --projects 2026-0017,2026-0018 --case happy
    python -m tools.fake_platform --projects 2026-0017 --case out_of_order --file states.xlsx

Cases: happy (in order), out_of_order (shuffled), repeat (every message twice, some under new numbers), flood (2,000
messages, most of them unknown), errors (what a person has to look at). Files: .json, .csv, .xml or .xlsx by the name.
"""

import argparse
import csv
import io
import json
import random
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

MOST = 500  # messages in one request
ITEM = "370000-BA-01"
LIFE = (
    # days after the beginning, hour, code, remark
    (0, 9, 1, ""),
    (1, 9, 6, "请补充：营业执照副本复印件"),
    (2, 9, 7, ""),
    (2, 15, 3, ""),
    (3, 9, 8, ""),
    (3, 11, 9, "组织专家评审"),
    (6, 9, 10, ""),
    (7, 16, 11, ""),
)
CASES = ("happy", "out_of_order", "repeat", "flood", "errors")


def message(project: str, n: int, code: int | str, moment: str, remark: str = "", item: str = ITEM) -> dict[str, str]:
    return {
        "消息编号": f"{project}-{item}-{n}", "项目代码": project, "办件编号": f"BJ-{project}-{item}", "事项编码": item,
        "事项名称": "企业投资项目备案", "状态代码": str(code), "状态时间": moment, "承办单位": "行政审批服务局",
        "经办人": "王经办", "备注": remark, "证照有效期止": "",
        "证照编号": f"备-{project}" if str(code) == "11" else "",
    }  # fmt: skip


def life(project: str, begins: date, item: str = ITEM) -> list[dict[str, str]]:
    """One case from receipt to approval."""
    return [
        message(project, n, code, f"{begins + timedelta(days=days)} {hour:02}:00:00", remark, item)
        for n, (days, hour, code, remark) in enumerate(LIFE, 1)
    ]


def made(case: str, projects: Sequence[str], begins: date, item: str = ITEM, seed: int = 1) -> list[dict[str, str]]:
    """The messages of a case, in the order they are sent; the same for the same seed."""
    chance, found = random.Random(seed), [each for code in projects for each in life(code, begins, item)]
    match case:
        case "out_of_order":
            chance.shuffle(found)
        case "repeat":
            found = [twin for each in found for twin in (each, _again(each, chance))]
        case "flood":
            unknown = [message(f"NOBODY-{n}", 1, n % 17, f"{begins} 09:00:00", item=f"X-{n % 40}") for n in range(2000)]
            found = unknown + found
        case "errors":
            found = _errors(projects[0], begins, item)
    return found


def _again(each: dict[str, str], chance: random.Random) -> dict[str, str]:
    return each | {"消息编号": f"{each['消息编号']}-again"} if chance.random() < 0.5 else dict(each)


def _errors(project: str, begins: date, item: str) -> list[dict[str, str]]:
    day = f"{begins} 09:00:00"
    return [
        message("NOBODY", 1, 1, day, item=item),
        message(project, 2, 1, day, item="UNKNOWN"),
        message(project, 3, 99, day, item=item),
        message(project, 4, 1, "2199-01-01 09:00:00", item=item),
        message(project, 5, 11, day, item=item),
        message(project, 6, 1, "看不清", item=item),
    ]


def batches(found: Sequence[dict[str, str]], most: int = MOST) -> Iterator[list[dict[str, str]]]:
    for start in range(0, len(found), most):
        yield list(found[start : start + most])


def push(url: str, token: str, platform: str, found: Sequence[dict[str, str]], *, tries: int = 5) -> list[dict]:
    """Sends the messages in batches over HTTP; what became of each. A batch without an answer is sent again with the
    same Idempotency-Key. Raises RuntimeError with the answer of the site."""
    results: list[dict] = []
    for batch in batches(found):
        results += _push(f"{url.rstrip('/')}/api/v1/exchange/{platform}/messages/", token, batch, tries)
    return results


def _push(address: str, token: str, batch: list[dict[str, str]], tries: int) -> list[dict]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = str(uuid.uuid4())
    body = json.dumps({"messages": batch}, ensure_ascii=False).encode()
    for turn in range(tries):
        request = urllib.request.Request(address, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["results"]
        except urllib.error.HTTPError as error:
            if error.code not in (429, 502, 503) or turn == tries - 1:
                raise RuntimeError(f"{error.code}: {error.read().decode()}") from error
            time.sleep(min(float(error.headers.get("Retry-After") or 1), 30))
        except OSError:
            if turn == tries - 1:
                raise
            time.sleep(1)
    return []


def as_file(found: Sequence[dict[str, str]], name: str) -> bytes:
    """The messages as a file of the kind its name ends with."""
    match Path(name).suffix.lower():
        case ".json":
            return json.dumps({"messages": list(found)}, ensure_ascii=False, indent=1).encode()
        case ".xml":
            rows = ("".join(f"<{key}>{escape(text)}</{key}>" for key, text in each.items()) for each in found)
            body = "".join(f"<message>{row}</message>\n" for row in rows)
            return f'<?xml version="1.0" encoding="UTF-8"?>\n<messages>\n{body}</messages>\n'.encode()
        case ".csv":
            out = io.StringIO()
            writer = csv.DictWriter(out, list(found[0]))
            writer.writeheader()
            writer.writerows(found)
            return out.getvalue().encode("utf-8-sig")
        case ".xlsx":
            return _workbook(found)
    raise ValueError(f"{name}: .json, .csv, .xml or .xlsx")


def _workbook(found: Sequence[dict[str, str]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("办件状态")
    sheet.append(list(found[0]))
    for each in found:
        sheet.append(list(each.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--token", default="", help="a personal token with the scope exchange:write")
    parser.add_argument("--platform", default="sheng", help="code of the platform on the site")
    parser.add_argument("--projects", required=True, help="project codes, separated by commas")
    parser.add_argument("--item", default=ITEM, help="item code that is assigned to a step")
    parser.add_argument("--begins", type=date.fromisoformat, default=None, help="day of receipt; two weeks ago")
    parser.add_argument("--case", choices=CASES, default="happy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", help="write a file instead of pushing")
    asked = parser.parse_args(arguments)
    begins = asked.begins or datetime.now().astimezone().date() - timedelta(days=14)  # noqa: TID251
    found = made(asked.case, asked.projects.split(","), begins, asked.item, asked.seed)
    if asked.file:
        Path(asked.file).write_bytes(as_file(found, asked.file))
        print(f"{len(found)} messages written to {asked.file}")
        return 0
    results = push(asked.url, asked.token, asked.platform, found)
    for name in sorted({each["result"] for each in results}):
        print(f"{name}: {sum(each['result'] == name for each in results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
