"""Real workers over a real broker, killed at any point, against a mail server in a bad mood."""

from __future__ import annotations

import base64
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from tests.acceptance.mailbox import Mailbox
from tests.acceptance.shop import Shop
from tests.hosts.celery import Workers
from tests.hosts.smtp import ACCEPT, AT_RECIPIENT, AT_TEXT, BUSY, HANG, Email, Sink

# Two thousand where the soak is given its minutes, as in CI; a short form by default.
MESSAGES = 2000 if "SOAK_SECONDS" in os.environ else 500
WORKERS = 4
KILLING_SECONDS = 120
"""A machine on which a worker hardly comes to work before it is killed would never be done."""
SETTINGS = {
    "SALEOR_BACKORDERS_DELIVER_SECONDS": 1,
    "SALEOR_BACKORDERS_LEASE_SECONDS": 4,
    "SALEOR_BACKORDERS_MAIL_TIMEOUT": 2,
    "SALEOR_BACKORDERS_MAIL_PAUSES": [1] * 40,
}
# For one worker with one message, which is soon done.
HASTY = {
    **SETTINGS, "SALEOR_BACKORDERS_LEASE_SECONDS": 2, "SALEOR_BACKORDERS_MAIL_TIMEOUT": 1,
}  # fmt: skip
MESSAGES_SEND = """
mutation BackorderMessagesSend($ids: [ID!]!) {
  backorderMessagesSend(ids: $ids) { messages { state } errors { field message code } }
}
"""
SIGN_UPS = """
WITH people AS (
    INSERT INTO saleor_backorders_backinstocksubscription
           (variant_id, channel_id, email, language, created_at)
    SELECT %(variant)s, %(channel)s, 'reader-' || n || '@' || %(name)s || '.example', 'en', now()
      FROM generate_series(1, %(count)s) AS n
    RETURNING id, created_at
)
INSERT INTO saleor_backorders_message
       (kind, key, channel_id, variant_id, about_ids, due_at, created_at, transaction_id)
SELECT 'confirm', 'confirm:' || id || ':test', %(channel)s, %(variant)s, ARRAY[id], now(), now(), 0
  FROM people
"""


class Moody:
    """Refuse one recipient in five and hang up on one in fifty, when they first come by."""

    def __init__(self) -> None:
        self._visits: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def __call__(self, recipient: str, moment: str) -> str:
        if moment != AT_RECIPIENT:
            return ACCEPT
        with self._lock:
            self._visits[recipient] += 1
            first = self._visits[recipient] == 1
        number = int(recipient.partition("-")[2].partition("@")[0])
        if first and number % 50 == 7:
            return HANG
        return BUSY if first and number % 5 == 0 else ACCEPT


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Run a mail server that is in a bad mood."""
    server = Sink(Moody())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def sign_up(shop: Shop, count: int) -> None:
    with shop.host.connect() as connection:
        connection.execute(
            SIGN_UPS,
            {
                "variant": shop.variant.pk, "channel": shop.channel.pk, "name": shop.name,
                "count": count,
            },
        )  # fmt: skip


def states(shop: Shop) -> Counter[str]:
    return Counter(
        dict(
            shop.host.sql(
                "SELECT state, count(*)::integer FROM saleor_backorders_message"
                " WHERE channel_id = %s GROUP BY 1",
                shop.channel.pk,
            )
        )
    )


def unfinished(shop: Shop) -> int:
    found = states(shop)
    return found["pending"] + found["claimed"] + found["handing_over"]


def test_emails_arrive_once_each_while_workers_die(plain_shop: Shop, sink: Sink) -> None:
    shop = plain_shop
    Mailbox(shop)
    sign_up(shop, MESSAGES)
    chance = random.Random(11)  # noqa: S311
    with Workers(shop.host, sink.port, SETTINGS) as workers:
        workers.beat()
        for _ in range(WORKERS):
            workers.work()
        enough = time.monotonic() + KILLING_SECONDS
        while unfinished(shop) and time.monotonic() < enough:
            time.sleep(1)
            workers.kill(chance.choice(workers.alive))
            workers.work()
        deadline = time.monotonic() + 600
        while unfinished(shop) and time.monotonic() < deadline:
            time.sleep(1)
        found, log = states(shop), workers.log()

    arrived = Counter(number_of(mail) for mail in sink.mails())
    unknown = {
        row[0]
        for row in shop.host.sql(
            "SELECT id FROM saleor_backorders_message WHERE channel_id = %s AND state = 'unknown'",
            shop.channel.pk,
        )
    }
    assert found["sent"] + found["unknown"] == MESSAGES, (found, workers.killed, log[-4000:])
    assert [who for who, times in arrived.items() if times > 1] == []
    # All of them, but for those that a worker died with in the one window that SMTP leaves: of
    # these nobody can tell, and they are not handed over twice.
    assert len(unknown) <= workers.killed
    assert len(arrived) >= MESSAGES - len(unknown)
    assert len({mail.to for mail in sink.mails()}) == len(arrived)
    assert sink.turned_away >= MESSAGES // 5
    assert sink.hung >= MESSAGES // 50
    print(  # noqa: T201
        f"{workers.killed} workers killed, {len(unknown)} in the window,"
        f" {len(unknown & set(arrived))} of those arrived"
    )


def number_of(mail: Email) -> int:
    """Return the number of the message that an email was, from its Message-ID."""
    return int(mail.number.split(".")[1])


def test_a_server_that_takes_the_text_and_says_nothing__is_not_given_it_again(
    plain_shop: Shop, sink: Sink
) -> None:
    shop = plain_shop
    Mailbox(shop)
    sign_up(shop, 1)
    sink.mood = lambda recipient, moment: HANG if moment == AT_TEXT else ACCEPT
    with Workers(shop.host, sink.port, HASTY) as workers:
        workers.beat()
        workers.work()
        wait_for(shop, "unknown")
        sink.mood = lambda recipient, moment: ACCEPT
        time.sleep(3)
        assert states(shop) == {"unknown": 1}
        assert sink.mails() == []
        key = shop.host.sql(
            "SELECT id FROM saleor_backorders_message WHERE channel_id = %s", shop.channel.pk
        )[0][0]
        send_again(shop, key)
        wait_for(shop, "sent")
    assert len(sink.mails()) == 1


def test_a_worker_that_comes_back_finds_what_was_due(plain_shop: Shop, sink: Sink) -> None:
    shop = plain_shop
    Mailbox(shop)
    sink.mood = lambda recipient, moment: ACCEPT
    sign_up(shop, 3)
    with Workers(shop.host, sink.port, SETTINGS) as workers:
        workers.beat()
        time.sleep(3)
        assert states(shop) == {"pending": 3}
        workers.work()
        wait_for(shop, "sent", 3)
    assert len({mail.to for mail in sink.mails()}) == 3


def send_again(shop: Shop, key: int) -> None:
    """Let staff say that a message is to be sent again."""
    token = base64.b64encode(f"BackorderMessage:{key}".encode()).decode()
    shop.tell_plugin(MESSAGES_SEND, {"ids": [token]}, shop.staff).must()


def wait_for(shop: Shop, state: str, count: int = 1, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while states(shop)[state] < count:
        assert time.monotonic() < deadline, states(shop)
        time.sleep(0.2)
