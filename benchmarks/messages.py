"""Messages to a local mail server: one worker's pace, and what a full outbox costs it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from benchmarks import queues, server, sink
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from saleor_backorders.host import get_host
from saleor_backorders.notifications import delivery
from sandbox.database import Server

NAME = "saleor_backorders_bench_mail"
PER_SECOND = 500
FLAT_GOAL = 1.1
WRITE = """
INSERT INTO saleor_backorders_message
       (kind, key, channel_id, order_id, backorder_ids, state, due_at, created_at, transaction_id)
SELECT 'status', 'status:' || b.order_id || ':' || %(turn)s, b.channel_id, b.order_id, ARRAY[b.id],
       %(state)s, now(), now(), 0
  FROM (SELECT * FROM saleor_backorders_backorder ORDER BY id DESC LIMIT %(count)s) b
"""


class WrongWorkError(Exception):
    """Tell that not every message was sent."""


class Outbox:
    """Hold a shop whose customers wait and whose outbox has a past, and send them word."""

    def __init__(
        self, where: Server, queue: queues.Queue, name: str, size: int, batch: int
    ) -> None:
        self.where, self.name, self.batch, self.turn = where, name, batch, 0
        server.copy(where, server.BASE, name)
        with server.connect(where, name) as direct:
            queues.lengthen(direct, queue, size)
            direct.execute(
                "UPDATE order_order SET user_email = 'reader-' || number || '@example.com'"
            )
            direct.execute("DELETE FROM saleor_backorders_message")
            direct.execute(WRITE, {"turn": "old", "state": "sent", "count": size})
            direct.execute("VACUUM (FREEZE, ANALYZE)")

    def send(self) -> Milliseconds:
        """Send word to so many customers, and tell how long it took."""
        self.turn += 1
        connection.close()
        connection.settings_dict["NAME"] = self.name
        with connection.cursor() as cursor:
            values: dict[str, Any] = {
                "turn": self.turn, "state": "pending", "count": self.batch,
            }  # fmt: skip
            cursor.execute(WRITE, values)
        done: list[delivery.Delivered] = []

        def work() -> None:
            done.append(delivery.deliver(host=get_host(), now=timezone.now(), seconds=600))

        taken = timed(work)
        if done[0].sent != self.batch:
            raise WrongWorkError(str(done[0]))
        return taken

    def drop(self) -> None:
        """Take the database away."""
        connection.close()
        server.drop(self.where, self.name)


def measure(where: Server, queue: queues.Queue, sizes: tuple[int, int], turns: int) -> list[Ratio]:
    """Measure one worker's pace, and the growth from a small outbox to a large one."""
    small_size, large_size = sizes
    batch = min(small_size, 1_000)
    with sink.running() as port, override_settings(**_mail(port)):
        small = Outbox(where, queue, f"{NAME}_small", small_size, batch)
        large = Outbox(where, queue, f"{NAME}_large", large_size, batch)
        small.send()
        large.send()
        pace = in_turns(
            f"{batch:,} messages by one worker, not at {PER_SECOND} a second",
            ours=small.send, theirs=lambda: batch * 1000 / PER_SECOND, goal=1.0,
            repetitions=turns,
        )  # fmt: skip
        growth = in_turns(
            f"{batch:,} messages from an outbox of {large_size:,}, not {small_size:,}",
            ours=large.send, theirs=small.send, goal=FLAT_GOAL, repetitions=turns,
        )  # fmt: skip
        small.drop()
        large.drop()
    connection.settings_dict["NAME"] = server.BASE
    return [pace, growth]


def _mail(port: int) -> dict[str, Any]:
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
    }
