"""A bulletin as one JSON value: every figure and text of it, from which pages and files are made without the database.

Same facts, same day: the same value and the same ``sha256``.
"""

from collections import Counter
from datetime import date

from accounts.models import Organization, Park
from dispatch.figures import policies, tallies
from dispatch.figures.canonical import canonical, digest
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import DEFINITIONS_ZH, RateKey, UnitRates, as_json
from dispatch.reports import annexes, notice, projects, sources, words
from dispatch.reports.models import Bulletin
from dispatch.reports.overview import figures_of
from dispatch.warnings.rules import rules_in_force
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

__all__ = ["SCHEMA", "build", "canonical", "digest"]
SCHEMA = 2


def build(*, park: Park, year: int, month: int, as_of: date, calendar: WorkCalendar | None = None) -> dict:
    """The snapshot of one month with facts up to ``as_of``; a fixed number of queries."""
    calendar = calendar or load_calendar()
    in_force = rules_in_force(park)
    policy = policies.in_force(park.pk)
    facts = projects.read(
        park, year=year, month=month, as_of=as_of, in_force=in_force, calendar=calendar, policy=policy
    )
    by_unit = tallies.read(park, year=year, month=month, as_of=as_of)
    rates = tallies.park_rates(tallies.total(by_unit), policy)
    items = sources.ledger_items(park, year=year, as_of=as_of)
    first = date(year, month, 1)
    coming = annexes.annex6(facts.projects, year=year, month=month)
    before = _month_before(park, year, month)
    ranked = _ranking(park, by_unit, before.snapshot if before else None, policy)
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
        calendar=policy.calendar,
        before=figures_of(before.snapshot) if before else None,
        **_addressees(park),
    )
    steps = sources.steps_before_start(park)
    names = sources.step_names()
    return (
        _head(park, year, month, as_of, in_force)
        | _counted(policy, rates, ranked)
        | {
            "rates": {key.value: as_json(rates[key]) for key in RateKey},
            "lights": dict(Counter(p.light for p in facts.projects)),
            "figures": notice.figures(material),
            "before": {"year": before.year, "month": before.month, "sha256": before.sha256} if before else None,
            "text": notice.text(material),
            "annex1": annexes.annex1(facts.projects),
            "annex2": ranked,
            "annex3": annexes.annex3(facts.projects, steps, as_of, calendar),
            "annex4": annexes.annex4(facts.projects, items, names, year=year, month=month, as_of=as_of),
            "annex5": annexes.annex5(items),
            "annex6": coming,
        }
    )


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
    }


def _counted(policy: FigurePolicy, rates: dict, ranked: list[dict]) -> dict:
    """How it was counted: the settings in force, and the definition of every rate that is shown."""
    used = dict.fromkeys(rate.definition for rate in rates.values())
    used |= dict.fromkeys(rate["definition"] for row in ranked for rate in row["rates"].values())
    return {
        "policy": {"version": policy.version, "rates": policy.rates, "calendar": policy.calendar},
        "weights": {key.value: policy.weights[key] for key in RateKey},
        "definitions": {code: DEFINITIONS_ZH[code] for code in [*used, f"calendar_{policy.calendar}"]},
    }


def _ranking(park: Park, by_unit: dict, before: dict | None, policy: FigurePolicy) -> list[dict]:
    """Annex 2: units that are responsible for something; last month's rank from last month's bulletin."""
    whole = tallies.total(by_unit)
    in_charge = Project.objects.filter(park=park).values("responsible_unit")
    named = dict(Organization.objects.filter(pk__in=in_charge).values_list("pk", "name"))
    units = [
        UnitRates(pk, name, tallies.unit_rates(by_unit[pk], whole, policy), by_unit[pk].ytd_10k)
        for pk, name in named.items()
        if pk in by_unit
    ]
    counts = {pk: tally.projects for pk, tally in by_unit.items()}
    ranks = {str(row["unit_id"]): row["rank"] for row in (before or {}).get("annex2", [])}
    return annexes.annex2(units, counts, ranks, policy.weights)


def _month_before(park: Park, year: int, month: int) -> Bulletin | None:
    """Last month's bulletin: the newest that was issued, else its draft."""
    before = (year, month - 1) if month > 1 else (year - 1, 12)
    rows = list(Bulletin.objects.filter(park=park, year=before[0], month=before[1]).order_by("-revision"))
    return next((row for row in rows if row.state == Bulletin.State.ISSUED), rows[0] if rows else None)


def _addressees(park: Park) -> dict[str, str]:
    """主送 and 抄送 of the bulletin issued last."""
    issued = Bulletin.objects.filter(park=park, state=Bulletin.State.ISSUED).exclude(send_to="")
    last = issued.order_by("-issued_at", "-pk").values("send_to", "copy_to").first()
    return last or {}
