"""Messages that apps send in the shop's name, as Saleor's NOTIFY_USER webhook has it."""

from __future__ import annotations

import json
import logging
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings

from saleor_backorders.errors import NobodyListens
from sandbox.apps.webhook.models import Webhook

logger = logging.getLogger(__name__)

EVENT = "notify_user"


def notify(event: str, payload: dict[str, Any]) -> None:
    """Tell every app that listens; one that does not answer is logged, as a delivery that failed.

    :raises NobodyListens: none does.
    """
    webhooks = Webhook.objects.filter(
        is_active=True, app__is_active=True, app__removed_at=None, events__event_type=EVENT
    )
    if not webhooks:
        raise NobodyListens
    body = json.dumps({"notify_event": event, "payload": payload, "meta": {}}).encode()
    for webhook in webhooks:
        request = Request(  # noqa: S310  (the app's own address)
            webhook.target_url,
            data=body,
            headers={"Content-Type": "application/json", "Saleor-Event": EVENT},
        )
        try:
            with urlopen(request, timeout=settings.WEBHOOK_SYNC_TIMEOUT):  # noqa: S310
                pass
        except (OSError, HTTPException):
            logger.exception("%s did not take %s.", webhook.target_url, event)
