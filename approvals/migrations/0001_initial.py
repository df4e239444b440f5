import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import approvals.flow


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Catalogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                ("title_zh", models.CharField(max_length=200, verbose_name="title")),
                ("as_of", models.DateField(verbose_name="facts as of")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("in_force", "in force"), ("retired", "retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("variables", models.JSONField(default=dict, verbose_name="condition variables")),
                ("defaults", models.JSONField(default=dict, verbose_name="defaults")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
            ],
            options={
                "verbose_name": "catalogue",
                "verbose_name_plural": "catalogues",
                "ordering": ["-version"],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="approvals.catalogue"
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["catalogue", "seq"],
                "constraints": [models.UniqueConstraint(fields=("catalogue", "code"), name="line_once_per_catalogue")],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("lead_zh", models.CharField(blank=True, max_length=120, verbose_name="lead department")),
                ("national_stage_zh", models.CharField(blank=True, max_length=120, verbose_name="national stage")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phases", to="approvals.catalogue"
                    ),
                ),
            ],
            options={
                "verbose_name": "phase",
                "verbose_name_plural": "phases",
                "ordering": ["catalogue", "seq"],
                "constraints": [models.UniqueConstraint(fields=("catalogue", "code"), name="phase_once_per_catalogue")],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=200, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("item_type_zh", models.CharField(blank=True, max_length=100, verbose_name="kind of matter")),
                ("department_lead_zh", models.CharField(blank=True, max_length=120, verbose_name="lead department")),
                (
                    "department_lead_en",
                    models.CharField(blank=True, max_length=160, verbose_name="lead department (English)"),
                ),
                (
                    "department_cooperating_zh",
                    models.JSONField(blank=True, default=list, verbose_name="cooperating departments"),
                ),
                ("window_zh", models.CharField(blank=True, max_length=160, verbose_name="window")),
                ("window_en", models.CharField(blank=True, max_length=160, verbose_name="window (English)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="contact person")),
                ("contact_phone", models.CharField(blank=True, max_length=60, verbose_name="contact phone")),
                (
                    "statutory_value",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="statutory limit"),
                ),
                (
                    "statutory_unit",
                    models.CharField(
                        choices=[("wd", "working days"), ("cd", "calendar days")],
                        default="wd",
                        max_length=2,
                        verbose_name="unit",
                    ),
                ),
                ("statutory_text", models.TextField(blank=True, verbose_name="statutory limit in words")),
                (
                    "statutory_certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="sure",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "clock_start",
                    models.CharField(
                        choices=[("received", "from receipt"), ("accepted", "from acceptance")],
                        default="accepted",
                        max_length=8,
                        verbose_name="clock starts",
                    ),
                ),
                (
                    "committed_limit_wd",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="committed limit (working days)"
                    ),
                ),
                ("committed_note", models.TextField(blank=True, verbose_name="note on the committed limit")),
                (
                    "committed_certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="typical_default",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "correction_notice_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="correction notice (working days)"),
                ),
                ("time_excluded_zh", models.JSONField(blank=True, default=list, verbose_name="time not counted")),
                (
                    "documents_certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="sure",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                ("fee_note", models.TextField(blank=True, verbose_name="note on fees")),
                ("result_zh", models.CharField(blank=True, max_length=200, verbose_name="result document")),
                ("result_en", models.CharField(blank=True, max_length=200, verbose_name="result document (English)")),
                ("validity_zh", models.TextField(blank=True, verbose_name="validity")),
                ("pre_review", models.BooleanField(default=False, verbose_name="pre-review possible")),
                ("commitment", models.CharField(default="no", max_length=12, verbose_name="informed commitment")),
                ("commitment_note", models.TextField(blank=True, verbose_name="note on commitment")),
                (
                    "allows_deferral",
                    models.BooleanField(default=False, verbose_name="acceptance with outstanding documents possible"),
                ),
                ("deferral_note", models.TextField(blank=True, verbose_name="note on outstanding documents")),
                ("conditional", models.BooleanField(default=False, verbose_name="conditional")),
                ("condition_expr", models.CharField(blank=True, max_length=300, verbose_name="condition")),
                ("condition_zh", models.TextField(blank=True, verbose_name="condition in words")),
                ("condition_en", models.TextField(blank=True, verbose_name="condition in words (English)")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="approvals.catalogue"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="approvals.line",
                        verbose_name="line",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="approvals.phase",
                        verbose_name="phase",
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "ordering": ["catalogue", "seq"],
                "constraints": [models.UniqueConstraint(fields=("catalogue", "code"), name="step_once_per_catalogue")],
            },
        ),
        migrations.CreateModel(
            name="ProjectStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("seq", models.PositiveSmallIntegerField()),
                ("phase_code", models.CharField(max_length=10)),
                ("line_code", models.CharField(max_length=10)),
                (
                    "applicability",
                    models.CharField(
                        choices=[
                            ("applies", "applies"),
                            ("not_applicable", "not applicable"),
                            ("undetermined", "undetermined"),
                        ],
                        max_length=16,
                        verbose_name="applicability",
                    ),
                ),
                ("not_applicable_reason", models.TextField(blank=True, verbose_name="why not applicable")),
                ("variant_key", models.CharField(blank=True, max_length=32, verbose_name="variant")),
                (
                    "state",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未开始"),
                            (1, "已接件"),
                            (2, "已撤件"),
                            (3, "已受理"),
                            (4, "不受理"),
                            (5, "不予受理"),
                            (6, "补正（开始）"),
                            (7, "补正（结束）"),
                            (8, "部门开始办理"),
                            (9, "特别程序（开始）"),
                            (10, "特别程序（结束）"),
                            (11, "办结（通过）"),
                            (12, "办结（容缺通过）"),
                            (13, "办结（不通过）"),
                            (14, "撤回"),
                            (15, "撤销"),
                        ],
                        default=approvals.flow.State["NOT_STARTED"],
                        verbose_name="state",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="round")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="accepted on")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("delivered_on", models.DateField(blank=True, null=True, verbose_name="delivered on")),
                (
                    "result_number",
                    models.CharField(blank=True, max_length=100, verbose_name="number of the result document"),
                ),
                (
                    "statutory_value",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="statutory limit"),
                ),
                (
                    "statutory_unit",
                    models.CharField(
                        choices=[("wd", "working days"), ("cd", "calendar days")],
                        default="wd",
                        max_length=2,
                        verbose_name="unit",
                    ),
                ),
                (
                    "clock_start",
                    models.CharField(
                        choices=[("received", "from receipt"), ("accepted", "from acceptance")],
                        default="accepted",
                        max_length=8,
                    ),
                ),
                (
                    "committed_limit_wd",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="committed limit (working days)"
                    ),
                ),
                ("extension_wd", models.PositiveSmallIntegerField(default=0, verbose_name="extension (working days)")),
                ("committed_due_on", models.DateField(blank=True, null=True, verbose_name="committed due date")),
                ("statutory_due_on", models.DateField(blank=True, null=True, verbose_name="statutory due date")),
                ("is_provisional", models.BooleanField(default=False, verbose_name="provisional")),
                ("committed_runs", models.BooleanField(default=False)),
                ("statutory_runs", models.BooleanField(default=False)),
                ("handler_name", models.CharField(blank=True, max_length=60, verbose_name="handler")),
                ("handler_phone", models.CharField(blank=True, max_length=60, verbose_name="handler's phone")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(editable=False, null=True)),
                (
                    "not_applicable_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
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
                        related_name="steps",
                        to="accounts.organization",
                        verbose_name="handling unit",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="approvals.step",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval step",
                "verbose_name_plural": "approval steps",
                "ordering": ["project", "seq"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("committed_runs", True)),
                        fields=["committed_due_on"],
                        name="step_committed_running",
                    ),
                    models.Index(
                        condition=models.Q(("statutory_runs", True)),
                        fields=["statutory_due_on"],
                        name="step_statutory_running",
                    ),
                    models.Index(
                        condition=models.Q(("decided_on__isnull", False)), fields=["decided_on"], name="step_decided"
                    ),
                    models.Index(
                        condition=models.Q(("unit__isnull", False)), fields=["unit", "project"], name="step_by_unit"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "code"), name="step_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])),
                        name="step_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("committed_runs", False), ("committed_due_on__isnull", False), _connector="OR"
                        ),
                        name="committed_runs_to_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("statutory_runs", False), ("statutory_due_on__isnull", False), _connector="OR"
                        ),
                        name="statutory_runs_to_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_on__isnull", True),
                            ("accepted_on__isnull", True),
                            ("accepted_on__gte", models.F("received_on")),
                            _connector="OR",
                        ),
                        name="accepted_not_before_received",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_on__isnull", True),
                            ("decided_on__isnull", True),
                            ("decided_on__gte", models.F("accepted_on")),
                            _connector="OR",
                        ),
                        name="decided_not_before_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applicability", "not_applicable"), _negated=True),
                            models.Q(("not_applicable_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="not_applicable_needs_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneGate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="code")),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gates", to="approvals.catalogue"
                    ),
                ),
                ("steps", models.ManyToManyField(related_name="gates", to="approvals.step", verbose_name="steps")),
            ],
            options={
                "verbose_name": "milestone gate",
                "verbose_name_plural": "milestone gates",
                "constraints": [models.UniqueConstraint(fields=("catalogue", "code"), name="gate_once_per_catalogue")],
            },
        ),
        migrations.CreateModel(
            name="LegalBasis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("law", models.CharField(max_length=300, verbose_name="law")),
                ("article", models.CharField(blank=True, max_length=200, verbose_name="article")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="sure",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legal_basis", to="approvals.step"
                    ),
                ),
            ],
            options={
                "verbose_name": "legal basis",
                "verbose_name_plural": "legal bases",
                "ordering": ["step", "seq"],
            },
        ),
        migrations.CreateModel(
            name="Fee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=120, verbose_name="fee")),
                ("basis_zh", models.TextField(blank=True, verbose_name="basis")),
                ("amount_zh", models.TextField(blank=True, verbose_name="amount")),
                ("payer_zh", models.CharField(blank=True, max_length=120, verbose_name="payer")),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="sure",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fees", to="approvals.step"
                    ),
                ),
            ],
            options={
                "verbose_name": "fee",
                "verbose_name_plural": "fees",
                "ordering": ["step", "seq"],
            },
        ),
        migrations.CreateModel(
            name="DocumentRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, verbose_name="code")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=200, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("deferrable", models.BooleanField(default=False, verbose_name="may follow later")),
                ("shared", models.BooleanField(default=False, verbose_name="obtained by data sharing")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="approvals.step"
                    ),
                ),
            ],
            options={
                "verbose_name": "document requirement",
                "verbose_name_plural": "document requirements",
                "ordering": ["step", "seq"],
                "constraints": [models.UniqueConstraint(fields=("step", "code"), name="document_once_per_step")],
            },
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="code")),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                (
                    "target_wd",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="target (working days)"),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("sure", "confirmed"),
                            ("likely", "to be confirmed"),
                            ("typical_default", "typical default"),
                        ],
                        default="likely",
                        max_length=16,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bundles", to="approvals.catalogue"
                    ),
                ),
                ("steps", models.ManyToManyField(related_name="bundles", to="approvals.step", verbose_name="steps")),
            ],
            options={
                "verbose_name": "bundle",
                "verbose_name_plural": "bundles",
                "constraints": [
                    models.UniqueConstraint(fields=("catalogue", "code"), name="bundle_once_per_catalogue")
                ],
            },
        ),
        migrations.CreateModel(
            name="StepDependency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_hard", models.BooleanField(default=True, verbose_name="hard")),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="successors", to="approvals.step"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="dependencies", to="approvals.step"
                    ),
                ),
            ],
            options={
                "verbose_name": "dependency",
                "verbose_name_plural": "dependencies",
                "constraints": [models.UniqueConstraint(fields=("step", "predecessor"), name="dependency_once")],
            },
        ),
        migrations.CreateModel(
            name="StepVariant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32, verbose_name="key")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                ("when", models.CharField(max_length=300, verbose_name="condition")),
                (
                    "statutory_value",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="statutory limit"),
                ),
                (
                    "statutory_unit",
                    models.CharField(
                        choices=[("wd", "working days"), ("cd", "calendar days")],
                        default="wd",
                        max_length=2,
                        verbose_name="unit",
                    ),
                ),
                (
                    "committed_limit_wd",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="committed limit (working days)"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="approvals.step"
                    ),
                ),
            ],
            options={
                "verbose_name": "variant",
                "verbose_name_plural": "variants",
                "ordering": ["step", "seq"],
                "constraints": [models.UniqueConstraint(fields=("step", "key"), name="variant_once_per_step")],
            },
        ),
        migrations.CreateModel(
            name="StepDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("supplied", "handed in"),
                            ("accepted", "accepted"),
                            ("returned", "returned"),
                            ("outstanding", "outstanding"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("supplied_on", models.DateField(blank=True, null=True, verbose_name="handed in on")),
                ("promised_on", models.DateField(blank=True, null=True, verbose_name="promised on")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
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
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="approvals.documentrequirement",
                        verbose_name="document",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["project_step", "requirement__seq"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "outstanding")), fields=["due_on"], name="document_debts")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project_step", "requirement"), name="document_once_per_project_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "outstanding"), _negated=True),
                            models.Q(("due_on__isnull", False), ("promised_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="outstanding_document_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24, verbose_name="kind")),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("enterprise", "enterprise"),
                            ("department", "department"),
                            ("upper", "upper level"),
                            ("third_party", "third party"),
                            ("park", "park"),
                        ],
                        max_length=12,
                        verbose_name="whose days",
                    ),
                ),
                ("stops_committed", models.BooleanField(default=True, verbose_name="stops the committed clock")),
                ("stops_statutory", models.BooleanField(default=False, verbose_name="stops the statutory clock")),
                ("started_on", models.DateField(verbose_name="started on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "ordering": ["project_step", "started_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("project_step",),
                        name="one_open_pause_per_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="pause_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepTransition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=32, verbose_name="what")),
                (
                    "from_state",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未开始"),
                            (1, "已接件"),
                            (2, "已撤件"),
                            (3, "已受理"),
                            (4, "不受理"),
                            (5, "不予受理"),
                            (6, "补正（开始）"),
                            (7, "补正（结束）"),
                            (8, "部门开始办理"),
                            (9, "特别程序（开始）"),
                            (10, "特别程序（结束）"),
                            (11, "办结（通过）"),
                            (12, "办结（容缺通过）"),
                            (13, "办结（不通过）"),
                            (14, "撤回"),
                            (15, "撤销"),
                        ],
                        verbose_name="from",
                    ),
                ),
                (
                    "to_state",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "未开始"),
                            (1, "已接件"),
                            (2, "已撤件"),
                            (3, "已受理"),
                            (4, "不受理"),
                            (5, "不予受理"),
                            (6, "补正（开始）"),
                            (7, "补正（结束）"),
                            (8, "部门开始办理"),
                            (9, "特别程序（开始）"),
                            (10, "特别程序（结束）"),
                            (11, "办结（通过）"),
                            (12, "办结（容缺通过）"),
                            (13, "办结（不通过）"),
                            (14, "撤回"),
                            (15, "撤销"),
                        ],
                        verbose_name="to",
                    ),
                ),
                ("on", models.DateField(verbose_name="on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("data", models.JSONField(blank=True, default=dict)),
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
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "step transition",
                "verbose_name_plural": "step transitions",
                "ordering": ["project_step", "-at", "-pk"],
                "indexes": [models.Index(fields=["on"], name="transition_by_day")],
            },
        ),
        migrations.AddField(
            model_name="Step",
            name="predecessors",
            field=models.ManyToManyField(
                through="approvals.StepDependency", through_fields=("step", "predecessor"), to="approvals.step"
            ),
        ),
    ]
