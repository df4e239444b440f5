"""System checks: the guards of accounts.middleware stand in the settings, in the order they rely on."""

from django.conf import settings
from django.core.checks import Error, register

ORDER = [
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.RefuseNulBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequired",
    "accounts.middleware.ExplainRefusals",
]


@register()
def guards_in_order(app_configs, **kwargs):
    """accounts.E001 a guard is missing, E002 the order is wrong, E003 the policy allows inline code."""
    missing = [name for name in ORDER if name not in settings.MIDDLEWARE]
    errors = [Error(f"MIDDLEWARE lacks {name}.", id="accounts.E001") for name in missing]
    if [name for name in settings.MIDDLEWARE if name in ORDER] != [name for name in ORDER if name not in missing]:
        errors.append(Error(f"MIDDLEWARE needs this order: {', '.join(ORDER)}.", id="accounts.E002"))
    policy = str(getattr(settings, "CONTENT_SECURITY_POLICY", "unsafe"))
    if "unsafe" in policy:
        errors.append(Error("CONTENT_SECURITY_POLICY allows inline code.", id="accounts.E003"))
    return errors
