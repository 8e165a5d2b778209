"""What the shop tells people, as staff see it: types, the list, and sending again."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors, outbox
from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.notifications import message_list

from . import connection, permissions
from . import ids as decode
from .connection import PageInfo, list_of
from .context import PRIMARY, Asking, mutation, query
from .enums import BackorderMessageKind, BackorderMessageState
from .errors import BackorderError
from .scalars import Int


class BackorderMessage(graphene.ObjectType):
    class Meta:
        description = "One message to a customer or to the staff."

    id = graphene.ID(required=True)
    kind = graphene.Field(BackorderMessageKind, required=True)
    state = graphene.Field(BackorderMessageState, required=True)
    channel = graphene.String(required=True)
    order_id = graphene.ID(description="Null where it is about no single order.")
    recipient = graphene.String(
        required=True,
        description="Whom it went to; empty until it was handed over, and of sign-ups.",
    )
    language = graphene.String(required=True, description="Empty until it was handed over.")
    attempts = Int(required=True)
    trouble = graphene.String(
        required=True, description="Why it was not sent, or not yet; empty where nothing is wrong."
    )
    due_at = graphene.DateTime(required=True, description="When it is tried next, or was last due.")
    created_at = graphene.DateTime(required=True)
    settled_at = graphene.DateTime(description="When it was sent, or was found not to be sent.")


class BackorderMessageEdge(graphene.ObjectType):
    node = graphene.Field(BackorderMessage, required=True)
    cursor = graphene.String(required=True)


class BackorderMessageConnection(graphene.ObjectType):
    page_info = graphene.Field(PageInfo, required=True)
    edges = list_of(BackorderMessageEdge)
    total_count = Int()

    @staticmethod
    def resolve_total_count(root: Any, _info: Any) -> int:
        return int(root.total_count())


class BackorderMessagesPayload(graphene.ObjectType):
    messages = list_of(BackorderMessage)
    errors = list_of(BackorderError)


class BackorderMessageFilter(graphene.InputObjectType):
    states = graphene.List(graphene.NonNull(BackorderMessageState))
    kinds = graphene.List(graphene.NonNull(BackorderMessageKind))
    order_ids = graphene.List(graphene.NonNull(graphene.ID))
    channels = graphene.List(graphene.NonNull(graphene.String))


@query
def backorder_messages(asking: Asking, *, filter: Any = None, **slice_of: Any) -> Any:
    """List messages, for staff."""
    permissions.require(asking.requester, MANAGE_ORDERS)
    wanted = _filter(filter or {})
    window = connection.window(**slice_of)
    page = message_list.page(wanted=wanted, window=window, using=asking.using)
    cursors = [message_list.cursor_of(each) for each in page.items]
    return BackorderMessageConnection(
        page_info=connection.page_info(cursors, has_more=page.has_more, window=window),
        edges=[
            BackorderMessageEdge(node=_show(each), cursor=connection.encode(cursor))
            for each, cursor in zip(page.items, cursors, strict=True)
        ],
        total_count=lambda: message_list.count(wanted=wanted, using=asking.using),
    )


@mutation(partial(BackorderMessagesPayload, messages=[]), permission=MANAGE_ORDERS)
def backorder_messages_send(_asking: Asking, *, ids: list[str]) -> Any:
    """Let messages be sent again."""
    if not ids:
        raise errors.MissingValue(field="ids")
    keys = decode.integers(ids, kind="BackorderMessage", field="ids", most=decode.INT8_MAX)
    outbox.send_again(ids=keys)
    return BackorderMessagesPayload(
        messages=[_show(each) for each in message_list.find(ids=keys, using=PRIMARY)], errors=[]
    )


def _filter(given: Any) -> message_list.Filter:
    return message_list.Filter(
        states=given.get("states") or (),
        kinds=given.get("kinds") or (),
        order_ids=[
            decode.uuid(value, kind="Order", field="orderIds")
            for value in decode.limited(given.get("order_ids") or (), "orderIds")
        ],
        channels=decode.limited(given.get("channels") or (), "channels"),
    )


def _show(listed: message_list.Listed) -> BackorderMessage:
    row = listed.message
    return BackorderMessage(
        id=decode.encode("BackorderMessage", row.pk),
        kind=row.kind,
        state=row.state,
        channel=listed.channel,
        order_id=decode.encode("Order", row.order_id) if row.order_id else None,
        recipient=row.recipient,
        language=row.language,
        attempts=row.attempts,
        trouble=row.last_error,
        due_at=row.due_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
