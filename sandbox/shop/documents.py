"""What the shop and the demo ask: the operations that a storefront and a Dashboard send."""

from __future__ import annotations

TOKEN_CREATE = """
mutation SignIn($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { message code } }
}
"""

PRODUCTS = """
query Products($channel: String!) {
  products(channel: $channel, first: 20) {
    edges {
      node {
        name slug
        variants { id name sku pricing { price { gross { amount currency } } } }
      }
    }
  }
}
"""

VARIANT_BY_SKU = """
query VariantBySku($sku: String!, $channel: String!) {
  productVariant(sku: $sku, channel: $channel) { id name product { name } quantityAvailable }
}
"""

STOCKS = """
query Stocks($id: ID!) {
  productVariant(id: $id) { stocks { id quantity quantityAllocated warehouse { id name slug } } }
}
"""

CHECKOUT_CREATE = """
mutation NewCart($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) {
    checkout { id shippingMethods { id name } } errors { field message code }
  }
}
"""

CHECKOUT_LINES_ADD = """
mutation AddToCart($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { checkout { id } errors { field message code } }
}
"""

CHECKOUT_LINES_UPDATE = """
mutation ChangeCart($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) { checkout { id } errors { field message code } }
}
"""

CHECKOUT_DELIVERY = """
mutation ChooseDelivery($id: ID!, $method: ID!) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {
    checkout { id } errors { field message code }
  }
}
"""

CHECKOUT = """
query Cart($id: ID!) {
  checkout(id: $id) {
    id totalPrice { gross { amount currency } }
    lines { id quantity totalPrice { gross { amount currency } } variant { id product { name } } }
  }
}
"""

CHECKOUT_COMPLETE = """
mutation PlaceOrder($id: ID!) {
  checkoutComplete(id: $id) {
    order { id number status total { gross { amount currency } } lines { id quantity } }
    errors { field message code }
  }
}
"""

ORDER = """
query Order($id: ID!) {
  order(id: $id) {
    id number status userEmail
    lines { id quantity quantityFulfilled allocations { quantity warehouse { id name slug } } }
  }
}
"""

ORDERS = """
query Orders($channel: String!) {
  orders(channel: $channel, first: 20) {
    edges {
      node {
        id number status userEmail
        lines {
          id productName quantity quantityFulfilled
          allocations { quantity warehouse { id name slug } }
        }
      }
    }
  }
}
"""

MY_ORDERS = """
query MyOrders {
  me {
    orders(first: 20) {
      edges { node { id number status lines { id productName quantity quantityFulfilled } } }
    }
  }
}
"""

ORDER_CONFIRM = """
mutation Confirm($id: ID!) {
  orderConfirm(id: $id) { order { id status } errors { field message code } }
}
"""

ORDER_FULFILL = """
mutation Ship($order: ID!, $lines: [OrderFulfillLineInput!]!) {
  orderFulfill(order: $order, input: { lines: $lines, notifyCustomer: false }) {
    order { id status } errors { field message code }
  }
}
"""

ORDER_CANCEL = """
mutation Cancel($id: ID!) {
  orderCancel(id: $id) { order { id number status } errors { field message code } }
}
"""

STOCKS_UPDATE = """
mutation BookStock($variant: ID!, $stocks: [StockInput!]!) {
  productVariantStocksUpdate(variantId: $variant, stocks: $stocks) {
    productVariant { id stocks { quantity quantityAllocated warehouse { id } } }
    errors { field message code }
  }
}
"""

STOCK_BULK_UPDATE = """
mutation BookMany($stocks: [StockBulkUpdateInput!]!) {
  stockBulkUpdate(stocks: $stocks) { count errors { field message code } }
}
"""

TRANSACTION_CREATE = """
mutation TakeMoney($id: ID!, $transaction: TransactionCreateInput!) {
  transactionCreate(id: $id, transaction: $transaction) {
    transaction { id } errors { field message code }
  }
}
"""

ORDER_MONEY = """
query OrderMoney($id: ID!) {
  order(id: $id) {
    id number status chargeStatus
    total { gross { amount currency } } totalCharged { amount } totalRefunded { amount }
    transactions { chargedAmount { amount } refundedAmount { amount } }
  }
}
"""

PLUGIN = """
query Plugin {
  plugin(id: "saleor.backorders") { globalConfiguration { active configuration { name value } } }
}
"""

PLUGIN_UPDATE = """
mutation SwitchOn($input: PluginUpdateInput!) {
  pluginUpdate(id: "saleor.backorders", input: $input) {
    plugin { globalConfiguration { active configuration { name value } } }
    errors { field message code }
  }
}
"""

# From here on: the plugin's own API.

AVAILABILITY = """
query Availability($items: [AvailabilityInput!]!, $channel: String!) {
  backorderAvailability(items: $items, channel: $channel) {
    variantId status quantityInStock quantityBackordered remainingBackorders
    eta { date } etaParts { quantity date source } message
  }
}
"""

_CHECKOUT_BACKORDERS = """
    acknowledgementRequired acknowledged
    lines { lineId availability { status quantityInStock quantityBackordered message } }
"""

