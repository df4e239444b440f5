"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.meetings.views import live, paper, plans

urlpatterns = [
    path("meetings/", plans.meeting_list, name="meeting_list"),
    path("meetings/new/", plans.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", plans.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", plans.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/cancel/", plans.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/start/", plans.meeting_start, name="meeting_start"),
    path("meetings/<int:pk>/live/", live.meeting_live, name="meeting_live"),
    path("meetings/<int:pk>/close/", plans.meeting_close, name="meeting_close"),
    path("meetings/<int:pk>/rebuild/", plans.meeting_rebuild, name="meeting_rebuild"),
    path("meetings/<int:pk>/add/", plans.meeting_add, name="meeting_add"),
    path("meetings/<int:pk>/invite/", plans.meeting_invite, name="meeting_invite"),
    path("meetings/<int:pk>/minutes/", paper.meeting_minutes, name="meeting_minutes"),
    path("meetings/points/<int:pk>/discuss/", live.meeting_point_discuss, name="meeting_point_discuss"),
    path("meetings/points/<int:pk>/decide/", live.meeting_point_decide, name="meeting_point_decide"),
    path("meetings/points/<int:pk>/rule/<slug:verb>/", live.meeting_point_rule, name="meeting_point_rule"),
    path("meetings/points/<int:pk>/move/<slug:verb>/", live.meeting_point_move, name="meeting_point_move"),
    path("meetings/decisions/<int:pk>/correct/", live.meeting_decision_correct, name="meeting_decision_correct"),
    path("meetings/decisions/<int:pk>/withdraw/", live.meeting_decision_withdraw, name="meeting_decision_withdraw"),
    path("meetings/seats/<int:pk>/mark/", plans.meeting_seat_mark, name="meeting_seat_mark"),
    path("meetings/seats/<int:pk>/remove/", plans.meeting_seat_remove, name="meeting_seat_remove"),
    path("meetings/templates/", paper.minutes_template_list, name="minutes_template_list"),
    path("meetings/templates/default/", paper.minutes_template_default, name="minutes_template_default"),
    path("meetings/templates/<int:pk>/", paper.minutes_template, name="minutes_template"),
    path("meetings/templates/<int:pk>/withdraw/", paper.minutes_template_withdraw, name="minutes_template_withdraw"),
]
