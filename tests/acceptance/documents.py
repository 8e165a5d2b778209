"""Hold every GraphQL document that the acceptance tests send, the same for every host."""

from __future__ import annotations

TOKEN_CREATE = """
mutation TokenCreate($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) {
    token
    user { id email }
    errors { field message code }
  }
}
"""

# Shopping

PRODUCTS = """
query Products($channel: String!, $first: Int!, $search: String) {
  products(channel: $channel, first: $first, search: $search) {
    totalCount
    edges {
      node {
        id name slug
        variants { id name sku quantityAvailable }
      }
    }
  }
}
"""

PRODUCT_VARIANT = """
query ProductVariant($id: ID!, $channel: String, $country: CountryCode) {
  productVariant(id: $id, channel: $channel) {
    id name sku
    product { id name }
    quantityAvailable(countryCode: $country)
  }
}
"""

VARIANT_STOCKS = """
query VariantStocks($id: ID!, $channel: String) {
  productVariant(id: $id, channel: $channel) {
    id
    stocks {
      id quantity quantityAllocated quantityReserved
      warehouse { id name slug }
    }
  }
}
"""

CHECKOUT_CREATE = """
mutation CheckoutCreate($input: CheckoutCreateInput!) {
  checkoutCreate(input: $input) {
    checkout {
      id token
      lines { id quantity variant { id } }
    }
    errors { field message code variants }
  }
}
"""

CHECKOUT_LINES_ADD = """
mutation CheckoutLinesAdd($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) {
    checkout { id lines { id quantity variant { id } } }
    errors { field message code variants }
  }
}
"""

CHECKOUT_LINES_UPDATE = """
mutation CheckoutLinesUpdate($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) {
    checkout { id lines { id quantity variant { id } } }
    errors { field message code variants }
  }
}
"""

CHECKOUT_DELIVERY_METHOD_UPDATE = """
mutation CheckoutDeliveryMethodUpdate($id: ID!, $deliveryMethodId: ID) {
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $deliveryMethodId) {
    checkout { id }
    errors { field message code }
  }
}
"""

CHECKOUT_COMPLETE = """
mutation CheckoutComplete($id: ID!) {
  checkoutComplete(id: $id) {
    order {
      id number status created
      lines {
        id quantity quantityFulfilled quantityToFulfill
        variant { id }
      }
    }
    errors { field message code variants }
  }
}
"""

# Orders

ORDER = """
query Order($id: ID!) {
  order(id: $id) {
    id number status created userEmail
    channel { slug }
    lines {
      id quantity quantityFulfilled quantityToFulfill
      variant { id }
      allocations { id quantity warehouse { id slug } }
    }
    fulfillments { id status lines { id quantity orderLine { id } } }
  }
}
"""

ORDERS = """
query Orders($channel: String, $first: Int!) {
  orders(channel: $channel, first: $first) {
    totalCount
    edges { node { id number status } }
  }
}
"""

DRAFT_ORDER_CREATE = """
mutation DraftOrderCreate($input: DraftOrderCreateInput!) {
  draftOrderCreate(input: $input) {
    order { id status lines { id quantity variant { id } } }
    errors { field message code }
  }
}
"""

DRAFT_ORDER_COMPLETE = """
mutation DraftOrderComplete($id: ID!) {
  draftOrderComplete(id: $id) {
    order { id number status lines { id quantity variant { id } } }
    errors { field message code variants }
  }
}
"""

ORDER_LINES_CREATE = """
mutation OrderLinesCreate($id: ID!, $input: [OrderLineCreateInput!]!) {
  orderLinesCreate(id: $id, input: $input) {
    orderLines { id quantity variant { id } }
    errors { field message code variants }
  }
}
"""

ORDER_LINE_UPDATE = """
mutation OrderLineUpdate($id: ID!, $quantity: Int!) {
  orderLineUpdate(id: $id, input: { quantity: $quantity }) {
    orderLine { id quantity }
    errors { field message code }
  }
}
"""

ORDER_LINE_DELETE = """
mutation OrderLineDelete($id: ID!) {
  orderLineDelete(id: $id) {
    order { id lines { id quantity } }
    errors { field message code }
  }
}
"""

ORDER_CONFIRM = """
mutation OrderConfirm($id: ID!) {
  orderConfirm(id: $id) {
    order { id status }
    errors { field message code }
  }
}
"""

ORDER_CANCEL = """
mutation OrderCancel($id: ID!) {
  orderCancel(id: $id) {
    order { id status }
    errors { field message code }
  }
}
"""

