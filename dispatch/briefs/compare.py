"""What changed between two briefs, in Chinese sentences, from their snapshots alone. Pure.

Percentage points are counted from the unrounded rates and rounded half up. Projects are told apart by their key.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dispatch.figures.rates import NAMES_ZH, RateKey, round_half_up
from dispatch.reports.words import plain, yi

Snapshot = Mapping[str, Any]
Sentence = dict[str, str]
FIRST = "这是第一期周报，没有上期可以比较。"
MOST_NAMES = 4
LIGHT_NAMES = {"red": "红灯", "yellow": "黄灯", "blue": "蓝灯", "green": "绿灯", "grey": "灰灯"}
TURNED = {"red": "转红", "yellow": "转黄"}
IN_MONEY = (RateKey.INVESTMENT, RateKey.QUARTER)
EVENTS_ZH = {"signed": "新签约", "started": "新开工", "production": "新投产", "enrolled": "新入库"}
HONESTY_ZH = {"stale": "长期未更新", "money_vs_works": "投资与形象进度不符", "dates_after_freeze": "冻结后改日期"}


def sentences(now: Snapshot, last: Snapshot | None) -> list[Sentence]:
    """[{"key", "text"}] in the order of the page; one sentence when there is nothing to compare with."""
    if last is None:
        return [{"key": "first", "text": FIRST}]
    than = last_word(now, last)
    found = [
        ("counts", _counts(now, last, than)),
        ("rates", _rates(now, last, than)),
        ("lights", _lights(now, last, than)),
        ("approvals", _approvals(now, last, than)),
        ("tasks", _tasks(now)),
        ("decisions", _decisions(now, last, than)),
        ("honesty", _honesty(now, last, than)),
    ]
    return [{"key": key, "text": text} for key, text in found if text]


def last_word(now: Snapshot, last: Snapshot) -> str:
    """上周 when the other brief is of the calendar week before, else 上期."""
    days = date.fromisoformat(now["starts_on"]) - date.fromisoformat(last["starts_on"])
    return "上周" if days.days == 7 else "上期"


def _counts(now: Snapshot, last: Snapshot, than: str) -> str:
    counts, before = now["board"]["counts"], last["board"]["counts"]
    events = "、".join(f"{name}{counts[key]['week']}个" for key, name in EVENTS_ZH.items())
    return f"在库项目{counts['total']}个，{moved(counts['total'], before['total'], than, '个')}；本周{events}。"


def _rates(now: Snapshot, last: Snapshot, than: str) -> str:
    rates, before = now["board"]["rates"], last["board"]["rates"]
    told = [_rate(key, rates[key], before[key], than) for key in RateKey if key in rates and key in before]
    return "；".join(told) + "。" if told else ""


def _rate(key: RateKey, now: Mapping[str, Any], last: Mapping[str, Any], than: str) -> str:
    """项目开工率83.3%，较上周提高8.3个百分点（10/12，上周9/12）"""
    name, parts, parts_before = NAMES_ZH[key], _parts(key, now), _parts(key, last)
    if now["percent"] is None:
        return f"{name}暂无（{parts}）"
    if last["percent"] is None:
        return f"{name}{now['percent']}%（{parts}，{than}暂无）"
    points = round_half_up(100 * (ratio(now) - ratio(last)), 1)
    if not points:
        return f"{name}{now['percent']}%，较{than}持平（{parts}）"
    way = "提高" if points > 0 else "下降"
    return f"{name}{now['percent']}%，较{than}{way}{abs(points)}个百分点（{parts}，{than}{parts_before}）"


def week_points(now: Snapshot, last: Snapshot) -> dict[str, str | None]:
    """Rate → percentage points against the other brief with sign and one decimal; None where one has no rate."""
    rates, before = now["board"]["rates"], last["board"]["rates"]
    found: dict[str, str | None] = {}
    for key in rates:
        if rates[key]["percent"] is None or key not in before or before[key]["percent"] is None:
            found[key] = None
        else:
            points = round_half_up(100 * (ratio(rates[key]) - ratio(before[key])), 1)
            found[key] = f"{points:+}" if points else "0.0"
    return found


def ratio(rate: Mapping[str, Any]) -> Fraction:
    """The exact ratio behind a stored rate. Raises ZeroDivisionError for an empty denominator."""
    return Fraction(rate["numerator"]) / Fraction(rate["denominator"])


def _parts(key: RateKey, rate: Mapping[str, Any]) -> str:
    """Counts as they are, money in 亿元."""
    values = [Decimal(rate[name]) for name in ("numerator", "denominator")]
    if key in IN_MONEY:
        return f"{yi(values[0])}/{yi(values[1])}亿元"
    return "/".join(plain(value) for value in values)


def _lights(now: Snapshot, last: Snapshot, than: str) -> str:
    lights, before = now["board"]["lights"], last["board"]["lights"]
    told = [
        f"{LIGHT_NAMES[light]}{lights[light]}个（{moved(lights[light], before[light], than, '个')}）"
        for light in ("red", "yellow")
    ]
    colours, colours_before = colours_of(now), colours_of(last)
    for light, word in TURNED.items():
        turned = [pk for pk, (colour, _name) in colours.items() if colour == light != _colour(colours_before, pk)]
        told += _listed(word, (colours[pk][1] for pk in turned), len(turned))
    gone = [pk for pk, (colour, _name) in colours_before.items() if colour == "red" != _colour(colours, pk)]
    told += _listed("不再是红灯", (colours_before[pk][1] for pk in gone), len(gone))
    return "；".join(told) + "。"


def colours_of(snapshot: Snapshot) -> dict[int, tuple[str, str]]:
    """Project → (light, name) of the rows of the table, in which every red and yellow project stands."""
    return {row["project"]: (row["light"], row["name"]) for row in snapshot["table"]["rows"]}


def _colour(colours: Mapping[int, tuple[str, str]], pk: int) -> str:
    return colours[pk][0] if pk in colours else ""


def _approvals(now: Snapshot, last: Snapshot, than: str) -> str:
    approvals, before = now["board"]["approvals"], last["board"]["approvals"]
    late, late_before = overdue_of(now), overdue_of(last)
    total, total_before = late_of(now), late_of(last)
    text = (
        f"本周办结审批事项{approvals['closed']}件（{than}{before['closed']}件），临期{approvals['near_due']}件，"
        f"容缺待补{approvals['outstanding']}件；超期{total}件，{moved(total, total_before, than, '件')}"
    )
    more = {unit: late.get(unit, 0) - late_before.get(unit, 0) for unit in {**late, **late_before}}
    told = [f"{unit}{'增' if n > 0 else '减'}{abs(n)}件" for unit, n in sorted(more.items(), key=_most_first) if n]
    return f"{text}（{'、'.join(told)}）。" if told else f"{text}。"


def late_of(snapshot: Snapshot) -> int:
    """Steps overdue, those whose days are the enterprise's included; of an early brief those of departments."""
    approvals = snapshot["board"]["approvals"]
    return int(approvals["late"]) if "late" in approvals else sum(overdue_of(snapshot).values())


