"""Who asks, when, over which connection: what resolvers need of one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.utils import timezone, translation

from saleor_backorders import errors
from saleor_backorders.common import clock, rate_limit
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor, Host, Requester

from . import permissions
from .errors import as_data, as_exception
from .loaders import Loaders


def actor(asking: Asking) -> Actor:
    """Return in whose name the shop notes what is done."""
    return Actor(user_id=asking.requester.user_id, app_id=asking.requester.app_id)


PRIMARY = "default"


_KEY = "_backorders_asking"


@dataclass(frozen=True, kw_only=True)
class Asking:
    host: Host
    requester: Requester
    language: str
    using: str
    now: datetime
    today: date
    address: str
    """Where the request came from, for counting wrong guesses."""
    loaders: Loaders


def of(info: Any, *, writes: bool = False) -> Asking:
    """Return what is known of a request; a mutation reads what it wrote, from the primary."""
    context = info.context
    known: Asking | None = getattr(context, _KEY, None)
    if known is None or (writes and known.using != PRIMARY):
        host = get_host()
        using = PRIMARY if writes else host.shop.read_connection(context)
        known = Asking(
            host=host,
            requester=host.shop.requester(context),
            language=translation.get_language_from_request(context),
            using=using,
            now=timezone.now(),
            today=clock.today(),
            address=rate_limit.address_of(context.META),
            loaders=Loaders(using),
        )
        setattr(context, _KEY, known)
    return known


def query(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """Turn ``resolve(asking, **arguments)`` into a resolver that answers facts with errors."""

    @wraps(resolve)
    def resolver(_root: Any, info: Any, **arguments: Any) -> Any:
        try:
            asking = of(info)
            with translation.override(asking.language):
                return resolve(asking, **arguments)
        except errors.BackordersError as exc:
            raise as_exception(exc) from exc

    return resolver


def mutation(payload: Callable[..., Any], *, permission: str | None = None) -> Any:
    """Turn ``resolve(asking, **arguments)`` into a resolver that answers facts with data.

    ``payload`` builds the answer of a refusal from ``errors`` alone.
    """

    def decorate(resolve: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(resolve)
        def resolver(_root: Any, info: Any, **arguments: Any) -> Any:
            asking = of(info, writes=True)
            with translation.override(asking.language):
                try:
                    if permission:
                        permissions.require(asking.requester, permission)
                    return resolve(asking, **arguments)
                except errors.BackordersError as exc:
                    return payload(errors=[as_data(exc)])

        return resolver

    return decorate
