"""Routes of bulletins, joined in ``dispatch.urls``."""

from django.urls import path

from dispatch.reports import compare_views, file_views, flow_views, views

urlpatterns = [
    path("bulletins/", views.bulletin_list, name="bulletin_list"),
    path("bulletins/draft/", views.bulletin_draft, name="bulletin_draft"),
    path("bulletins/templates/", file_views.bulletin_template_list, name="bulletin_template_list"),
    path("bulletins/templates/default/", file_views.bulletin_template_default, name="bulletin_template_default"),
    path("bulletins/templates/<int:pk>/", file_views.bulletin_template, name="bulletin_template"),
    path(
        "bulletins/templates/<int:pk>/withdraw/",
        file_views.bulletin_template_withdraw,
        name="bulletin_template_withdraw",
    ),
    path("bulletins/<int:pk>/", views.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<int:pk>/refresh/", views.bulletin_refresh, name="bulletin_refresh"),
    path("bulletins/<int:pk>/sentences/<str:sentence>/", flow_views.bulletin_sentence, name="bulletin_sentence"),
    path("bulletins/<int:pk>/check/", flow_views.bulletin_check, name="bulletin_check"),
    path("bulletins/<int:pk>/send-back/", flow_views.bulletin_send_back, name="bulletin_send_back"),
    path("bulletins/<int:pk>/issue/", flow_views.bulletin_issue, name="bulletin_issue"),
    path("bulletins/<int:pk>/restate/", flow_views.bulletin_restate, name="bulletin_restate"),
    path("bulletins/<int:pk>/compare/", compare_views.bulletin_compare, name="bulletin_compare"),
    path("bulletins/<int:pk>/download/", file_views.bulletin_download, name="bulletin_download"),
    path("bulletins/<int:pk>/docx/", file_views.bulletin_docx, name="bulletin_docx"),
    path("bulletins/<int:pk>/pdf/", file_views.bulletin_pdf, name="bulletin_pdf"),
]
