"""The API's composition: version 1 routes and the shape of its errors."""


def problem_details(exc, context):
    """Errors as problem details (RFC 9457). Filled in with the API."""
    from rest_framework.views import exception_handler

    return exception_handler(exc, context)
