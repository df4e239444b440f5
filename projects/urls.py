from django.urls import path, re_path

from projects import change_views, views
from projects.ledger import decision_views
from projects.ledger import views as ledger_views

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("new/", change_views.Create.as_view(), name="create"),
    path("similar/", views.similar, name="similar"),
    path("export/", ledger_views.ledger_export, name="ledger_export"),
    path("import/", ledger_views.import_list, name="import_list"),
    path("import/new/", ledger_views.import_new, name="import_new"),
    path("import/<int:pk>/", ledger_views.import_detail, name="import_detail"),
    path("import/<int:pk>/confirm/", ledger_views.import_confirm, name="import_confirm"),
    path("import/<int:pk>/discard/", ledger_views.import_discard, name="import_discard"),
    path("import/<int:pk>/again/", ledger_views.import_again, name="import_again"),
    path("import/<int:pk>/file/", ledger_views.import_file, name="import_file"),
    path("import/<int:pk>/columns/", decision_views.import_columns, name="import_columns"),
    path("import/<int:pk>/cell/", decision_views.import_cell, name="import_cell"),
    path("import/<int:pk>/row/", decision_views.import_row, name="import_row"),
    path("import/<int:pk>/conflict/", decision_views.import_conflict, name="import_conflict"),
    path("import/<int:pk>/annotated/", decision_views.import_annotated, name="import_annotated"),
    path("import/<int:pk>/undo/", decision_views.import_undo, name="import_undo"),
    path("import/template/", decision_views.import_template, name="import_template"),
    path("import/columns/", decision_views.import_memory, name="import_memory"),
    path("import/columns/<int:pk>/forget/", decision_views.import_forget, name="import_forget"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", change_views.Edit.as_view(), name="edit"),
    path("<int:pk>/update/", change_views.Quick.as_view(), name="quick"),
    path("<int:pk>/stage/", change_views.EnterStage.as_view(), name="stage"),
    path("<int:pk>/enrol/", change_views.Enrol.as_view(), name="enrol"),
    path("<int:pk>/investment/", change_views.Investment.as_view(), name="investment"),
    path("<int:pk>/plan/", change_views.Plan.as_view(), name="plan"),
    path("<int:pk>/milestones/<str:stage>/", change_views.SetMilestone.as_view(), name="milestone"),
    path("<int:pk>/team/<str:role>/", change_views.SetTeam.as_view(), name="team"),
    re_path(
        r"^(?P<pk>[0-9]+)/(?P<change>suspend|resume|terminate)/$", change_views.ChangeStatus.as_view(), name="status"
    ),
]
