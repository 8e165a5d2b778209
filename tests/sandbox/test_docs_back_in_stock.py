"""The documents of the page about sign-ups do what the page says."""

from __future__ import annotations

import pytest
from django.core import mail as django_mail

from saleor_backorders import tasks
from saleor_backorders.common import links
from saleor_backorders.models import BackInStockSubscription
from sandbox.shop import documents, fixtures
from sandbox.shop.api import Refused
from tests.sandbox.test_docs_tried import Reader, document, reader
from tests.services.post import token_in

__all__ = ["reader"]

PAGE = "back-in-stock"


def test_a_shopper_signs_up_confirms_hears_and_leaves_as_the_page_says(reader: Reader) -> None:
    shelf = reader.shelf(reader.jacket)
    assert shelf["quantity"] == 0
    asked = {
        "variantId": reader.jacket,
        "channel": fixtures.CHANNEL,
        "email": "grace@example.com",
    }
    tell_me = document(PAGE, "TellMe")
    assert reader.anybody.plugin(tell_me, **asked)["subscribed"] is True
    tasks.deliver()
    (confirm,) = django_mail.outbox
    token = token_in(confirm, links.CONFIRM)
    for _ in range(2):
        answer = reader.anybody.plugin(document(PAGE, "Confirm"), token=token)
        assert answer["subscribed"] is True

    tasks.deliver()
    assert len(django_mail.outbox) == 1
    stocks = [{"warehouse": shelf["warehouse"]["id"], "quantity": 2}]
    reader.staff.main(documents.STOCKS_UPDATE, variant=reader.jacket, stocks=stocks)
    tasks.deliver()
    tasks.deliver()
    back = django_mail.outbox[-1]
    assert [mail.to for mail in django_mail.outbox] == [["grace@example.com"]] * 2
    assert back.subject.endswith("is back in stock")

    for _ in range(2):
        left = reader.anybody.plugin(document(PAGE, "Leave"), token=token_in(back, links.OUT))
        assert left["subscribed"] is False
    assert not BackInStockSubscription.objects.exists()


def test_what_the_page_calls_refused_is_refused(reader: Reader) -> None:
    asked = {
        "variantId": reader.jacket,
        "channel": fixtures.CHANNEL,
        "email": "grace@example.com",
    }
    wrong = [
        ({"email": "grace"}, ["INVALID"]),
        ({"channel": "nowhere"}, ["NOT_FOUND"]),
        ({"variantId": "UHJvZHVjdFZhcmlhbnQ6OTk5OTk5"}, ["NOT_FOUND"]),
    ]
    for change, codes in wrong:
        with pytest.raises(Refused) as refused:
            reader.anybody.plugin(document(PAGE, "TellMe"), **{**asked, **change})
        assert refused.value.codes == codes
    for name in ("Confirm", "Leave"):
        with pytest.raises(Refused) as refused:
            reader.anybody.plugin(document(PAGE, name), token="5.wrong.token")
        assert refused.value.codes == ["NOT_FOUND"]
