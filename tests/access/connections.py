"""What connects a park with other systems, for the two worlds: a webhook with a delivery, a platform with a message."""

from typing import Any

from accounts.models import User
from approvals.models import ExchangeMessage, ExchangePlatform
from dispatch.webhooks.models import Webhook, WebhookEvent
from projects.models import Project
from tests.factories import AT

SHA = "a" * 64


def connections(project: Project, person: User, inside: str) -> None:
    park = project.park
    webhook = Webhook.objects.create(
        park=park, name=f"接收{inside}", url="https://hooks.example.com/", events=["bulletin.issued"], secret=inside,
        sees_as=person, created_at=AT, switched_off_at=AT, switched_off_reason=inside,
    )  # fmt: skip
    event = WebhookEvent.objects.create(
        park=park, kind="project.stage_changed", key=f"world/{project.pk}", project_id=project.pk, happened_at=AT,
        data={"project": {"id": project.pk, "code": project.code, "name": inside}},
    )  # fmt: skip
    webhook.deliveries.create(event=event, state="failed", said=inside, next_at=AT)
    platform = ExchangePlatform.objects.create(park=park, code=f"p{project.pk}", name=f"平台{inside}")
    ExchangeMessage.objects.create(
        park=park, platform=platform, message_id=f"消息{inside}", project_code=inside, record={"remark": inside},
        state="open", why=inside, received_at=AT, received_by=person, file_name=f"{inside}.csv", file_sha256=SHA,
    )  # fmt: skip


def connection_ids(project: Project) -> dict[str, Any]:
    platform = ExchangePlatform.objects.get(park=project.park_id, code=f"p{project.pk}")
    event = WebhookEvent.objects.get(key=f"world/{project.pk}")
    delivery = event.deliveries.get()
    return {
        "webhook": delivery.webhook_id, "webhook_delivery": delivery.pk, "exchange_platform": platform.pk,
        "exchange_message": platform.messages.get().pk, "platform": platform.code,
    }  # fmt: skip
