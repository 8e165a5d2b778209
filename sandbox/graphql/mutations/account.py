from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from sandbox.apps.account.models import User
from sandbox.graphql.auth import make_token
from sandbox.graphql.registry import mutation


@mutation("tokenCreate")
def token_create(_context: Any, email: str, password: str) -> dict[str, Any]:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not user.check_password(password):
        raise ValidationError(
            {
                "email": ValidationError(
                    "Please, enter valid credentials", code="invalid_credentials"
                )
            }
        )
    return {
        "token": make_token(user),
        "refreshToken": make_token(user, kind="refresh"),
        "user": user,
    }
