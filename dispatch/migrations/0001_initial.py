import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("approvals", "0001_initial"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=40, verbose_name="job")),
                ("period_key", models.CharField(max_length=20, verbose_name="period")),
                ("as_of", models.DateField(verbose_name="as of")),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "due"), ("running", "running"), ("done", "done"), ("dead", "given up")],
                        default="due",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("lease_token", models.CharField(blank=True, max_length=36)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("is_late", models.BooleanField(default=False, verbose_name="caught up late")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("counts", models.JSONField(blank=True, default=dict, verbose_name="counts")),
                ("error", models.TextField(blank=True, verbose_name="error")),
            ],
            options={
                "verbose_name": "job run",
                "verbose_name_plural": "job runs",
                "ordering": ["-as_of", "job"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["done", "dead"]), _negated=True),
                        fields=["as_of"],
                        name="job_runs_open",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("job", "period_key"), name="job_run_once_a_period")],
            },
        ),
        migrations.CreateModel(
            name="LedgerItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("task", "task"), ("problem", "problem")],
                        default="problem",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("land", "land"),
                            ("funds", "funds"),
                            ("permits", "permits"),
                            ("works", "works"),
                            ("enterprise", "the enterprise itself"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="category",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("centre", "project centre"),
                            ("visit", "visit"),
                            ("enterprise", "enterprise"),
                            ("meeting", "meeting"),
                            ("warning", "warning"),
                            ("instruction", "leader's instruction"),
                            ("ledger", "imported ledger"),
                        ],
                        default="centre",
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("leader", models.CharField(blank=True, max_length=60, verbose_name="leader")),
                ("measures", models.TextField(blank=True, verbose_name="measures")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("standard", models.TextField(blank=True, verbose_name="acceptance standard")),
                ("reward_penalty", models.TextField(blank=True, verbose_name="reward and penalty")),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="person")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("assigned", "assigned"),
                            ("signed", "signed for"),
                            ("working", "being handled"),
                            ("closing", "closure asked for"),
                            ("closed", "closed"),
                            ("returned", "returned"),
                        ],
                        default="registered",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("raised_on", models.DateField(verbose_name="raised on")),
                ("assigned_on", models.DateField(blank=True, null=True, verbose_name="assigned on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("extended_wd", models.PositiveSmallIntegerField(default=0, verbose_name="extension (working days)")),
                ("progress", models.TextField(blank=True, verbose_name="latest progress")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cooperating_units",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="accounts.organization", verbose_name="cooperating units"
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
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ledger_items",
                        to="projects.milestone",
                        verbose_name="milestone",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_items",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_items",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "project_step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ledger_items",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_items",
                        to="accounts.organization",
                        verbose_name="responsible unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger item",
                "verbose_name_plural": "ledger items",
                "ordering": ["-raised_on", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(models.Q(("state", "closed"), _negated=True), ("due_on__isnull", False)),
                        fields=["due_on"],
                        name="ledger_open",
                    ),
                    models.Index(fields=["park", "-raised_on", "-id"], name="ledger_by_raised"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "number"), name="ledger_number_once_per_park"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_by__isnull", False), ("closed_on__isnull", False), ("state", "closed")),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_by__isnull", True),
                                ("closed_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_closed_on_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("due_on__isnull", True),
                            ("due_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="ledger_due_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["assigned", "signed", "working", "closing", "closed", "returned"]),
                                _negated=True,
                            ),
                            models.Q(("due_on__isnull", False), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="ledger_assigned_has_unit_and_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Warning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=32, verbose_name="rule")),
                ("rule_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "object_type",
                    models.CharField(
                        choices=[
                            ("step", "approval step"),
                            ("milestone", "milestone"),
                            ("ledger_item", "ledger item"),
                            ("project", "project"),
                        ],
                        max_length=12,
                        verbose_name="about",
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="about")),
                ("due_on", models.DateField(verbose_name="due on")),
                (
                    "level",
                    models.CharField(
                        choices=[("blue", "due soon"), ("yellow", "late"), ("red", "critical")],
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("since_on", models.DateField(verbose_name="since")),
                ("cleared_on", models.DateField(blank=True, null=True, verbose_name="cleared on")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warnings",
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
                        related_name="warnings",
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
                        related_name="warnings",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "warning",
                "verbose_name_plural": "warnings",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("cleared_on__isnull", True)),
                        fields=["park", "level", "due_on"],
                        name="warning_active",
                    ),
                    models.Index(
                        condition=models.Q(("cleared_on__isnull", True)),
                        fields=["project"],
                        name="warning_active_by_project",
                    ),
                    models.Index(fields=["object_type", "object_id"], name="warning_by_object"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "object_type", "object_id", "due_on"), name="warning_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["blue", "yellow", "red"])), name="warning_level_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarningRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="rule")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("name_zh", models.CharField(max_length=100, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=100, verbose_name="English name")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="thresholds")),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
            ],
            options={
                "verbose_name": "warning rule",
                "verbose_name_plural": "warning rules",
                "ordering": ["code", "-version"],
                "constraints": [models.UniqueConstraint(fields=("code", "version"), name="warning_rule_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("month", models.PositiveSmallIntegerField(verbose_name="month")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("issued", "issued")],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="data up to")),
                ("snapshot", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(verbose_name="drafted at")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued at")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
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
                        related_name="bulletins",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulletin",
                "verbose_name_plural": "bulletins",
                "ordering": ["-year", "-month"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "month"), name="bulletin_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issued_at__isnull", False), ("issued_by__isnull", False), ("state", "issued")),
                            models.Q(("issued_at__isnull", True), ("issued_by__isnull", True), ("state", "draft")),
                            _connector="OR",
                        ),
                        name="bulletin_issued_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=16, verbose_name="what")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("registered", "registered"),
                            ("assigned", "assigned"),
                            ("signed", "signed for"),
                            ("working", "being handled"),
                            ("closing", "closure asked for"),
                            ("closed", "closed"),
                            ("returned", "returned"),
                        ],
                        max_length=12,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("assigned", "assigned"),
                            ("signed", "signed for"),
                            ("working", "being handled"),
                            ("closing", "closure asked for"),
                            ("closed", "closed"),
                            ("returned", "returned"),
                        ],
                        max_length=12,
                        verbose_name="to",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("changes", models.JSONField(blank=True, default=list)),
                ("on", models.DateField(verbose_name="on")),
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.ledgeritem",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["item", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="WarningEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("raised", "raised"), ("level", "level changed"), ("cleared", "cleared")],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("green", "on track"),
                            ("blue", "due soon"),
                            ("yellow", "late"),
                            ("red", "critical"),
                            ("grey", "suspended"),
                        ],
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="dispatch.warning"
                    ),
                ),
            ],
            options={
                "verbose_name": "warning event",
                "verbose_name_plural": "warning events",
                "ordering": ["warning", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at__isnull", True)), fields=["id"], name="warning_events_pending"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("warning", "kind", "as_of"), name="warning_event_once_a_day")
                ],
            },
        ),
    ]
