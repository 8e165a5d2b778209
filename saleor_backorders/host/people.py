"""In whose name something is done, as the shop's own rows; alike in both hosts."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from .port import Actor


def people(actor: Actor) -> tuple[Any, Any]:
    """Return the user and the app in whose name an order is changed."""
    user = apps.get_model("account", "User").objects.filter(pk=actor.user_id).first()
    app = apps.get_model("app", "App").objects.filter(pk=actor.app_id).first()
    return user, app