def overdue_of(snapshot: Snapshot) -> dict[str, int]:
    """Department → steps overdue."""
    found: dict[str, int] = {}
    for row in snapshot["board"]["approvals"]["overdue"]:
        found[row["name"]] = found.get(row["name"], 0) + row["count"]
    return found


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _tasks(now: Snapshot) -> str:
    tasks = now["tasks"]
    if not tasks["due"]:
        return f"本周没有到期任务；下周到期{tasks['next']}项。"
    return (
        f"本周到期任务{tasks['due']}项，已完成{tasks['done']}项、超期未完成{tasks['late']}项、"
        f"推进中{tasks['not_yet']}项；下周到期{tasks['next']}项。"
    )


def _decisions(now: Snapshot, last: Snapshot, than: str) -> str:
    wanted, before = ({(d["kind"], d["id"]): d["title"] for d in one["board"]["decisions"]} for one in (now, last))
    if not wanted and not before:
        return ""
    new = [title for key, title in wanted.items() if key not in before]
    gone = sum(key not in wanted for key in before)
    told = [f"待领导决策事项{len(wanted)}项", *_listed("新增", new, len(new), "项")]
    if gone:
        told.append(f"{than}的{gone}项已不在列")
    if not new and not gone:
        told.append(f"与{than}相同")
    return "；".join(told) + "。"


def _honesty(now: Snapshot, last: Snapshot, than: str) -> str:
    told = []
    for key, name in HONESTY_ZH.items():
        count, before = (_flagged(one["board"]["honesty"], key) for one in (now, last))
        if count or before:
            told.append(f"{name}{count}个（{than}{before}个）")
    return f"数据真实性提示：{'、'.join(told)}。" if told else ""


def _flagged(honesty: Mapping[str, Any], key: str) -> int:
    """How many there are; the list beside it may be cut."""
    return int(honesty.get("counts", {}).get(key, len(honesty[key])))


def moved(now: int, before: int, than: str, unit: str) -> str:
    """较上周增加2个 | 较上周减少2个 | 较上周持平"""
    if now == before:
        return f"较{than}持平"
    return f"较{than}{'增加' if now > before else '减少'}{abs(now - before)}{unit}"


def _listed(word: str, names: Iterable[str], count: int, unit: str = "个") -> list[str]:
    return [f"{word}{count}{unit}：{_cut(list(names), count, unit)}"] if count else []


def _cut(names: list[str], count: int, unit: str) -> str:
    more = f"等{count}{unit}" if count > MOST_NAMES else ""
    return "、".join(names[:MOST_NAMES]) + more