ORDER_FULFILL = """
mutation OrderFulfill($order: ID!, $input: OrderFulfillInput!) {
  orderFulfill(order: $order, input: $input) {
    fulfillments { id status lines { id quantity orderLine { id } } }
    order { id status }
    errors { field message code warehouse orderLines }
  }
}
"""

ORDER_FULFILLMENT_CANCEL = """
mutation OrderFulfillmentCancel($id: ID!, $warehouseId: ID) {
  orderFulfillmentCancel(id: $id, input: { warehouseId: $warehouseId }) {
    fulfillment { id status }
    order { id status }
    errors { field message code }
  }
}
"""

ORDER_FULFILLMENT_RETURN_PRODUCTS = """
mutation OrderFulfillmentReturnProducts($order: ID!, $input: OrderReturnProductsInput!) {
  orderFulfillmentReturnProducts(order: $order, input: $input) {
    returnFulfillment { id status }
    order { id status }
    errors { field message code }
  }
}
"""

# Stock and warehouses

PRODUCT_VARIANT_STOCKS_UPDATE = """
mutation ProductVariantStocksUpdate($variantId: ID!, $stocks: [StockInput!]!) {
  productVariantStocksUpdate(variantId: $variantId, stocks: $stocks) {
    productVariant { id stocks { id quantity quantityAllocated warehouse { id } } }
    errors { field message code index }
  }
}
"""

PRODUCT_VARIANT_STOCKS_CREATE = """
mutation ProductVariantStocksCreate($variantId: ID!, $stocks: [StockInput!]!) {
  productVariantStocksCreate(variantId: $variantId, stocks: $stocks) {
    productVariant { id stocks { id quantity quantityAllocated warehouse { id } } }
    errors { field message code index }
  }
}
"""

PRODUCT_VARIANT_STOCKS_DELETE = """
mutation ProductVariantStocksDelete($variantId: ID!, $warehouseIds: [ID!]!) {
  productVariantStocksDelete(variantId: $variantId, warehouseIds: $warehouseIds) {
    productVariant { id }
    errors { field message code }
  }
}
"""

STOCK_BULK_UPDATE = """
mutation StockBulkUpdate($stocks: [StockBulkUpdateInput!]!) {
  stockBulkUpdate(stocks: $stocks) {
    count
    results { stock { id quantity } errors { field message code } }
    errors { field message code }
  }
}
"""

WAREHOUSE_DELETE = """
mutation WarehouseDelete($id: ID!) {
  deleteWarehouse(id: $id) {
    warehouse { id }
    errors { field message code }
  }
}
"""

CREATE_WAREHOUSE = """
mutation CreateWarehouse($input: WarehouseCreateInput!) {
  createWarehouse(input: $input) {
    warehouse { id slug }
    errors { field message code }
  }
}
"""

UPDATE_WAREHOUSE = """
mutation UpdateWarehouse($id: ID!, $input: WarehouseUpdateInput!) {
  updateWarehouse(id: $id, input: $input) {
    warehouse { id slug name }
    errors { field message code }
  }
}
"""

WAREHOUSE = """
query Warehouse($id: ID!) {
  warehouse(id: $id) { id name slug isPrivate }
}
"""

SHIPPING_ZONE = """
query ShippingZone($id: ID!) {
  shippingZone(id: $id) { id warehouses { slug } }
}
"""

SHIPPING_ZONE_UPDATE = """
mutation ShippingZoneUpdate($id: ID!, $input: ShippingZoneUpdateInput!) {
  shippingZoneUpdate(id: $id, input: $input) {
    shippingZone { id }
    errors { field message code }
  }
}
"""

# Products

PRODUCT_VARIANT_CREATE = """
mutation ProductVariantCreate($input: ProductVariantCreateInput!) {
  productVariantCreate(input: $input) {
    productVariant { id sku }
    errors { field message code }
  }
}
"""

PRODUCT_VARIANT_CHANNEL_LISTING_UPDATE = """
mutation ProductVariantChannelListingUpdate(
  $id: ID!, $input: [ProductVariantChannelListingAddInput!]!
) {
  productVariantChannelListingUpdate(id: $id, input: $input) {
    variant { id }
    errors { field message code }
  }
}
"""

PRODUCT_CHANNEL_LISTING_UPDATE = """
mutation ProductChannelListingUpdate($id: ID!, $input: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $input) {
    product { id }
    errors { field message code }
  }
}
"""

# The shop's settings

CHANNEL = """
query Channel($id: ID!) {
  channel(id: $id) { id name slug warehouses { slug } }
}
"""

