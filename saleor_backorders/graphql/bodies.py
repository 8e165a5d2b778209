"""How much a request may hold: files of supply are larger than what Django takes by itself."""

from __future__ import annotations

from django.http import HttpRequest

MOST_BYTES = 16 * 1024 * 1024


def admit_files(request: HttpRequest) -> None:
    """Read a large body of somebody who signs their request; Django's limit holds for all others.

    Django compares the announced length with its limit whenever a body is read; what is read
    once it keeps.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return
    if "HTTP_AUTHORIZATION" not in request.META and "HTTP_AUTHORIZATION_BEARER" not in request.META:
        return
    request.META["CONTENT_LENGTH"] = "0"
    try:
        _ = request.body
    finally:
        request.META["CONTENT_LENGTH"] = length
