"""Addresses of the enterprise's portal: ``my/`` for the holder of a link, ``enterprise/`` for an account."""

from django.urls import URLPattern, path

from approvals.portal import link_views, paper_views, views, visits


def both(route: str, view, name: str) -> list[URLPattern]:
    """One view, two ways in."""
    return [
        path(f"my/{route}", visits.visit(view), name=f"my_{name}"),
        path(f"enterprise/<int:pk>/{route}", visits.account(view), name=f"enterprise_{name}"),
    ]


urlpatterns: list[URLPattern] = [
    path("l/<str:token>/", link_views.link_open, name="link_open"),
    path("my/", visits.visit(views.home), name="my_home"),
    path("my/leave/", visits.visit(views.leave), name="my_leave"),
    path("enterprise/", visits.account(views.home), name="enterprise_home"),
    *both("steps/<str:code>/", views.step, "step"),
    *both("steps/<str:code>/urge/", views.urge, "urge"),
    *both("steps/<str:code>/rate/", views.rate, "rate"),
    *both("steps/<str:code>/papers/<int:requirement>/", paper_views.paper, "paper"),
    *both("steps/<str:code>/papers/<int:requirement>/use/<int:file>/", paper_views.paper_use, "paper_use"),
    *both("steps/<str:code>/resubmit/", paper_views.resubmit, "resubmit"),
    *both("files/<int:file>/", paper_views.file, "file"),
    *both("help/", views.ask, "ask"),
    *both("notices/", views.notices, "notices"),
    *both("news/read/", views.news_read, "news_read"),
    path("projects/<int:pk>/links/", link_views.link_list, name="link_list"),
    path("projects/<int:pk>/links/<int:link>/withdraw/", link_views.link_withdraw, name="link_withdraw"),
    path("projects/<int:pk>/steps/<str:code>/urge/answer/", link_views.urge_answer, name="urge_answer"),
]
