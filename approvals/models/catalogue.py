"""The versioned catalogue of approval steps: what to do, where, with whom, how long, at what cost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from accounts.models import Park


class Certainty(models.TextChoices):
    """How certain a fact of the catalogue is; everything but ``sure`` is shown as to be confirmed."""

    SURE = "sure", _("confirmed")
    LIKELY = "likely", _("to be confirmed")
    TYPICAL_DEFAULT = "typical_default", _("typical default")


class DayUnit(models.TextChoices):
    WORKING = "wd", _("working days")
    CALENDAR = "cd", _("calendar days")


def certainty(default=Certainty.SURE):
    return models.CharField(_("certainty"), max_length=16, choices=Certainty, default=default)


def names(length=120):
    return models.CharField(_("Chinese name"), max_length=length), models.CharField(
        _("English name"), max_length=length, blank=True
    )


class CatalogueQuerySet(models.QuerySet):
    def in_force(self, park=None) -> "Catalogue":
        """The newest version in force: the park's own one, else the common one.

        Raises Catalogue.DoesNotExist when none has been loaded.
        """
        rows = self.filter(state=Catalogue.State.IN_FORCE)
        own = rows.filter(park=park).order_by("-version").first() if park is not None else None
        return own or rows.filter(park__isnull=True).latest("version")

    def by_park(self) -> "dict[int | None, Catalogue]":
        """The newest version in force of each park (id) that has one of its own, the common one under None."""
        rows = self.filter(state=Catalogue.State.IN_FORCE).order_by("version")
        return {catalogue.park_id: catalogue for catalogue in rows}


class Catalogue(models.Model):
    """One version of the navigation map: common to all parks, or a park's own, drawn up from another version.

    Live projects keep the version they were created with.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        RETIRED = "retired", _("retired")

    version = models.PositiveIntegerField(_("version"), unique=True)
    park = models.ForeignKey(
        Park, models.PROTECT, null=True, blank=True, related_name="catalogues", verbose_name=_("park")
    )
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drawn up from")
    )
    title_zh = models.CharField(_("title"), max_length=200)
    as_of = models.DateField(_("facts as of"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    variables = models.JSONField(_("condition variables"), default=dict)
    defaults = models.JSONField(_("defaults"), default=dict)
    loaded_at = models.DateTimeField(_("loaded at"))

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering = ["-version"]

    def __str__(self):
        return f"{self.title_zh} v{self.version}"


class Phase(models.Model):
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="phases")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names()
    lead_zh = models.CharField(_("lead department"), max_length=120, blank=True)
    national_stage_zh = models.CharField(_("national stage"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="phase_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


class Line(models.Model):
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="lines")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="line_once_per_catalogue")]

    def __str__(self):
        return self.name_zh


class StepQuerySet(models.QuerySet):
    def known_in(self, park_id: int):
        """Steps of the common catalogues and of the park's own; what another park draws up is its own affair."""
        return self.filter(models.Q(catalogue__park=None) | models.Q(catalogue__park=park_id))


class Step(models.Model):
    """One approval step of the catalogue: what to do, where, with whom, how long, at what cost."""

    class ClockStart(models.TextChoices):
        RECEIVED = "received", _("from receipt")
        ACCEPTED = "accepted", _("from acceptance")

    class Validity(models.TextChoices):
        EXPIRES = "expires", _("expires")
        START_BY = "start_by", _("void unless construction starts in time")

    class Initiator(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        PARK = "park", _("park")

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="steps")
    code = models.CharField(_("code"), max_length=10)
    seq = models.PositiveSmallIntegerField(_("order"))
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="steps", verbose_name=_("phase"))
    line = models.ForeignKey(Line, models.PROTECT, related_name="steps", verbose_name=_("line"))
    name_zh, name_en = names(200)
    item_type_zh = models.CharField(_("kind of matter"), max_length=100, blank=True)
    guide_zh = models.TextField(_("what it is"), blank=True)
    guide_en = models.TextField(_("what it is (English)"), blank=True)
    initiated_by = models.CharField(
        _("who makes the first move"), max_length=12, choices=Initiator, default=Initiator.ENTERPRISE
    )
    department_lead_zh = models.CharField(_("lead department"), max_length=120, blank=True)
    department_lead_en = models.CharField(_("lead department (English)"), max_length=160, blank=True)
    department_cooperating_zh = models.JSONField(_("cooperating departments"), default=list, blank=True)
    window_zh = models.CharField(_("window"), max_length=160, blank=True)
    window_en = models.CharField(_("window (English)"), max_length=160, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=60, blank=True)
    statutory_value = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(_("unit"), max_length=2, choices=DayUnit, default=DayUnit.WORKING)
    statutory_text = models.TextField(_("statutory limit in words"), blank=True)
    statutory_certainty = certainty()
    clock_start = models.CharField(_("clock starts"), max_length=8, choices=ClockStart, default=ClockStart.ACCEPTED)
    committed_limit_wd = models.PositiveSmallIntegerField(_("committed limit (working days)"), null=True, blank=True)
    committed_note = models.TextField(_("note on the committed limit"), blank=True)
    committed_certainty = certainty(Certainty.TYPICAL_DEFAULT)
    correction_notice_days = models.PositiveSmallIntegerField(_("correction notice (working days)"), default=5)
    time_excluded_zh = models.JSONField(_("time not counted"), default=list, blank=True)
    documents_certainty = certainty()
    fee_note = models.TextField(_("note on fees"), blank=True)
    result_zh = models.CharField(_("result document"), max_length=200, blank=True)
    result_en = models.CharField(_("result document (English)"), max_length=200, blank=True)
    validity_zh = models.TextField(_("validity"), blank=True)
    validity_kind = models.CharField(_("life of the result"), max_length=10, choices=Validity, blank=True)
    validity_months = models.PositiveSmallIntegerField(_("life (months)"), null=True, blank=True)
    validity_renewals = models.PositiveSmallIntegerField(_("renewals allowed"), default=0)
    validity_renewal_months = models.PositiveSmallIntegerField(_("a renewal lasts (months)"), null=True, blank=True)
    validity_remind_days = models.PositiveSmallIntegerField(_("remind before the end (days)"), default=60)
    validity_certainty = certainty(Certainty.LIKELY)
    pre_review = models.BooleanField(_("pre-review possible"), default=False)
    commitment = models.CharField(_("informed commitment"), max_length=12, default="no")
    commitment_note = models.TextField(_("note on commitment"), blank=True)
    commitment_text_zh = models.TextField(_("text of the promise"), blank=True)
    commitment_check_days = models.PositiveSmallIntegerField(_("check after (working days)"), default=30)
    allows_deferral = models.BooleanField(_("acceptance with outstanding documents possible"), default=False)
    deferral_note = models.TextField(_("note on outstanding documents"), blank=True)
    conditional = models.BooleanField(_("conditional"), default=False)
    condition_expr = models.CharField(_("condition"), max_length=300, blank=True)
    condition_zh = models.TextField(_("condition in words"), blank=True)
    condition_en = models.TextField(_("condition in words (English)"), blank=True)
    predecessors = models.ManyToManyField(
        "self", through="StepDependency", through_fields=("step", "predecessor"), symmetrical=False
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["catalogue", "seq"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="step_once_per_catalogue")]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return localized(self, "name")


