"""Make rows through the host's own models, whichever columns those have."""

from __future__ import annotations

import base64
from typing import Any

from django.apps import apps
from django.db import models

Json = dict[str, Any]


def make(label: str, **values: Any) -> Any:
    """Create a row with the values that this host's model knows."""
    model = apps.get_model(label)
    known = {field.name for field in model._meta.get_fields()}
    known |= {field.attname for field in model._meta.concrete_fields}
    return model._default_manager.create(
        **{name: value for name, value in values.items() if name in known}
    )


def named(row: models.Model) -> Json:
    """Return what a test wants to know of a row: its key, its global id and its slug."""
    text = f"{type(row).__name__}:{row.pk}"
    return {
        "pk": row.pk,
        "id": base64.b64encode(text.encode()).decode(),
        "slug": getattr(row, "slug", None),
    }


def has(label: str) -> bool:
    """Tell whether the host has a model."""
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True
