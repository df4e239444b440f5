"""Who gets which answer where. A table to read, and the expectation of test_matrix.py.

The addresses are about the first enterprise's project, step, ledger item and so on ("own" for unit and enterprise);
the bodies of writes are empty, so 400, 422 and 428 mean: may do it, but has said nothing yet (409: says it of an old
version, or of something already settled). 302 of nobody leads to the sign-in page; 404 is all that people learn of
rows that are not theirs. A route or method that is not here fails the tests, and so does a line whose route is gone.
"""

from tests.access.world import ROLES

TABLE = """
#                                       nobody staff unit  other enter- other leader admin staff of
# route                          method                   unit  prise  ent.              other park
# Accounts and the frame
accounts:password_change         GET    302    200   200   200   200    200   200    200   200
accounts:password_change         POST   302    200   200   200   200    200   200    200   200
accounts:profile                 GET    302    200   200   200   200    200   200    200   200
accounts:sign_in                 GET    200    302   302   302   302    302   302    302   302
accounts:sign_in                 POST   200    302   302   302   302    302   302    302   302
accounts:sign_out                POST   302    302   302   302   302    302   302    302   302
admin                            GET    302    302   302   302   302    302   302    200   302
admin                            POST   302    302   302   302   302    302   302    200   302
desk                             GET    302    200   200   200   302    302   302    200   200
healthz                          GET    200    200   200   200   200    200   200    200   200
healthz                          POST   200    200   200   200   200    200   200    200   200
healthz_jobs                     GET    503    503   503   503   503    503   503    503   503
set_language                     GET    302    302   302   302   302    302   302    302   302
set_language                     POST   302    302   302   302   302    302   302    302   302
# Projects
projects:create                  GET    302    200   403   403   403    403   403    200   200
projects:create                  POST   302    422   403   403   403    403   403    422   422
projects:detail                  GET    302    200   200   404   302    404   200    200   404
projects:edit                    GET    302    200   403   404   403    404   403    200   404
projects:edit                    POST   302    422   403   404   403    404   403    422   404
projects:enrol                   GET    302    200   403   404   403    404   403    200   404
projects:enrol                   POST   302    422   403   404   403    404   403    422   404
projects:import_again            POST   302    302   404   404   404    404   403    302   404
projects:import_confirm          POST   302    302   404   404   404    404   403    302   404
projects:import_detail           GET    302    200   404   404   404    404   403    200   404
projects:import_discard          POST   302    302   404   404   404    404   403    302   404
projects:import_file             GET    302    200   404   404   404    404   403    200   404
projects:import_list             GET    302    200   403   403   403    403   403    200   200
projects:import_new              GET    302    200   403   403   403    403   403    200   200
projects:import_new              POST   302    422   403   403   403    403   403    422   422
projects:investment              GET    302    200   200   404   403    404   403    200   404
projects:investment              POST   302    422   422   404   403    404   403    422   404
projects:ledger_export           GET    302    200   200   200   403    403   200    200   200
projects:list                    GET    302    200   200   200   302    302   200    200   200
projects:milestone               GET    302    200   403   404   403    404   403    200   404
projects:milestone               POST   302    422   403   404   403    404   403    422   404
projects:plan                    GET    302    200   403   404   403    404   403    200   404
projects:plan                    POST   302    422   403   404   403    404   403    422   404
projects:quick                   GET    302    200   200   404   403    404   403    200   404
projects:quick                   POST   302    422   422   404   403    404   403    422   404
projects:similar                 GET    302    200   403   403   403    403   403    200   200
projects:stage                   GET    302    200   403   404   403    404   403    200   404
projects:stage                   POST   302    422   403   404   403    404   403    422   404
projects:status                  GET    302    200   403   404   403    404   403    200   404
projects:status                  POST   302    422   403   404   403    404   403    422   404
projects:team                    GET    302    200   403   404   403    404   403    200   404
projects:team                    POST   302    422   403   404   403    404   403    422   404
# The public guide: about the park, open to everybody
approvals:guide                  GET    200    200   200   200   200    200   200    200   200
approvals:guide_home             GET    200    302   302   302   302    302   302    302   302
approvals:guide_map_file         GET    200    200   200   200   200    200   200    200   200
approvals:guide_step             GET    200    200   200   200   200    200   200    200   200
approvals:guide_template         GET    200    200   200   200   200    200   200    200   200
# Approval steps and the enterprise's page
approvals:agency                 GET    302    200   200   200   404    404   200    200   200
approvals:agency_cancel          GET    302    200   403   404   404    404   403    200   404
approvals:agency_cancel          POST   302    422   403   404   404    404   403    422   404
approvals:agency_export          GET    302    200   200   200   404    404   200    200   200
approvals:agency_record          GET    302    200   403   404   403    404   403    200   404
approvals:agency_record          POST   302    422   403   404   403    404   403    422   404
approvals:certificate_export     GET    302    200   200   200   404    404   200    200   200
approvals:certificate_list       GET    302    200   200   200   404    404   200    200   200
approvals:certificate_renew      GET    302    200   200   404   403    404   403    200   404
approvals:certificate_renew      POST   302    422   422   404   403    404   403    422   404
approvals:certificate_void       GET    302    200   200   404   403    404   403    200   404
approvals:certificate_void       POST   302    422   422   404   403    404   403    422   404
approvals:conditions             GET    302    200   200   404   403    404   200    200   404
approvals:conditions             POST   302    422   403   404   403    404   403    422   404
approvals:enterprise_home        GET    302    403   403   403   200    200   403    403   403
approvals:paper_download         GET    302    404   404   404   404    404   404    404   404
approvals:paper_file             GET    302    302   302   404   302    404   302    302   404
approvals:paper_notice           GET    302    200   200   404   403    404   403    200   404
approvals:paper_notice           POST   302    422   422   404   403    404   403    422   404
approvals:paper_resubmit         GET    302    200   200   404   200    404   403    200   404
approvals:paper_resubmit         POST   302    422   422   404   422    404   403    422   404
approvals:paper_review           GET    302    200   200   404   403    404   403    200   404
approvals:paper_review           POST   302    422   422   404   403    404   403    422   404
approvals:paper_upload           GET    302    200   200   404   200    404   403    200   404
approvals:paper_upload           POST   302    422   422   404   422    404   403    422   404
approvals:paper_use              POST   302    409   409   404   409    404   403    409   404
approvals:papers                 GET    302    200   200   404   200    404   200    200   404
approvals:papers_zip             POST   302    200   200   404   200    404   200    200   404
approvals:project_map_file       GET    302    200   200   404   200    404   200    200   404
approvals:step                   GET    302    200   200   404   200    404   200    200   404
approvals:step_applicability     GET    302    200   403   404   403    404   403    200   404
approvals:step_applicability     POST   302    422   403   404   403    404   403    422   404
approvals:step_delivery          GET    302    200   200   404   403    404   403    200   404
approvals:step_delivery          POST   302    422   422   404   403    404   403    422   404
approvals:step_document          GET    302    200   200   404   403    404   403    200   404
approvals:step_document          POST   302    422   422   404   403    404   403    422   404
approvals:step_extend            GET    302    200   200   404   403    404   403    200   404
approvals:step_extend            POST   302    422   422   404   403    404   403    422   404
approvals:step_move              GET    302    200   200   404   403    404   403    200   404
approvals:step_move              POST   302    422   422   404   403    404   403    422   404
approvals:step_undo              GET    302    200   200   404   403    404   200    200   404
approvals:step_undo              POST   302    422   422   404   403    404   422    422   404
approvals:step_unit              GET    302    200   403   404   403    404   403    200   404
approvals:step_unit              POST   302    422   403   404   403    404   403    422   404
# Papers owed and promises
approvals:build_first            GET    302    200   200   404   403    404   403    200   404
approvals:build_first            POST   302    422   422   404   403    404   403    422   404
approvals:commitment_check       GET    302    200   200   404   403    404   403    200   404
approvals:commitment_check       POST   302    422   422   404   403    404   403    422   404
approvals:commitment_decide      GET    302    200   200   404   403    404   403    200   404
approvals:commitment_decide      POST   302    422   422   404   403    404   403    422   404
approvals:commitments            GET    302    200   200   200   404    404   200    200   200
approvals:debt_renew             GET    302    200   200   404   403    404   403    200   404
approvals:debt_renew             POST   302    422   422   404   403    404   403    422   404
approvals:debts                  GET    302    200   200   200   404    404   200    200   200
approvals:debts_export           GET    302    200   200   200   404    404   200    200   200
# The enterprise's portal: for an account (enterprise_) and for a visit (my_, see tests/approvals/portal)
approvals:enterprise_ask         GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_ask         POST   302    403   403   403   422    404   403    403   403
approvals:enterprise_file        GET    302    403   403   403   302    404   403    403   403
approvals:enterprise_news_read   POST   302    403   403   403   302    404   403    403   403
approvals:enterprise_notices     GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_notices     POST   302    403   403   403   302    404   403    403   403
approvals:enterprise_paper       GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_paper       POST   302    403   403   403   422    404   403    403   403
approvals:enterprise_paper_use   POST   302    403   403   403   409    404   403    403   403
approvals:enterprise_rate        GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_rate        POST   302    403   403   403   422    404   403    403   403
approvals:enterprise_resubmit    POST   302    403   403   403   409    404   403    403   403
approvals:enterprise_step        GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_urge        GET    302    403   403   403   200    404   403    403   403
approvals:enterprise_urge        POST   302    403   403   403   422    404   403    403   403
approvals:link_list              GET    302    200   403   404   403    404   403    200   404
approvals:link_list              POST   302    422   403   404   403    404   403    422   404
approvals:link_open              GET    200    200   200   200   200    200   200    200   200
approvals:link_open              POST   302    302   302   302   302    302   302    302   302
approvals:link_withdraw          GET    302    200   403   404   403    404   403    200   404
approvals:link_withdraw          POST   302    302   403   404   403    404   403    302   404
approvals:my_ask                 GET    403    403   403   403   302    302   403    403   403
approvals:my_ask                 POST   403    403   403   403   302    302   403    403   403
approvals:my_file                GET    403    403   403   403   302    302   403    403   403
approvals:my_home                GET    403    403   403   403   302    302   403    403   403
approvals:my_leave               POST   403    403   403   403   302    302   403    403   403
approvals:my_news_read           POST   403    403   403   403   302    302   403    403   403
approvals:my_notices             GET    403    403   403   403   302    302   403    403   403
approvals:my_notices             POST   403    403   403   403   302    302   403    403   403
approvals:my_paper               GET    403    403   403   403   302    302   403    403   403
approvals:my_paper               POST   403    403   403   403   302    302   403    403   403
approvals:my_paper_use           POST   403    403   403   403   302    302   403    403   403
approvals:my_rate                GET    403    403   403   403   302    302   403    403   403
approvals:my_rate                POST   403    403   403   403   302    302   403    403   403
approvals:my_resubmit            POST   403    403   403   403   302    302   403    403   403
approvals:my_step                GET    403    403   403   403   302    302   403    403   403
approvals:my_urge                GET    403    403   403   403   302    302   403    403   403
approvals:my_urge                POST   403    403   403   403   302    302   403    403   403
approvals:urge_answer            GET    302    200   200   404   403    404   403    200   404
approvals:urge_answer            POST   302    422   422   404   403    404   403    422   404
# Joint reviews and figures
approvals:figures                GET    302    200   200   200   403    403   200    200   200
approvals:figures_export         GET    302    200   200   200   403    403   200    200   200
approvals:figures_land           GET    302    200   200   200   403    403   200    200   200
approvals:figures_land_export    GET    302    200   200   200   403    403   200    200   200
approvals:figures_steps          GET    302    200   200   200   403    403   200    200   200
approvals:joint_answer           GET    302    200   200   404   404    404   403    200   404
approvals:joint_answer           POST   302    422   422   404   404    404   403    422   404
approvals:joint_cancel           GET    302    200   403   404   404    404   403    200   404
approvals:joint_cancel           POST   302    422   403   404   404    404   403    422   404
approvals:joint_detail           GET    302    200   200   404   404    404   200    200   404
approvals:joint_export           GET    302    200   200   200   403    403   200    200   200
approvals:joint_issue            GET    302    200   403   404   404    404   403    200   404
approvals:joint_issue            POST   302    422   403   404   404    404   403    422   404
approvals:joint_list             GET    302    200   200   200   403    403   200    200   200
approvals:joint_open             GET    302    200   403   404   403    404   403    200   404
approvals:joint_open             POST   302    422   403   404   403    404   403    422   404
approvals:joint_project          GET    302    200   200   404   403    404   200    200   404
# Dispatch: ledger, warnings, bulletins, dashboard
dispatch:bulletin_detail         GET    302    200   200   200   404    404   200    200   404
dispatch:bulletin_download       GET    302    200   200   200   404    404   200    200   404
dispatch:bulletin_draft          POST   302    302   403   403   404    404   403    302   302
dispatch:bulletin_issue          GET    302    200   403   403   404    404   403    200   404
dispatch:bulletin_issue          POST   302    409   403   403   404    404   403    409   404
dispatch:bulletin_list           GET    302    200   200   200   404    404   200    200   200
dispatch:bulletin_refresh        POST   302    409   403   403   404    404   403    409   404
dispatch:dashboard               GET    302    200   403   403   404    404   200    200   200
dispatch:file_add                GET    302    200   200   404   404    404   403    200   404
dispatch:file_add                POST   302    422   422   404   404    404   403    422   404
dispatch:file_download           GET    302    200   200   404   404    404   200    200   404
dispatch:file_remove             GET    302    200   200   404   404    404   403    200   404
dispatch:file_remove             POST   302    302   302   404   404    404   403    302   404
dispatch:instruction_answer      POST   302    422   403   404   404    404   403    422   404
dispatch:instruction_detail      GET    302    200   200   404   404    404   200    200   404
dispatch:instruction_list        GET    302    200   200   200   404    404   200    200   200
dispatch:instruction_new         GET    302    200   403   403   404    404   200    200   200
dispatch:instruction_new         POST   302    422   403   403   404    404   422    422   422
dispatch:instruction_print       GET    302    200   200   404   404    404   200    200   404
dispatch:instruction_report      POST   302    422   422   404   404    404   403    422   404
dispatch:job_again               GET    302    200   403   403   404    404   403   200   200
dispatch:job_again               POST   302    302   403   403   404    404   403   302   302
dispatch:job_list                GET    302    200   403   403   404    404   403   200   200
dispatch:ledger_bulk             GET    302    302   403   403   404    404   302    302   302
dispatch:ledger_bulk             POST   302    302   403   403   404    404   302    302   302
dispatch:ledger_comment          POST   302    422   422   404   404    404   422    422   404
dispatch:ledger_comment_back     GET    302    403   200   404   404    404   403    403   404
dispatch:ledger_comment_back     POST   302    403   302   404   404    404   403    403   404
dispatch:ledger_detail           GET    302    200   200   404   404    404   200    200   404
dispatch:ledger_edit             GET    302    200   403   404   404    404   200    200   404
dispatch:ledger_edit             POST   302    422   403   404   404    404   422    422   404
dispatch:ledger_export           GET    302    200   200   200   404    404   200    200   200
dispatch:ledger_list             GET    302    200   200   200   404    404   200    200   200
dispatch:ledger_move             GET    302    302   302   404   404    404   403    302   404
dispatch:ledger_move             POST   302    422   422   404   404    404   403    422   404
dispatch:ledger_new              GET    302    200   403   403   404    404   200    200   200
dispatch:ledger_new              POST   302    422   403   403   404    404   422    422   422
dispatch:measure_detail          GET    302    200   200   200   404    404   200    200   404
dispatch:measure_edit            GET    302    200   403   403   404    404   403    200   404
dispatch:measure_edit            POST   302    422   403   403   404    404   403    422   404
dispatch:measure_export          GET    302    200   200   200   404    404   200    200   200
dispatch:measure_list            GET    302    200   200   200   404    404   200    200   200
dispatch:measure_publish         GET    302    302   403   404   404    404   403    302   404
dispatch:measure_publish         POST   302    422   403   404   404    404   403    422   404
dispatch:measure_similar         GET    302    200   200   200   404    404   200    200   200
dispatch:measure_take            POST   302    409   403   404   404    404   409    409   404
dispatch:measure_withdraw        GET    302    200   403   403   404    404   403    200   404
dispatch:measure_withdraw        POST   302    422   403   403   404    404   403    422   404
dispatch:meeting_add             POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_cancel          GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_cancel          POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_close           GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_close           POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_decision_correct GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_decision_correct POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_decision_withdraw GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_decision_withdraw POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_detail          GET    302   200   200   404   404   404   200   200   404
dispatch:meeting_edit            GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_edit            POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_invite          POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_list            GET    302   200   200   200   404   404   200   200   200
dispatch:meeting_live            GET    302   200   403   404   404   404   403   200   404
dispatch:meeting_minutes         GET    302   200   200   404   404   404   200   200   404
dispatch:meeting_new             GET    302   200   403   403   404   404   403   200   200
dispatch:meeting_new             POST   302   200   403   403   404   404   403   200   200
dispatch:meeting_point_decide    POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_point_discuss   POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_point_move      POST   302   302   403   404   404   404   403   302   404
dispatch:meeting_point_rule      POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_rebuild         POST   302   302   403   404   404   404   403   302   404
dispatch:meeting_seat_mark       POST   302   422   403   404   404   404   403   422   404
dispatch:meeting_seat_remove     POST   302   409   403   404   404   404   403   409   404
dispatch:meeting_start           POST   302   422   403   404   404   404   403   422   404
dispatch:minutes_template        GET    302   200   403   403   404   404   403   200   404
dispatch:minutes_template_default GET    302   200   403   403   404   404   403   200   200
dispatch:minutes_template_list   GET    302   200   403   403   404   404   403   200   200
dispatch:minutes_template_list   POST   302   422   403   403   404   404   403   422   422
dispatch:minutes_template_withdraw GET    302   200   403   403   404   404   403   200   404
dispatch:minutes_template_withdraw POST   302   302   403   403   404   404   403   302   404
dispatch:visit_detail            GET    302    200   200   404   404    404   200    200   404
dispatch:visit_edit              GET    302    200   200   404   404    404   403    200   404
dispatch:visit_edit              POST   302    422   422   404   404    404   403    422   404
dispatch:visit_export            GET    302    200   200   200   404    404   200    200   200
dispatch:visit_figures           GET    302    200   200   200   404    404   200    200   200
dispatch:visit_figures_export    GET    302    200   200   200   404    404   200    200   200
dispatch:visit_findings          GET    302    200   200   200   404    404   200    200   200
dispatch:visit_grid_edit         GET    302    200   403   403   404    404   403    200   404
dispatch:visit_grid_edit         POST   302    422   403   403   404    404   403    422   404
dispatch:visit_grid_new          GET    302    200   403   403   404    404   403    200   200
dispatch:visit_grid_new          POST   302    422   403   403   404    404   403    422   422
dispatch:visit_grids             GET    302    200   403   403   404    404   403    200   200
dispatch:visit_list              GET    302    200   200   200   404    404   200    200   200
dispatch:visit_new               GET    302    200   200   200   404    404   200    200   200
dispatch:visit_new               POST   302    422   422   422   404    404   422    422   422
dispatch:visit_places            GET    302    200   403   403   404    404   403    200   200
dispatch:visit_places            POST   302    302   403   403   404    404   403    302   302
dispatch:visit_plan              GET    302    200   200   200   404    404   200    200   200
dispatch:visit_plan_change       GET    302    200   403   404   404    404   403    200   404
dispatch:visit_plan_change       POST   302    422   403   404   404    404   403    422   404
dispatch:visit_plan_drop         GET    302    200   403   404   404    404   403    200   404
dispatch:visit_plan_drop         POST   302    422   403   404   404    404   403    422   404
dispatch:visit_plan_make         GET    302    200   403   403   404    404   403    200   200
dispatch:visit_plan_make         POST   302    422   403   403   404    404   403    422   422
dispatch:warning_list            GET    302    200   200   200   404    404   200    200   200
# Notices: one's own inbox and choices; deliveries, robots and words for who manages them
dispatch:delivery_detail         GET    302    200   403   403   404    404   403   200   404
dispatch:delivery_list           GET    302    200   403   403   404    404   403   200   200
dispatch:delivery_resend         GET    302    200   403   403   404    404   403   200   404
dispatch:delivery_resend         POST   302    409   403   403   404    404   403   409   404
dispatch:inbox                   GET    302    200   200   200   404    404   200   200   200
dispatch:inbox_read              POST   302    302   302   302   404    404   302   302   302
dispatch:notice_choices          GET    302    200   200   200   404    404   200   200   200
dispatch:notice_choices          POST   302    422   422   422   404    404   422   422   422
dispatch:notice_open             POST   302    404   302   404   404    404   404   404   404
dispatch:robot_delete            GET    302    200   403   403   404    404   403   200   404
dispatch:robot_delete            POST   302    302   403   403   404    404   403   302   404
dispatch:robot_edit              GET    302    200   403   403   404    404   403   200   404
dispatch:robot_edit              POST   302    422   403   403   404    404   403   422   404
dispatch:robot_list              GET    302    200   403   403   404    404   403   200   200
dispatch:robot_new               GET    302    200   403   403   404    404   403   200   200
dispatch:robot_new               POST   302    422   403   403   404    404   403   422   422
dispatch:robot_test              POST   302    302   403   403   404    404   403   302   404
dispatch:template_default        GET    302    200   403   403   404    404   403   200   200
dispatch:template_default        POST   302    302   403   403   404    404   403   302   302
dispatch:template_edit           GET    302    200   403   403   404    404   403   200   200
dispatch:template_edit           POST   302    422   403   403   404    404   403   422   422
dispatch:template_list           GET    302    200   403   403   404    404   403   200   200
# API
api:certificate-detail           GET    403    200   200   404   200    404   200    200   404
api:certificate-list             GET    403    200   200   200   200    200   200    200   200
api:certificate-renew            POST   403    428   428   404   403    404   403    428   404
api:certificate-void             POST   403    428   428   404   403    404   403    428   404
api:commitment-detail            GET    403    200   200   404   200    404   200    200   404
api:commitment-list              GET    403    200   200   200   200    200   200    200   200
api:debt-list                    GET    403    200   200   200   200    200   200    200   200
api:figures                      GET    403    200   200   200   403    403   200    200   200
api:joint_review-detail          GET    403    200   200   404   404    404   200    200   404
api:joint_review-list            GET    403    200   200   200   200    200   200    200   200
api:paper_file-detail            GET    403    200   200   404   200    404   200    200   404
api:project-map                  GET    403    200   200   404   200    404   200    200   404
api:step-applicability           POST   403    428   403   404   403    404   403    428   404
api:step-delivery                POST   403    428   428   404   403    404   403    428   404
api:step-extend                  POST   403    428   428   404   403    404   403    428   404
api:step-files                   POST   403    428   428   404   428    404   403    428   404
api:step-undo                    POST   403    428   428   404   403    404   403    428   404
api:step-unit                    POST   403    428   403   404   403    404   403    428   404
api:bulletin-detail              GET    403    200   200   200   403    403   200    200   404
api:bulletin-download            GET    403    200   200   200   403    403   200    200   404
api:bulletin-issue               POST   403    428   403   403   403    403   403    428   404
api:bulletin-list                GET    403    200   200   200   403    403   200    200   200
api:bulletin-list                POST   403    400   403   403   403    403   403    400   400
api:docs                         GET    302    200   200   200   200    200   200    200   200
api:instruction-detail           GET    403    200   200   404   404    404   200    200   404
api:instruction-feedback         POST   403    428   428   404   404    404   428    428   404
api:instruction-list             GET    403    200   200   200   200    200   200    200   200
api:ledger_item-comments         GET    403    200   200   404   404    404   200    200   404
api:ledger_item-comments         POST   403    400   400   404   404    404   400    400   404
api:ledger_item-detail           GET    403    200   200   404   404    404   200    200   404
api:ledger_item-detail           PATCH  403    428   403   404   404    404   428    428   404
api:ledger_item-history          GET    403    200   200   404   404    404   200    200   404
api:ledger_item-list             GET    403    200   200   200   200    200   200    200   200
api:ledger_item-list             POST   403    400   403   403   403    403   400    400   400
api:ledger_item-move             POST   403    428   428   404   404    404   428    428   404
api:me                           GET    403    200   200   200   200    200   200    200   200
api:project-detail               GET    403    200   200   404   200    404   200    200   404
api:project-detail               PATCH  403    428   428   404   403    404   403    428   404
api:project-enter-stage          POST   403    428   403   404   403    404   403    428   404
api:project-list                 GET    403    200   200   200   200    200   200    200   200
api:project-list                 POST   403    400   403   403   403    403   403    400   400
api:project-milestone            PATCH  403    428   403   404   403    404   403    428   404
api:project-milestones           GET    403    200   200   404   200    404   200    200   404
api:project-report-investment    POST   403    428   428   404   403    404   403    428   404
api:project-resume               POST   403    428   403   404   403    404   403    428   404
api:project-suspend              POST   403    428   403   404   403    404   403    428   404
api:project-terminate            POST   403    428   403   404   403    404   403    428   404
api:schema                       GET    403    200   200   200   200    200   200    200   200
api:step-detail                  GET    403    200   200   404   200    404   200    200   404
api:step-document                POST   403    428   428   404   403    404   403    428   404
api:step-documents               GET    403    200   200   404   200    404   200    200   404
api:step-list                    GET    403    200   200   200   200    200   200    200   200
api:step-move                    POST   403    428   428   404   403    404   403    428   404
api:warning-detail               GET    403    200   200   404   404    404   200    200   404
api:warning-list                 GET    403    200   200   200   200    200   200    200   200
"""


def _read(table: str) -> dict[tuple[str, str], dict[str, int]]:
    """(route, method) → role → status."""
    found = {}
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        name, method, *statuses = line.split()
        assert (name, method) not in found, f"{name} {method} stands twice in the table"
        found[name, method] = dict(zip(ROLES, map(int, statuses), strict=True))
    return found


EXPECTED = _read(TABLE)
