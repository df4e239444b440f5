"""A bulletin as one JSON value: every figure and text of it, from which pages and files are made without the database.

Same facts, same day: the same value and the same ``sha256``.
"""

import hashlib
import json
from collections import Counter
from datetime import date

from accounts.models import Organization, Park
from dispatch.figures import tallies
from dispatch.figures.rates import DEFINITIONS_ZH, RateKey, UnitRates
from dispatch.reports import annexes, notice, projects, sources, words
from dispatch.reports.models import Bulletin
from dispatch.warnings.rules import rules_in_force
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

SCHEMA = 1


def canonical(snapshot: dict) -> bytes:
    """Sorted keys, no blanks, UTF-8."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(snapshot: dict) -> str:
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def build(*, park: Park, year: int, month: int, as_of: date, calendar: WorkCalendar | None = None) -> dict:
    """The snapshot of one month with facts up to ``as_of``; a fixed number of queries."""
    calendar = calendar or load_calendar()
    in_force = rules_in_force(park)
    facts = projects.read(park, year=year, month=month, as_of=as_of, in_force=in_force, calendar=calendar)
    by_unit = tallies.read(park, year=year, month=month, as_of=as_of)
    rates = tallies.park_rates(tallies.total(by_unit))
    ranked = _ranking(park, by_unit, year, month)
    items = sources.ledger_items(park, year=year, as_of=as_of)
    first = date(year, month, 1)
    coming = annexes.annex6(facts.projects, year=year, month=month)
    material = notice.Material(
        park_name=park.name_zh,
        year=year,
        month=month,
        first=first,
        as_of=as_of,
        facts=facts,
        rates=rates,
        ranked=ranked,
        closed=sources.closed_steps(park, first=first, as_of=as_of, calendar=calendar),
        outstanding=sources.outstanding_documents(park, as_of=as_of),
        cleared=sources.cleared_warnings(park, first=first, as_of=as_of),
        items=items,
        coming=coming,
    )
    steps = sources.steps_before_start(park)
    names = sources.step_names()
    return _head(park, year, month, as_of, in_force) | {
        "rates": {key.value: annexes.rate_row(rates[key]) for key in RateKey},
        "lights": dict(Counter(p.light for p in facts.projects)),
        "text": notice.text(material),
        "annex1": annexes.annex1(facts.projects, month),
        "annex2": ranked,
        "annex3": annexes.annex3(facts.projects, steps, as_of, calendar),
        "annex4": annexes.annex4(facts.projects, items, names, year=year, month=month, as_of=as_of),
        "annex5": annexes.annex5(items),
        "annex6": coming,
    }


def _head(park: Park, year: int, month: int, as_of: date, in_force) -> dict:
    return {
        "schema": SCHEMA,
        "park": {
            "code": park.code,
            "name": park.name_zh,
            "centre": park.centre_name_zh or f"{park.name_zh}重点项目服务中心",
            "contact": park.contact_name,
            "phone": park.contact_phone,
        },
        "year": year,
        "month": month,
        "as_of": as_of.isoformat(),
        "labels": {"month": words.month_label(month), "months": words.months_label(month)},
        "rules": [{"code": r.code, "version": r.version, "enabled": r.enabled, "params": r.params} for r in in_force],
        "definitions": dict(DEFINITIONS_ZH),
    }


def _ranking(park: Park, by_unit: dict, year: int, month: int) -> list[dict]:
    """Annex 2: units that are responsible for something; last month's rank from last month's bulletin."""
    whole = tallies.total(by_unit)
    in_charge = Project.objects.filter(park=park).values("responsible_unit")
    named = dict(Organization.objects.filter(pk__in=in_charge).values_list("pk", "name"))
    units = [
        UnitRates(pk, name, tallies.unit_rates(by_unit[pk], whole), by_unit[pk].ytd_10k)
        for pk, name in named.items()
        if pk in by_unit
    ]
    counts = {pk: tally.projects for pk, tally in by_unit.items()}
    return annexes.annex2(units, counts, _ranks_before(park, year, month))


def _ranks_before(park: Park, year: int, month: int) -> dict[str, int]:
    before = (year, month - 1) if month > 1 else (year - 1, 12)
    rows = Bulletin.objects.filter(park=park, year=before[0], month=before[1]).values_list("snapshot", flat=True)
    return {str(row["unit_id"]): row["rank"] for snapshot in rows for row in snapshot.get("annex2", [])}
