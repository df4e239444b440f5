import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_tokens"),
        ("accounts", "__first__"),
        ("approvals", "0003_approval_map"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangePlatform",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("items", models.JSONField(blank=True, default=dict, verbose_name="items")),
                ("states", models.JSONField(blank=True, default=dict, verbose_name="states")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exchange_platforms",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval platform",
                "verbose_name_plural": "approval platforms",
                "ordering": ["park", "name"],
                "constraints": [models.UniqueConstraint(fields=("park", "code"), name="exchange_platform_once")],
            },
        ),
        migrations.CreateModel(
            name="ExchangeMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=100, verbose_name="message")),
                ("project_code", models.CharField(blank=True, max_length=40, verbose_name="project code")),
                ("case_number", models.CharField(blank=True, max_length=100, verbose_name="case number")),
                ("item_code", models.CharField(blank=True, max_length=60, verbose_name="item")),
                ("state_code", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="state")),
                ("happened_at", models.DateTimeField(blank=True, null=True, verbose_name="happened at")),
                ("record", models.JSONField(default=dict)),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "taken over"),
                            ("known", "nothing new"),
                            ("open", "to be looked at"),
                            ("dismissed", "set aside"),
                            ("waiting", "to be confirmed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="what became of it",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exchange_messages",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="exchange_messages",
                        to="approvals.projectstep",
                        verbose_name="step",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="approvals.exchangeplatform",
                        verbose_name="platform",
                    ),
                ),
            ],
            options={
                "verbose_name": "message of an approval platform",
                "verbose_name_plural": "messages of approval platforms",
                "ordering": ["-received_at", "-pk"],
                "indexes": [models.Index(fields=["park", "state", "-received_at"], name="exchange_message_open")],
                "constraints": [
                    models.UniqueConstraint(fields=("platform", "message_id"), name="exchange_message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="exchange_settled_at_and_by",
                    ),
                ],
            },
        ),
    ]
