"""Where the storefront shows a product: the shop says how its addresses are made."""

from __future__ import annotations

import base64
from string import Formatter
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

PLACES = ("slug", "product", "variant", "channel")
"""What an address may name: the product's slug, the Saleor IDs, the channel's slug."""
_SAMPLE = dict.fromkeys(PLACES, "x")
_is_web_address = URLValidator(schemes=("http", "https"))


def check(template: str) -> None:
    """Refuse what cannot be filled in, or is no address then.

    :raises ValidationError: it names something else, its braces do not match, or no browser
        could follow it.
    """
    if not _can_be_filled_in(template):
        known = ", ".join(f"{{{place}}}" for place in PLACES)
        raise ValidationError(
            _("An address may name %(known)s and nothing else."), params={"known": known}
        )
    _is_web_address(template.format(**_SAMPLE))


def of_variant(template: str, *, slug: str, product_id: int, variant_id: int, channel: str) -> str:
    """Return where a variant is shown; empty where the shop does not say."""
    return template.format(
        slug=quote(slug, safe=""),
        product=quote(_global_id("Product", product_id), safe=""),
        variant=quote(_global_id("ProductVariant", variant_id), safe=""),
        channel=quote(channel, safe=""),
    )


def _can_be_filled_in(template: str) -> bool:
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return False
    named = [
        (name, form, conversion) for _text, name, form, conversion in parts if name is not None
    ]
    return all(name in PLACES and not form and not conversion for name, form, conversion in named)


def _global_id(kind: str, key: int) -> str:
    return base64.b64encode(f"{kind}:{key}".encode()).decode()
