from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self):
        from approvals import actions, hooks, panel
        from approvals.actions import adoption
        from approvals.certificates import issuing
        from projects import seams

        seams.on_created.append(actions.give_steps)
        seams.on_edited.append(actions.re_evaluate)
        seams.on_milestones.append(actions.adopt_milestones)
        seams.on_milestones.append(issuing.settle_starts)
        seams.gate_checks.append(hooks.missing_steps)
        seams.row_facts.append(hooks.row_facts)
        seams.unit_reach.append(hooks.unit_reach)
        seams.panels.extend(panel.PANELS)
        seams.born_with |= hooks.born_with()
        seams.on_import_undone.append(adoption.release)
