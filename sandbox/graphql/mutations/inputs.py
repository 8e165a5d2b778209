from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.apps.account.models import Address
from sandbox.graphql.errors import refuse
from sandbox.orders.events import Actor

ADDRESS_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "streetAddress1": "street_address_1",
    "city": "city",
    "postalCode": "postal_code",
    "country": "country",
    "countryArea": "country_area",
}


def save_address(data: Mapping[str, Any] | None) -> Address | None:
    """Store an address where one was given.

    :raises ValidationError: as ``create_address`` does.
    """
    return None if data is None else create_address(data)


def create_address(data: Mapping[str, Any]) -> Address:
    """Store an address, which needs its country.

    :raises ValidationError: when it has none.
    """
    if not data.get("country"):
        raise refuse("country", "This field is required.", "required")
    values = {name: data[key] or "" for key, name in ADDRESS_FIELDS.items() if key in data}
    return Address.objects.create(**values)


def stored_choice(name: str) -> str:
    """Turn the name of a choice, ``SOME_CHOICE``, into its stored value, ``some-choice``."""
    return name.lower().replace("_", "-")


def pick(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Rename those fields of an input that were given."""
    return {name: data[key] for key, name in names.items() if data.get(key) is not None}


def actor(context: Any) -> Actor:
    """Return in whose name a request changes something."""
    return Actor(
        user_id=context.user.pk if context.user else None,
        app_id=context.app.pk if context.app else None,
    )
