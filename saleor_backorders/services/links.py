"""Signed links: whoever holds one may read and decide about one backorder, without signing in.

A token holds the backorder's number and when it was made, signed for this one purpose; Django
compares signatures in constant time.  It is revoked by state: once nothing of the backorder is
open, its links lead nowhere, and nobody is told why.
"""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.core import signing
from django.db.models import Exists, OuterRef, Q

from saleor_backorders import conf, errors
from saleor_backorders.models import Backorder

PURPOSE = "saleor_backorders.links.wait"
PATH = f"/plugins/{conf.PLUGIN_ID}/w/"
CLOSED_ORDERS = ("canceled", "expired")
LONGEST_TOKEN = 100


def issue(backorder_id: int) -> str:
    """Return a new token for a backorder, fit for a URL."""
    return _signer().sign(str(backorder_id))


def read(token: str) -> int:
    """Return the number of the backorder that a token was issued for.

    :raises LinkInvalid: forged, altered, issued for something else, or too old.
    """
    if len(token) > LONGEST_TOKEN:
        raise errors.LinkInvalid
    try:
        return int(_signer().unsign(token, max_age=timedelta(days=conf.link_days())))
    except signing.BadSignature as exc:
        raise errors.LinkInvalid from exc


def url(backorder_id: int, base_url: str) -> str:
    """Return a new link to the customer's page; ``base_url`` is the address of the API's host."""
    return f"{base_url.rstrip('/')}{PATH}{issue(backorder_id)}/"


def open_backorder(token: str, using: str) -> Backorder:
    """Return the backorder of a link; what arrived but was not shipped may still be read.

    :raises LinkInvalid: a wrong link, or nothing of it waits or is ready to ship, or its order
        was cancelled, has expired or is gone.
    """
    orders = apps.get_model("order", "Order")._base_manager.filter(pk=OuterRef("order_id"))
    found = (
        Backorder.objects.using(using)
        .filter(Q(waiting__gt=0) | Q(allocated__gt=0), id=read(token))
        .filter(Exists(orders.exclude(status__in=CLOSED_ORDERS)))
        .first()
    )
    if found is None:
        raise errors.LinkInvalid
    return found


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=PURPOSE)
