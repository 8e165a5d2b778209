"""What everybody found in their mail."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from sandbox import mail_backend
from sandbox.shop.visitor import show


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """List every email, newest first."""
    return show(request, "mailbox", mails=mail_backend.mails())


@require_GET
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one email, both bodies."""
    found = mail_backend.mail(key)
    if found is None:
        raise Http404
    return show(request, "mail", mail=found)
