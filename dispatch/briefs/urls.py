"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path

from dispatch.briefs import views

urlpatterns = [
    path("briefs/", views.brief_list, name="brief_list"),
    path("briefs/freeze/", views.brief_freeze, name="brief_freeze"),
    path("briefs/<int:pk>/", views.brief_detail, name="brief_detail"),
    path("briefs/<int:pk>/compare/", views.brief_compare, name="brief_compare"),
    path("briefs/<int:pk>/publish/", views.brief_publish, name="brief_publish"),
    path("briefs/<int:pk>/restate/", views.brief_restate, name="brief_restate"),
    path("briefs/<int:pk>/pdf/", views.brief_pdf, name="brief_pdf"),
    path("briefs/<int:pk>/xlsx/", views.brief_xlsx, name="brief_xlsx"),
]
