"""Tell me when it is back: signed up over HTTP, confirmed by a link in a real mail, told once."""

from __future__ import annotations

import http.client
import itertools
import json
import time
import urllib.parse
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.acceptance import documents
from tests.acceptance.dock import Dock
from tests.acceptance.mailbox import DELIVER, Mailbox, Page, follow, links_of
from tests.acceptance.shop import Answer, Shop, answer_of
from tests.hosts.base import PLUGIN_PATH
from tests.hosts.smtp import Email

_addresses = itertools.count(2)


class Shopper:
    """Somebody at an address of their own in the net, with a mailbox."""

    def __init__(self, shop: Shop, mailbox: Mailbox, name: str = "") -> None:
        self.shop, self.mailbox = shop, mailbox
        self.email = f"{name or uuid.uuid4().hex[:10]}.{shop.name}@example.com"
        number = next(_addresses)
        self.address = f"127.2.{number // 250}.{number % 250 + 1}"

    def ask(self, email: str = "", language: str = "en", **variables: Any) -> Answer:
        """Sign up."""
        asked = {
            "id": self.shop.variant.id,
            "channel": self.shop.channel.slug,
            "email": email or self.email,
            **variables,
        }
        return answer_of(self._post(documents.BACK_IN_STOCK_SUBSCRIBE, asked, language))

    def confirm(self) -> Page:
        """Ask, and press the button behind the link that comes by mail."""
        self.ask().must()
        mail = self.mailbox.only(to=self.email)
        return follow(link_of(mail, "n"), {"do": "confirm"})

    def mails(self) -> list[Email]:
        """Return what they got."""
        return self.mailbox.mails(to=self.email)

    def _post(self, document: str, variables: dict[str, Any], language: str) -> Any:
        base = urllib.parse.urlsplit(self.shop.host.server.base)
        connection = http.client.HTTPConnection(
            str(base.hostname), base.port, timeout=60, source_address=(self.address, 0)
        )
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        body = json.dumps({"query": document, "variables": variables})
        try:
            connection.request("POST", PLUGIN_PATH, body, headers)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


def link_of(mail: Email, kind: str) -> str:
    """Return the one link of an email that has this email in its path."""
    (url,) = [url for url in links_of(mail) if f"/saleor.backorders/{kind}/" in url]
    return url


@pytest.fixture
def mailbox(plain_shop: Shop) -> Mailbox:
    """Open a shop with an empty shelf."""
    plain_shop.put(0)
    return Mailbox(plain_shop)


def on_the_list(mailbox: Mailbox, count: int) -> list[Shopper]:
    """Return people who confirmed, the first first."""
    people = [Shopper(mailbox.shop, mailbox, f"p{place}") for place in range(count)]
    for each in people:
        assert each.confirm().status == 200
    return people


def told(mailbox: Mailbox, people: list[Shopper]) -> list[int]:
    """Let the background work; return the places of those who were told by it."""
    arrived = mailbox.deliver()
    return [
        place
        for place, each in enumerate(people)
        for mail in arrived
        if each.email in mail.to and mail.subject.endswith("is back in stock")
    ]


def rows_with(shop: Shop, email: str) -> list[str]:
    """Return each of the plugin's tables that holds an address anywhere, once for each row."""
    tables = shop.host.sql(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = current_schema() AND table_name LIKE 'saleor_backorders_%%'"
    )
    return [
        table
        for (table,) in sorted(tables)
        for _ in shop.host.sql(
            f"SELECT 1 FROM {table} r WHERE r::text ILIKE %s",
            f"%{email}%",
        )
    ]


def test_nothing_before_the_restock_one_after_it_and_none_again(
    plain_shop: Shop, mailbox: Mailbox
) -> None:
    (ada,) = on_the_list(mailbox, 1)
    assert told(mailbox, [ada]) == []
    plain_shop.set_stock(2).must()
    assert told(mailbox, [ada]) == [0]
    assert told(mailbox, [ada]) == []
    plain_shop.set_stock(0).must()
    plain_shop.set_stock(5).must()
    assert told(mailbox, [ada]) == []

    confirm, back = ada.mails()
    assert confirm.subject == "Shall we tell you when Winter boots (Variant 0) is back?"
    assert back.subject == "Winter boots (Variant 0) is back in stock"
    assert "2 are here now; we cannot hold one for you." in back.text
    assert "2 are here now; we cannot hold one for you." in back.html
    for mail in (confirm, back):
        out = link_of(mail, "u")
        # Long headers begin on a line of their own.
        assert str(mail.mail["List-Unsubscribe"]).strip() == f"<{out}>"
        assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert follow(out).status == 200


