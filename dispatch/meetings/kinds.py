"""What each kind of meeting is: its tier, its number, whom it invites, what it takes. Pure.

Source: domain.md 3.4 (tiers and their rhythm), 3.5 (1+7+X). Prefixes and days late are our default [D].
"""

from dataclasses import dataclass

ANY_TIER = 0


@dataclass(frozen=True)
class KindFacts:
    """``tier``: the dispatch tier whose queue it takes, 0: none. ``prefix``: begins its numbers.

    ``of_project``: it is about one project. ``late_wd``: a ledger item comes here from so many working days late.
    ``takes``: the sources of its agenda besides unfinished decisions and carried points.
    """

    tier: int
    prefix: str
    of_project: bool
    late_wd: int
    takes: frozenset[str]


EVERYTHING = frozenset({"case", "item", "extension", "request", "finding", "stale"})
FACTS: dict[str, KindFacts] = {
    "team": KindFacts(1, "ZB", True, 1, EVERYTHING),
    "half_month": KindFacts(2, "BY", False, 3, EVERYTHING),
    "joint": KindFacts(3, "LX", False, 6, frozenset({"case", "item", "extension", "request"})),
    "chief": KindFacts(4, "ZY", False, 11, frozenset({"case", "item"})),
    "special": KindFacts(ANY_TIER, "ZT", True, 1, EVERYTHING),
    "on_site": KindFacts(ANY_TIER, "XC", True, 1, EVERYTHING),
    "site_visit": KindFacts(ANY_TIER, "DY", True, 1, EVERYTHING),
}
KIND_OF_TIER = {facts.tier: kind for kind, facts in FACTS.items() if facts.tier}
# Names by which the seven standing units are found when a park has chosen none yet. Ours [D], domain.md 3.5.
STANDING_WORDS = (
    ("发展改革", "发展和改革", "发改"),
    ("自然资源", "规划局"),
    ("住房和城乡建设", "住建", "建设局", "建设"),
    ("生态环境", "环保", "环境"),
    ("行政审批", "政务服务", "审批"),
    ("财政",),
    ("招商", "经信", "经济发展", "经发"),
)


def tier_of(kind: str) -> int:
    """The dispatch tier of a kind; KeyError for a kind nobody knows."""
    return FACTS[kind].tier


def next_number(kind: str, year: int, taken: list[str]) -> str:
    """LX-2026-001 and so on; ``taken``: numbers of this kind and year, in any order, others are passed over."""
    prefix = f"{FACTS[kind].prefix}-{year}-"
    tails = [number.removeprefix(prefix) for number in taken if number.startswith(prefix)]
    return f"{prefix}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1:03d}"


def default_standing(units: list[tuple[int, str]]) -> list[int]:
    """Ids of the units that look like the seven, in their order, each once; fewer when a park has no such unit."""
    found: list[int] = []
    for words in STANDING_WORDS:
        match = next((pk for word in words for pk, name in units if word in name and pk not in found), None)
        if match is not None:
            found.append(match)
    return found
