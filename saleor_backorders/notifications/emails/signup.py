"""What somebody is told who signed up for a variant."""

from __future__ import annotations

from saleor_backorders.availability import free_stock
from saleor_backorders.common import links
from saleor_backorders.models import Message, MessageKind
from saleor_backorders.settings import product_url

from .facts import Facts
from .mail import Draft, Line, OutdatedMessage
from .wanted import Wanted


def draft(message: Message, facts: Facts) -> Draft:
    """Say what is to be said to a sign-up, in the language in force.

    :raises OutdatedMessage: it is not so any more.
    """
    found = next((facts.wanted[key] for key in message.about_ids if key in facts.wanted), None)
    if found is None:
        raise OutdatedMessage("the sign-up is gone")
    if found.goods is None:
        raise OutdatedMessage("the variant is gone")
    if message.kind == MessageKind.CONFIRM:
        return _confirm(message, found, found.goods, facts)
    return _back_in_stock(message, found, found.goods, facts)


def language_of(message: Message) -> str:
    """Return the language in which somebody signed up."""
    return message.language


def _confirm(message: Message, found: Wanted, goods: free_stock.Goods, facts: Facts) -> Draft:
    if found.row.confirmed_at:
        raise OutdatedMessage("it was confirmed before")
    line = Line(name=goods.thing, url=links.confirm_url(found.row.pk, facts.base_url))
    return _draft(message, found, line)


def _back_in_stock(message: Message, found: Wanted, goods: free_stock.Goods, facts: Facts) -> Draft:
    if found.row.told_at is None:
        raise OutdatedMessage("somebody put the sign-up back into the queue")
    if not goods.units:
        raise OutdatedMessage("nothing of it is free any more")
    # No number where the shop does not count them.
    units = goods.units if goods.units != free_stock.NOT_COUNTED else 0
    line = Line(name=goods.thing, url=_shown_at(message, found, facts))
    return _draft(message, found, line, units=units)


def _shown_at(message: Message, found: Wanted, facts: Facts) -> str:
    """Return where the storefront shows it, if the shop says how to find that."""
    product_id, slug = found.product
    return product_url.of_variant(
        facts.rules[message.channel_id].product_url,
        slug=slug,
        product_id=product_id,
        variant_id=found.row.variant_id,
        channel=facts.channels[message.channel_id].slug,
    )


def _draft(message: Message, found: Wanted, line: Line, **facts: object) -> Draft:
    return Draft(
        kind=message.kind,
        recipients=(found.row.email,),
        language=message.language,
        lines=(line,),
        facts={"thing": line.name, **facts},
    )
