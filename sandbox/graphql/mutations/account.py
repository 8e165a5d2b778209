from __future__ import annotations

from typing import Any

from sandbox.apps.account.models import User
from sandbox.graphql.auth import make_token
from sandbox.graphql.errors import refuse
from sandbox.graphql.registry import mutation


@mutation("tokenCreate")
def token_create(_context: Any, email: str, password: str) -> dict[str, Any]:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not user.check_password(password):
        raise refuse("email", "Please, enter valid credentials", "invalid_credentials")
    return {"token": make_token(user), "user": user}