CHECKOUT_BACKORDERS = f"""
query WhatWaits($id: ID!) {{
  checkoutBackorders(checkoutId: $id) {{{_CHECKOUT_BACKORDERS}  }}
}}
"""

ACKNOWLEDGE = f"""
mutation Agree($id: ID!) {{
  checkoutBackordersAcknowledge(checkoutId: $id) {{
    checkoutBackorders {{{_CHECKOUT_BACKORDERS}    }} errors {{ field message code }}
  }}
}}
"""

_BACKORDER = """
    id orderId orderNumber orderLineId productName customerEmail status priority queuePosition
    quantity quantityWaiting quantityAllocated quantityFulfilled quantityCancelled
    eta { date } promisedEta { date } etaParts { quantity date source } isLate promiseKept
    offer { code usedAt } decision { askedAt previousDate newDate slipDays } link
    refunds { id amount { amount currency } state message attempts }
    events { type createdAt message }
"""

ALTERNATIVES = """
query Instead($token: String!) {
  backorder(token: $token) { alternatives(first: 3) { variantId name quantityAvailable } }
}
"""

ORDER_BACKORDERS = f"""
query OrderBackorders($orderId: ID!) {{
  orderBackorders(orderId: $orderId) {{{_BACKORDER}  }}
}}
"""

MY_BACKORDERS = f"""
query MyBackorders {{
  myBackorders(first: 50) {{ edges {{ node {{{_BACKORDER}    }} }} }}
}}
"""

BACKORDERS = f"""
query Backorders($filter: BackorderFilter) {{
  backorders(filter: $filter, sortBy: {{ field: PRIORITY, direction: DESC }}, first: 50) {{
    edges {{ node {{{_BACKORDER}    }} }}
  }}
}}
"""

POLICY = """
query Policy($variant: ID!, $channel: String!) {
  backorderPolicy(variantId: $variant, channel: $channel) { allow limit leadTimeDays scope }
}
"""

POLICY_UPDATE = """
mutation Allow($scope: PolicyScopeInput!, $input: PolicyInput!) {
  backorderPolicyUpdate(scope: $scope, input: $input) {
    policy { allow limit leadTimeDays scope }
    variantsAffected errors { field message code }
  }
}
"""

PRIORITY_UPDATE = """
mutation Prioritise($ids: [ID!]!, $priority: Int!) {
  backorderPriorityUpdate(ids: $ids, priority: $priority) {
    backorders { id priority queuePosition } errors { field message code }
  }
}
"""

_SHIPMENT = """
    id reference warehouseId expectedOn status
    lines { variantId quantity quantityReceived quantityPromised }
"""

SHIPMENTS = f"""
query OnItsWay($filter: IncomingShipmentFilter) {{
  incomingShipments(filter: $filter, first: 50) {{ edges {{ node {{{_SHIPMENT}    }} }} }}
}}
"""


def _of_shipment(head: str, field: str) -> str:
    return f"""
mutation {head} {{
  {field} {{
    incomingShipment {{{_SHIPMENT}    }} errors {{ field message code }}
  }}
}}
"""


SHIPMENT_CREATE = _of_shipment(
    "Announce($input: IncomingShipmentInput!)", "incomingShipmentCreate(input: $input)"
)
SHIPMENT_UPDATE = _of_shipment(
    "Move($id: ID!, $input: IncomingShipmentInput!)",
    "incomingShipmentUpdate(id: $id, input: $input)",
)
SHIPMENT_RECEIVE = _of_shipment(
    "Receive($id: ID!, $lines: [ReceivedLineInput!], $key: String!)",
    "incomingShipmentReceive(id: $id, lines: $lines, idempotencyKey: $key)",
)
SHIPMENT_CANCEL = _of_shipment("CallOff($id: ID!)", "incomingShipmentCancel(id: $id)")

OPEN_REFUNDS = """
query OpenRefunds { openRefunds { id orderId amount { amount currency } state message attempts } }
"""

REFUND_RETRY = """
mutation AskAgain($ids: [ID!]!) {
  backorderRefundRetry(ids: $ids) {
    refunds { id state message attempts } errors { field message code }
  }
}
"""

CHANNEL_UPDATE = """
mutation Channel($channel: String!, $input: ChannelRuleInput!) {
  backorderChannelUpdate(channel: $channel, input: $input) {
    rule { creditPerWeek creditMost } errors { field message code }
  }
}
"""

ADD_PROMO_CODE = """
mutation Code($id: ID!, $code: String!) {
  checkoutAddPromoCode(id: $id, promoCode: $code) {
    checkout { id } errors { field message code }
  }
}
"""

ACCEPT_DELAY = """
mutation KeepWaiting($token: String!) {
  backorderAcceptDelay(token: $token) { backorder { id status } errors { field message code } }
}
"""

SWITCH = """
mutation TakeInstead($token: String!, $variant: ID!) {
  backorderSwitch(token: $token, variantId: $variant) {
    backorder { id status quantityCancelled refunds { amount { amount currency } state } }
    replacementOrderId errors { field message code }
  }
}
"""
