"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path

from dispatch.charts import views

urlpatterns = [path("charts/<str:token>.svg", views.chart, name="chart")]