def test_the_email_leads_to_the_storefront_where_the_shop_says_how(
    plain_shop: Shop, mailbox: Mailbox
) -> None:
    dock = Dock(plain_shop)
    dock.rule(productUrl="https://shop.example/{channel}/p?variant={variant}").must()
    assert dock.rule(productUrl="https://shop.example/{sku}").codes == ["INVALID"]
    (ada,) = on_the_list(mailbox, 1)
    plain_shop.set_stock(1).must()
    assert told(mailbox, [ada]) == [0]

    back = ada.mails()[-1]
    variant = plain_shop.variant.id.replace("=", "%3D")
    url = f"https://shop.example/{plain_shop.channel.slug}/p?variant={variant}"
    assert url in links_of(back)
    assert f"See it:\n  {url}\n" in back.text


def test_three_units_tell_the_first_three_and_the_next_delivery_the_others(
    plain_shop: Shop, mailbox: Mailbox
) -> None:
    people = on_the_list(mailbox, 5)
    plain_shop.set_stock(3).must()
    assert told(mailbox, people) == [0, 1, 2]
    assert told(mailbox, people) == []
    plain_shop.set_stock(4).must()
    assert told(mailbox, people) == [3]
    plain_shop.host.sql(
        "UPDATE saleor_backorders_backinstocksubscription"
        " SET told_at = told_at - interval '24 hours' WHERE channel_id = %s",
        plain_shop.channel.pk,
    )
    assert told(mailbox, people) == [4]


def test_who_waits_for_an_order_is_served_first(plain_shop: Shop, mailbox: Mailbox) -> None:
    plain_shop.allow(limit=10).must()
    order = plain_shop.buy(4)
    people = on_the_list(mailbox, 2)
    plain_shop.set_stock(4).must()
    assert told(mailbox, people) == []
    assert plain_shop.order(order).split == (4, 0)
    plain_shop.set_stock(5).must()
    assert told(mailbox, people) == [0]


def test_who_did_not_confirm_is_never_told(plain_shop: Shop, mailbox: Mailbox) -> None:
    ada = Shopper(plain_shop, mailbox)
    ada.ask().must()
    mail = mailbox.only(to=ada.email)
    assert follow(link_of(mail, "n")).status == 200
    plain_shop.set_stock(5).must()
    assert told(mailbox, [ada]) == []


def test_leaving_erases_the_address(plain_shop: Shop, mailbox: Mailbox) -> None:
    early, late = on_the_list(mailbox, 2)
    assert rows_with(plain_shop, early.email) == ["saleor_backorders_backinstocksubscription"]
    plain_shop.set_stock(1).must()
    assert told(mailbox, [early, late]) == [0]
    for person in (early, late):
        out = link_of(person.mails()[-1], "u")
        one_click = {"List-Unsubscribe": "One-Click"}
        answers = [follow(out, one_click), follow(out, one_click), follow(out, {"do": "leave"})]
        assert {page.status for page in answers} == {200}
        assert all("Your address is erased from this list." in page.text for page in answers)
        assert rows_with(plain_shop, person.email) == []
    plain_shop.set_stock(5).must()
    assert told(mailbox, [early, late]) == []


def test_the_answer_tells_nothing_of_an_address(plain_shop: Shop, mailbox: Mailbox) -> None:
    (known,) = on_the_list(mailbox, 1)
    stranger = Shopper(plain_shop, mailbox)
    pending = Shopper(plain_shop, mailbox)
    pending.ask().must()
    answers = [stranger.ask(each.email).must() for each in (known, pending)]
    plain_shop.set_stock(1).must()
    assert told(mailbox, [known]) == [0]
    answers += [stranger.ask(each.email).must() for each in (known, stranger)]
    follow(link_of(known.mails()[-1], "u"), {})
    answers.append(stranger.ask(known.email).must())
    assert answers == [{"subscribed": True, "errors": []}] * 5


