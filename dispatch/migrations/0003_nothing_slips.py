import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import approvals.papers.storage


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_verbs_of_dispatch"),
        ("accounts", "__first__"),
        ("approvals", "0003_approval_map"),
        ("dispatch", "0002_warning_objects"),
        ("projects", "0002_service_agents"),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("window_head", "head of the window"),
                            ("unit_head", "head of the department"),
                            ("centre_head", "head of the project centre"),
                            ("deputy_leader", "deputy leader in charge"),
                            ("chief_leader", "chief leader"),
                        ],
                        max_length=16,
                        verbose_name="duty",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_holders",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duty_holders",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "holder of a duty",
                "verbose_name_plural": "holders of duties",
                "ordering": ["park", "duty", "organization"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("organization__isnull", False)),
                        fields=("park", "duty", "organization", "user"),
                        name="unit_duty_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organization__isnull", True)),
                        fields=("park", "duty", "user"),
                        name="park_duty_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workdays", models.PositiveSmallIntegerField(verbose_name="working days more")),
                ("reason", models.TextField(verbose_name="reason")),
                ("due_before_on", models.DateField(verbose_name="until, before")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("open", "waits for a decision"), ("granted", "granted"), ("refused", "refused")],
                        default="open",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="dispatch.ledgeritem",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for an extension",
                "verbose_name_plural": "requests for extensions",
                "ordering": ["item", "-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")), fields=("item",), name="one_open_extension_request"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "granted")), fields=("item",), name="extended_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("workdays__gte", 1), ("workdays__lte", 10)), name="extension_1_to_10_wd"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=40, unique=True, verbose_name="part")),
                ("at", models.DateTimeField(verbose_name="last sign of life")),
                ("facts", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
                "ordering": ["part"],
            },
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                ("year", models.PositiveSmallIntegerField(editable=False, verbose_name="year")),
                ("serial", models.PositiveIntegerField(editable=False, verbose_name="number in the year")),
                ("text", models.TextField(verbose_name="instruction")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "normal"), ("urgent", "urgent")],
                        default="normal",
                        max_length=8,
                        verbose_name="urgency",
                    ),
                ),
                ("about_url", models.CharField(blank=True, max_length=300, verbose_name="page")),
                ("about_title", models.CharField(blank=True, max_length=200, verbose_name="about")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                (
                    "feedback_every_wd",
                    models.PositiveSmallIntegerField(default=0, verbose_name="feedback every (working days)"),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instruction",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="leader",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="instructions",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "instruction",
                "verbose_name_plural": "instructions",
                "ordering": ["-issued_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "number"), name="instruction_number_once_per_park"),
                    models.UniqueConstraint(fields=("park", "year", "serial"), name="instruction_serial_once_a_year"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRestart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveSmallIntegerField(verbose_name="attempts")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("given_up_at", models.DateTimeField(null=True, verbose_name="given up at")),
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restarts",
                        to="dispatch.jobrun",
                        verbose_name="job run",
                    ),
                ),
            ],
            options={
                "verbose_name": "restart of a job run",
                "verbose_name_plural": "restarts of job runs",
                "ordering": ["run", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LedgerComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back at")),
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
                        related_name="comments",
                        to="dispatch.ledgeritem",
                        verbose_name="item",
                    ),
                ),
                (
                    "mentions",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="mentions"
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["item", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        max_length=12,
                        verbose_name="category",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("problem", models.TextField(verbose_name="problem")),
                ("solution", models.TextField(verbose_name="how it was solved")),
                ("conditions", models.TextField(blank=True, verbose_name="when it applies")),
                ("tokens", models.TextField(blank=True, editable=False)),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                ("withdrawn_reason", models.TextField(blank=True, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_measure",
                        to="dispatch.ledgeritem",
                        verbose_name="from item",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name": "measure",
                "verbose_name_plural": "measures",
                "ordering": ["-published_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("team", "weekly team meeting"),
                            ("half_month", "half-month dispatch"),
                            ("joint", "monthly joint meeting 1+7+X"),
                            ("chief", "dispatch by the chief leader"),
                            ("special", "special meeting"),
                            ("on_site", "meeting on site"),
                            ("site_visit", "site visit"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField(default=0, verbose_name="dispatch tier")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("held_on", models.DateField(verbose_name="held on")),
                ("starts_at", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("ends_at", models.TimeField(blank=True, null=True, verbose_name="until")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("chair_name", models.CharField(blank=True, max_length=60, verbose_name="chair")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("closed", "ended"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("created_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "chair",
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
                        related_name="meetings",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="following",
                        to="dispatch.meeting",
                        verbose_name="last meeting",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "recorder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["-held_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "number"), name="meeting_number_once_per_park"),
                    models.CheckConstraint(condition=models.Q(("tier__lte", 4)), name="meeting_tier_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("team", "weekly team meeting"),
                            ("half_month", "half-month dispatch"),
                            ("joint", "monthly joint meeting 1+7+X"),
                            ("chief", "dispatch by the chief leader"),
                            ("special", "special meeting"),
                            ("on_site", "meeting on site"),
                            ("site_visit", "site visit"),
                        ],
                        max_length=12,
                        verbose_name="kind of meeting",
                    ),
                ),
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
                        related_name="minutes_templates",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "template of minutes",
                "verbose_name_plural": "templates of minutes",
                "ordering": ["park", "kind", "-at"],
            },
        ),
        migrations.CreateModel(
            name="NoticeTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=32, verbose_name="event")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
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
                        related_name="notice_templates",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "template of a notice",
                "verbose_name_plural": "templates of notices",
                "ordering": ["park", "event", "language", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("park", "event", "language", "version"), name="notice_template_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channels", models.JSONField(blank=True, default=dict, verbose_name="channels")),
                ("digest_at", models.TimeField(blank=True, null=True, verbose_name="daily digest at")),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choice",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of notices",
                "verbose_name_plural": "choices of notices",
            },
        ),
        migrations.CreateModel(
            name="ResponseCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "level Ⅰ"), (2, "level Ⅱ"), (3, "level Ⅲ")], verbose_name="level"
                    ),
                ),
                ("level_since_on", models.DateField(verbose_name="at this level since")),
                ("clock_from_on", models.DateField(verbose_name="deadlines count from")),
                ("acknowledge_by_on", models.DateField(blank=True, null=True, verbose_name="acknowledge by")),
                ("act_by_on", models.DateField(blank=True, null=True, verbose_name="plan or meeting by")),
                ("clear_by_on", models.DateField(blank=True, null=True, verbose_name="cleared by")),
                ("acknowledged_on", models.DateField(blank=True, null=True, verbose_name="acknowledged on")),
                ("acted_on", models.DateField(blank=True, null=True, verbose_name="plan or meeting on")),
                ("is_held", models.BooleanField(default=False, verbose_name="held")),
                ("report_by_on", models.DateField(blank=True, null=True, verbose_name="weekly report by")),
                ("reported_on", models.DateField(blank=True, null=True, verbose_name="weekly report on")),
                ("clean_days", models.PositiveSmallIntegerField(default=0, verbose_name="clean evaluations")),
                ("gone_days", models.PositiveSmallIntegerField(default=0, verbose_name="evaluations without cause")),
                (
                    "cause_level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "level Ⅰ"), (2, "level Ⅱ"), (3, "level Ⅲ")], verbose_name="asked for by its cause"
                    ),
                ),
                ("overdue", models.JSONField(blank=True, default=list, verbose_name="overdue answers")),
                (
                    "trigger",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "level Ⅰ"), (2, "level Ⅱ"), (3, "level Ⅲ")],
                        null=True,
                        verbose_name="asked for now",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("evaluated_on", models.DateField(verbose_name="evaluated on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="response_cases",
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
                        related_name="response_cases",
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
                        related_name="response_cases",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="dispatch.warning",
                        verbose_name="warning",
                    ),
                ),
            ],
            options={
                "verbose_name": "response case",
                "verbose_name_plural": "response cases",
                "ordering": ["level", "opened_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["park", "level"],
                        name="cases_open_by_level",
                    ),
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["project"],
                        name="cases_open_by_project",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("warning",),
                        name="one_open_case_per_warning",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 3)), name="response_level_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponsePolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                ("is_enabled", models.BooleanField(default=True, verbose_name="switched on")),
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
                        related_name="response_policies",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "response policy",
                "verbose_name_plural": "response policies",
                "ordering": ["park", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("park__isnull", False)),
                        fields=("park", "version"),
                        name="response_policy_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("park__isnull", True)),
                        fields=("version",),
                        name="response_default_version_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Robot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom (企业微信)"),
                            ("dingtalk", "DingTalk (钉钉)"),
                            ("feishu", "Feishu (飞书)"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="group")),
                ("webhook_url", models.URLField(max_length=500, verbose_name="webhook address")),
                ("secret", models.CharField(blank=True, max_length=200, verbose_name="secret")),
                ("events", models.JSONField(blank=True, default=list, verbose_name="events")),
                ("per_minute", models.PositiveSmallIntegerField(default=20, verbose_name="messages a minute")),
                ("is_enabled", models.BooleanField(default=True, verbose_name="switched on")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="robots",
                        to="accounts.organization",
                        verbose_name="only what concerns this unit",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="robots",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "group robot",
                "verbose_name_plural": "group robots",
                "ordering": ["park", "name"],
                "constraints": [models.UniqueConstraint(fields=("park", "name"), name="robot_name_once_per_park")],
            },
        ),
        migrations.CreateModel(
            name="StandingMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("team", "weekly team meeting"),
                            ("half_month", "half-month dispatch"),
                            ("joint", "monthly joint meeting 1+7+X"),
                            ("chief", "dispatch by the chief leader"),
                            ("special", "special meeting"),
                            ("on_site", "meeting on site"),
                            ("site_visit", "site visit"),
                        ],
                        default="joint",
                        max_length=12,
                        verbose_name="kind of meeting",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("centre", "project centre (1)"), ("standing", "standing unit (7)")],
                        default="standing",
                        max_length=10,
                        verbose_name="part",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standing_places",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standing_members",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "standing member",
                "verbose_name_plural": "standing members",
                "ordering": ["park", "kind", "part", "order", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "kind", "organization"), name="standing_member_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitGrid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visit_grids",
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
                        verbose_name="visitor",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visit_grids",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "grid",
                "verbose_name_plural": "grids",
                "ordering": ["park", "name"],
                "constraints": [models.UniqueConstraint(fields=("park", "name"), name="grid_name_once_per_park")],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("case", "response case"),
                            ("item", "ledger item"),
                            ("stale", "project without news"),
                            ("decision", "unfinished decision"),
                            ("request", "request of an enterprise"),
                            ("extension", "request for an extension"),
                            ("finding", "finding of a visit"),
                            ("hand", "added by hand"),
                        ],
                        default="hand",
                        max_length=10,
                        verbose_name="from",
                    ),
                ),
                ("source_key", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200, verbose_name="point")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why it is here")),
                ("discussion", models.TextField(blank=True, verbose_name="discussion")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be discussed"),
                            ("decided", "decided"),
                            ("noted", "noted"),
                            ("carried", "carried over"),
                            ("dropped", "taken off"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agenda_items",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agenda_items",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agenda_items",
                        to="dispatch.responsecase",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["meeting", "order", "pk"],
                "constraints": [models.UniqueConstraint(fields=("meeting", "source_key"), name="agenda_point_once")],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("centre", "project centre (1)"),
                            ("standing", "standing unit (7)"),
                            ("extra", "unit as needed (X)"),
                            ("enterprise", "enterprise"),
                            ("leader", "leader"),
                        ],
                        default="extra",
                        max_length=10,
                        verbose_name="part",
                    ),
                ),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="person")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "invited"),
                            ("present", "present"),
                            ("substitute", "by a substitute"),
                            ("excused", "excused"),
                            ("absent", "absent"),
                        ],
                        default="invited",
                        max_length=10,
                        verbose_name="came",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "user",
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendance",
                "ordering": ["meeting", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("report", "report"),
                            ("read", "read"),
                            ("continue", "to be continued"),
                            ("satisfied", "satisfied"),
                            ("addition", "further instruction"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
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
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "instruction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="dispatch.instruction",
                        verbose_name="instruction",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback",
                "verbose_name_plural": "feedback",
                "ordering": ["instruction", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="GridEnterprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grid_place",
                        to="projects.enterprise",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="dispatch.visitgrid",
                        verbose_name="grid",
                    ),
                ),
            ],
            options={
                "verbose_name": "enterprise of a grid",
                "verbose_name_plural": "enterprises of grids",
            },
        ),
        migrations.CreateModel(
            name="MeasureChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[("publish", "published"), ("edit", "edited"), ("withdraw", "withdrawn")],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("changes", models.JSONField(blank=True, default=list)),
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
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.measure",
                        verbose_name="measure",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a measure",
                "verbose_name_plural": "changes of measures",
                "ordering": ["measure", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=16, verbose_name="what")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("changes", models.JSONField(blank=True, default=list)),
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting entry",
                "verbose_name_plural": "meeting entries",
                "ordering": ["meeting", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("event", models.CharField(max_length=32, verbose_name="event")),
                ("about_type", models.CharField(blank=True, max_length=20)),
                ("about_id", models.BigIntegerField(blank=True, null=True)),
                ("url", models.CharField(blank=True, max_length=300, verbose_name="page")),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("level", models.PositiveSmallIntegerField(default=0, verbose_name="response level")),
                ("is_mandatory", models.BooleanField(default=False, verbose_name="mandatory")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("as_of", models.DateField(verbose_name="as of")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "dispatched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="handed to the channels at"),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "preference",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="approvals.noticepreference",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to",
                    ),
                ),
                (
                    "robot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="dispatch.robot",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["recipient", "-created_at"], name="notices_of_person"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["recipient"], name="notices_unread"
                    ),
                    models.Index(
                        condition=models.Q(("dispatched_at__isnull", True)), fields=["id"], name="notices_pending"
                    ),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["about_type", "about_id"],
                        name="notices_by_thing",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("preference__isnull", True), ("recipient__isnull", False), ("robot__isnull", True)
                            ),
                            models.Q(
                                ("preference__isnull", False), ("recipient__isnull", True), ("robot__isnull", True)
                            ),
                            models.Q(
                                ("preference__isnull", True), ("recipient__isnull", True), ("robot__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="notice_to_one_recipient",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("quarter", models.PositiveSmallIntegerField(verbose_name="quarter")),
                ("plan_on", models.DateField(blank=True, null=True, verbose_name="planned for")),
                ("created_at", models.DateTimeField(editable=False)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="taken off at")),
                ("cancelled_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned_visits",
                        to="projects.enterprise",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned_visits",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="planned_visits",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="visitor",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="planned",
                        to="dispatch.visitgrid",
                        verbose_name="grid",
                    ),
                ),
            ],
            options={
                "verbose_name": "planned visit",
                "verbose_name_plural": "planned visits",
                "ordering": ["year", "quarter", "plan_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("park", "year", "quarter", "enterprise"),
                        name="one_planned_visit_a_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)), name="visit_quarter_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("raised", "level raised"),
                            ("lowered", "level lowered"),
                            ("held", "held"),
                            ("released", "released"),
                            ("overdue", "not answered in time"),
                            ("closed", "closed"),
                            ("acknowledged", "acknowledged"),
                            ("plan", "plan"),
                            ("meeting", "special meeting"),
                            ("report", "weekly report"),
                            ("note", "note"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                (
                    "from_level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "level Ⅰ"), (2, "level Ⅱ"), (3, "level Ⅲ")],
                        null=True,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "level Ⅰ"), (2, "level Ⅱ"), (3, "level Ⅲ")],
                        null=True,
                        verbose_name="to",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=32, verbose_name="reason")),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("told", models.JSONField(blank=True, default=list, verbose_name="told")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="cleared by, says the plan")),
                ("policy_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("rule_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("as_of", models.DateField(verbose_name="as of")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="dispatch.responsecase",
                        verbose_name="case",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "response event",
                "verbose_name_plural": "response events",
                "ordering": ["case", "as_of", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at__isnull", True)),
                        fields=["id"],
                        name="response_events_pending",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by__isnull", True)),
                        fields=("case", "kind", "as_of"),
                        name="response_event_once_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("text", models.TextField(verbose_name="decision")),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="person")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "agenda_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="decisions",
                        to="dispatch.agendaitem",
                        verbose_name="agenda item",
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
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="decision",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
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
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["meeting", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("in_app", "in the application"),
                            ("email", "e-mail"),
                            ("robot", "group robot"),
                            ("sms", "text message"),
                        ],
                        max_length=8,
                        verbose_name="channel",
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("reference", models.CharField(max_length=120, unique=True)),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="address")),
                ("any_hour", models.BooleanField(default=False, verbose_name="at any hour")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("body_html", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("dead", "given up"),
                            ("dropped", "no longer needed"),
                        ],
                        default="due",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("send_from", models.DateTimeField(verbose_name="not before")),
                ("lease_token", models.CharField(blank=True, max_length=36)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "preference",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="approvals.noticepreference",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to",
                    ),
                ),
                (
                    "notices",
                    models.ManyToManyField(related_name="deliveries", to="dispatch.notice", verbose_name="notices"),
                ),
                (
                    "robot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="dispatch.robot",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "sending"])),
                        fields=["send_from"],
                        name="deliveries_open",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["due", "sending"])),
                        fields=["channel", "address", "id"],
                        name="deliveries_in_order",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sent")), fields=["robot", "-sent_at"], name="deliveries_of_robot"
                    ),
                    models.Index(fields=["park", "state", "-created_at"], name="deliveries_by_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visited_on", models.DateField(verbose_name="visited on")),
                ("companions", models.CharField(blank=True, max_length=200, verbose_name="together with")),
                ("met_name", models.CharField(blank=True, max_length=100, verbose_name="met")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="latitude"),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude"
                    ),
                ),
                ("summary", models.TextField(blank=True, verbose_name="what was seen and said")),
                ("token", models.UUIDField(editable=False, null=True, unique=True)),
                ("created_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="projects.enterprise",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="visiting organization",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "planned",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="visit",
                        to="dispatch.plannedvisit",
                        verbose_name="planned visit",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="visits",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="visitor",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="visits",
                        to="dispatch.visitgrid",
                        verbose_name="grid",
                    ),
                ),
            ],
            options={
                "verbose_name": "visit",
                "verbose_name_plural": "visits",
                "ordering": ["-visited_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("evidence", "evidence"),
                            ("photo", "photo"),
                            ("minutes", "minutes"),
                            ("other", "other"),
                        ],
                        default="evidence",
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=200, storage=approvals.papers.storage.papers, upload_to="", verbose_name="file"
                    ),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="file name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size (bytes)")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "scan",
                    models.CharField(
                        choices=[("available", "available"), ("quarantined", "in quarantine")],
                        default="available",
                        max_length=12,
                        verbose_name="scan",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed at")),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="removed by",
                    ),
                ),
                (
                    "instruction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dispatch.instruction",
                        verbose_name="instruction",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dispatch.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dispatch.visit",
                        verbose_name="visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "attached file",
                "verbose_name_plural": "attached files",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instruction__isnull", True),
                                ("item__isnull", False),
                                ("meeting__isnull", True),
                                ("visit__isnull", True),
                            ),
                            models.Q(
                                ("instruction__isnull", True),
                                ("item__isnull", True),
                                ("meeting__isnull", True),
                                ("visit__isnull", False),
                            ),
                            models.Q(
                                ("instruction__isnull", True),
                                ("item__isnull", True),
                                ("meeting__isnull", False),
                                ("visit__isnull", True),
                            ),
                            models.Q(
                                ("instruction__isnull", False),
                                ("item__isnull", True),
                                ("meeting__isnull", True),
                                ("visit__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "kind",
                    models.CharField(
                        choices=[("problem", "problem"), ("need", "need")],
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
                ("text", models.TextField(verbose_name="what")),
                ("solved_on", models.DateField(blank=True, null=True, verbose_name="solved on the spot on")),
                ("solution", models.TextField(blank=True, verbose_name="how it was solved")),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="dispatch.visit",
                        verbose_name="visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["visit", "order", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("solved_on__isnull", True), ("item__isnull", True), _connector="OR"),
                        name="finding_solved_or_on_the_ledger",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=12, verbose_name="what happened")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("changes", models.JSONField(blank=True, default=list)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "planned",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.plannedvisit",
                        verbose_name="planned visit",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.visit",
                        verbose_name="visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a visit",
                "verbose_name_plural": "changes of visits",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("planned__isnull", True), ("visit__isnull", False)),
                            models.Q(("planned__isnull", False), ("visit__isnull", True)),
                            _connector="OR",
                        ),
                        name="visit_change_of_one_thing",
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="ledgeritem",
            name="ledger_assigned_has_unit_and_due",
        ),
        migrations.RemoveConstraint(
            model_name="warningrule",
            name="warning_rule_version_once",
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="hung_on",
            field=models.DateField(blank=True, null=True, verbose_name="moved up on"),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="tier",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="dispatch tier"),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="tokens",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="warning",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="dispatch.warning",
                verbose_name="warning",
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="behind_pp",
            field=models.DecimalField(
                decimal_places=2, max_digits=6, null=True, verbose_name="behind (percentage points)"
            ),
        ),
        migrations.AddField(
            model_name="warning",
            name="party",
            field=models.CharField(
                choices=[("unit", "responsible unit"), ("enterprise", "enterprise")],
                db_default="unit",
                default="unit",
                max_length=10,
                verbose_name="whose",
            ),
        ),
        migrations.AddField(
            model_name="warningrule",
            name="at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="at"),
        ),
        migrations.AddField(
            model_name="warningrule",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="warningrule",
            name="follows_default",
            field=models.BooleanField(default=False, verbose_name="back to the default"),
        ),
        migrations.AddField(
            model_name="warningrule",
            name="note",
            field=models.CharField(blank=True, max_length=200, verbose_name="why"),
        ),
        migrations.AddField(
            model_name="warningrule",
            name="park",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="warning_rules",
                to="accounts.park",
                verbose_name="park",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="from_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("registered", "registered"),
                    ("assigned", "assigned"),
                    ("signed", "signed for"),
                    ("working", "being handled"),
                    ("closing", "closure asked for"),
                    ("closed", "closed"),
                    ("returned", "returned"),
                    ("hung", "moved up"),
                ],
                max_length=12,
                verbose_name="from",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="to_state",
            field=models.CharField(
                choices=[
                    ("registered", "registered"),
                    ("assigned", "assigned"),
                    ("signed", "signed for"),
                    ("working", "being handled"),
                    ("closing", "closure asked for"),
                    ("closed", "closed"),
                    ("returned", "returned"),
                    ("hung", "moved up"),
                ],
                max_length=12,
                verbose_name="to",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeritem",
            name="state",
            field=models.CharField(
                choices=[
                    ("registered", "registered"),
                    ("assigned", "assigned"),
                    ("signed", "signed for"),
                    ("working", "being handled"),
                    ("closing", "closure asked for"),
                    ("closed", "closed"),
                    ("returned", "returned"),
                    ("hung", "moved up"),
                ],
                default="registered",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="warningrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("park__isnull", True)), fields=("code", "version"), name="warning_rule_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="warningrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("park__isnull", False)),
                fields=("park", "code", "version"),
                name="park_rule_version_once",
            ),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="measure",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="uses",
                to="dispatch.measure",
                verbose_name="measure",
            ),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="meeting",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="dispatch.meeting",
                verbose_name="meeting",
            ),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="visit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="dispatch.visit",
                verbose_name="visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeritem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["assigned", "signed", "working", "closing", "closed", "returned", "hung"]),
                        _negated=True,
                    ),
                    models.Q(("due_on__isnull", False), ("unit__isnull", False)),
                    _connector="OR",
                ),
                name="ledger_assigned_has_unit_and_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeritem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hung_on__isnull", False), ("state", "hung")),
                    models.Q(models.Q(("state", "hung"), _negated=True), ("hung_on__isnull", True)),
                    _connector="OR",
                ),
                name="ledger_hung_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__gte", 1), ("tier__lte", 4)), name="ledger_tier_known"
            ),
        ),
    ]
