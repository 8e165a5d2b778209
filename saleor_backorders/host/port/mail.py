"""How the shop speaks to people."""

from __future__ import annotations

from typing import Any, Protocol


class Mail(Protocol):
    """The shop's mail server and its notifications."""

    def base_url(self) -> str:
        """Return the address under which customers reach the API's host."""

    def connection(self, *, timeout: int) -> Any:
        """Return a Django mail backend to the shop's mail server, not opened yet."""

    def notify(self, *, event: str, payload: dict[str, Any], channel_slug: str) -> None:
        """Hand a message to whatever in the shop sends messages.

        :raises saleor_backorders.errors.NobodyListens: there is nothing.
        """
