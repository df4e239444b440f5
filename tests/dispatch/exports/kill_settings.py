"""The tests' settings for a worker that knows the kinds of the tests and keeps files where the test looks."""

import os

from tests.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.dispatch.exports.kinds_app.TestKinds"]  # noqa: F405
MEDIA_ROOT = os.environ["MADE_FILES"]
