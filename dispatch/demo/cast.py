"""The parts the projects of the example park play: the first fifty are written by hand, the rest is drawn. Pure."""

from dataclasses import dataclass
from random import Random

from dispatch.demo.timeline import Focus
from projects.stages import ORDER, Stage


@dataclass(frozen=True)
class Part:
    """``stage`` is where it stands unless ``focus`` decides; ``money``: percentage points against the calendar.

    ``enrolled``: False leaves the enrolment open. ``slip``: days the next milestone is late (negative: still ahead).
    ``together``: the permits from land use to construction come on the day of the land award.
    """

    stage: Stage
    focus: Focus | None = None
    at: float = 0.5
    nature: str = "new"
    money: int = 3
    enrolled: bool = True
    slip: int | None = None
    status: str = "active"
    open_questions: tuple[str, ...] = ()
    industry: str = ""
    land: bool | None = None
    slow: tuple[str, ...] = ()
    together: bool = False


def _part(stage: str, step: str = "", situation: str = "accepted", days: int = 0, **more) -> Part:
    return Part(Stage(stage), Focus(step, situation, days) if step else None, **more)


CAST: tuple[Part, ...] = (
    _part("L01"),
    _part("L01", at=0.2, open_questions=("eia_class", "annual_energy_tce", "has_new_construction_land")),
    _part("L02"),
    _part("L02", at=0.8, open_questions=("annual_energy_tce", "annual_power_10k_kwh", "soil_erosion_area")),
    _part("L03", open_questions=("hazardous_chemical", "earthwork_m3", "soil_erosion_area")),
    _part("L03", at=0.3, slip=12),
    _part("L04", open_questions=("eia_class", "special_fire_project")),
    _part("L04", at=0.2),
    _part("L05", "S02", "paused", 2),
    _part("L05", "S06", "paused", 9, land=True),
    _part("L05", "S03", days=-4),
    _part("L05", "S04", "paused", 4, industry="精细化工"),
    _part("L05", "S08", days=-12, slip=20),
    _part("L05", "S07", days=2),
    _part("L05", "S05", "received", 1),
    _part("L05", "S02", "refused", 3),
    _part("L05", "S06", days=-3, land=True, slip=35),
    _part("L06", "S10", "received", 1, slow=("S11", "S12")),
    _part("L06", "S11", "received", 2, slow=("S10", "S12")),
    _part("L07", "S12", "paused", 3),
    _part("L07", "S13", days=-2),
    _part("L07", "S14", days=-14, slip=45),
    _part("L07", "S17", "statutory", 5),
    _part("L07", "S14", "reapplied", 2),
    _part("L07", "S16", "outstanding", -2),
    _part("L07", "S17", days=1),
    _part("L07", "S13", "owing", 6),
    _part("L07", "S12", "correcting", 2, nature="upgrade"),
    _part("L08", at=0.2, enrolled=False),
    _part("L08", at=0.45, enrolled=False, money=-16),
    _part("L08", at=0.6, money=-36, slip=8),
    _part("L08", at=0.7, money=6, together=True),
    _part("L08", at=0.5, nature="upgrade"),
    _part("L09", at=0.3, nature="continuing"),
    _part("L09", at=0.6, money=-22, nature="continuing"),
    _part("L09", "S19", "paused", 4, nature="continuing"),
    _part("L11", "S18", days=-6, nature="continuing"),
    _part("L10", "S22", days=1, nature="continuing"),
    _part("L10", "S20", days=-9, nature="continuing"),
    _part("L10", at=0.6, nature="continuing"),
    _part("L11", nature="continuing"),
    _part("L12", nature="upgrade", at=0.4),
    _part("L12", nature="continuing", slip=33),
    _part("L13", nature="continuing", at=0.5),
    _part("L14", nature="continuing", at=0.4),
    _part("L15", nature="upgrade", at=0.2),
    _part("L05", at=0.5, status="suspended"),
    _part("L08", at=0.6, status="suspended", money=-40),
    _part("L03", at=0.9, status="terminated"),
    _part("L06", at=0.5, status="terminated", slow=("S10", "S11", "S12")),
)

_FOCUSES = (
    ("L05", "S02", "accepted"), ("L05", "S03", "accepted"), ("L05", "S08", "accepted"), ("L05", "S07", "accepted"),
    ("L05", "S06", "paused"), ("L05", "S02", "paused"), ("L07", "S12", "paused"), ("L07", "S12", "accepted"),
    ("L07", "S13", "accepted"), ("L07", "S14", "accepted"), ("L07", "S17", "accepted"), ("L07", "S16", "outstanding"),
    ("L09", "S18", "accepted"), ("L09", "S19", "accepted"), ("L10", "S20", "accepted"), ("L10", "S22", "accepted"),
)  # fmt: skip
_WEIGHTS = (3, 4, 5, 4, 10, 6, 10, 14, 8, 6, 5, 5, 8, 6, 6)


def part_of(index: int, chance: Random) -> Part:
    """The part of project ``index``: from the cast while it lasts."""
    if index < len(CAST):
        return CAST[index]
    stage = chance.choices(ORDER, _WEIGHTS)[0]
    focus = None
    if chance.random() < 0.3:
        code, step, situation = chance.choice(_FOCUSES)
        stage, focus = Stage(code), Focus(step, situation, chance.choice((3, 2, 1, 0, -1, -2, -4, -7, -12, -15)))
        if situation != "accepted":
            focus = Focus(step, situation, 1 + abs(focus.days) % 8)
    return Part(
        stage,
        focus,
        at=chance.uniform(0.1, 0.9),
        nature=chance.choices(("new", "continuing", "upgrade"), (5, 3, 2))[0],
        money=chance.choices((4, -5, -18, -38), (12, 4, 3, 1))[0],
        enrolled=chance.random() < 0.9,
        slip=chance.choice((None,) * 8 + (6, 18, 50)),
        status=chance.choices(("active", "suspended", "terminated"), (94, 4, 2))[0],
    )