CHANNEL_UPDATE = """
mutation ChannelUpdate($id: ID!, $input: ChannelUpdateInput!) {
  channelUpdate(id: $id, input: $input) {
    channel { id slug stockSettings { allocationStrategy } }
    errors { field message code }
  }
}
"""

PLUGIN = """
query Plugin($id: ID!) {
  plugin(id: $id) {
    id name
    globalConfiguration { active configuration { name value type label helpText } }
  }
}
"""

PLUGIN_UPDATE = """
mutation PluginUpdate($id: ID!, $input: PluginUpdateInput!) {
  pluginUpdate(id: $id, input: $input) {
    plugin { id globalConfiguration { active configuration { name value } } }
    errors { field message code }
  }
}
"""

# The plugin's own API

AVAILABILITY_FIELDS = """
fragment Availability on BackorderAvailability {
  variantId channel quantity status
  quantityInStock quantityBackordered remainingBackorders
  eta { date source }
  message
}
"""

BACKORDER_FIELDS = """
fragment BackorderFields on Backorder {
  id orderId orderNumber orderLineId variantId productName channel message status
  quantity quantityWaiting quantityAllocated quantityFulfilled quantityCancelled
  priority queuePosition placedAt allocatedAt fulfilledAt cancelledAt customerEmail
  events { type createdAt message }
}
"""

BACKORDER_AVAILABILITY = (
    """
query BackorderAvailability($items: [AvailabilityInput!]!, $channel: String!, $country: String) {
  backorderAvailability(items: $items, channel: $channel, countryCode: $country) {
    ...Availability
  }
}
"""
    + AVAILABILITY_FIELDS
)

ALTERNATIVES = """
query Alternatives($items: [AvailabilityInput!]!, $channel: String!, $country: String) {
  backorderAvailability(items: $items, channel: $channel, countryCode: $country) {
    alternatives { variantId name quantityAvailable }
  }
}
"""

BACKORDER_ALTERNATIVES = """
query BackorderAlternatives($orderId: ID!, $first: Int) {
  orderBackorders(orderId: $orderId) {
    alternatives(first: $first) { variantId name quantityAvailable }
  }
}
"""

CHECKOUT_BACKORDERS = (
    """
query CheckoutBackorders($checkoutId: ID!) {
  checkoutBackorders(checkoutId: $checkoutId) {
    checkoutId acknowledgementRequired acknowledged
    lines { lineId availability { ...Availability } }
  }
}
"""
    + AVAILABILITY_FIELDS
)

CHECKOUT_BACKORDERS_ACKNOWLEDGE = (
    """
mutation CheckoutBackordersAcknowledge($checkoutId: ID!) {
  checkoutBackordersAcknowledge(checkoutId: $checkoutId) {
    checkoutBackorders {
      checkoutId acknowledgementRequired acknowledged
      lines { lineId availability { ...Availability } }
    }
    errors { field message code }
  }
}
"""
    + AVAILABILITY_FIELDS
)

BACKORDER = (
    """
query Backorder($id: ID, $token: String) {
  backorder(id: $id, token: $token) { ...BackorderFields }
}
"""
    + BACKORDER_FIELDS
)

ORDER_BACKORDERS = (
    """
query OrderBackorders($orderId: ID!) {
  orderBackorders(orderId: $orderId) { ...BackorderFields }
}
"""
    + BACKORDER_FIELDS
)

MY_BACKORDERS = (
    """
query MyBackorders($first: Int, $after: String) {
  myBackorders(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { ...BackorderFields } }
  }
}
"""
    + BACKORDER_FIELDS
)

BACKORDERS = (
    """
query Backorders(
  $filter: BackorderFilter, $sortBy: BackorderSorter, $first: Int, $after: String
) {
  backorders(filter: $filter, sortBy: $sortBy, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { ...BackorderFields } }
  }
}
"""
    + BACKORDER_FIELDS
)

BACKORDER_POLICY = """
query BackorderPolicy($variantId: ID!, $channel: String!) {
  backorderPolicy(variantId: $variantId, channel: $channel) {
    allow limit leadTimeDays discountPercent priority until scope
  }
}
"""

BACKORDER_POLICY_UPDATE = """
mutation BackorderPolicyUpdate($scope: PolicyScopeInput!, $input: PolicyInput!) {
  backorderPolicyUpdate(scope: $scope, input: $input) {
    policy { allow limit leadTimeDays discountPercent priority until scope }
    variantsAffected
    errors { field message code }
  }
}
"""

