"""What left by Django's mail backend in memory."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail as django_mail
from django.utils import timezone

from saleor_backorders.common import links
from saleor_backorders.host import get_host
from saleor_backorders.notifications import delivery


def deliver() -> list[Any]:
    """Send what is due; return what left by it."""
    before = len(django_mail.outbox)
    delivery.deliver(host=get_host(), now=timezone.now())
    return list(django_mail.outbox[before:])


def token_in(mail: Any, purpose: str) -> str:
    """Return the token of the link for a purpose that an email carries."""
    mail_of = {links.CONFIRM: "n", links.OUT: "u"}[purpose]
    (token,) = re.findall(rf"{links.PLUGIN_PATH}/{mail_of}/([^/\s]+)/", mail.body)
    return str(token)
