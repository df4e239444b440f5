"""Addresses of the pages about figures, papers, filings, plans and elements, by role of the example park."""

from django.urls import reverse

from accounts.models import User
from dispatch.models import (
    AcquisitionPlot,
    Appeal,
    Bulletin,
    Filing,
    FilingRound,
    FundingApplication,
    GroupStart,
    Plan,
    PlanTemplate,
    Programme,
    Ranking,
    SavedReport,
    WeeklyBrief,
)

NEWEST = {
    "ranking_detail": Ranking,
    "bulletin_detail": Bulletin,
    "brief_detail": WeeklyBrief,
    "programme_detail": Programme,
    "plot_detail": AcquisitionPlot,
    "funding_detail": FundingApplication,
    "filing_detail": Filing,
    "appeal_detail": Appeal,
    "group_start_detail": GroupStart,
}
EVERYBODY = ["rates", "ranking_list", "plan_list", "programme_list", "pool_moves", "elements", "element_table",
             "funding_list", "per_mu", "plot_list", "own_report_list", "own_report_new", "file_job_list",
             "wall", "group_start_list", "plan_durations", "feed_list"]  # fmt: skip
CENTRE = ["figure_rules", "brief_list", "filing_round_list", "filing_restatements", "contest_entries", "plot_new",
          "appeal_list", "plan_template_list", "plan_template_new", "plan_rules", "group_start_new"]  # fmt: skip
PLANNING = ["plan_target", "plan_levers", "plan_baselines", "plan_baseline_add", "plan_history", "plan_task_add",
            "plan_link_add", "plan_pull", "plan_template_copy"]  # fmt: skip
READING = ["plan_levers", "plan_baselines", "plan_history"]


def report_pages(username: str) -> list[str]:
    """Lists, forms and the newest of each thing; for an enterprise what it files."""
    user = User.objects.get(username=username)
    filings = [reverse("dispatch:filing_mine")]
    editable = Filing.objects.visible_to(user).filter(state__in=["draft", "returned"]).with_filer()
    mine = [row for row in editable.exclude(round__state="locked") if row.filer_id == user.organization_id][:1]
    filings += [reverse("dispatch:filing_edit", args=[row.pk]) for row in mine]
    if user.role.scope == "enterprise":
        return [*filings, reverse("dispatch:feed_list")]
    names = EVERYBODY + (CENTRE if user.role.code == "staff" else [])
    found = [reverse(f"dispatch:{name}") for name in names]
    found += [_of(name, model, user) for name, model in NEWEST.items()]
    if user.role.code == "staff":
        window = FilingRound.objects.visible_to(user).order_by("-year", "-month").first()
        found += [reverse("dispatch:filing_round", args=[window.pk])]
        found += [reverse("dispatch:ranking_formula", args=["half_month"])]
        found += [reverse("dispatch:ranking_formula_edit", args=["half_month"])]
    if user.role.scope == "unit":
        ranking = Ranking.objects.visible_to(user).filter(kind="half_month").first()
        found += [*filings, reverse("dispatch:ranking_unit", args=[ranking.pk, user.organization_id])]
    found += _plans(user)
    report = SavedReport.objects.filter(owner=user).first()
    found += [reverse("dispatch:own_report_detail", args=[report.pk])] if report else []
    return [address for address in found if address]


def _plans(user: User) -> list[str]:
    """The plan that misses its target most: its tab, and what may be done with it."""
    plan = Plan.objects.visible_to(user).order_by("-project__forecast__short_wd", "pk").first()
    if plan is None:
        return []
    project, is_planner = plan.project_id, user.role.code == "staff"
    found = [f"{reverse('projects:detail', args=[project])}?tab=schedule"]
    found += [reverse(f"dispatch:{name}", args=[project]) for name in (PLANNING if is_planner else READING)]
    if is_planner:
        template = PlanTemplate.objects.visible_to(user).first()
        found += [reverse("dispatch:plan_task", args=[project, "S12"])]
        found += [reverse("dispatch:plan_template_edit", args=[template.pk])] if template else []
    return found


def _of(name: str, model, user: User) -> str:
    row = model.objects.visible_to(user).last() if _may_read(name, user) else None
    return reverse(f"dispatch:{name}", args=[row.pk]) if row else ""


def _may_read(name: str, user: User) -> bool:
    verbs = {"brief_detail": "view_brief", "bulletin_detail": "view_bulletin", "ranking_detail": "view_ranking"}
    return name not in verbs or verbs[name] in user.verbs
