"""Words of the wall: short names of milestones, labels beside the marks, headings of groups."""

from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from dispatch.wall.layout import Aim, Kind
from projects.filters import POOL_NAMES
from projects.stages import STAGES, Pool, Stage

# (Chinese, English) beside a mark, where there is room for one word
SHORT: dict[str, tuple[str, str]] = {
    "L03": ("签", "Sign"),
    "L04": ("注", "Reg"),
    "L05": ("备", "File"),
    "L06": ("地", "Land"),
    "L07": ("批", "Permit"),
    "L08": ("开", "Start"),
    "L09": ("封", "Top"),
    "L10": ("竣", "Done"),
    "L11": ("装", "Equip"),
    "L12": ("试", "Trial"),
    "L13": ("投", "Prod"),
    "L14": ("达", "Full"),
    "L15": ("效", "Benefit"),
}
GROUPS = {
    "leader": gettext_lazy("Leader in charge"),
    "unit": gettext_lazy("Responsible unit"),
    "street": gettext_lazy("Street or township"),
    "pool": gettext_lazy("Pool"),
    "industry": gettext_lazy("Industry"),
    "none": gettext_lazy("Not grouped"),
}
ORDERS = {
    "light": gettext_lazy("Light"),
    "short": gettext_lazy("Working days short"),
    "start": gettext_lazy("Start of construction"),
    "investment": gettext_lazy("Total investment"),
    "name": gettext_lazy("Name"),
}
KINDS = {
    "baseline": pgettext_lazy("milestone on the wall", "baseline"),
    "forecast": pgettext_lazy("milestone on the wall", "forecast"),
    "actual": pgettext_lazy("milestone on the wall", "actual"),
    "overdue": pgettext_lazy("milestone on the wall", "overdue"),
    "target": pgettext_lazy("milestone on the wall", "target"),
}
EVENTS = {"L08": gettext_lazy("Starts"), "L10": gettext_lazy("Completions")}


def short(stage: str) -> str:
    chinese, english = SHORT[stage]
    return chinese if (get_language() or "").startswith("zh") else english


def name_of(stage: str) -> str:
    info = STAGES[Stage(stage)]
    return info.name_zh if (get_language() or "").startswith("zh") else info.name_en


def label(stage: str, slip: int | None, kind: Kind | None) -> str:
    """E.g. 开, 开 迟12天, 开 早3天, 开 逾期."""
    text = short(stage)
    if kind is Kind.OVERDUE and slip is None:
        overdue = pgettext("on the wall", "overdue")
        return f"{text} {overdue}"
    if not slip:
        return text
    words = pgettext("on the wall", "%(days)dd late") if slip > 0 else pgettext("on the wall", "%(days)dd early")
    return f"{text} {words % {'days': abs(slip)}}"


def aim_label(aim: Aim) -> str:
    """E.g. 目标 差23个工作日."""
    text = pgettext("on the wall", "target")
    if not aim.short_wd:
        return text
    short_by = pgettext("on the wall", "short %(days)d wd") % {"days": aim.short_wd}
    return f"{text} {short_by}"


def heading(by: str, key: str) -> str:
    """Name of a group."""
    if by == "none":
        return _("All projects")
    if not key:
        return {
            "leader": _("No leader in charge"),
            "unit": _("No responsible unit"),
            "street": _("No street or township"),
            "industry": _("No industry"),
        }[by]
    return str(POOL_NAMES[Pool(key)]) if by == "pool" else key
