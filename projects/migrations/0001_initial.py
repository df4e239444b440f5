import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import projects.stages


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_key", models.CharField(editable=False, max_length=200)),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="unified social credit code")),
                (
                    "organization",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enterprise",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enterprises",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "enterprise",
                "verbose_name_plural": "enterprises",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("park", "name_key"), name="enterprise_once_per_park")],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="imports/%Y/%m/", verbose_name="file")),
                ("file_name", models.CharField(max_length=200, verbose_name="file name")),
                ("sha256", models.CharField(max_length=64)),
                ("report_year", models.PositiveSmallIntegerField(verbose_name="report year")),
                ("report_month", models.PositiveSmallIntegerField(verbose_name="report month")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "being read"),
                            ("refused", "file refused"),
                            ("ready", "ready to confirm"),
                            ("confirmed", "being written"),
                            ("done", "imported"),
                            ("failed", "failed"),
                            ("discarded", "discarded"),
                        ],
                        default="uploaded",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("valid_rows_only", models.BooleanField(default=False, verbose_name="valid rows only")),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("refusal", models.JSONField(blank=True, default=dict)),
                ("summary", models.JSONField(blank=True, default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger import",
                "verbose_name_plural": "ledger imports",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_confirmed_at_and_by",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="project code")),
                ("name", models.CharField(max_length=200, verbose_name="project name")),
                ("name_key", models.CharField(editable=False, max_length=200)),
                ("search_text", models.TextField(default="", editable=False)),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="industry")),
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
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("province", "provincial key project"),
                            ("city", "municipal key project"),
                            ("district", "district key project"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=200, verbose_name="location")),
                ("content", models.TextField(blank=True, verbose_name="scale and content")),
                ("period_start_on", models.DateField(blank=True, null=True, verbose_name="construction period from")),
                ("period_end_on", models.DateField(blank=True, null=True, verbose_name="construction period to")),
                ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="contact person")),
                ("contact_phone", models.CharField(blank=True, max_length=60, verbose_name="contact phone")),
                (
                    "total_investment_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="total investment (10k CNY)",
                    ),
                ),
                (
                    "equipment_investment_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="equipment investment (10k CNY)",
                    ),
                ),
                (
                    "invested_before_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="invested to the end of last year (10k CNY)",
                    ),
                ),
                (
                    "land_mu",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=12, null=True, verbose_name="land (mu)"
                    ),
                ),
                (
                    "floor_area_m2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="floor area (m²)"
                    ),
                ),
                (
                    "has_new_construction_land",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="involves farmland conversion or expropriation"
                    ),
                ),
                (
                    "annual_energy_tce",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="annual energy use (tce)"
                    ),
                ),
                (
                    "annual_power_10k_kwh",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="annual power use (10,000 kWh)",
                    ),
                ),
                (
                    "hazardous_chemical",
                    models.BooleanField(blank=True, null=True, verbose_name="hazardous substances, smelting or mining"),
                ),
                (
                    "earthwork_m3",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="earthwork (m³)"
                    ),
                ),
                (
                    "soil_erosion_area",
                    models.BooleanField(blank=True, null=True, verbose_name="in a soil-conservation area"),
                ),
                (
                    "eia_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("report", "report"),
                            ("form", "form"),
                            ("register", "registration form"),
                            ("exempt", "exempt"),
                        ],
                        max_length=12,
                        verbose_name="EIA class",
                    ),
                ),
                (
                    "special_fire_project",
                    models.BooleanField(blank=True, null=True, verbose_name="special construction project (fire)"),
                ),
                (
                    "has_civil_building",
                    models.BooleanField(blank=True, null=True, verbose_name="contains civil buildings"),
                ),
                (
                    "building_scale",
                    models.CharField(
                        blank=True,
                        choices=[("large", "large"), ("medium", "medium"), ("small", "small")],
                        max_length=12,
                        verbose_name="building scale",
                    ),
                ),
                (
                    "works_investment_10k",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=16,
                        null=True,
                        verbose_name="works investment (10k CNY)",
                    ),
                ),
                (
                    "permit_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("key", "key management"),
                            ("simplified", "simplified management"),
                            ("registration", "registration management"),
                        ],
                        max_length=12,
                        verbose_name="discharge permit class",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("L01", "谋划"),
                            ("L02", "洽谈"),
                            ("L03", "签约"),
                            ("L04", "注册"),
                            ("L05", "立项备案"),
                            ("L06", "供地（摘牌）"),
                            ("L07", "报批"),
                            ("L08", "开工"),
                            ("L09", "主体封顶"),
                            ("L10", "竣工"),
                            ("L11", "设备安装"),
                            ("L12", "试生产"),
                            ("L13", "投产"),
                            ("L14", "达产"),
                            ("L15", "达效"),
                        ],
                        default=projects.stages.Stage["PLANNING"],
                        max_length=3,
                        verbose_name="stage",
                    ),
                ),
                ("stage_entered_on", models.DateField(blank=True, null=True, verbose_name="in this stage since")),
                (
                    "stage_raw",
                    models.CharField(blank=True, max_length=60, verbose_name="stage as written in the ledger"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "active"), ("suspended", "suspended"), ("terminated", "terminated")],
                        default="active",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("status_since_on", models.DateField(blank=True, null=True, verbose_name="status since")),
                ("enrolled", models.BooleanField(blank=True, null=True, verbose_name="enrolled in statistics")),
                ("enrolled_on", models.DateField(blank=True, null=True, verbose_name="enrolled on")),
                (
                    "enrolled_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("quarter", "quarter"),
                            ("half", "half-year"),
                            ("year", "year"),
                        ],
                        default="day",
                        max_length=8,
                    ),
                ),
                ("physical_progress", models.TextField(blank=True, verbose_name="physical progress")),
                ("issue", models.TextField(blank=True, verbose_name="existing problems")),
                ("next_work", models.TextField(blank=True, verbose_name="next work")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "light",
                    models.CharField(
                        choices=[
                            ("green", "on track"),
                            ("blue", "due soon"),
                            ("yellow", "late"),
                            ("red", "critical"),
                            ("grey", "suspended"),
                        ],
                        default="green",
                        editable=False,
                        max_length=8,
                        verbose_name="light",
                    ),
                ),
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
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="projects.enterprise",
                        verbose_name="enterprise",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "responsible_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects_in_charge",
                        to="accounts.organization",
                        verbose_name="responsible unit",
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
            ],
            options={
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "indexes": [
                    models.Index(fields=["park", "-total_investment_10k", "id"], name="project_by_investment"),
                    models.Index(fields=["park", "stage"], name="project_by_stage"),
                    models.Index(fields=["park", "light"], name="project_by_light"),
                    models.Index(fields=["park", "-updated_at", "id"], name="project_by_update"),
                    models.Index(fields=["park", "name_key", "id"], name="project_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("park", "code"),
                        name="project_code_once_per_park",
                    ),
                    models.UniqueConstraint(fields=("park", "name_key"), name="project_name_once_per_park"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "L01",
                                    "L02",
                                    "L03",
                                    "L04",
                                    "L05",
                                    "L06",
                                    "L07",
                                    "L08",
                                    "L09",
                                    "L10",
                                    "L11",
                                    "L12",
                                    "L13",
                                    "L14",
                                    "L15",
                                ],
                            )
                        ),
                        name="project_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "suspended", "terminated"])),
                        name="project_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("enrolled_on__isnull", True), ("enrolled", True), _connector="OR"),
                        name="project_enrolled_on_only_if_enrolled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyInvestment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("month", models.PositiveSmallIntegerField(verbose_name="month")),
                (
                    "month_10k",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="this month (10k CNY)"
                    ),
                ),
                (
                    "ytd_10k",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="this year so far (10k CNY)"),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="investments",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "monthly investment",
                "verbose_name_plural": "monthly investments",
                "ordering": ["project", "year", "month"],
                "indexes": [models.Index(fields=["year", "project", "-month"], name="investment_latest")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "year", "month"), name="investment_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("month__gte", 1), ("month__lte", 12)), name="investment_month_1_to_12"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("L03", "签约"),
                            ("L04", "注册"),
                            ("L05", "立项备案"),
                            ("L06", "供地（摘牌）"),
                            ("L07", "报批"),
                            ("L08", "开工"),
                            ("L09", "主体封顶"),
                            ("L10", "竣工"),
                            ("L11", "设备安装"),
                            ("L12", "试生产"),
                            ("L13", "投产"),
                            ("L14", "达产"),
                            ("L15", "达效"),
                        ],
                        max_length=3,
                        verbose_name="stage",
                    ),
                ),
                ("baseline_on", models.DateField(blank=True, null=True, verbose_name="baseline")),
                (
                    "baseline_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("quarter", "quarter"),
                            ("half", "half-year"),
                            ("year", "year"),
                        ],
                        default="day",
                        max_length=8,
                    ),
                ),
                ("forecast_on", models.DateField(blank=True, null=True, verbose_name="forecast")),
                (
                    "forecast_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("quarter", "quarter"),
                            ("half", "half-year"),
                            ("year", "year"),
                        ],
                        default="day",
                        max_length=8,
                    ),
                ),
                ("actual_on", models.DateField(blank=True, null=True, verbose_name="actual")),
                (
                    "actual_precision",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("month", "month"),
                            ("quarter", "quarter"),
                            ("half", "half-year"),
                            ("year", "year"),
                        ],
                        default="day",
                        max_length=8,
                    ),
                ),
                ("is_done", models.BooleanField(default=False, verbose_name="reached, date unknown")),
                ("evidence", models.TextField(blank=True, verbose_name="evidence")),
                (
                    "due_on",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            models.F("baseline_on"), models.F("forecast_on")
                        ),
                        output_field=models.DateField(null=True),
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["project", "stage"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("actual_on__isnull", True), ("due_on__isnull", False), ("is_done", False)),
                        fields=["due_on"],
                        name="milestone_open_by_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "stage"), name="milestone_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(("actual_on__isnull", True), ("is_done", False), _connector="OR"),
                        name="milestone_done_without_date_only",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("create", "new"),
                            ("update", "changed"),
                            ("unchanged", "unchanged"),
                            ("refused", "refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("matched_by", models.CharField(blank=True, max_length=8)),
                ("project_version", models.PositiveIntegerField(blank=True, null=True)),
                ("values", models.JSONField(default=dict)),
                ("changes", models.JSONField(default=list)),
                ("kept", models.JSONField(default=list)),
                ("findings", models.JSONField(default=list)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="projects.importbatch"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "sheet", "row"],
                "constraints": [models.UniqueConstraint(fields=("batch", "sheet", "row"), name="import_row_once")],
            },
        ),
        migrations.CreateModel(
            name="AnnualPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("planned_10k", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="planned (10k CNY)")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annual_plans",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "annual plan",
                "verbose_name_plural": "annual plans",
                "ordering": ["project", "year"],
                "constraints": [models.UniqueConstraint(fields=("project", "year"), name="annual_plan_once_a_year")],
            },
        ),
        migrations.CreateModel(
            name="ProjectChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("created", "registered"),
                            ("edited", "edited"),
                            ("stage", "stage entered"),
                            ("status", "status changed"),
                            ("milestone", "milestone changed"),
                            ("investment", "investment reported"),
                            ("plan", "plan changed"),
                            ("team", "team changed"),
                            ("imported", "imported from a ledger"),
                        ],
                        max_length=12,
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "project change",
                "verbose_name_plural": "project changes",
                "ordering": ["project", "-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StageEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("L01", "谋划"),
                            ("L02", "洽谈"),
                            ("L03", "签约"),
                            ("L04", "注册"),
                            ("L05", "立项备案"),
                            ("L06", "供地（摘牌）"),
                            ("L07", "报批"),
                            ("L08", "开工"),
                            ("L09", "主体封顶"),
                            ("L10", "竣工"),
                            ("L11", "设备安装"),
                            ("L12", "试生产"),
                            ("L13", "投产"),
                            ("L14", "达产"),
                            ("L15", "达效"),
                        ],
                        max_length=3,
                        verbose_name="from stage",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("L01", "谋划"),
                            ("L02", "洽谈"),
                            ("L03", "签约"),
                            ("L04", "注册"),
                            ("L05", "立项备案"),
                            ("L06", "供地（摘牌）"),
                            ("L07", "报批"),
                            ("L08", "开工"),
                            ("L09", "主体封顶"),
                            ("L10", "竣工"),
                            ("L11", "设备安装"),
                            ("L12", "试生产"),
                            ("L13", "投产"),
                            ("L14", "达产"),
                            ("L15", "达效"),
                        ],
                        max_length=3,
                        verbose_name="stage",
                    ),
                ),
                ("entered_on", models.DateField(verbose_name="entered on")),
                ("evidence", models.TextField(blank=True, verbose_name="evidence")),
                ("missing", models.JSONField(blank=True, default=list, verbose_name="missing at the gate")),
                ("override_reason", models.TextField(blank=True, verbose_name="reason for passing the gate")),
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
                        related_name="stage_entries",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "stage entry",
                "verbose_name_plural": "stage entries",
                "ordering": ["project", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_status",
                    models.CharField(
                        choices=[("active", "active"), ("suspended", "suspended"), ("terminated", "terminated")],
                        max_length=12,
                        verbose_name="from status",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "active"), ("suspended", "suspended"), ("terminated", "terminated")],
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("on", models.DateField(verbose_name="on")),
                ("reason", models.TextField(verbose_name="reason")),
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
                        related_name="status_changes",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "status change",
                "verbose_name_plural": "status changes",
                "ordering": ["project", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("leader", "leader in charge"),
                            ("department", "department in charge"),
                            ("street", "street or township in charge"),
                            ("specialist", "service specialist"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("person_name", models.CharField(blank=True, max_length=100, verbose_name="person")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="phone")),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="team",
                        to="projects.project",
                        verbose_name="project",
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
            ],
            options={
                "verbose_name": "team member",
                "verbose_name_plural": "team members",
                "ordering": ["project", "role"],
                "constraints": [models.UniqueConstraint(fields=("project", "role"), name="team_role_once_per_project")],
            },
        ),
    ]
