"""python -m bench.search [--items 20000] [--repeat 5] [--database-url …]

Fills a throw-away database (PostgreSQL unless told otherwise, 'sqlite' for a file) with closed ledger items of drawn
Chinese text and measures how long "similar solved items" takes, page's query included. Prints a table for RESULTS.md.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from bench.run import database, manage

ON, AT = date(2026, 3, 2), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Parts of which titles and descriptions are drawn; each park has a few hundred such phrases that come again and again.
WHERE = (
    "地块北侧", "厂区东门", "三号车间", "综合楼", "污水站", "高压走廊", "临时便道", "雨水管网", "基坑西侧", "主入口",
)  # fmt: skip
WHAT = (
    "用地指标", "线路迁改", "施工许可", "环评报告", "节能审查", "消防验收", "规划核实", "燃气接入", "用电容量",
    "土地出让金", "苗木补偿", "设备贷款", "工资保证金", "排污许可", "总平面方案", "安全评价", "水土保持",
    "配套费减免", "不动产登记", "招工培训",
)  # fmt: skip
HOW = (
    "尚未落实", "逾期未回", "存在争议", "需要协调", "缺少资料", "进度滞后", "口径不一", "无法交付", "补正三次",
    "仍在论证",
)  # fmt: skip
RARE = "伍陆柒捌玖拾佰仟萬億甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
ASKED = (
    "地块北侧用地指标尚未落实，净地无法交付", "三号车间用电容量不足", "10千伏线路迁改滞后，甲丑寅", "企业反映招工困难",
)  # fmt: skip


def text(draw: random.Random, sentences: int) -> str:
    lines = (f"{draw.choice(WHERE)}{draw.choice(WHAT)}{draw.choice(HOW)}" for _ in range(sentences))
    return "，".join([*lines, "".join(draw.choices(RARE, k=4))])


def fill(number: int):
    """Closed items of one park; the person who asks."""
    from accounts.actions import load_roles
    from accounts.models import Organization, Park, Role, User
    from dispatch.ledger.models import LedgerItem
    from dispatch.measures.indexing import item_column

    draw = random.Random(7)
    load_roles()
    park = Park.objects.create(code="search", name_zh="检索区")
    office = Organization.objects.create(park=park, kind="park_office", name="项目中心")
    user = User.objects.create(username="asks", organization=office, role=Role.objects.get(code="staff"))
    made = []
    for place in range(number):
        words = {"title": text(draw, 1), "description": text(draw, 4), "measures": text(draw, 2)}
        made.append(LedgerItem(
            park=park, number=f"WT-2026-{place:05d}", unit=office, state="closed", raised_on=ON, due_on=ON,
            closed_on=ON, closed_by=user, created_at=AT, updated_at=AT, **words, **item_column(None, words),
        ))  # fmt: skip
    LedgerItem.objects.bulk_create(made, batch_size=1000)
    return user


def measure(number: int, repeat: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from dispatch.measures.search import NEWEST, similar

    user = fill(number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    read = f"the newest {NEWEST}" + (" and by the index" if connection.vendor == "postgresql" else "")
    print(f"{connection.vendor}, {number} closed items, {read}; min / median / max")
    for asked in ASKED:
        times, found = [], None
        similar(asked, user=user)
        for _round in range(repeat):
            begun = time.perf_counter()
            found = similar(asked, user=user)
            times.append((time.perf_counter() - begun) * 1000)
        figures = f"{min(times):.1f} / {statistics.median(times):.1f} / {max(times):.1f}"
        print(f"| {asked} | {repeat} | {figures} ms | {len(found.items)} found |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--database-url")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(wanted.database_url, Path(folder)) as url:
        os.environ |= {"DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        import bench.settings  # noqa: F401  the defaults of the environment

        manage(dict(os.environ), "migrate", "-v0")
        measure(wanted.items, wanted.repeat)


if __name__ == "__main__":
    sys.exit(main())
