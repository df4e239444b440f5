"""What holds for every view of the API, whatever it answers: scopes of tokens, limits, repeats, deprecation."""

from axes.helpers import get_client_ip_address
from django.utils.cache import patch_cache_control
from rest_framework import exceptions
from rest_framework.views import APIView

from accounts import api_limits
from accounts.api_deprecation import deprecation_of
from accounts.api_repeats import once
from accounts.api_scopes import area_of


class Platform:
    """Base of every view of the API. ``area``: a name of accounts.api_scopes.AREAS; empty: the app of the module."""

    area: str = ""

    @classmethod
    def scope_area(cls) -> str:
        """The area whose scopes a token needs here; "" when no token opens it."""
        return cls.area or area_of(cls.__module__)

    def dispatch(self, request, *args, **kwargs):
        """As of the framework; the work of a write is done once for its Idempotency-Key."""
        self.args, self.kwargs = args, kwargs
        self.request = request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            response = once(request, lambda: self._answer(request))
        except Exception as exc:
            response = self.handle_exception(exc)
        self.response = self.finalize_response(request, response, *args, **kwargs)
        return self.response

    def _answer(self, request):
        handler = getattr(self, request.method.lower(), self.http_method_not_allowed)
        if request.method.lower() not in self.http_method_names:
            handler = self.http_method_not_allowed
        try:
            response = handler(request, *self.args, **self.kwargs)
        except Exception as exc:
            response = self.handle_exception(exc)
        return super().finalize_response(request, response, *self.args, **self.kwargs)

    def handle_exception(self, exc):
        """Who fails to say who they are too often is not even told so any more."""
        if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            rate = api_limits.count("FAILURES", str(get_client_ip_address(self.request._request)))
            if rate.is_exceeded:
                self.request._request.api_rate = rate
                exc = exceptions.Throttled(wait=rate.reset)
        return super().handle_exception(exc)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        for said in (getattr(request._request, "api_rate", None), deprecation_of(self)):
            for name, value in said.as_headers().items() if said else ():
                response[name] = value
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class ApiView(Platform, APIView):
    """A view that is no list of rows."""
