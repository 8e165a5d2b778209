"""Who may read or decide about a backorder: its owner, staff, and whoever holds its link."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_backorders import errors, ratings
from saleor_backorders.cancellations import locking
from saleor_backorders.common import links, rate_limit
from saleor_backorders.host.port import MANAGE_ORDERS, Actor
from saleor_backorders.queue import backorder_list

from . import ids, permissions
from .context import Asking


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A backorder that the asker has a say in, and in whose name they have it."""

    backorder_id: int
    actor: Actor
    by: str


def to_backorder(asking: Asking, *, id: str | None, token: str | None) -> Granted:
    """Let pass by id or by token.

    :raises MissingValue: neither.  :raises InvalidValue: both.
    :raises LinkInvalid: a token that leads nowhere; counted, and slowed down.
    :raises PermissionDenied: neither owner nor staff, in the same words for one that is not there.
    :raises NotFound: staff asked for one that is not there.
    """
    check_one(id, token)
    if token is not None:
        return Granted(backorder_id=_by_token(asking, token), actor=Actor(), by=locking.CUSTOMER)
    return by_id(asking, id or "")


def to_rating(asking: Asking, *, id: str | None, token: str | None) -> int:
    """Return the backorder that the asker may rate: its owner, staff, a holder of its own link.

    :raises BackordersError: as :func:`to_backorder`.
    """
    check_one(id, token)
    if token is None:
        return by_id(asking, id or "").backorder_id
    try:
        return ratings.by_link(token, using=asking.using).pk
    except errors.LinkInvalid:
        rate_limit.wrong_guess(asking.address)
        raise


def check_one(id: str | None, token: str | None) -> None:
    """Refuse a request that names its backorder twice, or not at all."""
    if id is None and token is None:
        raise errors.MissingValue(field="id")
    if id is not None and token is not None:
        raise errors.InvalidValue("Give either `id` or `token`.", field="token")


def _by_token(asking: Asking, token: str) -> int:
    try:
        return links.open_backorder(token, asking.using).pk
    except errors.LinkInvalid:
        rate_limit.wrong_guess(asking.address)
        raise


def by_id(asking: Asking, id: str) -> Granted:
    """Find the backorder of an id for whoever may decide about it."""
    key = ids.integer(id, kind="Backorder", field="id", most=ids.INT8_MAX)
    found = backorder_list.find(ids=[key], using=asking.using).get(key)
    who = asking.requester
    permissions.require_reader(who, owner_id=found.owner_id if found else None)
    if found is None:
        raise errors.NotFound(kind="Backorder", key=key, field="id")
    owns = found.owner_id is not None and found.owner_id == who.user_id
    by = locking.STAFF if who.may(MANAGE_ORDERS) and not owns else locking.CUSTOMER
    return Granted(backorder_id=key, actor=Actor(user_id=who.user_id, app_id=who.app_id), by=by)
