from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils import timezone

from sandbox.apps.account.models import User
from sandbox.apps.app.models import App, AppToken

ALGORITHM = "HS256"
LIFETIME = timedelta(days=1)


class PermissionDenied(Exception):
    """Who asks may not do this."""

    def __init__(self, *permissions: str) -> None:
        self.permissions = permissions
        names = ", ".join(name.split(".")[1].upper() for name in permissions)
        super().__init__(f"To access this path, you need one of the following permissions: {names}")


def make_token(user: User) -> str:
    """Return a signed token that speaks for a user."""
    now = timezone.now()
    claims = {"sub": str(user.pk), "type": "access", "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, settings.SECRET_KEY, algorithm=ALGORITHM)


def user_of(request: HttpRequest) -> User | None:
    """Return the user for whom a request's token speaks, or None where it has no token.

    As in Saleor, what is no token at all speaks for nobody.

    :raises jwt.InvalidTokenError: when the token is one but does not hold.
    """
    token = _token(request)
    if token.count(".") != 2:
        return None
    claims = jwt.decode(token, settings.SECRET_KEY, algorithms=[ALGORITHM])
    user = User.objects.filter(pk=int(claims["sub"]), is_active=True).first()
    if user is None or claims.get("type") != "access":
        raise jwt.InvalidTokenError("Invalid token. User does not exist or is inactive.")
    return user


def app_of(request: HttpRequest) -> App | None:
    """Return the app whose token a request bears."""
    token = _token(request)
    if not token or token.count(".") == 2:
        return None
    candidates = AppToken.objects.filter(
        token_last_4=token[-4:], app__is_active=True, app__removed_at=None
    )
    for each in candidates.select_related("app"):
        if check_password(token, each.auth_token):
            return each.app
    return None


def _token(request: HttpRequest) -> str:
    header = request.headers.get("Authorization", "") or request.headers.get(
        "Authorization-Bearer", ""
    )
    return header.split(" ")[-1]


def permissions_of(context: Any) -> frozenset[str]:
    """Return the permissions of whoever sends a request."""
    if not hasattr(context, "sandbox_permissions"):
        holder = context.app or context.user
        context.sandbox_permissions = holder.permission_names() if holder else frozenset()
    permissions: frozenset[str] = context.sandbox_permissions
    return permissions


def may(context: Any, *permissions: str) -> bool:
    """Tell whether the requester holds one of the permissions."""
    return not permissions_of(context).isdisjoint(permissions)


def require(context: Any, *permissions: str) -> None:
    """Insist on one of the permissions.

    :raises PermissionDenied: when the requester holds none of them.
    """
    if not may(context, *permissions):
        raise PermissionDenied(*permissions)
