from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self):
        from dispatch import debts
        from dispatch.briefs import job as brief_jobs
        from dispatch.dashboard import job as board_job
        from dispatch.elements import part as elements_part
        from dispatch.exports import part as exports_part
        from dispatch.figures import job as figures_job
        from dispatch.files import part as files_part
        from dispatch.filing import job as filing_job
        from dispatch.filing import panel as filing_panel
        from dispatch.jobs import papers
        from dispatch.jobs.registry import resweeps
        from dispatch.ledger import helpdesk
        from dispatch.ledger import panel as ledger_panel
        from dispatch.measures import keeping as measures_keeping
        from dispatch.measures import part as measures_part
        from dispatch.meetings import part as meetings_part
        from dispatch.notices import part as notices_part
        from dispatch.own_reports import job as own_reports_job
        from dispatch.ranking import part as ranking_part
        from dispatch.reports import files as bulletin_files
        from dispatch.reports import job as bulletin_job
        from dispatch.response import job as response_job
        from dispatch.response import panel as response_panel
        from dispatch.supervision import job as supervision_job
        from dispatch.supervision import part as supervision_part
        from dispatch.visits import panel as visits_panel
        from dispatch.warnings import job, panel, refresh, silence
        from projects.ledger.tasks import sweep

        if sweep not in resweeps:
            resweeps.append(sweep)
        exports_part.register()
        own_reports_job.register()
        debts.register()  # before the warnings of the morning
        job.register()
        figures_job.register()
        board_job.register()
        response_job.register()
        refresh.register()
        bulletin_job.register()
        bulletin_files.register()
        brief_jobs.register()
        ranking_part.register()
        papers.register()
        panel.register()
        silence.register()
        response_panel.register()
        ledger_panel.register()
        helpdesk.register()
        meetings_part.register()
        notices_part.register()
        measures_keeping.register()
        measures_part.register()
        supervision_job.register()
        supervision_part.register()
        files_part.register()
        filing_job.register()
        filing_panel.register()
        visits_panel.register()
        elements_part.register()
