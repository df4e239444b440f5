"""An app for the worker of a test: the kinds of the tests, and leases of seconds."""

from datetime import timedelta

from django.apps import AppConfig


class TestKinds(AppConfig):
    name = "tests.dispatch.exports.kinds_app"
    label = "kinds_app"

    def ready(self):
        from dispatch.exports import work
        from tests.dispatch.exports import file_kinds

        file_kinds.register()
        work.LEASE = timedelta(seconds=3)
        work.BEAT = 0.7
