"""The outbox: who may send which message, and what became of it.

A message is claimed, prepared, marked as being handed over, handed over, and marked as sent.  The
marks are guarded statements by the claiming worker's own number, and by the database's clock, so
that several workers on several machines never hand over the same message.  A worker that dies
before the second mark leaves a message that is due again; one that dies after it leaves one of
which nobody can tell whether the mail server has it.  Those few are shown to staff and not sent
again unasked (docs/adr/0009).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from saleor_backorders import conf, errors
from saleor_backorders.models import Message, MessageState

from . import queries

MAX_ERROR_LENGTH = 500
MAX_RECIPIENT = Message._meta.get_field("recipient").max_length


def claim(*, worker: UUID, most: int) -> list[Message]:
    """Take what is due, oldest first; later news of the same kind and order go with it."""
    with transaction.atomic():
        ids = queries.claim(worker=worker, most=most)
        if ids:
            queries.merge(ids=ids)
        rows = Message.objects.filter(state=MessageState.CLAIMED).in_bulk(ids)
    return [rows[key] for key in ids if key in rows]


def recover() -> list[tuple[int, str]]:
    """Take up what dead workers left; return id and state of each."""
    return queries.recover(lease=conf.lease_seconds())


def begin_handing_over(message: Message, *, recipient: str, language: str) -> bool:
    """Note that the message is about to leave; False where it is no longer this worker's."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_backorders_message"
            " SET state = 'handing_over', recipient = %s, language = %s"
            " WHERE id = %s AND claimed_by = %s AND state = 'claimed'",
            [recipient[:MAX_RECIPIENT], language, message.pk, message.claimed_by],
        )
        return bool(cursor.rowcount)


def sent(message: Message) -> None:
    """Note that the message has left.

    Lost with a crash of the database's machine at worst, which leaves the mark before it.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
            " UPDATE saleor_backorders_message"
            " SET state = 'sent', settled_at = statement_timestamp(), last_error = ''"
            " FROM quick WHERE id = %s AND claimed_by = %s AND state = 'handing_over'",
            [message.pk, message.claimed_by],
        )


def skip(message: Message, why: str) -> None:
    """Note that the message is not sent, since it is not true any more or nobody wants it."""
    _close(message, MessageState.SKIPPED, why)


def give_up(message: Message, why: str) -> None:
    """Note that the message cannot be sent."""
    _close(message, MessageState.GIVEN_UP, why)


def unknown(message: Message, why: str) -> None:
    """Note that nobody can tell whether the message has left."""
    _close(message, MessageState.UNKNOWN, why)


def later(message: Message, why: str) -> None:
    """Let the message be tried again after a pause that grows, or give it up.

    Called only where it is known that nobody has it.
    """
    pauses = conf.mail_retry_delays()
    if message.attempts > len(pauses):
        give_up(message, why)
        return
    _put_back(message, pauses[message.attempts - 1], why)


def put_back(message: Message) -> None:
    """Give a claimed message back as it was: it was not tried."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_backorders_message SET state = 'pending', attempts = attempts - 1,"
            " claimed_by = NULL, claimed_at = NULL"
            " WHERE id = %s AND claimed_by = %s AND state = 'claimed'",
            [message.pk, message.claimed_by],
        )


@transaction.atomic
def send_again(*, ids: Sequence[int]) -> list[Message]:
    """Let messages be sent that were given up, or of which nobody knows; staff say so.

    :raises NotFound: no such message.
    :raises InvalidValue: it was sent, or is still to be.
    """
    rows = Message.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    for key in ids:
        row = found.get(key)
        if row is None:
            raise errors.NotFound(kind="BackorderMessage", key=key, field="ids")
        if row.state not in (MessageState.GIVEN_UP, MessageState.UNKNOWN):
            raise errors.InvalidValue(field="ids")
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_backorders_message"
            " SET state = 'pending', attempts = 0, due_at = statement_timestamp(),"
            "     settled_at = NULL, claimed_by = NULL, claimed_at = NULL"
            " WHERE id = ANY (%s)",
            [list(found)],
        )
    return list(Message.objects.filter(pk__in=list(found)).order_by("pk"))


def forget(*, before: datetime, most: int) -> int:
    """Forget the oldest messages that were settled before a moment; return how many."""
    return queries.forget(before=before, most=most)


def write(messages: Collection[Message]) -> int:
    """Put messages into the outbox in the caller's transaction; a key that is there stays."""
    made = Message.objects.bulk_create(messages, ignore_conflicts=True)
    return len(made)


def new(kind: str, key: str, channel_id: int, **values: Any) -> Message:
    """Return a message that is due at once, for :func:`write`."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT now(), pg_current_xact_id()::text::bigint")
        now, transaction_id = cursor.fetchone()
    return Message(
        kind=kind, key=key, channel_id=channel_id, due_at=now, created_at=now,
        transaction_id=transaction_id, **values,
    )  # fmt: skip


def _close(message: Message, state: str, why: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_backorders_message"
            " SET state = %s, settled_at = statement_timestamp(), last_error = %s"
            " WHERE id = %s AND claimed_by = %s AND state IN ('claimed', 'handing_over')",
            [state, why[:MAX_ERROR_LENGTH], message.pk, message.claimed_by],
        )


def _put_back(message: Message, pause: timedelta, why: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_backorders_message"
            " SET state = 'pending', last_error = %s, claimed_by = NULL, claimed_at = NULL,"
            "     due_at = statement_timestamp() + make_interval(secs => %s)"
            " WHERE id = %s AND claimed_by = %s AND state IN ('claimed', 'handing_over')",
            [why[:MAX_ERROR_LENGTH], pause.total_seconds(), message.pk, message.claimed_by],
        )
