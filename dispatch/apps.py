from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Parts that join in: each has register(), called in this order (debts come before the warnings of the morning).
PARTS = (
    "dispatch.exports.part",
    "dispatch.plan.expected",
    "dispatch.own_reports.job",
    "dispatch.debts",
    "dispatch.plan.job",
    "dispatch.warnings.job",
    "dispatch.figures.job",
    "dispatch.dashboard.job",
    "dispatch.response.job",
    "dispatch.warnings.refresh",
    "dispatch.reports.job",
    "dispatch.reports.files",
    "dispatch.briefs.job",
    "dispatch.ranking.part",
    "dispatch.jobs.papers",
    "dispatch.api_keeping",
    "dispatch.plan.panel",
    "dispatch.warnings.panel",
    "dispatch.warnings.silence",
    "dispatch.response.panel",
    "dispatch.ledger.panel",
    "dispatch.ledger.helpdesk",
    "dispatch.ledger.importing.part",
    "dispatch.meetings.part",
    "dispatch.notices.part",
    "dispatch.measures.keeping",
    "dispatch.measures.part",
    "dispatch.supervision.job",
    "dispatch.supervision.part",
    "dispatch.plan.lever_part",
    "dispatch.files.part",
    "dispatch.filing.job",
    "dispatch.filing.panel",
    "dispatch.filing.importing.part",
    "dispatch.visits.panel",
    "dispatch.visits.importing.part",
    "dispatch.elements.part",
    "dispatch.wall.part",
    "dispatch.webhooks.part",
    "dispatch.born_with",
)


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self):
        from approvals.exchange.tasks import sweep as sweep_messages
        from dispatch.jobs.registry import resweeps
        from projects.ledger.tasks import sweep

        resweeps.extend(each for each in (sweep, sweep_messages) if each not in resweeps)
        for part in PARTS:
            import_module(part).register()