class StepDependency(models.Model):
    """A hard predecessor blocks the date of the result, a soft one only warns."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="dependencies")
    predecessor = models.ForeignKey(Step, models.CASCADE, related_name="successors")
    is_hard = models.BooleanField(_("hard"), default=True)

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [models.UniqueConstraint(fields=["step", "predecessor"], name="dependency_once")]

    def __str__(self):
        return str(self.predecessor)


class StepVariant(models.Model):
    """Other limits, or an additional sub-item, that apply when ``when`` holds for the project."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="variants")
    key = models.CharField(_("key"), max_length=32)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    when = models.CharField(_("condition"), max_length=300)
    statutory_value = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(_("unit"), max_length=2, choices=DayUnit, default=DayUnit.WORKING)
    committed_limit_wd = models.PositiveSmallIntegerField(_("committed limit (working days)"), null=True, blank=True)
    clock_start = models.CharField(_("clock starts"), max_length=8, choices=Step.ClockStart, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["step", "seq"]
        constraints = [models.UniqueConstraint(fields=["step", "key"], name="variant_once_per_step")]

    def __str__(self):
        return self.name_zh


class DocumentRequirement(models.Model):
    """A paper asked for at a step; ``deferrable``: may follow (容缺受理), ``shared``: never asked of the enterprise.

    Papers with the same ``same_as`` are one paper for a project: handed in once, used at every step. ``due_before``:
    code of the step before whose decision the paper must be there at the latest, when it is owed.
    """

    step = models.ForeignKey(Step, models.CASCADE, related_name="documents")
    code = models.CharField(_("code"), max_length=16)
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh, name_en = names(200)
    deferrable = models.BooleanField(_("may follow later"), default=False)
    shared = models.BooleanField(_("obtained by data sharing"), default=False)
    same_as = models.CharField(_("same paper as (key)"), max_length=40, blank=True, db_index=True)
    due_before = models.CharField(_("at the latest before step"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("document requirement")
        verbose_name_plural = _("document requirements")
        ordering = ["step", "seq"]
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="document_once_per_step")]

    def __str__(self):
        return self.name_zh

    @property
    def name(self) -> str:
        return localized(self, "name")


class Fee(models.Model):
    step = models.ForeignKey(Step, models.CASCADE, related_name="fees")
    seq = models.PositiveSmallIntegerField(_("order"))
    name_zh = models.CharField(_("fee"), max_length=120)
    basis_zh = models.TextField(_("basis"), blank=True)
    amount_zh = models.TextField(_("amount"), blank=True)
    payer_zh = models.CharField(_("payer"), max_length=120, blank=True)
    certainty = certainty()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["step", "seq"]

    def __str__(self):
        return self.name_zh


class LegalBasis(models.Model):
    step = models.ForeignKey(Step, models.CASCADE, related_name="legal_basis")
    seq = models.PositiveSmallIntegerField(_("order"))
    law = models.CharField(_("law"), max_length=300)
    article = models.CharField(_("article"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    certainty = certainty()

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["step", "seq"]

    def __str__(self):
        return f"{self.law} {self.article}".strip()


class Bundle(models.Model):
    """Steps decided together (联审, 五证联发)."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="bundles")
    code = models.CharField(_("code"), max_length=32)
    name_zh, name_en = names()
    steps = models.ManyToManyField(Step, related_name="bundles", verbose_name=_("steps"))
    target_wd = models.PositiveSmallIntegerField(_("target (working days)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    certainty = certainty(Certainty.LIKELY)

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="bundle_once_per_catalogue")]

    def __str__(self):
        return localized(self, "name")


class MilestoneGate(models.Model):
    """Steps that must be done, where they apply, before a milestone may be entered."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="gates")
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    steps = models.ManyToManyField(Step, related_name="gates", verbose_name=_("steps"))

    class Meta:
        verbose_name = _("milestone gate")
        verbose_name_plural = _("milestone gates")
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="gate_once_per_catalogue")]

    def __str__(self):
        return self.name_zh
