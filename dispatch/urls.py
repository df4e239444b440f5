from django.urls import path

from dispatch.warnings import views as warnings

app_name = "dispatch"
urlpatterns = [
    path("warnings/", warnings.warning_list, name="warning_list"),
]
