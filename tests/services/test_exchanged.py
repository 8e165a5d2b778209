"""An email about an exchange names what comes instead, from the order that brings it."""

from __future__ import annotations

from django.utils import timezone

from saleor_backorders.cancellations import switch
from saleor_backorders.cancellations.locking import CUSTOMER
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor
from tests.services.front import Front, run_triggers
from tests.services.post import deliver
from tests.sql.world import model


def test_exchanged__names_the_replacement_and_its_order(front: Front) -> None:
    wanted, other = front.sold(0, limit=10), front.sold(5)
    other.name = "Blue"
    other.save(update_fields=["name"])
    other.channel_listings.update(price_amount=4)
    row = front.wait(wanted, 2)
    model("order", "Order").objects.filter(pk=row.order_id).update(user_email="ada@example.com")
    deliver()

    done = switch.switch(
        host=get_host(), backorder_id=row.pk, variant_id=other.pk, actor=Actor(), by=CUSTOMER,
        now=timezone.now(),
    )  # fmt: skip
    run_triggers()
    (mail,) = deliver()

    assert mail.subject == f"Order {row.order_number}: exchanged"
    assert "* Lamp (Red): 2 exchanged\n" in mail.body
    assert f"* Lamp (Blue): yours instead, order {done.order_number}\n" in mail.body
    assert done.order_number != row.order_number
