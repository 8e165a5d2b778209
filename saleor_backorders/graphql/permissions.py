"""Who may do what, asked of the host."""

from __future__ import annotations

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS, Requester


def require(requester: Requester, permission: str) -> None:
    """Let pass who holds a permission.

    :raises PermissionDenied: anybody else.
    """
    if not requester.may(permission):
        raise errors.PermissionDenied(permission=permission)


def require_reader(requester: Requester, *, owner_id: int | None) -> None:
    """Let pass the owner of an order, and staff.

    :raises PermissionDenied: anybody else, in the same words whether or not the order exists.
    """
    owns = owner_id is not None and owner_id == requester.user_id
    if not owns:
        require(requester, MANAGE_ORDERS)


def require_customer(requester: Requester) -> int:
    """Return who is signed in.

    :raises PermissionDenied: nobody.
    """
    if requester.user_id is None:
        raise errors.PermissionDenied()
    return requester.user_id
