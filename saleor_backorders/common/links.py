"""Signed links: whoever holds one may do one thing with one row, without signing in.

Each purpose has a salt and a path of its own, so that no link can stand in for another: ``w`` to
read and decide about a backorder, ``r`` to rate one, ``n`` to confirm a sign-up, ``u`` to stop
messages of a kind.  A token holds the row's number and when it was made, and no personal data.

Django compares signatures in constant time.  A link to a backorder is revoked by state: once
nothing of it is open, its links lead nowhere, and nobody is told why.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db.models import Exists, OuterRef, Q

from saleor_backorders import conf, errors
from saleor_backorders.host.rows import orders
from saleor_backorders.models import Backorder

PURPOSE = "saleor_backorders.links.wait"
PLUGIN_PATH = f"/plugins/{conf.PLUGIN_ID}"
PATH = f"{PLUGIN_PATH}/w/"
RATE, CONFIRM, OUT = "rate", "confirm", "out"
_MAILS = {RATE: "r", CONFIRM: "n", OUT: "u"}
CONFIRM_DAYS = 7
CLOSED_ORDERS = ("canceled", "expired")
MAX_TOKEN_LENGTH = 100


def issue(backorder_id: int) -> str:
    """Return a new token for a backorder, fit for a URL."""
    return _signer().sign(str(backorder_id))


def read(token: str) -> int:
    """Return the number of the backorder that a token was issued for.

    :raises LinkInvalid: forged, altered, issued for something else, or too old.
    """
    return _read(token, PURPOSE, timedelta(days=conf.link_days()))


def url(backorder_id: int, base_url: str) -> str:
    """Return a new link to the customer's page; ``base_url`` is the address of the API's host."""
    return f"{base_url.rstrip('/')}{PATH}{issue(backorder_id)}/"


def issue_for(purpose: str, key: int) -> str:
    """Return a new token for one of the other purposes."""
    return _signer(f"saleor_backorders.links.{purpose}").sign(str(key))


def read_for(purpose: str, token: str) -> int:
    """Return the number of the row that a token of this purpose was issued for.

    A way out never grows old.

    :raises LinkInvalid: forged, altered, issued for something else, or too old.
    """
    days = {RATE: conf.link_days(), CONFIRM: CONFIRM_DAYS}.get(purpose)
    return _read(
        token, f"saleor_backorders.links.{purpose}", timedelta(days=days) if days else None
    )


def rate_url(backorder_id: int, base_url: str) -> str:
    """Return a new link to where a wait is rated."""
    return _url_for(RATE, backorder_id, base_url)


def confirm_url(subscription_id: int, base_url: str) -> str:
    """Return a new link that confirms a sign-up."""
    return _url_for(CONFIRM, subscription_id, base_url)


def out_url(message_id: int, base_url: str) -> str:
    """Return the link in a message by which its reader stops messages of its kind."""
    return _url_for(OUT, message_id, base_url)


def _url_for(purpose: str, key: int, base_url: str) -> str:
    token = issue_for(purpose, key)
    return f"{base_url.rstrip('/')}{PLUGIN_PATH}/{_MAILS[purpose]}/{token}/"


def open_backorder(token: str, using: str) -> Backorder:
    """Return the backorder of a link; what arrived but was not shipped may still be read.

    :raises LinkInvalid: a wrong link, or nothing of it waits or is ready to ship, or its order
        was cancelled, has expired or is gone.
    """
    its = orders(using).filter(pk=OuterRef("order_id"))
    found = (
        Backorder.objects.using(using)
        .filter(Q(waiting__gt=0) | Q(allocated__gt=0), id=read(token))
        .filter(Exists(its.exclude(status__in=CLOSED_ORDERS)))
        .first()
    )
    if found is None:
        raise errors.LinkInvalid
    return found


def _read(token: str, purpose: str, max_age: timedelta | None) -> int:
    if len(token) > MAX_TOKEN_LENGTH:
        raise errors.LinkInvalid
    try:
        return int(_signer(purpose).unsign(token, max_age=max_age))
    except signing.BadSignature as exc:
        raise errors.LinkInvalid from exc


def _signer(purpose: str = PURPOSE) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=purpose)