BACKORDER_PRIORITY_UPDATE = (
    """
mutation BackorderPriorityUpdate($ids: [ID!]!, $priority: Int!) {
  backorderPriorityUpdate(ids: $ids, priority: $priority) {
    backorders { ...BackorderFields }
    errors { field message code }
  }
}
"""
    + BACKORDER_FIELDS
)

BACKORDERS_ALLOCATE = (
    """
mutation BackordersAllocate($variantIds: [ID!]!) {
  backordersAllocate(variantIds: $variantIds) {
    backorders { ...BackorderFields }
    errors { field message code }
  }
}
"""
    + BACKORDER_FIELDS
)

AVAILABILITY_PARTS = """
query AvailabilityParts($items: [AvailabilityInput!]!, $channel: String!) {
  backorderAvailability(items: $items, channel: $channel) {
    quantityInStock quantityBackordered
    eta { date source }
    etaParts { quantity date source }
  }
}
"""

SHIPMENT_FIELDS = """
fragment ShipmentFields on IncomingShipment {
  id reference warehouseId expectedOn status
  lines { variantId quantity quantityReceived quantityPromised }
}
"""

INCOMING_SHIPMENT_CREATE = (
    """
mutation IncomingShipmentCreate($input: IncomingShipmentInput!) {
  incomingShipmentCreate(input: $input) {
    incomingShipment { ...ShipmentFields }
    errors { field message code }
  }
}
"""
    + SHIPMENT_FIELDS
)

INCOMING_SHIPMENT_UPDATE = (
    """
mutation IncomingShipmentUpdate($id: ID!, $input: IncomingShipmentInput!) {
  incomingShipmentUpdate(id: $id, input: $input) {
    incomingShipment { ...ShipmentFields }
    errors { field message code }
  }
}
"""
    + SHIPMENT_FIELDS
)

INCOMING_SHIPMENT_RECEIVE = (
    """
mutation IncomingShipmentReceive($id: ID!, $lines: [ReceivedLineInput!], $key: String!) {
  incomingShipmentReceive(id: $id, lines: $lines, idempotencyKey: $key) {
    incomingShipment { ...ShipmentFields }
    errors { field message code }
  }
}
"""
    + SHIPMENT_FIELDS
)

INCOMING_SHIPMENT_CANCEL = (
    """
mutation IncomingShipmentCancel($id: ID!) {
  incomingShipmentCancel(id: $id) {
    incomingShipment { ...ShipmentFields }
    errors { field message code }
  }
}
"""
    + SHIPMENT_FIELDS
)

INCOMING_SHIPMENT_IMPORT = (
    """
mutation IncomingShipmentImport($csv: String!) {
  incomingShipmentImport(csv: $csv) {
    incomingShipments { ...ShipmentFields }
    errors { field message code row }
  }
}
"""
    + SHIPMENT_FIELDS
)

INCOMING_SHIPMENTS = (
    """
query IncomingShipments($filter: IncomingShipmentFilter, $first: Int, $after: String) {
  incomingShipments(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { ...ShipmentFields } }
  }
}
"""
    + SHIPMENT_FIELDS
)

BACKORDER_PROMISE = """
query BackorderPromise($id: ID, $token: String) {
  backorder(id: $id, token: $token) {
    id status quantityWaiting quantityAllocated quantityCancelled isLate promiseKept link
    promisedEta { date source }
    eta { date source }
    etaParts { quantity date source }
    decision { previousDate newDate slipDays silenceDate }
    refunds { id state message attempts amount { currency amount } }
    events { type message }
  }
}
"""

BACKORDER_CANCEL = """
mutation BackorderCancel(
  $id: ID, $token: String, $quantity: Int, $reason: String, $key: String
) {
  backorderCancel(
    id: $id, token: $token, quantity: $quantity, reason: $reason, idempotencyKey: $key
  ) {
    backorder {
      id status quantityWaiting quantityCancelled
      refunds { id state message attempts amount { currency amount } }
    }
    errors { field message code }
  }
}
"""

ORDER_BACKORDERS_CANCEL = """
mutation OrderBackordersCancel($orderId: ID!, $reason: String) {
  orderBackordersCancel(orderId: $orderId, reason: $reason) {
    backorders { id status quantityCancelled }
    errors { field message code }
  }
}
"""

BACKORDER_ACCEPT_DELAY = """
mutation BackorderAcceptDelay($id: ID, $token: String) {
  backorderAcceptDelay(id: $id, token: $token) {
    backorder { id decision { newDate } }
    errors { field message code }
  }
}
"""

