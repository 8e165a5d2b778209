"""Empty the outbox: claim, write from live rows, hand over, note what became of it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.db import transaction

from saleor_backorders import conf, outbox
from saleor_backorders.back_in_stock import notify, subscriptions
from saleor_backorders.host.port import Host
from saleor_backorders.models import Message, Offer

from . import transports
from .emails import compose, customer
from .emails.facts import Facts
from .emails.mail import Email, OutdatedMessage

logger = logging.getLogger(__name__)

BATCH = 50
FRESH_SECONDS = 2.0
"""After so long the rest of a batch is written from rows that are read again."""


@dataclass
class Delivered:
    """What a run did."""

    sent: int = 0
    skipped: int = 0
    later: int = 0
    refused: int = 0
    unknown: int = 0


def deliver(
    *, host: Host, now: datetime, seconds: float = 50, most: int | None = None
) -> Delivered:
    """Send what is due, until nothing is, the time is over or ``most`` are done.

    Safe to run any number of times at once: each message is claimed by one worker.
    """
    outbox.recover()
    done = Delivered()
    posts = transports.Postmen(host, timeout=conf.mail_timeout())
    until = time.monotonic() + seconds
    left = most
    try:
        while time.monotonic() < until and (left is None or left > 0):
            batch = outbox.claim(worker=uuid4(), most=min(BATCH, left or BATCH))
            if not batch:
                break
            left = None if left is None else left - len(batch)
            _Round(host, posts, done, now).work(batch)
    finally:
        posts.close()
    return done


class _Round:
    """One batch on its way out."""

    def __init__(
        self, host: Host, posts: transports.Postmen, done: Delivered, now: datetime
    ) -> None:
        self._host, self._posts, self._done, self._now = host, posts, done, now
        self._read_at = 0.0
        self._known: Facts | None = None

    def work(self, batch: Sequence[Message]) -> None:
        """Send each message of a batch; where the server is gone, give the rest back."""
        for position, message in enumerate(batch):
            try:
                self._one(message, batch[position:])
            except transports.ServerUnavailable as last_error:
                self._wait(message, last_error)
                for each in batch[position + 1 :]:
                    outbox.put_back(each)
                return

    def _one(self, message: Message, rest: Sequence[Message]) -> None:
        known = self._facts(rest)
        try:
            mail = compose.compose(message, known)
        except OutdatedMessage as why:
            with transaction.atomic():
                outbox.skip(message, str(why))
                notify.wait_again(message)
            self._done.skipped += 1
            return
        except Exception as error:
            # One that cannot be written keeps nobody else waiting; it is tried again, and shown.
            logger.exception("Message %s cannot be written.", message.pk)
            outbox.later(message, f"cannot be written: {error}")
            self._done.later += 1
            return
        self._hand_over(message, mail, known)

    def _hand_over(self, message: Message, mail: Email, known: Facts) -> None:
        mark = partial(_mark, message, mail)
        channel = known.channels[message.channel_id].slug
        post = self._posts.by(known.rules[message.channel_id].transport)
        try:
            post.send(mail, channel=channel, mark=mark)
        except transports.ClaimLost:
            return
        except transports.ServerUnavailable:
            raise
        except transports.TransientError as last_error:
            self._wait(message, _discreet(last_error, message, mail))
        except transports.Rejected as last_error:
            outbox.give_up(message, _discreet(last_error, message, mail))
            self._done.refused += 1
        except transports.OutcomeUnknown as last_error:
            outbox.unknown(message, _discreet(last_error, message, mail))
            self._done.unknown += 1
        else:
            _note_sent(message, known, self._now)
            self._done.sent += 1

    def _wait(self, message: Message, last_error: Exception | str) -> None:
        outbox.later(message, str(last_error))
        self._done.later += 1

    def _facts(self, rest: Sequence[Message]) -> Facts:
        """Return the live rows, read anew where they may have moved on."""
        if self._known is None or time.monotonic() - self._read_at > FRESH_SECONDS:
            self._known = compose.load(rest, host=self._host)
            self._read_at = time.monotonic()
        return self._known


def _mark(message: Message, mail: Email) -> None:
    # A sign-up's address is kept in its own row alone, and is gone with it.
    to = "" if message.kind in subscriptions.KINDS else ", ".join(mail.recipients)
    if not outbox.begin_handing_over(message, recipient=to, language=mail.language):
        raise transports.ClaimLost


def _discreet(last_error: Exception, message: Message, mail: Email) -> str:
    """Return what to keep of an error: mail servers like to repeat the address."""
    text = str(last_error)
    if message.kind in subscriptions.KINDS:
        for each in mail.recipients:
            text = re.sub(re.escape(each), "…", text, flags=re.IGNORECASE)
    return text


def _note_sent(message: Message, known: Facts, now: datetime) -> None:
    """Note that a message has left, and in the same transaction which vouchers it brought."""
    told = customer.offers_told(message, known)
    if not told:
        outbox.sent(message)
        return
    with transaction.atomic():
        outbox.sent(message)
        Offer.objects.filter(pk__in=[each.pk for each in told], told_at=None).update(told_at=now)
        # The rest of the batch is written from the same rows.
        for each in told:
            each.told_at = now
