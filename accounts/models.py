"""Parks, organizations, roles and people: who may see and do what."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb
from accounts.scoping import NOTHING, ScopedQuerySet


class Park(models.Model):
    """A development zone (高新区/经开区): the tenant every other row belongs to."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100, unique=True)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    centre_name_zh = models.CharField(_("name of the project service centre"), max_length=100, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=50, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("park")
        verbose_name_plural = _("parks")
        ordering = ["code"]

    def __str__(self):
        return self.name_zh


class OrganizationQuerySet(ScopedQuerySet):
    def unit_scope(self, organization_ids):
        return models.Q(kind__in=[Organization.Kind.PARK_OFFICE, Organization.Kind.UNIT, Organization.Kind.LEADERSHIP])

    def enterprise_scope(self, organization_id):
        return models.Q(pk=organization_id)

    def units(self):
        """Organizations that can be made responsible for something."""
        return self.filter(kind__in=[Organization.Kind.PARK_OFFICE, Organization.Kind.UNIT], is_active=True)


class Organization(models.Model):
    """A park office, responsible unit, enterprise or the leadership of one park; units form a tree."""

    class Kind(models.TextChoices):
        PARK_OFFICE = "park_office", _("park office")
        UNIT = "unit", _("responsible unit")
        ENTERPRISE = "enterprise", _("enterprise")
        LEADERSHIP = "leadership", _("leadership")

    park = models.ForeignKey(Park, models.PROTECT, related_name="organizations", verbose_name=_("park"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent organization")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["park", "kind", "name"], name="organization_name_once_per_park"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["park_office", "unit", "enterprise", "leadership"]),
                name="organization_kind_known",
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    def clean(self):
        if self.parent and self.parent.park_id != self.park_id:
            raise ValidationError({"parent": _("The parent organization belongs to another park.")})
        if self.pk and self.parent_id in self.branch_ids():
            raise ValidationError({"parent": _("An organization cannot stand below itself.")})

    def branch_ids(self) -> list[int]:
        """Ids of this organization and everything below it; one query a level, cached on the instance."""
        return self._branch

    @cached_property
    def _branch(self) -> list[int]:
        found, level = [self.pk], [self.pk]
        while level := list(
            Organization.objects.filter(parent__in=level).exclude(pk__in=found).values_list("pk", flat=True)
        ):
            found += level
        return found


class Role(models.Model):
    """A named set of verbs and the scope of rows it sees. Data: an administrator edits it."""

    class Scope(models.TextChoices):
        PARK = "park", _("the whole park")
        UNIT = "unit", _("what concerns the own unit")
        ENTERPRISE = "enterprise", _("the own enterprise")

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=50)
    name_en = models.CharField(_("English name"), max_length=50, blank=True)
    scope = models.CharField(_("scope"), max_length=16, choices=Scope)
    verbs = models.JSONField(_("verbs"), default=list, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["code"]

    def __str__(self):
        return self.name_zh

    def clean(self):
        unknown = [v for v in self.verbs if v not in Verb.values]
        if unknown:
            raise ValidationError({"verbs": _("Unknown verbs: %(verbs)s") % {"verbs": "、".join(map(str, unknown))}})


class UserQuerySet(ScopedQuerySet):
    park_path = "organization__park"

    def unit_scope(self, organization_ids):
        return models.Q(organization__in=organization_ids)

    def enterprise_scope(self, organization_id):
        return NOTHING


class NavigatorUserManager(UserManager.from_queryset(UserQuerySet)):
    pass


class User(AbstractUser):
    """A person with an account. Superusers without organization administer the installation and see no park's rows."""

    display_name = models.CharField(_("name"), max_length=50, blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organization")
    )
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("role"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)

    objects = NavigatorUserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=True, role__isnull=True)
                | models.Q(organization__isnull=False, role__isnull=False),
                name="user_organization_and_role_together",
            )
        ]

    def __str__(self):
        return self.display_name or self.username

    @property
    def park(self) -> Park | None:
        return self.organization.park if self.organization_id else None

    @cached_property
    def verbs(self) -> frozenset[str]:
        return frozenset(self.role.verbs) if self.role_id and self.is_active else frozenset()


class ApiTokenQuerySet(models.QuerySet):
    def of(self, user):
        """A person's own tokens."""
        return self.filter(user=user)

    def open(self, at):
        """Neither withdrawn nor expired."""
        return self.filter(withdrawn_at=None, expires_at__gt=at)


class ApiToken(models.Model):
    """A personal token of the API: its bearer is ``user``, within ``scopes``, until ``expires_at``. A hash is kept.

    ``scopes``: names of accounts.api_scopes.SCOPES. ``last_used_at`` is written at most once in five minutes.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=100)
    start = models.CharField(_("begins with"), max_length=12, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.name


class IdempotentRequest(models.Model):
    """A write of the API that named an Idempotency-Key, with its answer: the same key gives the same answer again.

    ``fingerprint``: SHA-256 of method, path and body. ``status`` 0: still being worked on. Thrown away after a day.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("repeatable request")
        verbose_name_plural = _("repeatable requests")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