def within(seconds: int, act: Callable[[], Any]) -> Any:
    """Do something anew until all of it falls into one window of the clock that is counted in."""
    while True:
        window = time.time() // seconds
        found = act()
        if time.time() // seconds == window:
            return found


def test_too_many_sign_ups_from_one_place(plain_shop: Shop, mailbox: Mailbox) -> None:
    def flood() -> list[list[str]]:
        one = Shopper(plain_shop, mailbox)
        return [one.ask(f"{place}.{one.email}").codes for place in range(22)]

    assert within(60 * 60, flood) == [[]] * 20 + [["INVALID"]] * 2
    assert Shopper(plain_shop, mailbox).ask().ok


def test_five_mails_a_day_ask_one_address_whoever_asks(plain_shop: Shop, mailbox: Mailbox) -> None:
    variants = plain_shop.add_variants(7)

    def press() -> Shopper:
        victim = Shopper(plain_shop, mailbox)
        for variant in variants:
            assert Shopper(plain_shop, mailbox).ask(victim.email, id=variant.id).ok
        return victim

    victim = within(24 * 60 * 60, press)
    mailbox.deliver()
    assert len(victim.mails()) == 5


def test_no_link_stands_in_for_another(plain_shop: Shop, mailbox: Mailbox) -> None:
    ada = Shopper(plain_shop, mailbox)
    ada.ask().must()
    mail = mailbox.only(to=ada.email)
    confirm, out = link_of(mail, "n"), link_of(mail, "u")
    swapped = [confirm.replace("/n/", "/u/"), out.replace("/u/", "/n/"), confirm[:-3] + "xx/"]
    assert [follow(url, {}).status for url in swapped] == [404, 404, 404]
    confirmed = plain_shop.host.sql(
        "SELECT confirmed_at FROM saleor_backorders_backinstocksubscription WHERE email = %s",
        ada.email,
    )
    assert confirmed == [(None,)]
    token = out.rstrip("/").rpartition("/")[2]
    for name in ("Confirm", "Unsubscribe"):
        document = getattr(documents, f"BACK_IN_STOCK_{name.upper()}")
        wrong = confirm.rstrip("/").rpartition("/")[2] if name == "Unsubscribe" else token
        assert plain_shop.tell_plugin(document, {"token": wrong}).codes == ["NOT_FOUND"]


def test_a_storefront_may_confirm_and_unsubscribe_by_the_api(
    plain_shop: Shop, mailbox: Mailbox
) -> None:
    ada = Shopper(plain_shop, mailbox)
    ada.ask(language="de").must()
    mail = mailbox.only(to=ada.email)
    assert mail.mail["Content-Language"] == "de"
    tokens = {kind: link_of(mail, kind).rstrip("/").rpartition("/")[2] for kind in "nu"}
    confirm, leave = documents.BACK_IN_STOCK_CONFIRM, documents.BACK_IN_STOCK_UNSUBSCRIBE
    assert plain_shop.tell_plugin(confirm, {"token": tokens["n"]}).must()["subscribed"] is True
    assert plain_shop.tell_plugin(leave, {"token": tokens["u"]}).must()["subscribed"] is False
    assert rows_with(plain_shop, ada.email) == []
    plain_shop.set_stock(5).must()
    assert told(mailbox, [ada]) == []


def test_workers_at_once_tell_each_person_once_and_no_more_than_there_are_units(
    plain_shop: Shop, mailbox: Mailbox
) -> None:
    people = on_the_list(mailbox, 6)
    plain_shop.set_stock(4).must()
    workers = [plain_shop.host, plain_shop.host.through(plain_shop.host.spawn())]
    for worker in workers:
        worker.door("background")
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda place: workers[place % 2].door("task", name=DELIVER), range(8)))
    assert [len(each.mails()) for each in people] == [2, 2, 2, 2, 1, 1]
