"""Large bodies are taken from whoever signs their request, and from nobody else."""

from __future__ import annotations

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.test import RequestFactory

from saleor_backorders.graphql.body_limit import MAX_BYTES, admit_files

LARGE = 5_000_000


def posted(size: int, **headers: str) -> HttpRequest:
    request = RequestFactory().post(
        "/graphql/", data=b"x" * size, content_type="application/json", headers=headers
    )
    admit_files(request)
    return request


@pytest.mark.parametrize("header", ["Authorization", "Authorization-Bearer"])
def test_a_signed_request_may_hold_a_file(header: str) -> None:
    assert len(posted(LARGE, **{header: "Bearer token"}).body) == LARGE


def test_an_unsigned_one_keeps_to_djangos_limit() -> None:
    with pytest.raises(RequestDataTooBig):
        _ = posted(LARGE).body
    assert len(posted(10).body) == 10


def test_nobody_may_send_more_than_the_files_need() -> None:
    with pytest.raises(RequestDataTooBig):
        _ = posted(MAX_BYTES + 1, Authorization="Bearer token").body
