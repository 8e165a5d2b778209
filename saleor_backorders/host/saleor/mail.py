"""How this shop speaks to people: its name, its address, its mail server, its notifications."""

from __future__ import annotations

from typing import Any

from saleor.core.notify import NotifyHandler
from saleor.core.utils import build_absolute_uri
from saleor.webhook.event_types import WebhookEventAsyncType
from saleor.webhook.utils import get_webhooks_for_event

from saleor_backorders.errors import NobodyListens
from saleor_backorders.host import smtp

from .compat import manager
from .views import saleor_settings

WEBHOOKS = "mirumee.webhooks"
# These send nothing for an event that they do not know; SendGrid's takes its name for the id of a
# template and asks SendGrid to send that.
DEAF = frozenset(
    {
        "mirumee.notifications.sendgrid_email",
        "mirumee.notifications.user_email",
        "mirumee.notifications.admin_email",
    }
)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def base_url() -> str:
    """Return the address of the API's host, without a trailing slash."""
    return str(build_absolute_uri("/")).rstrip("/")


def connection(*, timeout: int) -> Any:
    """Return a mail backend by ``EMAIL_URL``, or else by ``USER_EMAIL_URL``."""
    known = saleor_settings()
    if not known.EMAIL_HOST and known.EMAIL_BACKEND in ("", SMTP) and known.USER_EMAIL_HOST:
        return smtp.backend(
            SMTP,
            host=known.USER_EMAIL_HOST,
            port=int(known.USER_EMAIL_PORT),
            username=known.USER_EMAIL_HOST_USER,
            password=known.USER_EMAIL_HOST_PASSWORD,
            use_tls=known.USER_EMAIL_USE_TLS,
            use_ssl=known.USER_EMAIL_USE_SSL,
            timeout=timeout,
        )
    return smtp.backend(timeout=timeout)


def notify(*, event: str, payload: dict[str, Any], channel_slug: str) -> None:
    """Tell every plugin of a channel that can make something of it.

    :raises NobodyListens: none can.
    """
    plugins = manager()
    active = plugins.get_plugins(channel_slug=channel_slug, active_only=True)
    listeners = [plugin.PLUGIN_ID for plugin in active if _listens(plugin, channel_slug)]
    if not listeners:
        raise NobodyListens
    handler = NotifyHandler(lambda: payload)
    for plugin_id in listeners:
        plugins.notify(
            event, payload_func=handler.payload, channel_slug=channel_slug, plugin_id=plugin_id
        )


def _listens(plugin: Any, channel_slug: str) -> bool:
    if plugin.PLUGIN_ID == WEBHOOKS:
        return bool(get_webhooks_for_event(WebhookEventAsyncType.NOTIFY_USER))
    return plugin.PLUGIN_ID not in DEAF and plugin.is_event_active("notify", channel=channel_slug)
