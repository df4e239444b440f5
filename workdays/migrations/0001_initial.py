import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="year")),
                (
                    "status",
                    models.CharField(
                        choices=[("official", "Official"), ("provisional", "Provisional")],
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
                "ordering": ["-year"],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(unique=True, verbose_name="date")),
                ("is_workday", models.BooleanField(verbose_name="make-up workday")),
                ("name", models.CharField(blank=True, max_length=50, verbose_name="name")),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="workdays.calendaryear",
                        verbose_name="year",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar day",
                "verbose_name_plural": "calendar days",
                "ordering": ["on"],
            },
        ),
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "source",
                    models.CharField(
                        choices=[("seed", "Seed"), ("file", "File"), ("page", "Page")],
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                (
                    "status_before",
                    models.CharField(
                        blank=True,
                        choices=[("official", "Official"), ("provisional", "Provisional")],
                        max_length=16,
                        verbose_name="status before",
                    ),
                ),
                (
                    "status_after",
                    models.CharField(
                        choices=[("official", "Official"), ("provisional", "Provisional")],
                        max_length=16,
                        verbose_name="status after",
                    ),
                ),
                ("off_before", models.PositiveSmallIntegerField(verbose_name="days off before")),
                ("off_after", models.PositiveSmallIntegerField(verbose_name="days off after")),
                ("make_up_before", models.PositiveSmallIntegerField(verbose_name="make-up workdays before")),
                ("make_up_after", models.PositiveSmallIntegerField(verbose_name="make-up workdays after")),
                ("days", models.JSONField(default=list, verbose_name="changed days")),
                ("at", models.DateTimeField(verbose_name="changed at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "calendar_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="workdays.calendaryear",
                        verbose_name="calendar year",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar change",
                "verbose_name_plural": "calendar changes",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("calendar_year", "version"), name="workdays_change_once_per_version"
                    )
                ],
            },
        ),
    ]
