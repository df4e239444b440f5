"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
