from django.urls import path, re_path

from projects import change_views, views

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("new/", change_views.Create.as_view(), name="create"),
    path("similar/", views.similar, name="similar"),
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
