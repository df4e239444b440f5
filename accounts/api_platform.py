"""What holds for every view of the API, whatever it answers."""

from rest_framework.views import APIView

from accounts.api_scopes import area_of


class Platform:
    """Base of every view of the API. ``area``: a name of accounts.api_scopes.AREAS; empty: the app of the module."""

    area: str = ""

    @classmethod
    def scope_area(cls) -> str:
        """The area whose scopes a token needs here; "" when no token opens it."""
        return cls.area or area_of(cls.__module__)


class ApiView(Platform, APIView):
    """A view that is no list of rows."""