BACKORDER_TAKE_AVAILABLE = """
mutation BackorderTakeAvailable($id: ID, $token: String) {
  backorderTakeAvailable(id: $id, token: $token) {
    backorder { id }
    errors { field message code }
  }
}
"""

BACKORDER_SWITCH = """
mutation BackorderSwitch($id: ID, $token: String, $variantId: ID!) {
  backorderSwitch(id: $id, token: $token, variantId: $variantId) {
    replacementOrderId
    backorder { id status quantityCancelled }
    errors { field message code }
  }
}
"""

OPEN_REFUNDS = """
query OpenRefunds($first: Int) {
  openRefunds(first: $first) { id orderId state message attempts amount { currency amount } }
}
"""

BACKORDER_REFUND_RETRY = """
mutation BackorderRefundRetry($ids: [ID!]!) {
  backorderRefundRetry(ids: $ids) {
    refunds { id state }
    errors { field message code }
  }
}
"""

BACKORDER_REFUND_PAID_BY_HAND = """
mutation BackorderRefundPaidByHand($ids: [ID!]!) {
  backorderRefundPaidByHand(ids: $ids) {
    refunds { id state message }
    errors { field message code }
  }
}
"""

BACKORDER_CHANNEL = """
query BackorderChannel($channel: String!) {
  backorderChannel(channel: $channel) {
    workingDays safetyDays toleranceDays silenceDays dearerAtSamePrice
  }
}
"""

BACKORDER_CHANNEL_UPDATE = """
mutation BackorderChannelUpdate($channel: String!, $input: ChannelRuleInput!) {
  backorderChannelUpdate(channel: $channel, input: $input) {
    rule { workingDays safetyDays toleranceDays silenceDays dearerAtSamePrice }
    errors { field message code }
  }
}
"""

# Tell me when it is back

BACK_IN_STOCK_SUBSCRIBE = """
mutation BackInStockSubscribe($id: ID!, $channel: String!, $email: String!) {
  backInStockSubscribe(variantId: $id, channel: $channel, email: $email) {
    subscribed
    errors { field message code }
  }
}
"""

BACK_IN_STOCK_CONFIRM = """
mutation BackInStockConfirm($token: String!) {
  backInStockConfirm(token: $token) {
    subscribed
    errors { field message code }
  }
}
"""

BACK_IN_STOCK_UNSUBSCRIBE = """
mutation BackInStockUnsubscribe($token: String!) {
  backInStockUnsubscribe(token: $token) {
    subscribed
    errors { field message code }
  }
}
"""

PLUGIN_DOCUMENTS = frozenset(
    {
        "INCOMING_SHIPMENT_CREATE",
        "INCOMING_SHIPMENT_UPDATE",
        "INCOMING_SHIPMENT_RECEIVE",
        "INCOMING_SHIPMENT_CANCEL",
        "INCOMING_SHIPMENT_IMPORT",
        "INCOMING_SHIPMENTS",
        "AVAILABILITY_PARTS",
        "BACKORDER_PROMISE",
        "BACKORDER_CANCEL",
        "ORDER_BACKORDERS_CANCEL",
        "BACKORDER_ACCEPT_DELAY",
        "BACKORDER_TAKE_AVAILABLE",
        "BACKORDER_SWITCH",
        "OPEN_REFUNDS",
        "BACKORDER_REFUND_RETRY",
        "BACKORDER_REFUND_PAID_BY_HAND",
        "BACKORDER_CHANNEL",
        "BACKORDER_CHANNEL_UPDATE",
        "ALTERNATIVES",
        "BACKORDER_ALTERNATIVES",
        "BACKORDER_AVAILABILITY",
        "CHECKOUT_BACKORDERS",
        "CHECKOUT_BACKORDERS_ACKNOWLEDGE",
        "BACKORDER",
        "ORDER_BACKORDERS",
        "MY_BACKORDERS",
        "BACKORDERS",
        "BACKORDER_POLICY",
        "BACKORDER_POLICY_UPDATE",
        "BACKORDER_PRIORITY_UPDATE",
        "BACKORDERS_ALLOCATE",
        "BACK_IN_STOCK_SUBSCRIBE",
        "BACK_IN_STOCK_CONFIRM",
        "BACK_IN_STOCK_UNSUBSCRIBE",
    }
)
FRAGMENTS = frozenset({"AVAILABILITY_FIELDS", "BACKORDER_FIELDS", "SHIPMENT_FIELDS"})
