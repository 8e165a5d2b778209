"""How much a request may hold: files of supply are larger than what Django takes by itself."""

from __future__ import annotations

from django.http import HttpRequest

MAX_BYTES = 16 * 1024 * 1024


def admit_files(request: HttpRequest) -> None:
    """Read a large body of somebody who signs their request; Django's limit holds for all others.

    Django measures a body against its limit when ``body`` is first read, and keeps what it read.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES or hasattr(request, "_body"):
        return
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_AUTHORIZATION_BEARER" in request.META:
        # The name under which Django keeps it; there is no other way to lend one view more room.
        request._body = request.read(MAX_BYTES)  # noqa: SLF001
