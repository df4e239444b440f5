from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self):
        from dispatch import debts
        from dispatch.files import part as files_part
        from dispatch.jobs import papers
        from dispatch.jobs.registry import resweeps
        from dispatch.ledger import helpdesk
        from dispatch.ledger import panel as ledger_panel
        from dispatch.reports import job as bulletin_job
        from dispatch.warnings import job, panel, refresh
        from projects.ledger.tasks import sweep

        if sweep not in resweeps:
            resweeps.append(sweep)
        debts.register()  # before the warnings of the morning
        job.register()
        refresh.register()
        bulletin_job.register()
        papers.register()
        panel.register()
        ledger_panel.register()
        helpdesk.register()
        files_part.register()
