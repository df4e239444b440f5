"""Which operation of the API does what a page's form does, and why some have none. A table to read."""

OPERATIONS = """
# page                               operation (name of its route, method)
projects:create                      project-list POST
projects:edit                        project-detail PATCH
projects:enrol                       project-enrol POST
projects:import_new                  import-list POST
projects:import_again                import-read-again POST
projects:import_cell                 import-cells POST
projects:import_columns              import-columns POST
projects:import_confirm              import-confirm POST
projects:import_conflict             import-conflicts POST
projects:import_discard              import-discard POST
projects:import_row                  import-decide POST
projects:import_undo                 import-undo POST
projects:investment                  project-report-investment POST
projects:milestone                   project-milestone PATCH
projects:plan                        project-year-plan POST
projects:quick                       project-detail PATCH
projects:stage                       project-enter-stage POST
projects:status                      project-suspend POST
projects:team                        project-team POST
approvals:agency_cancel              service-cancel POST
approvals:agency_record              service-list POST
approvals:certificate_renew          certificate-renew POST
approvals:certificate_void           certificate-void POST
approvals:paper_notice               step-correction-notice POST
approvals:paper_resubmit             step-resubmit POST
approvals:paper_review               step-review-files POST
approvals:paper_upload               step-files POST
approvals:paper_use                  step-use-file POST
approvals:step_applicability         step-applicability POST
approvals:step_delivery              step-delivery POST
approvals:step_document              step-document POST
approvals:step_extend                step-extend POST
approvals:step_move                  step-move POST
approvals:step_undo                  step-undo POST
approvals:step_unit                  step-unit POST
approvals:build_first                commitment-build-first POST
approvals:commitment_check           step-check POST
approvals:commitment_decide          step-commitment POST
approvals:debt_renew                 step-renew-debt POST
approvals:link_list                  signed_link-list POST
approvals:link_withdraw              signed_link-withdraw POST
approvals:urge_answer                step-answer-urges POST
approvals:joint_answer               joint_review-answer POST
approvals:joint_cancel               joint_review-cancel POST
approvals:joint_issue                joint_review-issue POST
approvals:joint_open                 joint_review-list POST
approvals:conditions                 project-conditions PATCH
approvals:enterprise_ask             help_request-list POST
approvals:enterprise_news_read       project-news-read POST
approvals:enterprise_notices         project-notices PATCH
approvals:enterprise_rate            step-rate POST
approvals:enterprise_urge            step-urge POST
approvals:enterprise_paper           step-files POST
approvals:enterprise_paper_use       step-use-file POST
approvals:enterprise_resubmit        step-resubmit POST
approvals:exchange_apply             exchange_message-apply POST
approvals:exchange_dismiss           exchange_message-set-aside POST
approvals:exchange_take_up           exchange_message-take-up POST
approvals:exchange_file              exchange_platform-confirm POST
approvals:exchange_platform          exchange_platform-detail PATCH
approvals:exchange_platform_new      exchange_platform-list POST
approvals:exchange_rerun             exchange_platform-rerun POST
approvals:exchange_upload            exchange_platform-files POST
dispatch:bulletin_template_list      bulletin_template-list POST
dispatch:bulletin_template_withdraw  bulletin_template-withdraw POST
dispatch:minutes_template_list       minutes_template-list POST
dispatch:minutes_template_withdraw   minutes_template-withdraw POST
dispatch:figure_rules                figure-rules POST
dispatch:plan_baseline_add           schedule-baselines POST
dispatch:plan_lever_withdraw         schedule-pulled POST
dispatch:plan_levers_pull            schedule-levers POST
dispatch:plan_link_add               schedule-links POST
dispatch:plan_link_edit              schedule-links POST
dispatch:plan_link_remove            schedule-unlink POST
dispatch:plan_pull                   schedule-pull POST
dispatch:plan_target                 schedule PATCH
dispatch:plan_task                   schedule-task PATCH
dispatch:plan_task_add               schedule-task-add POST
dispatch:plan_task_drop              schedule-drop POST
dispatch:plan_task_restore           schedule-restore POST
dispatch:plan_template_copy          schedule-template POST
dispatch:plan_rules                  plan-rules POST
dispatch:plan_template_edit          plan_template-detail PATCH
dispatch:plan_template_new           plan_template-list POST
dispatch:plan_template_retire        plan_template-offer POST
dispatch:feed_list                   calendar-feeds POST
dispatch:feed_project                calendar-feeds POST
dispatch:feed_withdraw               calendar-feed DELETE
dispatch:group_start_add             group_start-take-in POST
dispatch:group_start_cancel          group_start-cancel POST
dispatch:group_start_edit            group_start-detail PATCH
dispatch:group_start_hold            group_start-hold POST
dispatch:group_start_ledger          group_start-ledger POST
dispatch:group_start_note            group_start-note POST
dispatch:group_start_take_out        group_start-take-out POST
dispatch:group_start_new             group_start-list POST
dispatch:plan_months                 monthly_plan-list POST
dispatch:programme_approve           programme-approve POST
dispatch:programme_entry             programme-entry POST
dispatch:programme_hand_down         programme-hand-down POST
dispatch:programme_start             programme-list POST
dispatch:programme_take_in           programme-take-in POST
dispatch:programme_take_out          programme-take-out POST
dispatch:own_report_copy             own_report-copy POST
dispatch:own_report_delete           own_report-detail DELETE
dispatch:own_report_edit             own_report-detail PATCH
dispatch:own_report_new              own_report-list POST
dispatch:appeal_answer               appeal-answer POST
dispatch:appeal_new                  appeal-list POST
dispatch:appeal_withdraw             appeal-withdraw POST
dispatch:contest_entries             contest_figure-list POST
dispatch:ranking_formula_edit        ranking-formula PATCH
dispatch:ranking_freeze              ranking-list POST
dispatch:ranking_publish             ranking-publish POST
dispatch:ranking_restate             ranking-restate POST
dispatch:brief_freeze                weekly_brief-list POST
dispatch:brief_publish               weekly_brief-publish POST
dispatch:brief_restate               weekly_brief-restate POST
dispatch:bulletin_draft              bulletin-list POST
dispatch:bulletin_issue              bulletin-issue POST
dispatch:bulletin_refresh            bulletin-refresh POST
dispatch:bulletin_check              bulletin-check POST
dispatch:bulletin_restate            bulletin-restate POST
dispatch:bulletin_send_back          bulletin-send-back POST
dispatch:bulletin_sentence           bulletin-sentence POST
dispatch:case_answer                 response_case-plan POST
dispatch:duty_add                    duty_holder-list POST
dispatch:duty_remove                 duty_holder-detail DELETE
dispatch:file_add                    attachment-list POST
dispatch:file_ask                    file_job-list POST
dispatch:file_job_again              file_job-again POST
dispatch:file_job_cancel             file_job-cancel POST
dispatch:file_remove                 attachment-detail DELETE
dispatch:filing_accept               filing-accept POST
dispatch:filing_decide               filing_restatement-decide POST
dispatch:filing_edit                 filing-detail PATCH
dispatch:filing_filer                filing-filer POST
dispatch:filing_restate              filing-restate POST
dispatch:filing_return               filing-return POST
dispatch:filing_round_accept         filing-bulk-accept POST
dispatch:filing_round_include        filing_month-include POST
dispatch:filing_round_lock           filing_month-lock POST
dispatch:filing_round_remind         filing_month-remind POST
dispatch:instruction_answer          instruction-feedback POST
dispatch:instruction_new             instruction-list POST
dispatch:instruction_report          instruction-feedback POST
dispatch:job_again                   job-again POST
dispatch:ledger_bulk                 ledger_item-bulk-assign POST
dispatch:ledger_comment              ledger_item-comments POST
dispatch:ledger_comment_back         ledger_comment-take-back POST
dispatch:ledger_edit                 ledger_item-detail PATCH
dispatch:ledger_move                 ledger_item-move POST
dispatch:ledger_new                  ledger_item-list POST
dispatch:measure_edit                measure-detail PATCH
dispatch:measure_publish             measure-list POST
dispatch:measure_take                measure-take-over POST
dispatch:measure_withdraw            measure-withdraw POST
dispatch:meeting_add                 meeting-points POST
dispatch:meeting_cancel              meeting-cancel POST
dispatch:meeting_close               meeting-close POST
dispatch:meeting_decision_correct    decision-detail PATCH
dispatch:meeting_decision_withdraw   decision-withdraw POST
dispatch:meeting_edit                meeting-detail PATCH
dispatch:meeting_invite              meeting-invite POST
dispatch:meeting_new                 meeting-list POST
dispatch:meeting_point_decide        agenda_point-decide POST
dispatch:meeting_point_discuss       agenda_point-discuss POST
dispatch:meeting_point_move          agenda_point-settle POST
dispatch:meeting_point_rule          agenda_point-rule POST
dispatch:meeting_rebuild             meeting-rebuild POST
dispatch:meeting_seat_mark           seat-mark POST
dispatch:meeting_seat_remove         seat-detail DELETE
dispatch:meeting_start               meeting-start POST
dispatch:visit_edit                  visit-detail PATCH
dispatch:visit_grid_edit             visit_grid-detail PATCH
dispatch:visit_grid_new              visit_grid-list POST
dispatch:visit_new                   visit-list POST
dispatch:visit_places                visit_grid-places POST
dispatch:visit_plan_change           planned_visit-detail PATCH
dispatch:visit_plan_drop             planned_visit-take-off POST
dispatch:visit_plan_make             planned_visit-make POST
dispatch:rule_default                warning-rule-default POST
dispatch:rule_edit                   warning-rule PATCH
dispatch:rule_switch                 warning-rule PATCH
dispatch:response_policy_edit        response-policy POST
dispatch:delivery_resend             notice_delivery-resend POST
dispatch:inbox_read                  notice-read-all POST
dispatch:notice_choices              notice-choice PATCH
dispatch:notice_open                 notice-read POST
dispatch:robot_delete                notice_robot-detail DELETE
dispatch:robot_edit                  notice_robot-detail PATCH
dispatch:robot_new                   notice_robot-list POST
dispatch:robot_test                  notice_robot-test POST
dispatch:template_default            notice-words PATCH
dispatch:template_edit               notice-words PATCH
dispatch:element_need                element_need-detail PATCH
dispatch:element_need_drop           element_need-drop POST
dispatch:element_need_new            element_need-list POST
dispatch:element_supply              element_supply-list POST
dispatch:funding_edit                funding_application-detail PATCH
dispatch:funding_move                funding_application-move POST
dispatch:funding_new                 funding_application-list POST
dispatch:output_edit                 yearly_output-list POST
dispatch:plot_clear                  plot-clear POST
dispatch:plot_edit                   plot-detail PATCH
dispatch:plot_new                    plot-list POST
dispatch:plot_progress               plot-progress POST
dispatch:plot_reopen                 plot-reopen POST
"""

