from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, print_ast
from graphql.type.definition import GraphQLNonNull

from sandbox.graphql import engine
from sandbox.graphql.ids import to_global_id
from tests.acceptance import documents
from tests.sandbox.conftest import Shop


def test_orders__are_for_staff_alone(shop: Shop) -> None:
    answer = shop.ask(documents.ORDERS, staff=False, first=10)

    assert answer["data"] == {"orders": None}
    (error,) = answer["errors"]
    assert error["extensions"]["exception"]["code"] == "PermissionDenied"


def test_mutation__without_permission_changes_nothing(shop: Shop) -> None:
    shelf = shop.warehouse("shelf", 5)

    answer = shop.ask(
        documents.WAREHOUSE_DELETE, staff=False, id=to_global_id("Warehouse", shelf.pk)
    )

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert shop.stock() == {"shelf": 5}


def test_id__of_something_that_is_not_there_is_not_found(shop: Shop) -> None:
    answer = shop.run(documents.ORDER_CANCEL, id=to_global_id("Order", "0" * 32))

    assert [each["code"] for each in answer["errors"]] == ["NOT_FOUND"]


def test_id__that_is_no_id_is_a_graphql_error(shop: Shop) -> None:
    answer = shop.run(documents.ORDER_CANCEL, id="nonsense")

    assert [each["code"] for each in answer["errors"]] == ["GRAPHQL_ERROR"]


def test_token__speaks_for_the_user(shop: Shop) -> None:
    created = shop.ask(
        documents.TOKEN_CREATE, staff=False, email="staff@example.com", password="password1"
    )["data"]["tokenCreate"]
    refused = shop.ask(
        documents.TOKEN_CREATE, staff=False, email="staff@example.com", password="wrong"
    )["data"]["tokenCreate"]

    shop.token = created["token"]
    assert shop.ask("{ me { email } }")["data"]["me"]["email"] == "staff@example.com"
    assert [each["code"] for each in refused["errors"]] == ["INVALID_CREDENTIALS"]


def test_quantity_available__is_what_is_free_up_to_what_a_cart_may_hold(shop: Shop) -> None:
    shop.warehouse("shelf", 60)
    ask: dict[str, Any] = {"id": shop.variant_id, "channel": "main", "staff": False}

    assert (
        shop.ask(documents.PRODUCT_VARIANT, **ask)["data"]["productVariant"]["quantityAvailable"]
        == 50
    )
    shop.buy(45)
    assert (
        shop.ask(documents.PRODUCT_VARIANT, **ask)["data"]["productVariant"]["quantityAvailable"]
        == 15
    )


def test_channel_update__changes_the_allocation_strategy(shop: Shop) -> None:
    answer = shop.run(
        documents.CHANNEL_UPDATE,
        id=to_global_id("Channel", shop.channel.pk),
        input={"stockSettings": {"allocationStrategy": "PRIORITIZE_HIGH_STOCK"}},
    )

    assert answer["channel"]["stockSettings"]["allocationStrategy"] == "PRIORITIZE_HIGH_STOCK"
    shop.channel.refresh_from_db()
    assert shop.channel.allocation_strategy == "prioritize-high-stock"


def test_unknown_field__is_a_bad_request(shop: Shop) -> None:
    answer = shop.ask("{ me { nothing } }")

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "GraphQLError"


SALEOR = Path(os.environ.get("SALEOR_ROOT", Path.home() / "saleor")) / (
    "saleor/graphql/schema.graphql"
)


@pytest.mark.skipif(not SALEOR.exists(), reason="no Saleor checkout to compare with")
def test_schema__is_a_part_of_saleors() -> None:
    theirs = shapes(SALEOR.read_text())
    ours = {each.name.value: dict(members(each)) for each in defined(engine.sdl())}

    assert {name for name in ours if name not in theirs} == set()
    assert [
        f"{name}.{member}"
        for name, members in ours.items()
        for member, shape in members.items()
        if theirs[name].get(member) != shape
    ] == []


DIRECTIVE = r'@\w+\s*(\((?:[^()"]|"(?:[^"\\]|\\.)*")*\))?'


def defined(text: Any) -> Any:
    return [each for each in parse(text).definitions if getattr(each, "fields", ())]


def shapes(text: Any) -> Any:
    """Return each type's fields and arguments with their types, as far as the text has them."""
    for noise in (r'"""[\s\S]*?"""', r'^\s*"(?:[^"\\\n]|\\.)*"\s*$', DIRECTIVE):
        text = re.sub(noise, "", text, flags=re.M)
    text = re.sub(r"implements [\w &,]+", "", text)
    block = r"^(?:type|input|interface) \w+[^{\n]*\{[\s\S]*?^\}"
    found = {}
    for body in re.findall(block, text, flags=re.M):
        for definition in defined(body):
            found[definition.name.value] = dict(members(definition))
    return found


def members(definition: Any) -> Any:
    for each in definition.fields:
        yield each.name.value, print_ast(each.type)
        for argument in getattr(each, "arguments", []):
            yield f"{each.name.value}({argument.name.value})", print_ast(argument.type)


def test_non_null__is_kept_in_the_built_schema() -> None:
    shape = engine.schema().get_type("CheckoutError").fields["code"].type
    assert isinstance(shape, GraphQLNonNull)
