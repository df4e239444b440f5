import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import approvals.papers.storage


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_verbs_of_reports"),
        ("accounts", "__first__"),
        ("dispatch", "0004_search_index"),
        ("projects", "0003_physical_percent"),
    ]

    operations = [
        migrations.CreateModel(
            name="AcquisitionPlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="plot")),
                ("area_mu", models.DecimalField(decimal_places=4, max_digits=12, verbose_name="area (mu)")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="households")),
                ("plants", models.PositiveIntegerField(default=0, verbose_name="plants")),
                (
                    "acquired_mu",
                    models.DecimalField(decimal_places=4, default=0, max_digits=12, verbose_name="acquired (mu)"),
                ),
                ("households_moved", models.PositiveIntegerField(default=0, verbose_name="households moved")),
                ("plants_moved", models.PositiveIntegerField(default=0, verbose_name="plants moved")),
                (
                    "cost_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="cost (10k CNY)"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("cleared_on", models.DateField(blank=True, null=True, verbose_name="clear land confirmed on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acquisition_plots",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acquisition_plots",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="responsible unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "plot to be acquired",
                "verbose_name_plural": "plots to be acquired",
                "ordering": ["park", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "name"), name="acquisition_plot_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acquired_mu__gte", 0),
                            ("acquired_mu__lte", models.F("area_mu")),
                            ("area_mu__gt", 0),
                            ("households_moved__lte", models.F("households")),
                            ("plants_moved__lte", models.F("plants")),
                        ),
                        name="acquisition_plot_done_within_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cleared_on__isnull", True),
                            models.Q(
                                ("acquired_mu", models.F("area_mu")),
                                ("households_moved", models.F("households")),
                                ("plants_moved", models.F("plants")),
                            ),
                            _connector="OR",
                        ),
                        name="acquisition_plot_cleared_only_when_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoardCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="data up to")),
                ("rules_version", models.PositiveSmallIntegerField(default=0, verbose_name="version of the rules")),
                ("projects", models.PositiveIntegerField(default=0, verbose_name="projects")),
                ("content", models.JSONField()),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
                (
                    "park",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_count",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "count of a board",
                "verbose_name_plural": "counts of boards",
            },
        ),
        migrations.CreateModel(
            name="BulletinEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("drafted", "drafted"),
                            ("refreshed", "brought up to date"),
                            ("edited", "edited"),
                            ("checked", "checked"),
                            ("sent_back", "sent back"),
                            ("issued", "issued"),
                            ("restated", "restated"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.bulletin",
                        verbose_name="bulletin",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a bulletin",
                "verbose_name_plural": "entries of bulletins",
                "ordering": ["bulletin", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="BulletinTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "file",
                    models.FileField(
                        max_length=200, storage=approvals.papers.storage.papers, upload_to="", verbose_name="file"
                    ),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="file name")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulletin_templates",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "template of bulletins",
                "verbose_name_plural": "templates of bulletins",
                "ordering": ["park", "-at"],
            },
        ),
        migrations.CreateModel(
            name="ContestEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("quarter", models.PositiveSmallIntegerField(verbose_name="quarter")),
                ("counter", models.CharField(max_length=40, verbose_name="counter")),
                ("value", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="value")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contest_entries",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contest_entries",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure of the contest",
                "verbose_name_plural": "figures of the contest",
                "ordering": ["park", "-year", "-quarter", "unit", "counter", "-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                        name="contest_entry_quarter_1_to_4",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="data up to")),
                ("rules_version", models.PositiveSmallIntegerField(default=0, verbose_name="version of the rules")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="day_figures",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "figures of a day",
                "verbose_name_plural": "figures of a day",
                "ordering": ["park", "-as_of"],
                "constraints": [models.UniqueConstraint(fields=("park", "as_of"), name="day_figures_once")],
            },
        ),
        migrations.CreateModel(
            name="ElementEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_type", models.CharField(max_length=10, verbose_name="what")),
                ("object_id", models.PositiveBigIntegerField()),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="element_entries",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="element_entries",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of elements",
                "verbose_name_plural": "entries of elements",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["object_type", "object_id"], name="element_entry_by_object")],
            },
        ),
        migrations.CreateModel(
            name="ElementNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "element",
                    models.CharField(
                        choices=[
                            ("land", "land"),
                            ("energy", "energy use"),
                            ("power", "power supply"),
                            ("emission", "emission quota"),
                            ("funds", "funds"),
                            ("labour", "labour"),
                        ],
                        max_length=10,
                        verbose_name="element",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="needed")),
                ("secured", models.DecimalField(decimal_places=4, default=0, max_digits=16, verbose_name="secured")),
                ("needed_on", models.DateField(blank=True, null=True, verbose_name="needed by")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="element_needs",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="responsible unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "need of an element",
                "verbose_name_plural": "needs of elements",
                "ordering": ["project", "-year", "element"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "year", "element"), name="element_need_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0), ("secured__gte", 0), ("secured__lte", models.F("amount"))
                        ),
                        name="element_need_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ElementSupply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "element",
                    models.CharField(
                        choices=[
                            ("land", "land"),
                            ("energy", "energy use"),
                            ("power", "power supply"),
                            ("emission", "emission quota"),
                            ("funds", "funds"),
                            ("labour", "labour"),
                        ],
                        max_length=10,
                        verbose_name="element",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="available")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="element_supplies",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "supply of an element",
                "verbose_name_plural": "supplies of elements",
                "ordering": ["park", "-year", "element"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "element"), name="element_supply_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="element_supply_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("at", models.DateTimeField(null=True, verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figure_rules",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure rules",
                "verbose_name_plural": "figure rules",
                "ordering": ["park", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("park__isnull", False)),
                        fields=("park", "version"),
                        name="figure_rules_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("park__isnull", True)),
                        fields=("version",),
                        name="figure_rules_default_version_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("params", models.JSONField(blank=True, default=dict)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "being made"),
                            ("done", "ready"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                            ("expired", "thrown away"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="of")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        storage=approvals.papers.storage.papers,
                        upload_to="",
                        verbose_name="file",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file name")),
                ("content_type", models.CharField(blank=True, max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size (bytes)")),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file_jobs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file_jobs",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "file being made",
                "verbose_name_plural": "files being made",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["asked_at"],
                        name="file_job_open_by_age",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="organization that files",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filing_duty",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty to file",
                "verbose_name_plural": "duties to file",
            },
        ),
        migrations.CreateModel(
            name="FilingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("month", models.PositiveSmallIntegerField(verbose_name="month")),
                ("opens_on", models.DateField(verbose_name="opens on")),
                ("closes_on", models.DateField(verbose_name="closes on")),
                ("locks_on", models.DateField(verbose_name="locked on")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("checking", "being checked"), ("locked", "locked")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("locked_at", models.DateTimeField(blank=True, null=True, verbose_name="locked at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing_rounds",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "filing window",
                "verbose_name_plural": "filing windows",
                "ordering": ["park", "-year", "-month"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "month"), name="filing_round_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_on__lte", models.F("locks_on")), ("opens_on__lte", models.F("closes_on"))
                        ),
                        name="filing_round_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("locked_at__isnull", False), ("state", "locked")),
                            models.Q(models.Q(("state", "locked"), _negated=True), ("locked_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="filing_round_locked_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("special_bond", "special bond"),
                            ("central_budget", "central budget grant"),
                            ("ultra_long_bond", "ultra-long special treasury bond"),
                            ("bank_loan", "bank loan"),
                            ("other", "other"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("asked_10k", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="asked for (10k CNY)")),
                (
                    "granted_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="granted (10k CNY)"
                    ),
                ),
                (
                    "paid_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="paid out (10k CNY)"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "being prepared"),
                            ("submitted", "handed in"),
                            ("granted", "granted"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="preparing",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("submitted_on", models.DateField(blank=True, null=True, verbose_name="handed in on")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="funding",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "application for funds",
                "verbose_name_plural": "applications for funds",
                "ordering": ["project", "-submitted_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("asked_10k__gt", 0)), name="funding_asked_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "granted"), _negated=True),
                            models.Q(("decided_on__isnull", False), ("granted_10k__isnull", False)),
                            _connector="OR",
                        ),
                        name="funding_granted_with_amount_and_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("month", models.PositiveSmallIntegerField(verbose_name="month")),
                ("planned_10k", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="planned (10k CNY)")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="monthly_plans",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "monthly plan",
                "verbose_name_plural": "monthly plans",
                "ordering": ["project", "year", "month"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "year", "month"), name="monthly_plan_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("month__gte", 1), ("month__lte", 12), ("planned_10k__gte", 0)),
                        name="monthly_plan_month_and_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="first year")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("approved", "approved")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                ("created_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "rolling programme",
                "verbose_name_plural": "rolling programmes",
                "ordering": ["park", "-first_year"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "first_year"), name="programme_once_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", False), ("state", "approved")),
                            models.Q(("approved_at__isnull", True), ("state", "draft")),
                            _connector="OR",
                        ),
                        name="programme_approved_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ranking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("half_month", "half-month ranking"), ("contest", "quarterly contest")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number in the year")),
                ("revision", models.PositiveSmallIntegerField(default=0, verbose_name="revision")),
                ("reason", models.TextField(blank=True, verbose_name="reason of the restatement")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("as_of", models.DateField(verbose_name="data up to")),
                (
                    "state",
                    models.CharField(
                        choices=[("frozen", "frozen"), ("published", "published")],
                        default="frozen",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("snapshot", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("frozen_at", models.DateTimeField(verbose_name="frozen at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "frozen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="frozen by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rankings",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "ranking",
                "verbose_name_plural": "rankings",
                "ordering": ["-as_of", "kind", "-revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "kind", "year", "number", "revision"), name="ranking_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", False), ("state", "published")),
                            models.Q(("published_at__isnull", True), ("state", "frozen")),
                            _connector="OR",
                        ),
                        name="ranking_published_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("dataset", models.CharField(max_length=20, verbose_name="about")),
                ("columns", models.JSONField(default=list, verbose_name="columns")),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filters")),
                ("grouping", models.JSONField(blank=True, default=list, verbose_name="grouping")),
                ("order", models.CharField(blank=True, max_length=60, verbose_name="order")),
                (
                    "limit",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="at most this many rows"),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared in my unit")),
                (
                    "schedule",
                    models.CharField(
                        choices=[
                            ("never", "never"),
                            ("daily", "every workday"),
                            ("weekly", "every week, on Monday or the first workday after"),
                            ("monthly", "every month, on the first workday"),
                        ],
                        default="never",
                        max_length=8,
                        verbose_name="sent by mail",
                    ),
                ),
                ("last_sent_on", models.DateField(blank=True, null=True, verbose_name="last sent on")),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_reports",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_reports",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "own report",
                "verbose_name_plural": "own reports",
                "ordering": ["name", "pk"],
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="saved_report_name_once")],
            },
        ),
        migrations.CreateModel(
            name="SentenceEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, verbose_name="sentence")),
                ("before", models.TextField(verbose_name="as assembled")),
                ("after", models.TextField(blank=True, verbose_name="as edited")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="dispatch.bulletin",
                        verbose_name="bulletin",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "edited sentence",
                "verbose_name_plural": "edited sentences",
                "ordering": ["bulletin", "key", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="WeeklyBrief",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("week", models.PositiveSmallIntegerField(verbose_name="week")),
                ("revision", models.PositiveSmallIntegerField(default=0, verbose_name="revision")),
                ("reason", models.TextField(blank=True, verbose_name="reason of the restatement")),
                ("starts_on", models.DateField(verbose_name="Monday")),
                ("ends_on", models.DateField(verbose_name="Sunday")),
                ("as_of", models.DateField(verbose_name="data up to")),
                (
                    "state",
                    models.CharField(
                        choices=[("frozen", "frozen"), ("published", "published")],
                        default="frozen",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("snapshot", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("frozen_at", models.DateTimeField(verbose_name="frozen at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "frozen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="frozen by",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weekly_briefs",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "weekly brief",
                "verbose_name_plural": "weekly briefs",
                "ordering": ["-year", "-week", "-revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "week", "revision"), name="weekly_brief_once"),
                    models.CheckConstraint(
                        condition=models.Q(("week__gte", 1), ("week__lte", 53)), name="weekly_brief_week_1_to_53"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", False), ("state", "published")),
                            models.Q(("published_at__isnull", True), ("state", "frozen")),
                            _connector="OR",
                        ),
                        name="weekly_brief_published_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="YearlyOutput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "output_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="output (10k CNY)"
                    ),
                ),
                (
                    "revenue_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="revenue (10k CNY)"
                    ),
                ),
                (
                    "tax_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="tax (10k CNY)"
                    ),
                ),
                (
                    "value_added_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="value added (10k CNY)"
                    ),
                ),
                (
                    "energy_tce",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="energy use (tce)"
                    ),
                ),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="yearly_outputs",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "yearly output",
                "verbose_name_plural": "yearly outputs",
                "ordering": ["project", "-year"],
                "constraints": [models.UniqueConstraint(fields=("project", "year"), name="yearly_output_once")],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=40, verbose_name="about")),
                ("text", models.TextField(verbose_name="what is wrong, and why")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("upheld", "upheld"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
                (
                    "ranking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="dispatch.ranking",
                        verbose_name="ranking",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("ranking", "unit", "about"),
                        name="appeal_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "withdrawn"]),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="appeal_answered_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "handed in"),
                            ("returned", "returned"),
                            ("accepted", "accepted"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "month_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="this month (10k CNY)"
                    ),
                ),
                (
                    "ytd_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="this year so far (10k CNY)",
                    ),
                ),
                (
                    "works_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="of it building works (10k CNY)",
                    ),
                ),
                (
                    "equipment_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="of it equipment (10k CNY)"
                    ),
                ),
                (
                    "other_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="of it land and other costs (10k CNY)",
                    ),
                ),
                (
                    "physical_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="physical progress (%)"
                    ),
                ),
                ("physical_progress", models.TextField(blank=True, verbose_name="physical progress")),
                ("issue", models.TextField(blank=True, verbose_name="existing problems")),
                ("next_work", models.TextField(blank=True, verbose_name="next work")),
                ("return_reason", models.TextField(blank=True, verbose_name="reason of the return")),
                ("acknowledged", models.TextField(blank=True, verbose_name="why unusual figures are right")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="handed in at")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="checked at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handed in by",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="dispatch.filinground",
                        verbose_name="filing window",
                    ),
                ),
            ],
            options={
                "verbose_name": "filing",
                "verbose_name_plural": "filings",
                "ordering": ["round", "project"],
                "indexes": [models.Index(fields=["round", "state"], name="filing_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "project"), name="filing_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("physical_percent__isnull", True),
                            models.Q(("physical_percent__gte", 0), ("physical_percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="filing_physical_percent_0_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("return_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="filing_returned_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("priority", models.PositiveIntegerField(verbose_name="priority")),
                (
                    "year1_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="first year (10k CNY)"
                    ),
                ),
                (
                    "year2_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="second year (10k CNY)"
                    ),
                ),
                (
                    "year3_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="third year (10k CNY)"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="taken out at")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="dispatch.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programme_entries",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the programme",
                "verbose_name_plural": "entries of the programme",
                "ordering": ["programme", "priority", "pk"],
                "constraints": [models.UniqueConstraint(fields=("programme", "project"), name="programme_entry_once")],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("started", "programme begun"),
                            ("in", "taken in"),
                            ("out", "taken out"),
                            ("reordered", "priority changed"),
                            ("edited", "edited"),
                            ("approved", "approved"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="dispatch.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programme_moves",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "move in the programme",
                "verbose_name_plural": "moves in the programme",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verb__in", ["in", "out"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="programme_move_with_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("saved", "saved"),
                            ("submitted", "handed in"),
                            ("returned", "returned"),
                            ("accepted", "accepted"),
                            ("restated", "restated"),
                            ("reminded", "reminded"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.filing",
                        verbose_name="filing",
                    ),
                ),
            ],
            options={
                "verbose_name": "filing entry",
                "verbose_name_plural": "filing entries",
                "ordering": ["filing", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="FilingRestatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked for"), ("granted", "granted"), ("refused", "refused")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("changes", models.JSONField(default=list, verbose_name="changes")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("decision", models.TextField(blank=True, verbose_name="reason of the decision")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restatements",
                        to="dispatch.filing",
                        verbose_name="filing",
                    ),
                ),
            ],
            options={
                "verbose_name": "restatement of a filing",
                "verbose_name_plural": "restatements of filings",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("filing",), name="filing_restatement_asked_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="filing_restatement_decided_at",
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="bulletin",
            options={
                "ordering": ["-year", "-month", "-revision"],
                "verbose_name": "bulletin",
                "verbose_name_plural": "bulletins",
            },
        ),
        migrations.RemoveConstraint(
            model_name="attachment",
            name="attachment_of_one_thing",
        ),
        migrations.RemoveConstraint(
            model_name="bulletin",
            name="bulletin_once_a_month",
        ),
        migrations.RemoveConstraint(
            model_name="bulletin",
            name="bulletin_issued_at_and_by",
        ),
        migrations.AddField(
            model_name="bulletin",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="checked at"),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="copy_to",
            field=models.CharField(blank=True, max_length=300, verbose_name="copied to (抄送)"),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="number",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="number in the year"),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="reason",
            field=models.TextField(blank=True, verbose_name="reason of the restatement"),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="revision"),
        ),
        migrations.AddField(
            model_name="bulletin",
            name="send_to",
            field=models.CharField(blank=True, max_length=300, verbose_name="sent to (主送)"),
        ),
        migrations.AlterField(
            model_name="bulletin",
            name="state",
            field=models.CharField(
                choices=[("draft", "draft"), ("checked", "checked"), ("issued", "issued")],
                default="draft",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                fields=("park", "year", "month", "revision"), name="bulletin_once_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issued_at__isnull", False), ("issued_by__isnull", False), ("state", "issued")),
                    models.Q(
                        ("issued_at__isnull", True), ("issued_by__isnull", True), ("state__in", ["draft", "checked"])
                    ),
                    _connector="OR",
                ),
                name="bulletin_issued_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__isnull", False), ("revision", 0)),
                fields=("park", "year", "number"),
                name="bulletin_number_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(("revision", 0), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="bulletin_restated_with_reason",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="filing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="dispatch.filing",
                verbose_name="filing",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("filing__isnull", True),
                        ("instruction__isnull", True),
                        ("item__isnull", False),
                        ("meeting__isnull", True),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("filing__isnull", True),
                        ("instruction__isnull", True),
                        ("item__isnull", True),
                        ("meeting__isnull", True),
                        ("visit__isnull", False),
                    ),
                    models.Q(
                        ("filing__isnull", True),
                        ("instruction__isnull", True),
                        ("item__isnull", True),
                        ("meeting__isnull", False),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("filing__isnull", True),
                        ("instruction__isnull", False),
                        ("item__isnull", True),
                        ("meeting__isnull", True),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("filing__isnull", False),
                        ("instruction__isnull", True),
                        ("item__isnull", True),
                        ("meeting__isnull", True),
                        ("visit__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="attachment_of_one_thing",
            ),
        ),
    ]
