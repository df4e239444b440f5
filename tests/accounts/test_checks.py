"""The checks find the fault they are made for, and nothing in the settings as they stand."""

import pytest

from accounts.checks import ORDER, guards_in_order


def test_settings_pass():
    assert guards_in_order(None) == []


@pytest.mark.parametrize("name", ORDER)
def test_missing_guard_is_an_error(settings, name):
    settings.MIDDLEWARE = [other for other in settings.MIDDLEWARE if other != name]
    assert [error.id for error in guards_in_order(None)] == ["accounts.E001"]


def test_wrong_order_is_an_error(settings):
    settings.MIDDLEWARE = settings.MIDDLEWARE[::-1]
    assert [error.id for error in guards_in_order(None)] == ["accounts.E002"]


def test_inline_code_in_the_policy_is_an_error(settings):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"]}}
    assert [error.id for error in guards_in_order(None)] == ["accounts.E003"]
