import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import approvals.papers.storage


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_verbs_of_the_approval_map"),
        ("accounts", "__first__"),
        ("approvals", "0002_initiated_by"),
        ("projects", "0002_service_agents"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder_name", models.CharField(max_length=60, verbose_name="handed to")),
                ("secret_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("may_upload", models.BooleanField(default=True, verbose_name="may upload papers")),
                ("may_ask", models.BooleanField(default=True, verbose_name="may urge, ask and rate")),
                ("created_at", models.DateTimeField(verbose_name="handed out at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handed out by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_links",
                        to="projects.project",
                        verbose_name="project",
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
                "verbose_name": "signed link",
                "verbose_name_plural": "signed links",
                "ordering": ["project", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AgentAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_behalf_of", models.CharField(max_length=100, verbose_name="on behalf of")),
                ("on", models.DateField(verbose_name="on")),
                ("what", models.TextField(verbose_name="what was done")),
                ("cancelled_reason", models.TextField(blank=True, verbose_name="cancelled because")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
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
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cancelled by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agent_actions",
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
                        related_name="agent_actions",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "service on behalf",
                "verbose_name_plural": "services on behalf",
                "ordering": ["project", "-on", "-pk"],
                "indexes": [models.Index(fields=["on"], name="agent_action_by_day")],
            },
        ),
        migrations.CreateModel(
            name="ApprovalPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "supplement_wd",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: the committed limit of the step, at most 5 working days.",
                        null=True,
                        verbose_name="outstanding papers follow within (working days)",
                    ),
                ),
                (
                    "renewal_wd",
                    models.PositiveSmallIntegerField(default=5, verbose_name="one renewal lasts (working days)"),
                ),
                (
                    "at_deadline",
                    models.CharField(
                        choices=[
                            ("withdrawn", "counts as withdrawn"),
                            ("refused", "is refused"),
                            ("flagged", "is only flagged"),
                        ],
                        default="withdrawn",
                        max_length=10,
                        verbose_name="papers not supplied in time: the case",
                    ),
                ),
                (
                    "project_quota_mb",
                    models.PositiveIntegerField(default=500, verbose_name="files of one project (MB)"),
                ),
                (
                    "urge_every_wd",
                    models.PositiveSmallIntegerField(default=2, verbose_name="urging again after (working days)"),
                ),
                (
                    "link_days",
                    models.PositiveSmallIntegerField(default=90, verbose_name="a signed link is valid for (days)"),
                ),
                (
                    "park",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approval_policy",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval policy",
                "verbose_name_plural": "approval policies",
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("expires", "expires"), ("start_by", "void unless construction starts in time")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=100, verbose_name="number")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("valid_until", models.DateField(verbose_name="valid until")),
                ("renewals", models.PositiveSmallIntegerField(default=0, verbose_name="renewed")),
                (
                    "state",
                    models.CharField(
                        choices=[("valid", "valid"), ("fulfilled", "fulfilled"), ("void", "void")],
                        default="valid",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("state_on", models.DateField(blank=True, null=True, verbose_name="state since")),
                ("history", models.JSONField(blank=True, default=list, verbose_name="renewals")),
                ("at", models.DateTimeField(verbose_name="at")),
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
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "ordering": ["valid_until", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "valid")), fields=["valid_until"], name="certificate_expiry"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gte", models.F("issued_on"))), name="certificate_dates"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "valid")),
                        fields=("project_step",),
                        name="one_valid_certificate_per_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("single", "informed commitment"), ("build_first", "build first, inspect later")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(verbose_name="text of the promise")),
                ("signed_by_name", models.CharField(max_length=60, verbose_name="signed by")),
                ("signed_on", models.DateField(verbose_name="signed on")),
                ("check_due_on", models.DateField(blank=True, null=True, verbose_name="to be checked by")),
                ("check_before", models.CharField(blank=True, max_length=10, verbose_name="to be checked before step")),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commitments",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "commitment",
                "verbose_name_plural": "commitments",
                "ordering": ["project", "-signed_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("check_due_on__isnull", False),
                            models.Q(("check_before", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="commitment_is_checked_some_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("text", models.TextField(blank=True, verbose_name="further remarks")),
                ("points", models.JSONField(blank=True, default=list, verbose_name="papers and reasons")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="resubmitted on")),
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
                        related_name="correction_notices",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction notice",
                "verbose_name_plural": "correction notices",
                "ordering": ["project_step", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="JointReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("issued", "issued together"), ("cancelled", "cancelled")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("answer_due_on", models.DateField(blank=True, null=True, verbose_name="answers due on")),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued at")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("cancel_reason", models.TextField(blank=True, verbose_name="why cancelled")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="approvals.bundle",
                        verbose_name="bundle",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cancelled by",
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
                        verbose_name="issued by",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="joint_reviews",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "joint review",
                "verbose_name_plural": "joint reviews",
                "ordering": ["project", "-opened_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("project", "bundle"),
                        name="one_open_joint_review_per_bundle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "issued"), _negated=True), ("issued_at__isnull", False), _connector="OR"
                        ),
                        name="issued_review_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True),
                            models.Q(("cancelled_at__isnull", False), models.Q(("cancel_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="cancelled_review_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkGuess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ip", models.GenericIPAddressField(verbose_name="address")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "guess at a signed link",
                "verbose_name_plural": "guesses at signed links",
                "ordering": ["ip", "-at"],
                "indexes": [models.Index(fields=["ip", "at"], name="guess_by_address")],
            },
        ),
        migrations.CreateModel(
            name="PaperTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paper_code", models.CharField(max_length=16, verbose_name="code of the paper")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("file", models.FileField(max_length=200, upload_to="paper-templates/", verbose_name="file")),
                ("original_name", models.CharField(editable=False, max_length=200, verbose_name="file name")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("updated_at", models.DateTimeField(editable=False, null=True, verbose_name="updated")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paper_templates",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "template of a paper",
                "verbose_name_plural": "templates of papers",
                "ordering": ["park", "paper_code", "title"],
            },
        ),
        migrations.CreateModel(
            name="StepContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step_code", models.CharField(max_length=10, verbose_name="step")),
                ("window_zh", models.CharField(blank=True, max_length=160, verbose_name="window")),
                ("window_en", models.CharField(blank=True, max_length=160, verbose_name="window (English)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("hours", models.CharField(blank=True, max_length=120, verbose_name="opening hours")),
                ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="contact person")),
                ("contact_phone", models.CharField(blank=True, max_length=60, verbose_name="contact phone")),
                ("online_url", models.URLField(blank=True, verbose_name="online address")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="step_contacts",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact of a step",
                "verbose_name_plural": "contacts of steps",
                "ordering": ["park", "step_code"],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "step_code"), name="contact_once_per_step_and_park")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("what", models.CharField(max_length=100, verbose_name="what")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="address")),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a signed link",
                "verbose_name_plural": "uses of signed links",
                "ordering": ["link", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CommittedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("pending", "to be checked"), ("kept", "kept"), ("broken", "broken")],
                        default="pending",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("note", models.TextField(blank=True, verbose_name="what the check found")),
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
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="approvals.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="committed",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "step on commitment",
                "verbose_name_plural": "steps on commitment",
                "ordering": ["commitment", "project_step__seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("project_step", "round"), name="one_commitment_per_step_and_round"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", "pending"), ("checked_on__isnull", False), _connector="OR"),
                        name="checked_commitment_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("text", models.TextField(verbose_name="what help is needed")),
                ("by_name", models.CharField(max_length=100, verbose_name="name")),
                ("item_id", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ("item_number", models.CharField(blank=True, max_length=40, verbose_name="number of the ledger item")),
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="help_requests",
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
                        related_name="help_requests",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for help",
                "verbose_name_plural": "requests for help",
                "ordering": ["project", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="JointReviewStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[("pending", "no answer yet"), ("agreed", "agreed"), ("objected", "objected")],
                        default="pending",
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                (
                    "result_number",
                    models.CharField(blank=True, max_length=100, verbose_name="number of the result document"),
                ),
                ("note", models.TextField(blank=True, verbose_name="opinion")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("earlier", models.JSONField(blank=True, default=list, verbose_name="earlier answers")),
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
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="joint_reviews",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="approvals.jointreview",
                        verbose_name="joint review",
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
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "step in joint review",
                "verbose_name_plural": "steps in joint review",
                "ordering": ["review", "project_step__seq"],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "project_step"), name="step_once_per_joint_review"),
                    models.CheckConstraint(
                        condition=models.Q(("answer", "pending"), ("answered_at__isnull", False), _connector="OR"),
                        name="joint_answer_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "objected"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="objection_needs_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_name", models.CharField(max_length=100, verbose_name="name")),
                ("events", models.JSONField(blank=True, default=list, verbose_name="tell me when")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="news read until")),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_preferences",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice preference",
                "verbose_name_plural": "notice preferences",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by__isnull", False)),
                        fields=("project", "by"),
                        name="preference_once_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("link__isnull", False)),
                        fields=("project", "link"),
                        name="preference_once_per_link",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("by_name", models.CharField(max_length=100, verbose_name="name")),
                ("at", models.DateTimeField(verbose_name="at")),
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
                (
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "ordering": ["project_step", "-round"],
                "constraints": [
                    models.UniqueConstraint(fields=("project_step", "round"), name="rating_once_per_round"),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="rating_is_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version_no", models.PositiveSmallIntegerField(verbose_name="version")),
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
                (
                    "review",
                    models.CharField(
                        choices=[("pending", "waits for review"), ("accepted", "accepted"), ("returned", "returned")],
                        default="pending",
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                ("review_reason", models.TextField(blank=True, verbose_name="reason")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="reviewed at")),
                ("uploader_name", models.CharField(blank=True, max_length=100, verbose_name="sender")),
                ("uploaded_at", models.DateTimeField(verbose_name="at")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="approvals.stepdocument",
                        verbose_name="paper",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewed by",
                    ),
                ),
                (
                    "uploaded_by",
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
                    "uploaded_link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a paper",
                "verbose_name_plural": "files of papers",
                "ordering": ["document", "-version_no"],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "version_no"), name="file_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review", "returned"), _negated=True),
                            models.Q(("review_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="return_needs_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Urge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="on")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("text", models.TextField(blank=True, verbose_name="what is urgent")),
                ("by_name", models.CharField(max_length=100, verbose_name="name")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
                (
                    "project_step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="urges",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "urging",
                "verbose_name_plural": "urgings",
                "ordering": ["project_step", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PaperDownload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "way",
                    models.CharField(
                        choices=[("saved", "saved"), ("shown", "shown"), ("zip", "with all papers")],
                        default="saved",
                        max_length=5,
                        verbose_name="how",
                    ),
                ),
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.accesslink",
                        verbose_name="signed link",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="downloads",
                        to="approvals.stepfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "download of a paper",
                "verbose_name_plural": "downloads of papers",
                "ordering": ["file", "-at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="stepdocument",
            name="outstanding_document_is_dated",
        ),
        migrations.AddField(
            model_name="catalogue",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.catalogue",
                verbose_name="drawn up from",
            ),
        ),
        migrations.AddField(
            model_name="catalogue",
            name="park",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="catalogues",
                to="accounts.park",
                verbose_name="park",
            ),
        ),
        migrations.AddField(
            model_name="documentrequirement",
            name="due_before",
            field=models.CharField(blank=True, max_length=10, verbose_name="at the latest before step"),
        ),
        migrations.AddField(
            model_name="documentrequirement",
            name="same_as",
            field=models.CharField(blank=True, db_index=True, max_length=40, verbose_name="same paper as (key)"),
        ),
        migrations.AddField(
            model_name="step",
            name="commitment_check_days",
            field=models.PositiveSmallIntegerField(default=30, verbose_name="check after (working days)"),
        ),
        migrations.AddField(
            model_name="step",
            name="commitment_text_zh",
            field=models.TextField(blank=True, verbose_name="text of the promise"),
        ),
        migrations.AddField(
            model_name="step",
            name="guide_en",
            field=models.TextField(blank=True, verbose_name="what it is (English)"),
        ),
        migrations.AddField(
            model_name="step",
            name="guide_zh",
            field=models.TextField(blank=True, verbose_name="what it is"),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_certainty",
            field=models.CharField(
                choices=[("sure", "confirmed"), ("likely", "to be confirmed"), ("typical_default", "typical default")],
                default="likely",
                max_length=16,
                verbose_name="certainty",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_kind",
            field=models.CharField(
                blank=True,
                choices=[("expires", "expires"), ("start_by", "void unless construction starts in time")],
                max_length=10,
                verbose_name="life of the result",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_months",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="life (months)"),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_remind_days",
            field=models.PositiveSmallIntegerField(default=60, verbose_name="remind before the end (days)"),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_renewal_months",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="a renewal lasts (months)"),
        ),
        migrations.AddField(
            model_name="step",
            name="validity_renewals",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="renewals allowed"),
        ),
        migrations.AddField(
            model_name="stepdocument",
            name="due_before",
            field=models.CharField(blank=True, max_length=10, verbose_name="due before step"),
        ),
        migrations.AddField(
            model_name="stepdocument",
            name="lapsed_on",
            field=models.DateField(blank=True, null=True, verbose_name="not supplied in time, settled on"),
        ),
        migrations.AddField(
            model_name="stepdocument",
            name="renewed_on",
            field=models.DateField(blank=True, null=True, verbose_name="due day moved on"),
        ),
        migrations.AddField(
            model_name="stepdocument",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="verified by",
            ),
        ),
        migrations.AddField(
            model_name="steppause",
            name="round",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="round"),
        ),
        migrations.AddField(
            model_name="stepvariant",
            name="clock_start",
            field=models.CharField(
                blank=True,
                choices=[("received", "from receipt"), ("accepted", "from acceptance")],
                max_length=8,
                verbose_name="clock starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "outstanding"), _negated=True),
                    models.Q(
                        ("promised_on__isnull", False),
                        models.Q(
                            ("due_on__isnull", False), models.Q(("due_before", ""), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="outstanding_document_is_dated",
            ),
        ),
    ]