# Pages that write and have no operation, with the reason.
NONE = {
    "accounts:password_change": "of the session: signing in and passwords are for people with a browser",
    "accounts:sign_in": "of the session",
    "accounts:sign_out": "of the session",
    "admin": "the administration has pages only",
    "healthz": "for the machine that watches; writes nothing",
    "set_language": "the API asks for Accept-Language",
    "approvals:papers_zip": "makes a file for the browser and writes nothing; files come one by one from paper-files",
    "dispatch:plan_preview": "saves nothing",
    "approvals:link_open": "of a visit by signed link: no account, no token",
}
NONE_BEGINNING = {
    "projects:import_forget": "an answer given once more replaces it",
    "approvals:my_": "of a visit by signed link: no account, no token",
    "accounts:token": "tokens are made on the page, never by a token",
    "dispatch:webhook": "has an API of its own, see webhooks",
}

# Scoped models that no list of their own shows, with where their rows are.
WITHIN = {
    "projects.HeaderMemory": "what imports remember",
    "projects.Milestone": "project-milestones",
    "projects.AnnualPlan": "project-detail",
    "projects.MonthlyInvestment": "project-detail",
    "approvals.StepPause": "step-detail",
    "approvals.StepTransition": "step-history",
    "approvals.StepDocument": "debt-list and step-documents",
    "approvals.StepContact": "catalogue-step",
    "approvals.ApprovalPolicy": "settings of the administration",
    "approvals.JointReviewStep": "joint_review-detail",
    "approvals.NoticePreference": "project-notices",
    "approvals.PaperDownload": "a record for the administration",
    "approvals.CommittedStep": "commitment-detail",
    "dispatch.BoardCount": "dashboard",
    "dispatch.DayFigures": "rates",
    "dispatch.FilingDuty": "filing-detail",
    "dispatch.LedgerEntry": "ledger_item-history",
    "dispatch.ExtensionRequest": "ledger_item-history",
    "dispatch.WarningEvent": "warning-history",
    "dispatch.ResponseEvent": "response_case-trace",
    "dispatch.MeetingEntry": "meeting-history",
    "dispatch.Feedback": "instruction-detail",
    "dispatch.Finding": "visit-detail",
    "dispatch.VisitChange": "visit-history and planned_visit-history",
    "dispatch.GroupStartProject": "group_start-detail",
    "dispatch.MeasureChange": "measure-history",
    "dispatch.NoticeTemplate": "notice-words",
    "dispatch.Plan": "schedule",
    "dispatch.PlanTask": "schedule",
    "dispatch.PlanLink": "schedule",
    "dispatch.PlanLever": "schedule-pulled",
    "dispatch.PlanBaseline": "schedule-baselines",
    "dispatch.PlanEntry": "schedule-history",
    "dispatch.ProgrammeEntry": "programme-entries",
    "dispatch.SentenceEdit": "bulletin-detail",
    "dispatch.BulletinEntry": "bulletin-history",
    "dispatch.Webhook": "has an API of its own",
    "dispatch.WebhookEvent": "has an API of its own",
}


def operations() -> dict[str, tuple[str, str]]:
    """Page → (route of the API, method)."""
    lines = (line.split() for line in OPERATIONS.splitlines() if line and not line.startswith("#"))
    return {page: (f"api:{route}", method) for page, route, method in lines}


def reason(page: str) -> str:
    """Why this page has no operation; "" for one that should have."""
    return NONE.get(page) or next((why for start, why in NONE_BEGINNING.items() if page.startswith(start)), "")
