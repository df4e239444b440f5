import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_verb_of_plans"),
        ("accounts", "__first__"),
        ("dispatch", "0005_reports"),
        ("projects", "0003_physical_percent"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupStart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("held", "held"), ("cancelled", "cancelled")],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
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
                        related_name="group_starts",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "group start",
                "verbose_name_plural": "group starts",
                "ordering": ["-on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LearnedDurations",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="as of")),
                ("rows", models.JSONField(default=dict)),
                ("computed_at", models.DateTimeField()),
                (
                    "park",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learned_durations",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "learned durations",
                "verbose_name_plural": "learned durations",
            },
        ),
        migrations.CreateModel(
            name="PlanTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "nature",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "new construction"),
                            ("continuing", "continuing construction"),
                            ("upgrade", "technical upgrade"),
                        ],
                        max_length=12,
                        verbose_name="nature",
                    ),
                ),
                (
                    "land",
                    models.CharField(
                        blank=True,
                        choices=[("", "any"), ("new", "newly granted land"), ("own", "own land or leased workshop")],
                        default="",
                        max_length=4,
                        verbose_name="land",
                    ),
                ),
                ("rows", models.JSONField(blank=True, default=list)),
                ("links", models.JSONField(blank=True, default=list)),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("history", models.JSONField(blank=True, default=list, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plan_templates",
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
                "verbose_name": "plan template",
                "verbose_name_plural": "plan templates",
                "ordering": ["park", "name"],
                "constraints": [models.UniqueConstraint(fields=("park", "name"), name="plan_template_name_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("secret_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
                ("reminds", models.BooleanField(default=False, verbose_name="reminder the day before at 09:00")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last read")),
                ("content_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
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
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("withdrawn_at", None)), fields=["user"], name="feed_open_by_user")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanForecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="as of")),
                (
                    "goal",
                    models.CharField(
                        choices=[("L08", "start of construction"), ("L10", "completion"), ("L13", "production")],
                        max_length=3,
                        verbose_name="goal",
                    ),
                ),
                ("target_on", models.DateField(null=True, verbose_name="target day")),
                ("goal_on", models.DateField(null=True, verbose_name="forecast")),
                ("is_reached", models.BooleanField(default=False)),
                ("short_wd", models.PositiveIntegerField(null=True)),
                ("spare_wd", models.IntegerField(null=True)),
                ("p50_on", models.DateField(null=True)),
                ("p80_on", models.DateField(null=True)),
                ("is_provisional", models.BooleanField(default=False)),
                ("conflicts", models.PositiveSmallIntegerField(default=0)),
                ("chain", models.JSONField(default=list)),
                ("rows", models.JSONField(default=list)),
                ("computed_at", models.DateTimeField()),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forecast",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "forecast",
                "verbose_name_plural": "forecasts",
                "indexes": [
                    models.Index(condition=models.Q(("short_wd__gt", 0)), fields=["target_on"], name="forecast_short"),
                    models.Index(condition=models.Q(("p80_on__isnull", False)), fields=["p80_on"], name="forecast_p80"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="why")),
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
                        related_name="plan_rules",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan rules",
                "verbose_name_plural": "plan rules",
                "ordering": ["park", "-version"],
                "constraints": [models.UniqueConstraint(fields=("park", "version"), name="plan_rules_version_once")],
            },
        ),
        migrations.CreateModel(
            name="GroupStartEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=24, verbose_name="what")),
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
                    "group_start",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.groupstart",
                        verbose_name="group start",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a group start's history",
                "verbose_name_plural": "entries of group starts' history",
                "ordering": ["group_start", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "goal",
                    models.CharField(
                        choices=[("L08", "start of construction"), ("L10", "completion"), ("L13", "production")],
                        default="L08",
                        max_length=3,
                        verbose_name="goal",
                    ),
                ),
                ("target_on", models.DateField(blank=True, null=True, verbose_name="target day")),
                ("template_version", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
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
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedule",
                        to="projects.project",
                        verbose_name="project",
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
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plans",
                        to="dispatch.plantemplate",
                        verbose_name="template",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
            },
        ),
        migrations.CreateModel(
            name="GroupStartProject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("is_out", models.BooleanField(default=False, verbose_name="taken out")),
                (
                    "group_start",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="dispatch.groupstart",
                        verbose_name="group start",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_starts",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "project of a group start",
                "verbose_name_plural": "projects of group starts",
                "ordering": ["group_start", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("group_start", "project"), name="group_start_project_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=24, verbose_name="what")),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="dispatch.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a plan's history",
                "verbose_name_plural": "entries of plans' history",
                "ordering": ["plan", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanLever",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16, verbose_name="lever")),
                ("keys", models.JSONField(default=list, verbose_name="tasks")),
                ("wd", models.PositiveSmallIntegerField(default=0)),
                ("gain_wd", models.SmallIntegerField(default=0, verbose_name="gain (working days)")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="levers",
                        to="dispatch.ledgeritem",
                        verbose_name="ledger item",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levers",
                        to="dispatch.plan",
                        verbose_name="plan",
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
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "lever of a plan",
                "verbose_name_plural": "levers of plans",
                "ordering": ["plan", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlanBaseline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "goal",
                    models.CharField(
                        choices=[("L08", "start of construction"), ("L10", "completion"), ("L13", "production")],
                        max_length=3,
                        verbose_name="goal",
                    ),
                ),
                ("target_on", models.DateField(blank=True, null=True, verbose_name="target day")),
                ("is_provisional", models.BooleanField(default=False, verbose_name="provisional")),
                ("rows", models.JSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=500, verbose_name="why")),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="baselines",
                        to="dispatch.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "baseline",
                "verbose_name_plural": "baselines",
                "ordering": ["plan", "-number"],
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="baseline_number_once")],
            },
        ),
        migrations.CreateModel(
            name="PlanLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.CharField(max_length=12, verbose_name="first")),
                ("after", models.CharField(max_length=12, verbose_name="then")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fs", "starts after it"),
                            ("ff", "finishes after it"),
                            ("ss", "starts after its start"),
                        ],
                        default="fs",
                        max_length=2,
                        verbose_name="kind",
                    ),
                ),
                ("lag_wd", models.SmallIntegerField(default=0, verbose_name="lag (working days)")),
                ("is_hard", models.BooleanField(default=True, verbose_name="hard")),
                ("is_removed", models.BooleanField(default=False, verbose_name="taken out")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="dispatch.plan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of a plan",
                "verbose_name_plural": "links of plans",
                "ordering": ["plan", "after", "before"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "before", "after"), name="plan_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True), name="plan_link_between_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=12, verbose_name="key")),
                (
                    "kind",
                    models.CharField(
                        choices=[("step", "step"), ("milestone", "milestone"), ("works", "works"), ("own", "own task")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("seq", models.PositiveSmallIntegerField(default=0)),
                (
                    "duration_wd",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="duration (working days)"),
                ),
                (
                    "preparation_wd",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="preparation of papers (working days)"
                    ),
                ),
                ("not_before_on", models.DateField(blank=True, null=True, verbose_name="not before")),
                ("not_before_reason", models.CharField(blank=True, max_length=200, verbose_name="why not before")),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned start")),
                ("fixed_on", models.DateField(blank=True, null=True, verbose_name="confirmed day")),
                ("fixed_reason", models.CharField(blank=True, max_length=200, verbose_name="why confirmed")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="started on")),
                ("finished_on", models.DateField(blank=True, null=True, verbose_name="finished on")),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="person")),
                ("is_dropped", models.BooleanField(default=False, verbose_name="taken out")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="dispatch.plan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_tasks",
                        to="accounts.organization",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "task of a plan",
                "verbose_name_plural": "tasks of plans",
                "ordering": ["plan", "seq", "key"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "key"), name="plan_task_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fixed_on__isnull", True), models.Q(("fixed_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="plan_task_fixed_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("not_before_on__isnull", True),
                            models.Q(("not_before_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="plan_task_not_before_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_on__isnull", True),
                            ("finished_on__isnull", True),
                            ("finished_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="plan_task_finished_after_start",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="ledgeritem",
            name="source",
            field=models.CharField(
                choices=[
                    ("centre", "project centre"),
                    ("visit", "visit"),
                    ("enterprise", "enterprise"),
                    ("meeting", "meeting"),
                    ("warning", "warning"),
                    ("instruction", "leader's instruction"),
                    ("ledger", "imported ledger"),
                    ("plan", "project plan"),
                ],
                default="centre",
                max_length=12,
                verbose_name="source",
            ),
        ),
    ]
