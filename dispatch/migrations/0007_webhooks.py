import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_verbs_of_interfaces"),
        ("accounts", "__first__"),
        ("dispatch", "0006_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("events", models.JSONField(default=list, verbose_name="events")),
                ("secret", models.CharField(editable=False, max_length=100)),
                ("old_secret", models.CharField(blank=True, editable=False, max_length=100)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("failures_in_a_row", models.PositiveIntegerField(default=0)),
                ("switched_off_at", models.DateTimeField(blank=True, null=True, verbose_name="switched off")),
                ("switched_off_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="accounts.park",
                        verbose_name="park",
                    ),
                ),
                (
                    "sees_as",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sees as",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["park", "name"],
                "constraints": [models.UniqueConstraint(fields=("park", "name"), name="webhook_name_once_per_park")],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="event")),
                ("key", models.CharField(max_length=120)),
                ("project_id", models.BigIntegerField(blank=True, null=True)),
                ("data", models.JSONField(default=dict)),
                ("happened_at", models.DateTimeField(db_index=True, verbose_name="happened at")),
                (
                    "park",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="webhook_events", to="accounts.park"
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-happened_at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("park", "kind", "key"), name="webhook_event_once")],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sent", "delivered"),
                            ("failed", "given up"),
                            ("withheld", "not for this receiver"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_at", models.DateTimeField(verbose_name="next attempt")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="answer")),
                ("said", models.CharField(blank=True, max_length=300, verbose_name="what it said")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                (
                    "replay_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replays",
                        to="dispatch.webhookdelivery",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="dispatch.webhook"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="dispatch.webhookevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of an event",
                "verbose_name_plural": "deliveries of events",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["state", "next_at"], name="webhook_delivery_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replay_of__isnull", True)),
                        fields=("webhook", "event"),
                        name="webhook_delivery_once",
                    )
                ],
            },
        ),
    ]
