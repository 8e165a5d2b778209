"""Who may read or decide about a backorder: its owner, staff, and whoever holds its link."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS, Actor
from saleor_backorders.services import links, queue, rate, releasing, throttle

from . import ids, permissions
from .asking import Asking


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A backorder that the asker has a say in, and in whose name they have it."""

    backorder_id: int
    actor: Actor
    by: str


def to_backorder(asking: Asking, *, id: str | None, token: str | None) -> Granted:  # noqa: A002
    """Let pass by id or by token.

    :raises MissingValue: neither.  :raises InvalidValue: both.
    :raises LinkInvalid: a token that leads nowhere; counted, and slowed down.
    :raises PermissionDenied: neither owner nor staff, in the same words for one that is not there.
    :raises NotFound: staff asked for one that is not there.
    """
    _check_one(id, token)
    if token is not None:
        return Granted(backorder_id=_by_token(asking, token), actor=Actor(), by=releasing.CUSTOMER)
    return _by_id(asking, id or "")


def to_rating(asking: Asking, *, id: str | None, token: str | None) -> int:  # noqa: A002
    """Return the backorder that the asker may rate: its owner, staff, a holder of its own link.

    :raises BackordersError: as :func:`to_backorder`.
    """
    _check_one(id, token)
    if token is None:
        return _by_id(asking, id or "").backorder_id
    try:
        return rate.by_link(token, using=asking.using).pk
    except errors.LinkInvalid:
        throttle.wrong_guess(asking.address)
        raise


def _check_one(id: str | None, token: str | None) -> None:  # noqa: A002
    if id is None and token is None:
        raise errors.MissingValue(field="id")
    if id is not None and token is not None:
        raise errors.InvalidValue("Give either `id` or `token`.", field="token")


def _by_token(asking: Asking, token: str) -> int:
    try:
        return links.open_backorder(token, asking.using).pk
    except errors.LinkInvalid:
        throttle.wrong_guess(asking.address)
        raise


def _by_id(asking: Asking, id: str) -> Granted:  # noqa: A002
    key = ids.integer(id, kind="Backorder", field="id", most=ids.INT8_MAX)
    found = queue.find(ids=[key], using=asking.using).get(key)
    who = asking.requester
    permissions.require_reader(who, owner_id=found.owner_id if found else None)
    if found is None:
        raise errors.NotFound(kind="Backorder", key=key, field="id")
    owns = found.owner_id is not None and found.owner_id == who.user_id
    by = releasing.STAFF if who.may(MANAGE_ORDERS) and not owns else releasing.CUSTOMER
    return Granted(backorder_id=key, actor=Actor(user_id=who.user_id, app_id=who.app_id), by=by)
