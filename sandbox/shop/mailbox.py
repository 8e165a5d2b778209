"""What everybody found in their mail."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from sandbox import mail_backend
from sandbox.shop.visitor import show


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """List every letter, newest first."""
    return show(request, "mailbox", letters=mail_backend.letters())


@require_GET
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Show one letter, both bodies."""
    found = mail_backend.letter(key)
    if found is None:
        raise Http404
    return show(request, "letter", letter=found)
